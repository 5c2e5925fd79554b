//! How Markdown is read and what becomes of its blocks.

use super::{Terse, mentions, plain, units};
use crate::{Mentions, Words, encoded, item, named, pack, shortened, title, value, written};

#[test]
fn narrow_tables_are_aligned_and_wide_ones_listed() {
    let narrow = "| Step | Owner |\n|---|---|\n| Draft | Cole |\n| Überprüfung | 日本 |";
    assert_eq!(plain(narrow), "```\nStep         Owner\n───────────  ─────\nDraft        Cole\nÜberprüfung  日本\n```");
    let reasons = "reason ".repeat(5);
    let wide = format!("| What | Why |\n|---|---|\n| one | {reasons} |\n| two | because |");
    assert_eq!(plain(&wide), format!("What\n\n!one!\n  !Why!!:! {}\n\n!two!\n  !Why!!:! because", reasons.trim_end()));
    let linked = "| What | Where |\n|---|---|\n| one | [here](https://a.example) |";
    assert_eq!(plain(linked), "What\n\n!one!\n  !Where!!:! [here](https://a.example)");
}

#[test]
fn lists_are_nested_and_numbered() {
    let text =
        "Do this:\n\n1. one\n2. two\n   - under\n   - [x] done\n3. three\n\n   and more of it\n- other\n\nAfter.";
    let wanted = "Do this:\n1. one\n2. two\n  + under\n  + ☑ done\n3. three\n  and more of it\n\n* other\n\nAfter.";
    assert_eq!(plain(text), wanted);
}

#[test]
fn quotations_mark_every_line() {
    assert_eq!(plain("> one\n> two\n>\n> - a\n\nafter"), "> one\n> two\n> * a\n\nafter");
    assert_eq!(plain("> one\n>\n> two"), "> one\n> \n> two");
    assert_eq!(plain("> a\n> > b"), "> a\n\n> │ b");
}

#[test]
fn headings_have_marks_where_the_dialect_has_them() {
    assert_eq!(plain("# One\ntext\n## Two\n- a"), "# One\ntext\n\n!Two!\n* a");
    assert_eq!(plain("> # Quoted"), "> !Quoted!");
}

#[test]
fn fences_keep_a_language_that_is_short_enough() {
    assert_eq!(plain("```Rust\na\n```"), "```rust\na\n```");
    assert_eq!(plain("```c++ {.x}\na\n```"), "```c++\na\n```");
    assert_eq!(plain("```fortran\na\n```"), "```\na\n```");
    assert_eq!(plain("````\n```\n````"), "```\n``\u{2060}`\n```", "nothing inside ends them");
}

#[test]
fn links_lead_where_the_platform_can_go() {
    assert_eq!(plain("[a](https://a.example)"), "[a](https://a.example)");
    assert_eq!(plain("[a](/b)"), "[a](https://bullpen.example/b)");
    assert_eq!(plain("[a](//b)"), "a (//b)");
    assert_eq!(plain("[a](javascript:b)"), "a (javascript:b)");
    assert_eq!(plain("<ana@a.example>"), "ana@a.example");
    assert_eq!(plain("(https://a.example/x_(y)), and"), "([](https://a.example/x_(y))), and");
    assert_eq!(plain("[https://b.example](https://a.example)"), "https://b.example [](https://a.example)");
    let long = format!("https://a.example/{}", "x".repeat(1_000));
    assert_eq!(plain(&format!("[a]({long})")), format!("a {long}"), "it can be cut");
}

#[test]
fn names_are_those_of_the_notified() {
    let of = |text: &str| written(Terse, &units(text, &mentions()));
    assert_eq!(of("@Ana Lee, @ana and @CMO."), "%1, %3 and %2.");
    assert_eq!(of("@anastasia `@cmo` a@cmo"), "!@anastasia! `@cmo` a@cmo");
    assert_eq!(of("@everyone @channels"), "@everyone @channels", "nothing that may address everybody stands out");
    assert_eq!(mentions().natives().into_iter().collect::<Vec<_>>(), ["%1", "%2", "%3"]);
    let unnamed = mentions().unnamed(&units("@cmo", &mentions())).unwrap();
    assert_eq!(unnamed.written(Terse), "%1 %3");
    assert_eq!(mentions().unnamed(&units("@cmo @ana @ana lee", &mentions())), None);
}

#[test]
fn pieces_end_at_sensible_places() {
    let pieces = |text: &str, room: usize| -> Vec<String> {
        let pieces = pack(Terse, units(text, &mentions()), room, room);
        pieces.iter().map(|units| written(Terse, units)).collect()
    };
    assert_eq!(pieces("One of them. Two. And a third one", 24), ["One of them. Two.", "And a third one"]);
    assert_eq!(
        pieces("first paragraph\n\n# Next\n\nsecond paragraph", 30),
        ["first paragraph", "# Next\nsecond paragraph"]
    );
    assert_eq!(pieces("- one two three four\n- five", 14), ["* one two", "  three four", "* five"]);
    assert_eq!(pieces("> one two three", 9), ["> one two", "> three"]);
    assert_eq!(pieces("one [a b c](https://a.example)", 26), ["one", "[a b c](https://a.example)"]);
    assert_eq!(pieces("xxxxxxxxxxxxxxx", 10), ["xxxxxxxxxx", "xxxxx"]);
}

#[test]
fn values_show_shares_but_no_days() {
    let nobody = Mentions::<Terse>::default();
    let words = Words { mentions: &nobody, public_url: None };
    let shown = |name: &str, text: &str| value(name, text, words).written(Terse);
    assert_eq!(shown("Done", "3/7"), "▰▰▰▰▱▱▱▱▱▱ 3/7");
    assert_eq!(shown("Done", "100 %"), "▰▰▰▰▰▰▰▰▰▰ 100 %");
    assert_eq!(shown("Done", "0 of 4"), "▱▱▱▱▱▱▱▱▱▱ 0 of 4");
    assert_eq!(shown("Due date", "3/7"), "3/7");
    assert_eq!(shown("Done", "8/7"), "8/7");
    assert_eq!(shown("Done", " \n"), "–");
    assert_eq!(named("The  name", "3\n4", words).written(Terse), "!The! !name:! 3 4");
    assert_eq!(title(" a\nb ").unwrap().written(Terse), "!a! !b!");
    assert_eq!(title(" "), None);
    let linked = item("A title", Some("https://a.example".into()), "and a detail", 8, words);
    assert_eq!(linked.written(Terse), "![A title](https://a.example)!\nand a d…");
    assert_eq!(item("", Some("https://a.example".into()), "", 8, words).written(Terse), "");
}

#[test]
fn short_texts_end_at_a_word_and_with_no_escape() {
    assert_eq!(shortened(Terse, "one two", 7), "one two");
    assert_eq!(shortened(Terse, "one two three", 10), "one two…");
    assert_eq!(shortened(Terse, "onetwothree", 6), "onetw…");
    assert_eq!(shortened(Terse, "🦊🦊🦊", 5), "🦊🦊…");
    assert_eq!(shortened(Terse, r"onet\*wo", 6), "onet…");
    assert_eq!(encoded("https://a.example/ü b<", &['<']), "https://a.example/ü%20b%3C");
}
