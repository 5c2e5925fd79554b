//! What holds for any input.

use std::collections::BTreeMap;

use bullpen_chat::{Action, Card, Field};
use bullpen_markup::length;
use proptest::prelude::*;
use serde_json::Value;

use super::{card, markdown, mentions, spoken};
use crate::render::{Mentions, Part, button};

/// Shorter ones, for the many parts of a card.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![9 => text().prop_map(|text| text.chars().take(120).collect()), 1 => text()]
}

/// Pieces that Markdown and Discord read something into, between words.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,9}",
        2 => Just(" ".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => prop::sample::select(vec![
            "**", "*", "_", "~~", "||", "`", "``", "```", "```\n", "```rust\n", "~~~\n", "> ", ">>> ", "- ", "-# ", "1. ", "# ", "|", "|-|-|\n",
            "[", "](", ")", "](https://a.example/)", "<", ">", "&", "<@123>", "<@!123>", "<@&123>", "<#1>", "<:a:1>", "<t:1:R>", "</a:1>", "@",
            "@everyone", "@here", "@Everyone", "everyone", "here", "@Ana Lee", "@cmo", "https://b.example/a?b=1&c", "\\", "\\\\", "    ", "\t", "<b>",
            "<br>", "&lt;", "&#64;everyone", "&lt;@123&gt;", "🦊", "👩🏽‍🚀", "שלום", "\u{202e}", "\u{200b}", "\u{2060}", "Z\u{300}\u{301}", "!", ". ", "? ",
        ]).prop_map(str::to_owned),
        1 => (1..60usize, "[a-z<&`*@]{1,60}").prop_map(|(times, word)| format!("{word} ").repeat(times)),
        1 => prop_oneof![1..200usize, 200..5_000usize].prop_map(|length| "x".repeat(length)),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

/// All that Discord reads for mentions and marks: the content and every text of the embeds.
fn texts(part: &Part) -> Vec<String> {
    let mut out = vec![part.content.clone()];
    for embed in &part.embeds {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        out.extend(["title", "description"].iter().filter_map(|name| text(&embed[*name])));
        for field in embed["fields"].as_array().into_iter().flatten() {
            out.extend(text(&field["name"]));
            out.extend(text(&field["value"]));
        }
    }
    out
}

/// Nothing is larger than Discord takes, however it counts.
fn within_limits(parts: &[Part]) {
    assert!(!parts.is_empty());
    for part in parts {
        assert!(length(&part.content) < 2_000, "{}", length(&part.content));
        assert!(!part.content.trim().is_empty() || !part.embeds.is_empty(), "a message says something");
        let mut all = 0;
        for embed in &part.embeds {
            let mut length = |pointer: &str, least: usize, most: usize| {
                if let Some(text) = embed.pointer(pointer).and_then(Value::as_str) {
                    all += length(text);
                    assert!((least..=most).contains(&length(text)), "{pointer}: {}", length(text));
                }
            };
            length("/title", 1, 256);
            length("/description", 1, 4_096);
            length("/footer/text", 1, 2_048);
            let fields = embed["fields"].as_array().map_or(0, Vec::len);
            assert!(fields <= 25);
            for number in 0..fields {
                length(&format!("/fields/{number}/name"), 1, 256);
                length(&format!("/fields/{number}/value"), 1, 1_024);
            }
        }
        assert!(all <= 6_000, "{all}");
        assert!(part.components.len() <= 5);
        let mut ids = std::collections::BTreeSet::new();
        for row in &part.components {
            let buttons = row["components"].as_array().unwrap();
            assert!((1..=5).contains(&buttons.len()));
            for button in buttons {
                assert!((1..=80).contains(&length(button["label"].as_str().unwrap())));
                let id = button["custom_id"].as_str().unwrap();
                assert!(button::parse(id).is_some() && ids.insert(id.to_owned()), "{id}");
            }
        }
    }
}

/// Nobody is mentioned but these, and nothing looks as if somebody were.
fn only_mentions(parts: &[Part], native: &[&str]) {
    for text in parts.iter().flat_map(texts) {
        let lower = text.to_lowercase();
        assert!(!lower.contains("@everyone") && !lower.contains("@here"), "{text}");
        for (at, _) in text.match_indices('<') {
            let rest = &text[at..];
            let meant = native.iter().any(|native| rest.starts_with(native));
            assert!(meant || !(rest.starts_with("<@") || rest.starts_with("<#")), "{rest}");
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
    for text in parts.iter().flat_map(texts) {
        assert_eq!(text.replace("\\`", "").matches("```").count() % 2, 0, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn markdown_stays_within_limits_and_pings_nobody(text in text(), speaker in prop::option::of(words())) {
        let parts = spoken(&text, &Mentions::default(), speaker.as_deref());
        within_limits(&parts);
        only_mentions(&parts, &[]);
        fences_are_whole(&parts);
        prop_assert_eq!(&parts, &spoken(&text, &Mentions::default(), speaker.as_deref()));
    }

    #[test]
    fn only_those_who_are_meant_are_pinged_and_all_of_them(text in text()) {
        let parts = markdown(&text, &mentions());
        within_limits(&parts);
        let native = ["<@101>", "<@102>", "<@&103>"];
        only_mentions(&parts, &native);
        let whole: String = parts.iter().map(|part| part.content.as_str()).collect();
        for native in native {
            prop_assert!(whole.contains(native));
        }
    }

    #[test]
    fn no_word_is_lost(words in prop::collection::vec("([a-zäß]{1,12}[.!?,]?|[a-z]{3000,3100}|\\*\\*[a-z]{1,5}\\*\\*|`[a-z ]{1,40}`|@[a-z]{3,9}| \n\n| \n)", 1..60)) {
        let text = words.join(" ");
        let parts = markdown(&text, &Mentions::default());
        let shown: String = parts.iter().map(|part| part.content.as_str()).collect();
        prop_assert_eq!(letters(&shown), letters(&text));
    }

    #[test]
    fn cards_stay_within_limits(
        title in words(),
        fields in prop::collection::vec((words(), words()), 0..40),
        body in text(),
        actions in prop::collection::vec(("[✅❌🔁a-z|]{0,60}", "[a-z ]{0,200}", prop::option::of("[a-zäß ]{0,200}")), 0..60),
    ) {
        let fields = fields.into_iter().map(|(name, value)| Field { name, value }).collect();
        let actions = actions.into_iter().map(|(emoji, label, asks)| Action { emoji, label, asks }).collect();
        let of = Card { title, fields, text: body, picture: None, actions };
        let parts = card(of.clone(), &Mentions::default(), None);
        within_limits(&parts);
        only_mentions(&parts, &[]);
        fences_are_whole(&parts);
        let parts = card(of, &mentions(), None);
        within_limits(&parts);
        only_mentions(&parts, &["<@101>", "<@102>", "<@&103>"]);
        prop_assert_eq!(parts[0].content.as_str(), "<@&103> <@101> <@102>");
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
        "@everyone <@1> ".repeat(6_000),
        "Z\u{300}\u{301}\u{302}\u{303}".repeat(10_000),
    ];
    for text in texts {
        let parts = markdown(&text, &Mentions::default());
        within_limits(&parts);
        only_mentions(&parts, &[]);
    }
}

#[test]
fn code_that_reads_as_words_makes_no_mention_of_what_follows_it() {
    for text in ["``` a``< ```@101>", "``` a``@ ```everyone"] {
        let said = super::content(text);
        assert!(!said.contains("<@101>") && !said.contains("@everyone"), "{said:?}");
    }
}
