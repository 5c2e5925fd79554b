//! What holds for any input.

use std::collections::BTreeMap;

use bullpen_chat::{Action, Card, Field};
use bullpen_markup::length;
use proptest::prelude::*;
use serde_json::Value;

use super::{card, markdown, mentions};
use crate::render::{Mentions, Part};

/// Shorter ones, for the many parts of a card.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![9 => text().prop_map(|text| text.chars().take(120).collect()), 1 => text()]
}

/// Pieces that Markdown and mrkdwn read something into, between words.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,9}",
        2 => Just(" ".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => prop::sample::select(vec![
            "**", "*", "_", "~~", "`", "```", "```\n", "~~~\n", "> ", "- ", "1. ", "# ", "|", "|-|-|\n", "[", "](", ")", "](https://a.example/)",
            "<", ">", "&", "<!channel>", "<!everyone|x>", "<@U123>", "<#C1>", "<!subteam^S1>", "<https://a.example|x>", "@everyone", "@here",
            "@channel", "@Ana Lee", "@cmo", "https://b.example/a?b=1&c", "\\", "    ", "\t", "<b>", "</b>", "<br>", "&lt;", "&amp;", "🦊", "👩🏽‍🚀",
            "שלום", "\u{202e}", "\u{200b}", "!", ". ", "? ",
        ]).prop_map(str::to_owned),
        1 => (1..60usize, "[a-z<&`*]{1,60}").prop_map(|(times, word)| format!("{word} ").repeat(times)),
        1 => prop_oneof![1..200usize, 200..5_000usize].prop_map(|length| "x".repeat(length)),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

/// All strings that Slack reads as mrkdwn, and the whole length of what stands in the blocks.
fn texts(part: &Part) -> (Vec<String>, usize) {
    fn walk(value: &Value, out: &mut Vec<String>, whole: &mut usize) {
        match value {
            Value::Object(fields) => {
                if let Some(text) = fields.get("text").and_then(Value::as_str) {
                    *whole += length(text);
                    if fields["type"] == "mrkdwn" {
                        assert_eq!(fields["verbatim"], true, "Slack reads nothing into plain text");
                        out.push(text.to_owned());
                    }
                }
                fields.values().for_each(|value| walk(value, out, whole));
            }
            Value::Array(values) => values.iter().for_each(|value| walk(value, out, whole)),
            _ => {}
        }
    }
    let (mut out, mut whole) = (vec![part.text.clone()], 0);
    walk(&Value::from(part.blocks.clone()), &mut out, &mut whole);
    (out, whole)
}

/// Nothing is larger than Slack takes.
fn within_limits(parts: &[Part]) {
    assert!(!parts.is_empty());
    for part in parts {
        assert!((1..4_000).contains(&length(&part.text)), "{}", length(&part.text));
        assert!((1..=50).contains(&part.blocks.len()));
        assert!(texts(part).1 <= 11_000, "{}", texts(part).1);
        for block in &part.blocks {
            let at = |pointer: &str| block.pointer(pointer).and_then(Value::as_str).map(length);
            match block["type"].as_str().unwrap() {
                "section" => {
                    let fields = block["fields"].as_array().map_or(&[] as &[Value], Vec::as_slice);
                    assert!(fields.len() <= 10 && fields.iter().all(|f| length(f["text"].as_str().unwrap()) <= 2_000));
                    assert!(at("/text/text").map_or(!fields.is_empty(), |l| (1..=3_000).contains(&l)));
                }
                "header" => assert!((1..=150).contains(&at("/text/text").unwrap())),
                "context" => assert!((1..=2_000).contains(&at("/elements/0/text").unwrap())),
                "actions" => {
                    let buttons = block["elements"].as_array().unwrap();
                    assert!((1..=25).contains(&buttons.len()));
                    for button in buttons {
                        assert!((1..=75).contains(&length(button["text"]["text"].as_str().unwrap())));
                        assert!((1..=255).contains(&length(button["action_id"].as_str().unwrap())));
                    }
                }
                "divider" | "image" => {}
                other => panic!("{other} is not known"),
            }
        }
    }
}

/// Between angle brackets stand links of ours and those who are meant, nothing else.
fn no_foreign_markup(parts: &[Part], native: &[&str]) {
    for text in parts.iter().flat_map(|part| texts(part).0) {
        let mut rest = text.as_str();
        while let Some(at) = rest.find('<') {
            let inside = &rest[at + 1..];
            let end = inside.find('>').unwrap_or_else(|| panic!("an open bracket: {rest}"));
            let markup = &inside[..end];
            let link =
                ["https://", "http://", "mailto:"].iter().any(|scheme| markup.to_lowercase().starts_with(scheme));
            assert!(link || native.contains(&markup), "{markup}");
            rest = &inside[end..];
        }
    }
}

/// How often each letter or digit stands in a text.
fn letters(text: &str) -> BTreeMap<char, usize> {
    let mut count = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *count.entry(c).or_default() += 1;
    }
    count
}

