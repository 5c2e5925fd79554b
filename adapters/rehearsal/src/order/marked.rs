//! A copy of a text in which what was understood is marked, so that no word is used twice; it keeps its length.

/// Stands in for what was used up; cannot be typed.
pub(super) const USED: char = '\u{1}';

/// Marks bytes as used, keeping the length.
pub(super) fn mark(text: &mut String, span: std::ops::Range<usize>) {
    if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) && span.start < span.end {
        text.replace_range(span.clone(), &USED.to_string().repeat(span.len()));
    }
}

pub(super) fn free(text: &str, span: &std::ops::Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|part| !part.contains(USED))
}

/// The largest place up to `at` where a character begins.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
