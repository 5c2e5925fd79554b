//! What a title is about: its shape, and how it is spoken of in a sentence.

use crate::bank::{self, Field};
use crate::term::WEAK;
use crate::text;

/// How a piece with this title is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// "5 Ways …": that many items.
    List(usize),
    /// "How to …": steps.
    Steps,
    /// Anything else: themes.
    Themed,
}

/// A title understood.
pub(crate) struct Topic {
    /// How the piece is built.
    pub(crate) shape: Shape,
    /// The subject as it stands after "about": `how AI reduces marketing costs`.
    pub(crate) about: String,
    /// The fields of work that it touches, the general one last.
    pub(crate) fields: Vec<&'static Field>,
}

/// Nouns that are counted in titles.
pub(crate) const COUNTED: [&str; 30] = [
    "ways",
    "tips",
    "ideas",
    "reasons",
    "steps",
    "things",
    "mistakes",
    "rules",
    "lessons",
    "examples",
    "questions",
    "tools",
    "tricks",
    "habits",
    "secrets",
    "myths",
    "signs",
    "trends",
    "strategies",
    "principles",
    "facts",
    "benefits",
    "methods",
    "hacks",
    "tactics",
    "techniques",
    "practices",
    "insights",
    "takeaways",
    "thoughts",
];

/// Numbers that titles spell out, from one.
pub(crate) const SPELLED: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

impl Topic {
    /// Understands a title. Any text will do.
    pub(crate) fn of(title: &str) -> Self {
        let title = text::line(title);
        let plain = lower(&title);
        let head = head(&plain);
        let (shape, about) = shape(&head, &title);
        Self { shape, about, fields: bank::fields_for(&title) }
    }
}

/// The title as it would be written inside a sentence.
pub(crate) fn lower(title: &str) -> String {
    let long: Vec<&str> = title.split_whitespace().skip(1).filter(|word| text::len(word) > 3).collect();
    let capitals = long.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    let headline = capitals * 2 >= long.len();
    // A title in capitals only says nothing about its words.
    if title.contains(' ') && !title.chars().any(char::is_lowercase) {
        return title.to_lowercase();
    }
    let words: Vec<String> = title
        .split_whitespace()
        .enumerate()
        .map(|(at, word)| {
            let lowered = at == 0 || headline;
            if !lowered || text::keeps_capitals(word) { word.to_owned() } else { word.to_lowercase() }
        })
        .collect();
    words.join(" ")
}

/// The part of a title that says what it is about: before a colon or dash, unless only a word like "Guide" stands there.
fn head(plain: &str) -> String {
    for mark in [": ", " – ", " — ", " - "] {
        if let Some((before, after)) = plain.split_once(mark) {
            let side = if text::count_words(before) >= 2 || !WEAK.contains(&before.trim()) { before } else { after };
            return side.trim().to_owned();
        }
    }
    plain.trim_end_matches(['.', '!', ' ']).to_owned()
}

