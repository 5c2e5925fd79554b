//! What somebody wants changed, understood from a sentence.

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
fn clauses(note: &str) -> Vec<String> {
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

/// A clause without its politeness.
fn bare(clause: &str) -> &str {
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
fn strip<'a>(clause: &'a str, leads: &[&str]) -> Option<&'a str> {
    leads.iter().find_map(|lead| {
        let head = clause.get(..lead.len())?;
        let rest = &clause[lead.len()..];
        (head.eq_ignore_ascii_case(lead) && rest.starts_with([' ', ',', ':']))
            .then(|| rest.trim_start_matches([' ', ',', ':']))
    })
}

/// Where a lower-case needle ends in a clause.
fn after(clause: &str, needles: &[&str]) -> Option<String> {
    let lower = clause.to_ascii_lowercase();
    let (at, needle) = needles.iter().filter_map(|needle| Some((lower.find(needle)?, needle))).min()?;
    Some(subject(&clause[at + needle.len()..])).filter(|topic| !topic.is_empty())
}

/// A subject without article, quotation marks and the word for what holds it.
fn subject(text: &str) -> String {
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

fn section(clause: &str) -> Option<String> {
    let lower = clause.to_ascii_lowercase();
    let order = ["add", "include", "insert", "write", "another", "a section", "one more", "new section"]
        .iter()
        .any(|order| lower.starts_with(order));
    let at = ["section", "chapter"].iter().filter_map(|noun| lower.find(noun)).min()?;
    order.then(|| {
        after(&clause[at..], &[" about ", " on ", " for ", " covering ", " with ", " called ", " titled ", ": "])
    })?
}

fn title(clause: &str) -> Option<String> {
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

fn replacement(clause: &str) -> Option<(String, String)> {
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
