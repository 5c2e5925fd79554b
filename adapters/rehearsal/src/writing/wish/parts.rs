//! The parts of a wish that stand in its words: a subject, a title, one wording for another.

use super::clauses::strip;
use crate::text;

/// Where a lower-case needle ends in a clause.
pub(super) fn after(clause: &str, needles: &[&str]) -> Option<String> {
    let lower = clause.to_ascii_lowercase();
    let (at, needle) = needles.iter().filter_map(|needle| Some((lower.find(needle)?, needle))).min()?;
    Some(subject(&clause[at + needle.len()..])).filter(|topic| !topic.is_empty())
}

/// A subject without article, quotation marks and the word for what holds it.
pub(super) fn subject(text: &str) -> String {
    let mut text = text.trim();
    for lead in [
        "the part about",
        "the section about",
        "the section on",
        "the part on",
        "the paragraph about",
        "the paragraph on",
        "the sentence about",
        "the bit about",
        "the line about",
        "a sentence about",
        "a line about",
        "a paragraph about",
        "a paragraph on",
        "a word about",
        "something about",
        "more about",
        "more on",
    ] {
        text = strip(text, &[lead]).unwrap_or(text);
    }
    text::line(text).trim_matches(['"', '“', '”', '„', '«', '»', ' ', '.', ',', ':']).to_owned()
}

pub(super) fn section(clause: &str) -> Option<String> {
    let lower = clause.to_ascii_lowercase();
    let order = ["add", "include", "insert", "write", "another", "a section", "one more", "new section"]
        .iter()
        .any(|order| lower.starts_with(order));
    let at = ["section", "chapter"].iter().filter_map(|noun| lower.find(noun)).min()?;
    order.then(|| {
        after(&clause[at..], &[" about ", " on ", " for ", " covering ", " with ", " called ", " titled ", ": "])
    })?
}

pub(super) fn title(clause: &str) -> Option<String> {
    let lower = clause.to_ascii_lowercase();
    let leads = [
        "change the title to ",
        "change title to ",
        "change the headline to ",
        "set the title to ",
        "make the title ",
        "the title should be ",
        "title should be ",
        "the title must be ",
        "rename it to ",
        "rename the piece to ",
        "rename it ",
        "call it ",
        "new title: ",
        "title: ",
        "use the title ",
        "the title is now ",
    ];
    let (at, lead) = leads.iter().find_map(|lead| Some((lower.find(lead)?, lead)))?;
    let title = subject(&clause[at + lead.len()..]);
    // "make the title shorter" names no title.
    let wish = lead.starts_with("make") && !clause.contains(['"', '“', '„', '«']);
    (!title.is_empty() && !wish && text::len(&title) <= 120).then_some(title)
}

pub(super) fn replacement(clause: &str) -> Option<(String, String)> {
    let lower = clause.to_ascii_lowercase();
    let (body, joints): (&str, &[&str]) = if lower.starts_with("replace ") {
        (&clause[8..], &[" with ", " by "])
    } else if lower.starts_with("change ") {
        (&clause[7..], &[" to ", " into "])
    } else if let Some(at) = lower.find(" instead of ") {
        let new = strip(&clause[..at], &["use", "say", "write", "put"])?;
        return pair(&clause[at + 12..], new);
    } else {
        return None;
    };
    let folded = body.to_ascii_lowercase();
    let (at, joint) = joints.iter().filter_map(|joint| Some((folded.find(joint)?, joint))).min()?;
    pair(&body[..at], &body[at + joint.len()..])
}

fn pair(old: &str, new: &str) -> Option<(String, String)> {
    let clean = |text: &str| {
        let text = strip(text.trim(), &["the word", "the words", "the phrase", "the term"]).unwrap_or(text.trim());
        text.trim_matches(['"', '“', '”', '„', '«', '»', '\'', '‘', '’', ' ']).to_owned()
    };
    let (old, new) = (clean(old), clean(new));
    (!old.is_empty() && !new.is_empty() && old != new).then_some((old, new))
}
