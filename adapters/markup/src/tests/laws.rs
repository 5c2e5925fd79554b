//! What holds for any input.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Terse, mentions, units};
use crate::{Mentions, length, pack, written};

/// Pieces that Markdown reads something into, between words.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,9}",
        2 => Just(" ".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => prop::sample::select(vec![
            "**", "*", "_", "~~", "`", "``", "```", "```\n", "```rust\n", "~~~\n", "> ", "- ", "1. ", "# ", "## ", "|", "|-|-|\n", "[", "](", ")",
            "](https://a.example/)", "<", ">", "@everyone", "@Ana Lee", "@cmo", "https://b.example/a?b=1&c", "\\", "    ", "\t", "<br>", "&amp;", "🦊",
            "👩🏽‍🚀", "שלום", "\u{202e}", "\u{200b}", "Z\u{300}\u{301}", "!", ". ", "? ",
        ]).prop_map(str::to_owned),
        1 => (1..60usize, "[a-z<`*]{1,60}").prop_map(|(times, word)| format!("{word} ").repeat(times)),
        1 => (1..2_000usize).prop_map(|length| "x".repeat(length)),
    ];
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

/// The pieces of a text, the first of at most `first` and each other of at most `limit`.
fn pieces(text: &str, mentions: &Mentions<Terse>, first: usize, limit: usize) -> Vec<String> {
    pack(Terse, units(text, mentions), first, limit).iter().map(|units| written(Terse, units)).collect()
}

/// How often each letter or digit stands in a text.
fn letters(text: &str) -> BTreeMap<char, usize> {
    let mut count = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *count.entry(c).or_default() += 1;
    }
    count
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_fit_and_are_whole(text in text(), first in 1_100..1_400usize, limit in 1_100..3_000usize) {
        let pieces = pieces(&text, &mentions(), first, limit);
        for (number, piece) in pieces.iter().enumerate() {
            let most = if number == 0 { first } else { limit };
            prop_assert!((1..=most).contains(&length(piece)), "{} of {most}", length(piece));
            let fences = piece.lines().filter(|line| line.starts_with("```")).count();
            prop_assert_eq!(fences % 2, 0, "{}", piece);
        }
    }

    #[test]
    fn no_word_is_lost(
        words in prop::collection::vec(
            "([a-zäß]{1,12}[.!?,]?|[a-z]{300,310}|\\*\\*[a-z]{1,5}\\*\\*|`[a-z ]{1,40}`|@[a-z]{3,9}|# [a-z]{2,9}| \n\n| \n)", 1..60,
        ),
        limit in 60..400usize,
    ) {
        let text = words.join(" ");
        let shown = pieces(&text, &Mentions::default(), limit, limit).concat();
        prop_assert_eq!(letters(&shown), letters(&text));
    }

    #[test]
    fn links_and_mentions_are_never_cut(number in 1..200usize, path in "[a-z0-9]{1,80}", limit in 150..500usize) {
        let link = format!("[a label of some words](https://a.example/{path})");
        let text = format!("{link} and **@Ana Lee** some words ").repeat(number);
        let pieces = pieces(&text, &mentions(), limit, limit);
        let shown = |whole: &str| pieces.iter().map(|piece| piece.matches(whole).count()).sum::<usize>();
        prop_assert_eq!(shown(&link), number);
        prop_assert_eq!(shown("!%1!"), number);
    }

    #[test]
    fn code_is_cut_between_lines_and_keeps_its_language(
        lines in prop::collection::vec("[a-z ]{0,120}[a-z]", 1..120),
        limit in 140..500usize,
    ) {
        let text = format!("```rust\n{}\n```", lines.join("\n"));
        let mut shown = Vec::new();
        for piece in pieces(&text, &Mentions::default(), limit, limit) {
            prop_assert!(length(&piece) <= limit);
            let inside = piece.strip_prefix("```rust\n").and_then(|rest| rest.strip_suffix("\n```"));
            prop_assert!(inside.is_some(), "a whole fence: {}", piece);
            shown.extend(inside.into_iter().flat_map(|inside| inside.split('\n')).map(str::to_owned));
        }
        prop_assert_eq!(shown, lines);
    }
}
