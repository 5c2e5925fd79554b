//! How soon a request wants it, where it says so.

use std::ops::Range;

use super::marked::free;

/// What says it, the longest of each kind first.
const WORDS: [(&str, &str); 13] = [
    ("as soon as possible", "urgent"),
    ("with high priority", "urgent"),
    ("high priority", "urgent"),
    ("top priority", "urgent"),
    ("urgently", "urgent"),
    ("urgent", "urgent"),
    ("asap", "urgent"),
    ("whenever there is time", "low"),
    ("when there is time", "low"),
    ("with low priority", "low"),
    ("low priority", "low"),
    ("no hurry", "low"),
    ("no rush", "low"),
];

/// The priority that is named first in what is not used yet, and where it stands.
pub(super) fn priority(left: &str) -> Option<(&'static str, Range<usize>)> {
    let lower = left.to_ascii_lowercase();
    let whole = |span: &Range<usize>| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(lower[..span.start].chars().next_back()) && edge(lower[span.end..].chars().next())
    };
    // "Not urgent" is neither.
    let denied = |span: &Range<usize>| lower[..span.start].trim_end().ends_with("not");
    let found = WORDS.iter().filter_map(|(words, priority)| {
        let start = lower.find(words)?;
        Some((*priority, start..start + words.len()))
    });
    found.filter(|(_, span)| whole(span) && free(left, span) && !denied(span)).min_by_key(|(_, span)| span.start)
}

#[cfg(test)]
mod tests {
    use super::priority;

    fn named(text: &str) -> Option<&'static str> {
        priority(text).map(|(priority, _)| priority)
    }

    #[test]
    fn a_priority_is_read_where_one_is_named() {
        assert_eq!(named("we need a blog post, urgent please"), Some("urgent"));
        assert_eq!(named("a post ASAP"), Some("urgent"));
        assert_eq!(named("a post, no rush"), Some("low"));
        assert_eq!(named("a post, this is not urgent"), None);
        assert_eq!(named("a post about insurgents"), None);
        assert_eq!(named("a post"), None);
    }
}
