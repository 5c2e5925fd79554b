//! Markdown as mrkdwn.

use bullpen_markup::Dialect as _;

use super::{markdown, mentions, mrkdwn};
use crate::render::Mentions;
use crate::render::dialect::Mrkdwn;

const INDENT: &str = Mrkdwn::INDENT;

#[test]
fn marks_are_those_of_slack() {
    assert_eq!(mrkdwn("**bold** *italic* ~~gone~~ `code`"), "*bold* _italic_ ~gone~ `code`");
    assert_eq!(mrkdwn("***both*** and **bold with *italic* in it**"), "*_both_* and *bold with _italic_ in it*");
    assert_eq!(mrkdwn("__bold__ _italic_"), "*bold* _italic_");
    assert_eq!(mrkdwn("**over\ntwo lines**"), "*over*\n*two lines*");
}

#[test]
fn marks_inside_of_words_are_set_apart_invisibly() {
    assert_eq!(mrkdwn("un**believ**able"), "un\u{200b}*believ*\u{200b}able");
    assert_eq!(mrkdwn("**bold**`code`"), "*bold*\u{200b}`code`");
    assert_eq!(mrkdwn("(**so**), “*then*”."), "(*so*), “_then_”.");
}

#[test]
fn what_looks_like_a_mark_is_none() {
    assert_eq!(mrkdwn(r"\*not bold\*"), "*\u{200a}not bold*");
    assert_eq!(mrkdwn("2 * 3 and snake_case_words stay"), "2 * 3 and snake_case_words stay");
    assert_eq!(mrkdwn(r"\> no quotation"), "\u{2060}&gt; no quotation");
    assert_eq!(mrkdwn("a lone * star"), "a lone * star");
}

