//! How the text reads: paragraphs, sentences, reading ease.

use super::study::{Outcome, Study, counted};
use crate::words::words;

/// Longest paragraph, in words.
const PARAGRAPH: usize = 120;
/// A sentence of more words than this is long.
const SENTENCE: usize = 25;
/// Share of sentences that may be long.
const LONG_SENTENCES: f64 = 0.25;
/// Reading ease from which on a text is no longer "difficult" in Flesch's own table, and the one at which nothing is earned.
const EASE: (f64, f64) = (50.0, 20.0);

pub(super) fn paragraphs(study: &Study<'_>) -> Outcome {
    let lengths: Vec<usize> = study.prose.blocks.iter().map(|block| words(block).count()).collect();
    let (longest, long) =
        (lengths.iter().max().copied().unwrap_or(0), lengths.iter().filter(|n| **n > PARAGRAPH).count());
    if long == 0 {
        return Outcome::met(format!("The longest paragraph has {}.", counted(longest, "word")));
    }
    let share = 1.0 - long as f64 / lengths.len() as f64;
    Outcome::partly(
        share,
        format!(
            "The body has {} of over {PARAGRAPH} words (the longest {longest}); split there.",
            counted(long, "paragraph")
        ),
    )
}

pub(super) fn sentences(study: &Study<'_>) -> Outcome {
    let lengths: Vec<usize> =
        study.prose.blocks.iter().flat_map(|block| split(block)).map(|s| words(s).count()).collect();
    let (all, long) = (lengths.iter().filter(|n| **n > 0).count(), lengths.iter().filter(|n| **n > SENTENCE).count());
    if long as f64 <= all as f64 * LONG_SENTENCES {
        return Outcome::met(format!("Of {} {long} have over {SENTENCE} words.", counted(all, "sentence")));
    }
    let longest = lengths.iter().max().copied().unwrap_or(0);
    let share = (1.0 - long as f64 / all as f64) / (1.0 - LONG_SENTENCES);
    let advice = format!(
        "Of {} {long} have over {SENTENCE} words (the longest {longest}); split some until at most a quarter do.",
        counted(all, "sentence")
    );
    Outcome::partly(share, advice)
}

/// Flesch reading ease: 206.835 - 1.015 · words per sentence - 84.6 · syllables per word (Rudolf Flesch, "A new readability
/// yardstick", Journal of Applied Psychology 32, 1948, pages 221-233). It is made for English; a text that is mostly in another
/// script is not measured and loses nothing.
pub(super) fn readability(study: &Study<'_>) -> Outcome {
    let (mut sentences, mut counted, mut syllables, mut foreign) = (0usize, 0usize, 0usize, 0usize);
    for sentence in study.prose.blocks.iter().flat_map(|block| split(block)) {
        let before = counted;
        for word in words(sentence) {
            if word.starts_with(|c: char| c.is_ascii_alphanumeric() || ('\u{c0}'..'\u{250}').contains(&c)) {
                counted += 1;
                syllables += syllables_of(word);
            } else {
                foreign += 1;
            }
        }
        sentences += usize::from(counted > before);
    }
    if foreign >= counted {
        return Outcome::met("Reading ease is not measured: the text is not in Latin script.");
    }
    let (per_sentence, per_word) = (counted as f64 / sentences as f64, syllables as f64 / counted as f64);
    let ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word;
    let fact =
        format!("Reading ease is {ease:.0} ({per_sentence:.1} words a sentence, {per_word:.2} syllables a word)");
    if ease >= EASE.0 {
        return Outcome::met(format!("{fact}."));
    }
    let share = (ease - EASE.1) / (EASE.0 - EASE.1);
    Outcome::partly(share, format!("{fact}; shorter words and sentences bring it to {:.0}.", EASE.0))
}

/// The sentences of a block: they end at `.`, `!`, `?` or `…` before white space that no lower-case letter follows (so "e.g. this"
/// and "3.5" stay whole), and at the full stops of Chinese and Japanese.
fn split(block: &str) -> impl Iterator<Item = &str> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (sentence, tail) = rest.split_at(end_of_sentence(rest));
        rest = tail;
        Some(sentence)
    })
}

fn end_of_sentence(text: &str) -> usize {
    let (mut ended, mut spaced) = (false, false);
    for (at, c) in text.char_indices() {
        if ended && spaced && !c.is_whitespace() && !c.is_lowercase() {
            return at;
        }
        match c {
            '。' | '！' | '？' => return at + c.len_utf8(),
            '.' | '!' | '?' | '…' => (ended, spaced) = (true, false),
            // Closing quotes and brackets belong to the sentence before them.
            '"' | '\'' | '”' | '’' | '»' | ')' | ']' if ended && !spaced => {}
            _ if c.is_whitespace() => spaced = true,
            _ => (ended, spaced) = (false, false),
        }
    }
    text.len()
}

/// An estimate of the syllables of an English word: runs of vowels (`y` is one), without a silent final `e`, `es` or `ed`; at
/// least one. A number is spoken, too, and counts one.
fn syllables_of(word: &str) -> usize {
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: char| "aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüýÿ".contains(c);
    let runs =
        letters.iter().enumerate().filter(|(at, c)| vowel(**c) && (*at == 0 || !vowel(letters[*at - 1]))).count();
    let silent = match letters.as_slice() {
        // "table" speaks its e, "make" does not.
        [.., before, 'e'] => !vowel(*before) && *before != 'l',
        // "wanted" and "boxes" speak it, "talked" and "makes" do not.
        [.., before, 'e', 'd'] => !vowel(*before) && !matches!(before, 't' | 'd' | 'l'),
        [.., before, 'e', 's'] => !vowel(*before) && !matches!(before, 's' | 'x' | 'z' | 'c' | 'g' | 'h' | 'l'),
        _ => false,
    };
    (runs - usize::from(silent && runs > 1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let sentences: Vec<_> =
            split("Costs fell by 3.5 %, e.g. in ads. \"Really?\" Yes! 次の文。終わり").map(str::trim).collect();
        assert_eq!(sentences, ["Costs fell by 3.5 %, e.g. in ads.", "\"Really?\"", "Yes!", "次の文。", "終わり"]);
    }

    #[test]
    fn syllables_are_close_to_how_words_are_spoken() {
        for (word, syllables) in [
            ("cat", 1),
            ("make", 1),
            ("makes", 1),
            ("talked", 1),
            ("wanted", 2),
            ("table", 2),
            ("boxes", 2),
            ("marketing", 3),
            ("budget", 2),
            ("automation", 4),
            ("the", 1),
            ("2026", 1),
            ("café", 2),
            ("rhythm", 1),
        ] {
            assert_eq!(syllables_of(word), syllables, "{word}");
        }
    }
}
