//! Words of a text, and whether a phrase is among them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A phrase of more words than this is never found, which keeps the search linear in the text.
const LONGEST_PHRASE: usize = 24;

/// The words of `text` as they stand, in order.
///
/// A word is a run of letters, digits and marks; an apostrophe between letters belongs to it, a hyphen parts two words. Where a
/// script writes no spaces (Han, kana), every character counts as a word.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| c.is_alphanumeric())?;
        let word = &rest[start..];
        let end = end_of_word(word);
        rest = &word[end..];
        Some(&word[..end])
    })
}

fn end_of_word(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    if let Some((_, first)) = characters.next()
        && stands_alone(first)
    {
        return first.len_utf8();
    }
    while let Some((at, c)) = characters.next() {
        let goes_on = match c {
            '\'' | '’' => characters.peek().is_some_and(|(_, next)| next.is_alphabetic()),
            _ => !stands_alone(c) && (c.is_alphanumeric() || is_combining_mark(c)),
        };
        if !goes_on {
            return at;
        }
    }
    text.len()
}

/// Han, hiragana and katakana: one character, one word.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A word as it is compared: lower case, one form of each accented letter, no possessive, no plural `s`.
fn key(word: &str) -> String {
    let mut key: String = word.nfkc().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect();
    if key.ends_with("'s") {
        key.truncate(key.len() - 2);
    }
    key.retain(|c| c != '\'');
    if key.len() > 4 && key.ends_with("ies") {
        key.truncate(key.len() - 3);
        key.push('y');
    } else if key.len() > 2 && key.ends_with('s') && !key.ends_with("ss") {
        key.pop();
    }
    key
}

/// A text made ready to look phrases up in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// The words of `text`, made comparable.
    pub(crate) fn of(text: &str) -> Self {
        Self(words(text).map(key).collect())
    }

    /// The words of several texts, one after the other.
    pub(crate) fn of_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().flat_map(words).map(key).collect())
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first `count` words.
    pub(crate) fn first(&self, count: usize) -> Self {
        Self(self.0[..count.min(self.0.len())].to_vec())
    }

    /// How many words stand before the first occurrence of `phrase`.
    pub(crate) fn position(&self, phrase: &Words) -> Option<usize> {
        if phrase.is_empty() || phrase.len() > LONGEST_PHRASE {
            return None;
        }
        self.0.windows(phrase.len()).position(|window| window == phrase.0)
    }

    /// Whether `phrase` occurs.
    pub(crate) fn contains(&self, phrase: &Words) -> bool {
        self.position(phrase).is_some()
    }

    /// How often `phrase` occurs, overlaps not counted.
    pub(crate) fn count(&self, phrase: &Words) -> usize {
        let (mut found, mut from) = (0, 0);
        if phrase.is_empty() || phrase.len() > LONGEST_PHRASE {
            return 0;
        }
        while from + phrase.len() <= self.0.len() {
            if self.0[from..from + phrase.len()] == phrase.0 {
                found += 1;
                from += phrase.len();
            } else {
                from += 1;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str, phrase: &str) -> usize {
        Words::of(text).count(&Words::of(phrase))
    }

    #[test]
    fn words_keep_their_apostrophes_and_lose_their_punctuation() {
        let found: Vec<_> = words("Don’t “stop” – it's AI-driven, 3.5 % (naïve)…").collect();
        assert_eq!(found, ["Don’t", "stop", "it's", "AI", "driven", "3", "5", "naïve"]);
    }

    #[test]
    fn scripts_without_spaces_count_by_character() {
        assert_eq!(words("AIで広告費を削減").count(), 8);
        assert_eq!(words("Маркетинг стоит дорого").count(), 3);
        assert_eq!(words("").count() + words(" —\u{0}\u{202e} ").count(), 0);
    }

    #[test]
    fn a_phrase_is_found_whatever_its_case_hyphens_and_plural() {
        assert_eq!(count("AI-driven Marketing costs fall; ai driven marketing cost.", "ai-driven marketing cost"), 2);
        assert_eq!(count("Companies and the company’s budget", "company"), 2);
        assert_eq!(count("cafe\u{301} and café", "café"), 2);
    }

    #[test]
    fn only_whole_words_count() {
        assert_eq!(count("artichoke smart party", "art"), 0);
        assert_eq!(count("aaa a a a", "a a"), 1);
        assert_eq!(count("anything", ""), 0);
    }
}
