//! A note taken apart into single wishes, without their politeness.

use crate::text;

const ORDERS: [&str; 40] = [
    "add",
    "make",
    "mention",
    "remove",
    "replace",
    "change",
    "use",
    "include",
    "drop",
    "cut",
    "shorten",
    "rewrite",
    "put",
    "give",
    "open",
    "start",
    "translate",
    "explain",
    "delete",
    "keep",
    "tighten",
    "expand",
    "cover",
    "write",
    "say",
    "take",
    "leave",
    "rename",
    "call",
    "insert",
    "show",
    "focus",
    "highlight",
    "stress",
    "emphasise",
    "emphasize",
    "link",
    "bring",
    "avoid",
    "check",
];

/// Splits outside quotation marks at the ends of sentences, at line ends, and before another order.
pub(super) fn clauses(note: &str) -> Vec<String> {
    let mut clauses: Vec<String> = vec![String::new()];
    let mut quoted = false;
    let mut characters = note.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            '“' | '„' | '«' => quoted = true,
            '”' | '»' => quoted = false,
            _ => {}
        }
        let ends = matches!(c, '.' | '!' | '?') && characters.peek().is_none_or(|next| next.is_whitespace());
        if c == '\n' || (!quoted && (ends || c == ';')) {
            clauses.push(String::new());
        } else if let Some(last) = clauses.last_mut() {
            last.push(c);
        }
    }
    clauses.iter().flat_map(|clause| by_orders(&text::line(clause))).filter(|clause| !clause.is_empty()).collect()
}

fn by_orders(clause: &str) -> Vec<String> {
    let lower = clause.to_lowercase();
    if lower.len() != clause.len() {
        return vec![clause.to_owned()];
    }
    for (at, joint) in [" and ", ", ", " but ", " then "].iter().flat_map(|joint| lower.match_indices(joint)) {
        let rest = &lower[at + joint.len()..];
        let bare = ["and ", "please ", "also ", "then "]
            .iter()
            .fold(rest, |rest, lead| rest.strip_prefix(lead).unwrap_or(rest));
        let first = bare.split_whitespace().next().unwrap_or_default();
        let inside = lower[..at].matches(['"', '“', '”']).count() % 2 == 1;
        if ORDERS.contains(&first) && !inside {
            let mut parts = vec![clause[..at].trim().to_owned()];
            parts.extend(by_orders(clause[at + joint.len()..].trim()));
            return parts;
        }
    }
    vec![clause.to_owned()]
}

/// A clause without its politeness.
pub(super) fn bare(clause: &str) -> &str {
    const LEADS: [&str; 38] = [
        "please",
        "can you",
        "could you",
        "would you",
        "will you",
        "can we",
        "could we",
        "i would like you to",
        "i'd like you to",
        "i would like to",
        "i'd like to",
        "i want you to",
        "i would like",
        "i'd like",
        "i want to",
        "i want",
        "we want",
        "we need to",
        "we need",
        "i need",
        "you should",
        "you could",
        "it should",
        "it needs to",
        "it needs",
        "let's",
        "also",
        "and",
        "but",
        "then",
        "maybe",
        "perhaps",
        "just",
        "kindly",
        "hi",
        "hello",
        "it would be nice to",
        "there should be",
    ];
    let mut rest = clause.trim();
    loop {
        rest = rest.trim_start_matches([',', ':', '-', ' ']);
        if rest.starts_with('@') {
            rest = rest.find(' ').map_or("", |end| &rest[end..]);
            continue;
        }
        match strip(rest, &LEADS) {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    let rest = rest.trim_end_matches(['.', '!', '?', ' ', ',']);
    rest.strip_suffix(" please").unwrap_or(rest).trim_end_matches(',')
}

/// What follows one of these words at the beginning, if something does.
pub(super) fn strip<'a>(clause: &'a str, leads: &[&str]) -> Option<&'a str> {
    leads.iter().find_map(|lead| {
        let head = clause.get(..lead.len())?;
        let rest = &clause[lead.len()..];
        (head.eq_ignore_ascii_case(lead) && rest.starts_with([' ', ',', ':']))
            .then(|| rest.trim_start_matches([' ', ',', ':']))
    })
}