fn fences_are_whole(parts: &[Part]) {
    for text in parts.iter().flat_map(|part| texts(part).0) {
        assert_eq!(text.matches("```").count() % 2, 0, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn markdown_stays_within_limits_and_pings_nobody(text in text()) {
        let parts = markdown(&text, &Mentions::default());
        within_limits(&parts);
        no_foreign_markup(&parts, &[]);
        fences_are_whole(&parts);
        prop_assert_eq!(&parts, &markdown(&text, &Mentions::default()));
    }

    #[test]
    fn only_those_who_are_meant_are_pinged_and_all_of_them(text in text()) {
        let parts = markdown(&text, &mentions());
        within_limits(&parts);
        no_foreign_markup(&parts, &["@U1ANA", "@U2CMO", "!subteam^S3SEO"]);
        let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
        for native in ["<@U1ANA>", "<@U2CMO>", "<!subteam^S3SEO>"] {
            prop_assert!(whole.contains(native));
        }
    }

    #[test]
    fn no_word_is_lost(words in prop::collection::vec("([a-zäß]{1,12}[.!?,]?|[a-z]{3000,3100}|\\*\\*[a-z]{1,5}\\*\\*|`[a-z ]{1,40}`| \n\n| \n)", 1..60)) {
        let text = words.join(" ");
        let parts = markdown(&text, &Mentions::default());
        let shown: String = parts.iter().map(|part| part.text.as_str()).collect();
        prop_assert_eq!(letters(&shown), letters(&text));
        let blocks: String = parts.iter().flat_map(|part| texts(part).0.split_off(1)).collect();
        prop_assert_eq!(letters(&blocks), letters(&text));
    }

    #[test]
    fn cards_stay_within_limits(
        title in words(),
        fields in prop::collection::vec((words(), words()), 0..20),
        body in text(),
        actions in prop::collection::vec(("[✅❌🔁a-z]{0,300}", "[a-z ]{0,200}"), 0..60),
    ) {
        let fields = fields.into_iter().map(|(name, value)| Field { name, value }).collect();
        let actions = actions.into_iter().map(|(emoji, label)| Action { emoji, label, asks: None }).collect();
        let parts = card(Card { title, fields, text: body, picture: None, actions }, None);
        within_limits(&parts);
        no_foreign_markup(&parts, &[]);
    }
}

#[test]
fn large_and_deep_texts_are_rendered() {
    let texts = [
        "> ".repeat(20_000),
        "*a".repeat(20_000),
        "[".repeat(40_000),
        "![".repeat(20_000),
        "`".repeat(40_000),
        "word ".repeat(60_000),
        "x".repeat(300_000),
        format!("```\n{}", "x".repeat(300_000)),
        (0..2_000).map(|depth| format!("{}- a\n", "  ".repeat(depth.min(300)))).collect(),
        "**a** `b` [c](https://d.example) ".repeat(6_000),
    ];
    for text in texts {
        let parts = markdown(&text, &Mentions::default());
        assert!(!parts.is_empty());
        within_limits(&parts);
    }
}
