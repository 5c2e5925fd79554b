//! What secrets look like, so that one in the wrong place is told at once.

use secrecy::{ExposeSecret as _, SecretString};

/// A kind of secret that Slack gives out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What an app speaks with.
    Bot,
    /// What an app opens Socket Mode with.
    AppLevel,
    /// What Slack signs requests with.
    Signing,
    /// What apps are made and changed with.
    Configuration,
}

impl Kind {
    /// What Slack calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Bot => "a bot token",
            Self::AppLevel => "an app-level token",
            Self::Signing => "a signing secret",
            Self::Configuration => "an app configuration token",
        }
    }

    fn looks(self) -> &'static str {
        match self {
            Self::Bot => "it begins with xoxb-",
            Self::AppLevel => "it begins with xapp-",
            Self::Signing => "it has 32 digits and letters from a to f",
            Self::Configuration => "it begins with xoxe.xoxp-",
        }
    }

    fn of(text: &str) -> Option<Self> {
        if text.starts_with("xoxb-") {
            Some(Self::Bot)
        } else if text.starts_with("xapp-") {
            Some(Self::AppLevel)
        } else if text.starts_with("xoxe.") {
            Some(Self::Configuration)
        } else if text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit()) {
            Some(Self::Signing)
        } else {
            None
        }
    }
}

/// What is wrong with the secret in a variable, by its looks, as a sentence.
pub(crate) fn fault(wanted: Kind, variable: &str, secret: &SecretString) -> Option<String> {
    let text = secret.expose_secret().trim();
    let found = match Kind::of(text) {
        Some(kind) if kind == wanted => return None,
        // A signing secret's form is Slack's to change; only another kind in its place is a fault.
        None if wanted == Kind::Signing && !text.starts_with("xox") => return None,
        Some(kind) => kind.name(),
        None if text.starts_with("xoxp-") => "a user token",
        None if text.starts_with("xoxe-") => "the refresh token that stands beside it",
        None => "something else",
    };
    Some(format!("{variable} holds {found}, and {} belongs there: {}.", wanted.name(), wanted.looks()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(wanted: Kind, text: &str) -> Option<String> {
        fault(wanted, "SLACK_X", &SecretString::from(text.to_owned()))
    }

    #[test]
    fn what_is_in_its_place_is_right() {
        assert_eq!(says(Kind::Bot, "xoxb-1-2-abc"), None);
        assert_eq!(says(Kind::AppLevel, "xapp-1-A1-2-abc"), None);
        assert_eq!(says(Kind::Signing, "8f742231b10e8888abcd99yyyzzz85a5"), None);
        assert_eq!(says(Kind::Configuration, "xoxe.xoxp-1-abc"), None);
    }

    #[test]
    fn swapped_tokens_are_told_by_name_and_never_shown() {
        let swapped = says(Kind::Bot, "xapp-1-A1-2-abc").unwrap();
        assert_eq!(swapped, "SLACK_X holds an app-level token, and a bot token belongs there: it begins with xoxb-.");
        assert!(says(Kind::AppLevel, "xoxb-1").unwrap().contains("holds a bot token"));
        assert!(says(Kind::Signing, "xoxb-1").unwrap().contains("holds a bot token"));
        assert!(says(Kind::Bot, "0123456789abcdef0123456789abcdef").unwrap().contains("holds a signing secret"));
        assert!(says(Kind::Configuration, "xoxe-1-abc").unwrap().contains("holds the refresh token"));
        assert!(says(Kind::Bot, "xoxp-1").unwrap().contains("holds a user token"));
    }
}