fn shape(head: &str, title: &str) -> (Shape, String) {
    let words: Vec<&str> = head.split_whitespace().collect();
    if words.is_empty() || !head.chars().any(char::is_alphanumeric) {
        return (Shape::Themed, "this subject".to_owned());
    }
    let quoted = || format!("“{}”", text::inline(title));
    if let Some((count, noun, rest)) = counted(&words) {
        return (Shape::List(count), listed(noun, &rest).unwrap_or_else(quoted));
    }
    if let Some(goal) = head.strip_prefix("how to ") {
        return (Shape::Steps, format!("how to {}", text::inline(goal.trim_end_matches('?'))));
    }
    for lead in ["guide to ", "introduction to ", "guide for "] {
        if let Some((before, subject)) = head.split_once(lead)
            && text::count_words(before) <= 3
            && !subject.trim().is_empty()
        {
            return (Shape::Themed, text::inline(subject.trim()));
        }
    }
    const VERBS: [&str; 22] = [
        "stop", "start", "make", "build", "get", "cut", "save", "write", "use", "find", "keep", "create", "grow",
        "learn", "choose", "avoid", "improve", "reduce", "boost", "turn", "plan", "sell",
    ];
    if VERBS.contains(&words[0]) && words.len() > 1 {
        return (Shape::Steps, format!("how to {}", text::inline(head)));
    }
    const AUXILIARIES: [&str; 16] = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "must", "has",
        "have", "may",
    ];
    let asks = head.ends_with('?');
    let clause = words.iter().skip(1).any(|word| AUXILIARIES.contains(word));
    let opens = ["why", "what", "when", "where", "who", "which", "how"].contains(&words[0]);
    // "why is it so" is a question to be quoted; "why it is so" can stand in a sentence.
    if (asks || clause || AUXILIARIES.contains(&words[0]))
        && !(opens && !asks && !AUXILIARIES.contains(words.get(1).unwrap_or(&"")))
    {
        return (
            Shape::Themed,
            if asks { format!("the question {}", quoted()) } else { format!("the claim {}", quoted()) },
        );
    }
    let foreign = head.chars().filter(|c| c.is_alphabetic()).any(|c| c > '\u{24f}');
    (Shape::Themed, if foreign { quoted() } else { text::inline(head) })
}

/// "5 smart ways to …" taken apart: how many, of what, and the rest.
fn counted<'a>(words: &[&'a str]) -> Option<(usize, &'a str, Vec<&'a str>)> {
    let words = match words {
        ["the" | "top" | "my" | "our", rest @ ..] => rest,
        words => words,
    };
    let first = words.first()?;
    let count = first.parse().ok().or_else(|| SPELLED.iter().position(|word| word == first).map(|at| at + 1))?;
    if !(2..=200).contains(&count) {
        return None;
    }
    let at = words.iter().take(4).position(|word| COUNTED.contains(word))?;
    Some((count, words[at], words[at + 1..].to_vec()))
}

/// The subject of a list title.
fn listed(noun: &str, rest: &[&str]) -> Option<String> {
    let joined = text::inline(&rest.join(" "));
    Some(match rest {
        [] => return None,
        ["to", goal @ ..] if !goal.is_empty() => format!("how to {}", text::inline(&goal.join(" "))),
        ["for" | "of" | "about" | "on", subject @ ..] if !subject.is_empty() => text::inline(&subject.join(" ")),
        ["why", ..] => joined,
        ["that" | "every" | "you" | "your" | "we" | "in" | "with" | "from" | "i" | "nobody" | "everyone", ..] => {
            format!("{noun} {joined}")
        }
        _ if noun == "reasons" => format!("why {joined}"),
        _ if noun == "ways" => format!("how {joined}"),
        _ => format!("{noun} {joined}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_spoken_of() {
        for (title, shape, about) in [
            ("5 Ways AI Reduces Marketing Costs", Shape::List(5), "how AI reduces marketing costs"),
            ("Seven Tips for Remote Teams", Shape::List(7), "remote teams"),
            ("10 ways to save time", Shape::List(10), "how to save time"),
            ("How to Write a Newsletter People Read", Shape::Steps, "how to write a newsletter people read"),
            ("Why Brand Voice Matters", Shape::Themed, "why brand voice matters"),
            ("What Is Content Marketing?", Shape::Themed, "the question “What Is Content Marketing?”"),
            ("AI Is Changing Marketing", Shape::Themed, "the claim “AI Is Changing Marketing”"),
            ("Remote Onboarding: A Guide for Managers", Shape::Themed, "remote onboarding"),
            ("The Ultimate Guide to Pricing", Shape::Themed, "pricing"),
            ("Stop Wasting Time", Shape::Steps, "how to stop wasting time"),
            ("🚀", Shape::Themed, "this subject"),
            ("", Shape::Themed, "this subject"),
        ] {
            let topic = Topic::of(title);
            assert_eq!((topic.shape, topic.about.as_str()), (shape, about), "{title}");
        }
    }
}
