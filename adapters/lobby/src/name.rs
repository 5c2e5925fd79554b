//! Names that people speak under, and when two of them could be mistaken for one another.

use unicode_normalization::UnicodeNormalization;

use crate::Error;

/// The most characters a name may have.
const LIMIT: usize = 80;

/// The name a member speaks under, fit to be shown: 1 to 80 characters, no controls, nothing that turns text around.
///
/// It says nothing about who may use it: [`crate::Lobby::member`] checks it against personas and listed people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member(String);

impl Member {
    /// Reads a name as it was given. Marks of direction and invisible spaces are left out, blanks around it too.
    ///
    /// # Errors
    /// [`Error::Name`] when nothing is left, it is too long, or it holds control characters.
    pub fn parse(given: &str) -> Result<Self, Error> {
        let name: String = given.chars().filter(|c| !is_invisible(*c)).collect();
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::Name("it is empty; say who is speaking with `as`"));
        }
        if name.chars().any(char::is_control) {
            return Err(Error::Name("it contains control characters"));
        }
        if name.chars().count() > LIMIT {
            return Err(Error::Name("it is longer than 80 characters"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mark that changes the direction of the text around it.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_invisible(c: char) -> bool {
    is_bidi_control(c) || matches!(c, '\u{00ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// The form in which two names are compared: compatibility look-alikes made equal (`ⅽmo`, `ＣＭＯ`), case and everything
/// that is neither letter nor digit left out, so that “Content-Manager” meets `content_manager`.
pub(crate) fn fold(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).collect();
    let letters: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() { plain } else { letters }
}

#[cfg(test)]
mod tests {
    use super::{Member, fold};

    #[test]
    fn a_name_is_read_as_people_will_see_it() {
        assert_eq!(Member::parse("  Ana Lee ").unwrap().as_str(), "Ana Lee");
        assert_eq!(Member::parse("\u{202e}you").unwrap().as_str(), "you");
        assert_eq!(Member::parse("李雷").unwrap().as_str(), "李雷");
        for bad in ["", "   ", "\u{200b}\u{202e}", "a\u{7}b", "a\nb", "a\0b", &"x".repeat(81)] {
            assert!(Member::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Member::parse(&"é".repeat(80)).is_ok());
    }

    #[test]
    fn look_alikes_fold_to_one() {
        for alike in ["CMO", "ＣＭＯ", "ⅽⅿo", "c.m.o", "@cmo"] {
            assert_eq!(fold(alike), "cmo", "{alike}");
        }
        assert_eq!(fold("Content Manager"), fold("content_manager"));
        assert_ne!(fold("ana"), fold("anna"));
        assert_ne!(fold("🦊"), fold("🐻"));
    }
}
