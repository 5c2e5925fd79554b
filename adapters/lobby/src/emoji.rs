//! Emoji that people react with.

use bullpen_chat::fold_emoji;

use crate::Error;

/// The most different emoji on one message.
pub(crate) const DISTINCT_LIMIT: i64 = 20;

/// The most bytes of one emoji: the longest family of four with skin tones folded has 25.
const BYTES: usize = 32;

/// Names that people type for the emoji they mean, as other chats call them.
const ALIASES: [(&str, &str); 12] = [
    ("white_check_mark", "✅"),
    ("x", "❌"),
    ("repeat", "🔁"),
    ("+1", "👍"),
    ("thumbsup", "👍"),
    ("-1", "👎"),
    ("thumbsdown", "👎"),
    ("heart", "❤"),
    ("tada", "🎉"),
    ("eyes", "👀"),
    ("rocket", "🚀"),
    ("question", "❓"),
];

/// An emoji in the form in which it is stored and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji(String);

impl Emoji {
    /// Reads an emoji, an alias of one (`+1`, `:white_check_mark:`), or a custom emoji's `:name:`.
    ///
    /// # Errors
    /// [`Error::Emoji`] for anything else.
    pub fn parse(given: &str) -> Result<Self, Error> {
        let folded = fold_emoji(given.trim());
        let bare = folded.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
        let named = bare.unwrap_or(&folded);
        if let Some((_, emoji)) = ALIASES.iter().find(|(alias, _)| *alias == named) {
            return Ok(Self((*emoji).to_owned()));
        }
        let custom = bare.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
        });
        let drawn = !folded.is_ascii()
            && !folded.chars().any(|c| c.is_control() || c.is_whitespace() || crate::name::is_bidi_control(c));
        if folded.len() <= BYTES && (custom || drawn) {
            Ok(Self(folded))
        } else {
            Err(Error::Emoji(given.chars().take(BYTES).collect()))
        }
    }

    /// The emoji.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Emoji;

    #[test]
    fn emoji_are_known_by_their_looks_and_their_names() {
        for (given, stored) in [
            ("✅", "✅"),
            ("👍🏽", "👍"),
            ("✔\u{fe0f}", "✔"),
            ("white_check_mark", "✅"),
            (":x:", "❌"),
            ("+1", "👍"),
            (":parrot:", ":parrot:"),
            ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ] {
            assert_eq!(Emoji::parse(given).unwrap().as_str(), stored, "{given}");
        }
        for bad in ["", " ", "yes", "::", ":a b:", "<b>", "é é", "\u{202e}", &"✅".repeat(11)] {
            assert!(Emoji::parse(bad).is_err(), "{bad:?}");
        }
    }
}
