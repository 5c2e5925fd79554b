//! Markdown as Discord reads it.

use super::{content, markdown, mentions, spoken};
use crate::render::Mentions;

#[test]
fn marks_are_those_of_discord() {
    assert_eq!(content("**bold** *italic* ~~gone~~ `code`"), "**bold** _italic_ ~~gone~~ `code`");
    assert_eq!(content("***both*** and **bold with *italic* in it**"), "**_both_** and **bold with _italic_ in it**");
    assert_eq!(content("__bold__ _italic_"), "**bold** _italic_");
    assert_eq!(content("*a **b** c*"), "_a **b** c_");
    assert_eq!(content("**over\ntwo lines**"), "**over**\n**two lines**");
}

#[test]
fn marks_inside_of_words_are_set_apart_invisibly() {
    assert_eq!(content("un**believ**able"), "un\u{200b}**believ**\u{200b}able");
    assert_eq!(content("**bold**`code`"), "**bold**\u{200b}`code`");
    assert_eq!(content("(**so**), “*then*”."), "(**so**), “_then_”.");
}

#[test]
fn what_looks_like_a_mark_is_none() {
    assert_eq!(content(r"\*not bold\*"), r"\*not bold\*");
    assert_eq!(content("2 * 3 and snake_case_words stay"), r"2 \* 3 and snake\_case\_words stay");
    assert_eq!(content("||no spoiler||"), r"\|\|no spoiler\|\|");
    for (text, wanted) in [
        (r"\> no quotation", r"\> no quotation"),
        (r"\# no heading", r"\# no heading"),
        (r"\- no list", r"\- no list"),
        (r"\-# no small print", r"\-# no small print"),
        (r"12\. no list", r"12\. no list"),
    ] {
        assert_eq!(content(text), wanted);
    }
    assert_eq!(content(r"\[a](https://a.example)"), r"\[a\](<https://a.example>)");
}

#[test]
fn discord_reads_nothing_into_the_text() {
    assert_eq!(content("a < b & c > d"), "a < b & c > d");
    assert_eq!(
        content("@everyone @HERE <@1> <@!1> <@&2> <#3> <:a:4> <t:5> </six:6>").replace(['\u{200b}', '\u{2060}'], "|"),
        "@|everyone @|HERE <|@1> <|@!1> <|@&2> <|#3> <|:a:4> <|t:5> <|/six:6>"
    );
    assert_eq!(content("`@everyone <@1>`"), "`@\u{200b}everyone <\u{2060}@1>`");
    assert_eq!(content("```\n@here <@&1>\n```"), "```\n@\u{200b}here <\u{2060}@&1>\n```");
    assert_eq!(content("[@everyone](https://a.example)"), "[@\u{200b}everyone](<https://a.example>)");
    assert_eq!(
        content("[a](<https://a.example/><@1>)"),
        "\\[a\\](<https://a.example/><\u{2060}@1>)".replace("\\(", "(")
    );
}

#[test]
fn links_unfurl_nowhere() {
    assert_eq!(content("[the guide](https://a.example/?a=1&b=2)"), "[the guide](<https://a.example/?a=1&b=2>)");
    assert_eq!(content("<https://a.example>"), "<https://a.example>");
    assert_eq!(content("see https://a.example/x_(y), and go."), "see <https://a.example/x_(y)>, and go.");
    assert_eq!(content("<ana@a.example>"), "ana@a.example");
    assert_eq!(content("[Read it](/published/a/)"), "[Read it](<https://bullpen.example/published/a/>)");
    assert_eq!(content("![a cat](https://a.example/c.png)"), "[a cat](<https://a.example/c.png>)");
    assert_eq!(content("[x](javascript:alert)"), "x (javascript:alert)");
    assert_eq!(content("[https://b.example](https://a.example)"), "https://b.example <https://a.example>");
    assert_eq!(content("**[bold](https://a.example)**"), "**[bold](<https://a.example>)**");
    assert_eq!(content("[a](https://a.example/@everyone)"), "[a](<https://a.example/%40everyone>)");
}

#[test]
fn lists_are_nested_and_numbered() {
    let text = "Do this:\n\n1. one\n2. two\n   - under\n     - deep\n   - [x] done\n   - [ ] open\n3. three\n\n   and more of it\n\nAfter.";
    assert_eq!(
        content(text),
        "Do this:\n1. one\n2. two\n  - under\n    - deep\n  - ☑ done\n  - ☐ open\n3. three\n  and more of it\n\nAfter."
    );
    assert_eq!(content("7. seven\n8. eight"), "7. seven\n8. eight");
}

