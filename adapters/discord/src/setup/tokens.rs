//! What secrets look like, so that one in the wrong place is told at once.

use secrecy::{ExposeSecret as _, SecretString};

/// What is wrong with the bot token in a variable, by its looks, as a sentence. The token itself is never shown.
pub(crate) fn fault(variable: &str, token: &SecretString) -> Option<String> {
    let text = token.expose_secret().trim();
    let found = if text.is_empty() {
        "nothing"
    } else if text.starts_with("Bot ") || text.starts_with("Bearer ") {
        "a word before the token"
    } else if text.starts_with("mfa.") {
        "the token of a person's account, which Discord forbids bots to use"
    } else if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        "the application's public key"
    } else if text.len() >= 15 && text.chars().all(|c| c.is_ascii_digit()) {
        "an id"
    } else if text.contains(char::is_whitespace) {
        "something with a space in it"
    } else if text.len() == 32 && !text.contains('.') {
        "what looks like the client secret"
    } else {
        return None;
    };
    Some(format!(
        "{variable} holds {found}, and a bot token belongs there: in the developer portal, your application, “Bot”, \
         “Reset Token”, “Copy”; it has three parts with dots between them."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> Option<String> {
        fault("DISCORD_TOKEN", &SecretString::from(text.to_owned()))
    }

    #[test]
    fn a_token_is_right_whatever_its_letters() {
        assert_eq!(says("MTA5.GxYz1a.abc_DEF-ghi"), None);
        assert_eq!(says("token-of-a-stand-in"), None);
    }

    #[test]
    fn other_secrets_are_told_by_name_and_never_shown() {
        let key = "0f".repeat(32);
        for (text, word) in [
            ("", "nothing"),
            ("Bot MTA5.Gx.abc", "a word before"),
            ("mfa.abc", "a person's account"),
            (key.as_str(), "public key"),
            ("1090123456789012345", "an id"),
            ("abcdefghijklmnopqrstuvwxyz012345", "client secret"),
            ("MTA5.Gx .abc", "space"),
        ] {
            let says = says(text).unwrap();
            assert!(says.starts_with("DISCORD_TOKEN holds") && says.contains(word), "{says}");
            assert!(text.is_empty() || !says.contains(text), "{says}");
        }
    }
}
