//! What is left of a request when everything else was understood.

use super::marked::USED;
use crate::text;

/// Where the wish before the thing asked for begins: "we need a", "could you write another".
pub(super) fn wish_start(left: &str, thing: usize) -> usize {
    let lower = left[..thing.min(left.len())].to_ascii_lowercase();
    let clause = lower
        .rfind(['\n', ';', USED])
        .map_or(0, |at| at + 1)
        .max(lower.rfind(". ").map_or(0, |at| at + 2))
        .max(lower.rfind("! ").map_or(0, |at| at + 2));
    const WISHES: [&str; 16] = [
        "please",
        "we need",
        "i need",
        "can you",
        "could you",
        "can we",
        "could we",
        "would you",
        "i'd like",
        "i would like",
        "we'd like",
        "we would like",
        "we want",
        "i want",
        "let's",
        "write",
    ];
    WISHES.iter().filter_map(|wish| lower[clause..].find(wish)).min().map_or(clause, |at| clause + at)
}

/// What is left over, clause by clause.
pub(super) fn notes(left: &str) -> Option<String> {
    const EMPTY: [&str; 58] = [
        "please", "thanks", "thank", "you", "hi", "hello", "hey", "dear", "team", "and", "with", "for", "the", "a",
        "an", "it", "is", "to", "by", "on", "about", "due", "titled", "called", "entitled", "named", "title", "of",
        "in", "at", "that", "should", "be", "we", "our", "i", "us", "as", "so", "or", "but", "good", "morning", "need",
        "would", "like", "could", "can", "have", "want", "new", "this", "here", "there", "cheers", "regards", "many",
        "is",
    ];
    let left: String = left.replace(". ", "\u{1}").replace("? ", "\u{1}").replace("! ", "\u{1}");
    let clauses = left.split([USED, '\n', ';', ',']).map(|clause| {
        let words: Vec<&str> = clause.split_whitespace().filter(|word| !word.starts_with('@')).collect();
        let joined = text::line(&words.join(" "));
        joined
            .trim_matches(['.', ',', ':', ' ', '-', '–', '—', '(', ')', '"', '“', '”', '„', '«', '»', '?', '!', '\''])
            .to_owned()
    });
    let clauses: Vec<String> = clauses
        .map(|clause| {
            ["and ", "but ", "also "]
                .iter()
                .fold(clause, |clause, lead| clause.strip_prefix(lead).map_or(clause.clone(), str::to_owned))
        })
        .filter(|clause| text::words(clause).any(|word| !EMPTY.contains(&word.to_lowercase().as_str())))
        .collect();
    (!clauses.is_empty()).then(|| text::clip(&clauses.join(". "), 4000))
}