#[test]
fn headings_are_kept_as_far_as_discord_has_them() {
    let text = "# A *fine* title\n\nText\n## Next\n- a\n### Third\n#### Fourth\nend";
    assert_eq!(content(text), "# A _fine_ title\nText\n\n## Next\n- a\n\n### Third\n\n**Fourth**\nend");
    assert_eq!(content("> # Quoted"), "> **Quoted**");
}

#[test]
fn code_keeps_its_language() {
    assert_eq!(content("```rust\nlet a = \"<b>\";\n\n  *x*\n```\nend"), "```rust\nlet a = \"<b>\";\n\n  *x*\n```\nend");
    assert_eq!(content("```C++ {.x}\na\n```"), "```c++\na\n```");
    assert_eq!(content("````\n```\n````"), "```\n``\u{2060}`\n```");
    assert_eq!(content("a `` b`c `` d"), "a `` b`c `` d");
}

#[test]
fn only_those_who_are_notified_are_pinged() {
    let of = |text: &str| markdown(text, &mentions())[0].content.clone();
    let all = "@Ana Lee, @cmo: see @seo_lead and @copy_writer.";
    assert_eq!(of(all), r"<@101>, <@102>: see <@&103> and **@copy\_writer**.");
    assert_eq!(content(all), r"**@Ana** Lee, **@cmo**: see **@seo\_lead** and **@copy\_writer**.");
    // Who is not named in the text stands at the end.
    assert_eq!(of("@cmo look"), "<@102> look\n\n<@&103> <@101>");
    assert_eq!(of("**@ana lee** `@cmo` a@cmo @cmos"), "**<@101>** `@cmo` a@cmo **@cmos**\n\n<@&103> <@102>");
    // Nothing but users and roles can be notified.
    let mass = Mentions::new([("everyone".to_owned(), "@everyone".to_owned()), ("x".to_owned(), "<#5>".to_owned())]);
    assert_eq!(markdown("@everyone @x", &mass)[0].content, "@\u{200b}everyone **@x**");
}

#[test]
fn every_message_lists_whom_it_may_notify() {
    let none = markdown("@everyone", &Mentions::default())[0].body(&Mentions::default());
    let nobody = serde_json::json!({ "parse": [], "users": [], "roles": [], "replied_user": false });
    assert_eq!(none["allowed_mentions"], nobody);
    let some = markdown("@cmo", &mentions())[0].body(&mentions());
    let these = serde_json::json!({ "parse": [], "users": ["101", "102"], "roles": ["103"], "replied_user": false });
    assert_eq!(some["allowed_mentions"], these);
    assert_eq!(some["flags"], 4, "nothing unfurls");
}

#[test]
fn where_nothing_else_says_it_the_text_says_who_speaks() {
    let parts = spoken(&"A sentence of the text. ".repeat(200), &Mentions::default(), Some("Marta *Vale*"));
    assert!(parts.len() > 1);
    for part in parts {
        assert!(part.content.starts_with("**Marta \\*Vale\\***\nA sentence"), "{}", part.content);
    }
}

#[test]
fn what_is_said_is_shown() {
    for text in [
        "שלום עולם, مرحبا \u{202e}turned\u{202c} back",
        "🦊🏳️‍🌈👩🏽‍🚀 four bytes and more",
        "a \"quote\", it's 100% {braces} $1 %s",
        "first line\n\nsecond paragraph",
        "Z\u{300}\u{301}\u{302}a\u{310}\u{311}lgo",
    ] {
        assert_eq!(content(text), text);
    }
    assert_eq!(content(r"a \ back\slash"), r"a \\ back\\slash");
    assert_eq!(content(""), "…");
    assert_eq!(content(" \n\n "), "…");
}

#[test]
fn a_long_article_is_cut_at_sensible_places() {
    let sentence = "The team wrote this sentence to be read by somebody who has little time. ";
    let mut text = String::from("# On writing\n\n");
    for part in 1..=4 {
        text.push_str(&format!("## Part {part}\n\n{}\n\n", sentence.repeat(12).trim_end()));
    }
    text.push_str(&format!("```rust\n{}```\n\nThat is all.", "a line of code, and one more after it\n".repeat(80)));
    let parts = markdown(&text, &Mentions::default());
    insta::assert_json_snapshot!(parts.iter().map(|part| &part.content).collect::<Vec<_>>());
    for part in &parts {
        assert_eq!(part.content.matches("```").count() % 2, 0, "fences are whole");
        assert_eq!(
            part.content.matches("```rust").count() * 2,
            part.content.matches("```").count(),
            "with their language"
        );
        let last = part.content.lines().next_back().unwrap();
        assert!(!last.starts_with('#'), "no heading is left behind");
    }
}