#[test]
fn slack_reads_nothing_into_the_text() {
    assert_eq!(mrkdwn("a < b & c > d"), "a &lt; b &amp; c &gt; d");
    assert_eq!(mrkdwn("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_eq!(
        mrkdwn("@everyone @channel @here <!channel> <!here|x> <@U1> <#C1> <!subteam^S1>"),
        "@everyone @channel @here &lt;!channel&gt; &lt;!here|x&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;!subteam^S1&gt;"
    );
    assert_eq!(mrkdwn("`<!channel>`"), "`&lt;!channel&gt;`");
    assert_eq!(mrkdwn("[<!channel>](https://a.example)"), "<https://a.example|&lt;!channel&gt;>");
    assert_eq!(mrkdwn("[a](<https://a.example/><!channel>)"), "[a](<https://a.example/>&lt;!channel&gt;)");
}

#[test]
fn links_lead_where_slack_can_go() {
    assert_eq!(mrkdwn("[the guide](https://a.example/?a=1&b=2)"), "<https://a.example/?a=1&amp;b=2|the guide>");
    assert_eq!(mrkdwn("<https://a.example>"), "<https://a.example>");
    assert_eq!(mrkdwn("see https://a.example/x_(y), and go."), "see <https://a.example/x_(y)>, and go.");
    assert_eq!(mrkdwn("(https://a.example)"), "(<https://a.example>)");
    assert_eq!(mrkdwn("<ana@a.example>"), "<mailto:ana@a.example>");
    assert_eq!(mrkdwn("[Read it](/published/a/)"), "<https://bullpen.example/published/a/|Read it>");
    assert_eq!(mrkdwn("![a cat](https://a.example/c.png)"), "<https://a.example/c.png|a cat>");
    assert_eq!(mrkdwn("[x](javascript:alert)"), "x (javascript:alert)");
    assert_eq!(mrkdwn("**[bold](https://a.example)**"), "*<https://a.example|bold>*");
    assert_eq!(mrkdwn("[a|b](https://a.example/a|b)"), "<https://a.example/a%7Cb|a|b>");
}

#[test]
fn lists_are_nested_and_numbered() {
    let text = "Do this:\n\n1. one\n2. two\n   - under\n     - deep\n   - [x] done\n   - [ ] open\n3. three\n\n   and more of it\n\nAfter.";
    assert_eq!(
        mrkdwn(text).replace(INDENT, "    "),
        "Do this:\n1. one\n2. two\n    ◦ under\n        ▪ deep\n    ◦ ☑ done\n    ◦ ☐ open\n3. three\n    and more of it\n\nAfter."
    );
    assert_eq!(mrkdwn("7. seven\n8. eight"), "7. seven\n8. eight");
}

#[test]
fn headings_are_bold_lines() {
    assert_eq!(mrkdwn("# A *fine* title\n\nText\n## Next\n- a"), "*A _fine_ title*\nText\n\n*Next*\n• a");
}

#[test]
fn code_stays_as_it_is() {
    assert_eq!(
        mrkdwn("```rust\nlet a = \"<b>\";\n\n  *x*\n```\nend"),
        "```\nlet a = \"&lt;b&gt;\";\n\n  *x*\n```\nend"
    );
    assert_eq!(mrkdwn("````\n```\n````"), "```\n``\u{2060}`\n```");
    assert_eq!(mrkdwn("a `` b`c `` d"), "a b`\u{200a}c d");
}

#[test]
fn only_those_who_are_notified_are_pinged() {
    let of = |text: &str| markdown(text, &mentions())[0].text.clone();
    let all = "@Ana Lee, @cmo: see @seo_lead and @copywriter.";
    assert_eq!(of(all), "<@U1ANA>, <@U2CMO>: see <!subteam^S3SEO> and *@copywriter*.");
    assert_eq!(mrkdwn(all), "*@Ana* Lee, *@cmo*: see *@seo_lead* and *@copywriter*.");
    // Who is not named in the text stands at the end.
    assert_eq!(of("@cmo look"), "<@U2CMO> look\n\n<!subteam^S3SEO> <@U1ANA>");
    assert_eq!(of("**@ana lee** `@cmo` a@cmo @cmos"), "*<@U1ANA>* `@cmo` a@cmo *@cmos*\n\n<!subteam^S3SEO> <@U2CMO>");
    // Nothing but users and user groups can be notified.
    let mass =
        Mentions::new([("everyone".to_owned(), "<!everyone>".to_owned()), ("x".to_owned(), "<!here|x>".to_owned())]);
    assert_eq!(markdown("@everyone @x", &mass)[0].text, "@everyone *@x*");
}

#[test]
fn what_is_said_is_shown() {
    for text in [
        "שלום עולם, مرحبا \u{202e}turned\u{202c} back",
        "🦊🏳️‍🌈👩🏽‍🚀 four bytes and more",
        "a \\ back\\slash, a \"quote\", it's 100% {braces} $1 %s",
        "first line\n\nsecond paragraph",
    ] {
        assert_eq!(mrkdwn(text), text);
    }
    assert_eq!(mrkdwn(""), "…");
    assert_eq!(mrkdwn(" \n\n "), "…");
}

#[test]
fn a_long_article_is_cut_at_sensible_places() {
    let sentence = "The team wrote this sentence to be read by somebody who has little time. ";
    let mut text = String::from("# On writing\n\n");
    for part in 1..=6 {
        text.push_str(&format!("## Part {part}\n\n{}\n\n", sentence.repeat(12).trim_end()));
    }
    text.push_str(&format!("```\n{}```\n\nThat is all.", "a line of code, and one more after it\n".repeat(120)));
    let parts = markdown(&text, &Mentions::default());
    insta::assert_json_snapshot!(parts.iter().map(|p| (&p.text, &p.blocks)).collect::<Vec<_>>());
    for part in &parts {
        assert_eq!(part.text.matches("```").count() % 2, 0, "fences are whole");
        assert!(!part.text.trim_end().ends_with('*'), "no heading is left behind");
    }
}
