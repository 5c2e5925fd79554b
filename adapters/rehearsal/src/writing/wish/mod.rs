//! What somebody wants changed, understood from a sentence.

mod clauses;
mod parts;

use clauses::{bare, clauses, strip};
use parts::{after, replacement, section, subject, title};

use crate::text;

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// A stronger beginning.
    Opening,
    /// An example; of what, when that was said.
    Example(Option<String>),
    /// Shorter by about a quarter.
    Shorter,
    /// Longer by about a quarter.
    Longer,
    /// About so many words.
    Words(usize),
    /// A section about something.
    Section(String),
    /// Something that must be mentioned.
    Mention(String),
    /// A link.
    Link(String),
    /// One wording for another; the second may be empty.
    Replace(String, String),
    /// Another title.
    Title(String),
    /// Something that must go.
    Remove(String),
    /// Contractions and a looser tone.
    Casual,
    /// No contractions.
    Formal,
    /// A light line.
    Light,
    /// What search asks for.
    Search,
    /// Another language, which the stand-in cannot write.
    Translate(String),
    /// Anything else, in its words.
    Other(String),
}

/// The wishes in a note: sentence by sentence, and by "and" where another instruction follows.
pub(super) fn wishes(note: &str) -> Vec<Wish> {
    clauses(note).iter().filter_map(|clause| wish(clause)).collect()
}

/// "about 800 words", as a number.
pub(crate) fn words_asked(note: &str) -> Option<usize> {
    let words: Vec<&str> = note.split_whitespace().collect();
    let at =
        words.iter().position(|word| word.trim_matches(|c: char| !c.is_alphabetic()).eq_ignore_ascii_case("words"))?;
    let number: String = words[at.checked_sub(1)?].chars().filter(char::is_ascii_digit).collect();
    number.parse().ok().filter(|count| (50..=10_000).contains(count))
}

fn wish(clause: &str) -> Option<Wish> {
    let clause = bare(clause);
    let lower = clause.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text::says(&lower, word));
    if text::len(clause) < 3 || ["thanks", "thank you", "great", "nice", "ok", "okay", "good"].contains(&lower.as_str())
    {
        return None;
    }
    if has(&["translate", "translation", "translated"]) {
        return Some(Wish::Translate(clause.to_owned()));
    }
    if let Some(title) = title(clause) {
        return Some(Wish::Title(title));
    }
    if let Some((old, new)) = replacement(clause) {
        return Some(Wish::Replace(old, new));
    }
    if let Some(url) =
        clause.split_whitespace().find(|word| word.starts_with("https://") || word.starts_with("http://"))
    {
        return Some(Wish::Link(url.trim_matches(['"', '“', '”', ',', '.', ')', '(', '<', '>']).to_owned()));
    }
    let opening = has(&[
        "opening",
        "intro",
        "introduction",
        "first paragraph",
        "first sentence",
        "first line",
        "hook",
        "beginning",
    ]) || ["open with", "open on", "start with", "begin with"].iter().any(|lead| lower.starts_with(lead));
    if let Some(topic) = section(clause) {
        return Some(Wish::Section(topic));
    }
    if has(&["meta description", "keyword", "slug", "seo", "search term", "internal link", "links"]) {
        return Some(Wish::Search);
    }
    if opening && !lower.starts_with("remove") && !lower.starts_with("mention") {
        return Some(Wish::Opening);
    }
    if has(&["example", "examples", "case study", "for instance"]) && !has(&["remove", "fewer", "drop", "delete"]) {
        return Some(Wish::Example(
            after(clause, &[" from ", " about ", " for ", " of ", " on "])
                .filter(|topic| !topic.to_lowercase().starts_with("start ")),
        ));
    }
    if let Some(words) = words_asked(clause) {
        return Some(Wish::Words(words));
    }
    if has(&["shorter", "too long", "shorten", "tighten", "condense", "trim", "more concise", "cut it down"]) {
        return Some(Wish::Shorter);
    }
    if has(&["longer", "too short", "expand", "more detail", "more depth", "in more detail", "more in depth"]) {
        return Some(Wish::Longer);
    }
    if has(&[
        "less formal",
        "casual",
        "more relaxed",
        "conversational",
        "friendlier",
        "informal",
        "more friendly",
        "too formal",
    ]) {
        return Some(Wish::Casual);
    }
    if has(&["more formal", "more professional", "more serious", "too casual", "too informal"]) {
        return Some(Wish::Formal);
    }
    if has(&["funny", "funnier", "humour", "humor", "joke", "playful", "lighter", "witty", "fun"]) {
        return Some(Wish::Light);
    }
    if has(&["concrete", "specific", "hands-on", "tangible", "more practical"]) {
        return Some(Wish::Example(None));
    }
    if let Some(topic) = strip(clause, &["remove", "delete", "drop", "take out", "leave out", "get rid of", "cut"]) {
        return Some(Wish::Remove(subject(topic)));
    }
    const MENTION: [&str; 30] = [
        "say something about",
        "talk about",
        "write about",
        "more focus on",
        "focus more on",
        "focus on",
        "more about",
        "more on",
        "mention that",
        "mention",
        "include",
        "cover",
        "address",
        "bring in",
        "bring up",
        "refer to",
        "reference",
        "emphasise",
        "emphasize",
        "highlight",
        "stress",
        "point out",
        "explain",
        "name",
        "add something about",
        "add",
        "there is nothing about",
        "nothing about",
        "tell them about",
        "where is",
    ];
    if let Some(topic) = strip(clause, &MENTION) {
        return Some(Wish::Mention(subject(topic)));
    }
    Some(Wish::Other(clause.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_wishes_are_understood() {
        let own = str::to_owned;
        for (note, wanted) in [
            ("@copywriter please make the opening sharper", vec![Wish::Opening]),
            (
                "Make it shorter and add a section about data protection.",
                vec![Wish::Shorter, Wish::Section(own("data protection"))],
            ),
            ("Can you mention our summer offer?", vec![Wish::Mention(own("our summer offer"))]),
            ("replace \"tool\" with \"assistant\"", vec![Wish::Replace(own("tool"), own("assistant"))]),
            ("use people instead of users", vec![Wish::Replace(own("users"), own("people"))]),
            ("change the title to “Spend Less, Reach More”", vec![Wish::Title(own("Spend Less, Reach More"))]),
            ("less formal; remove the part about meetings", vec![Wish::Casual, Wish::Remove(own("meetings"))]),
            ("translate it into German", vec![Wish::Translate(own("translate it into German"))]),
            ("about 600 words", vec![Wish::Words(600)]),
            ("more concrete", vec![Wish::Example(None)]),
            ("add an example from retail", vec![Wish::Example(Some(own("retail")))]),
            ("make it funny", vec![Wish::Light]),
            ("I want the CFO to nod when he reads this", vec![Wish::Other(own("the CFO to nod when he reads this"))]),
            ("thanks!", vec![]),
            ("add a link to https://example.org/a_b.", vec![Wish::Link(own("https://example.org/a_b"))]),
        ] {
            assert_eq!(wishes(note), wanted, "{note}");
        }
    }

    #[test]
    fn odd_notes_do_no_harm() {
        for note in [
            "",
            "\u{0}",
            "İİİ and make",
            "replace",
            "change to to to",
            "title:",
            "“",
            "add a section",
            "@@@ @",
            &"and make ".repeat(500),
        ] {
            let _ = wishes(note);
        }
    }
}
