//! Emoji by the names that Slack knows them by.

use crate::parse::emoji::{own_name, standard};

/// What stands for a persona that has no emoji of its own.
const DEFAULT: &str = ":bust_in_silhouette:";

/// Slack's name for an emoji, in colons; `None` where it has none that we know.
pub(crate) fn name(emoji: &str) -> Option<String> {
    let folded = bullpen_chat::fold_emoji(emoji.trim());
    let named = folded.len() > 2 && folded.starts_with(':') && folded.ends_with(':');
    if named && folded[1..folded.len() - 1].chars().all(|c| c.is_ascii_alphanumeric() || "_-+'".contains(c)) {
        return Some(folded);
    }
    if let Some(own) = own_name(&folded) {
        return Some(format!(":{own}:"));
    }
    let found = emojis::get(emoji.trim()).or_else(|| emojis::get(&folded))?;
    let same = |code: &&str| standard(code).is_some_and(|unicode| unicode == folded);
    found.shortcodes().find(same).map(|code| format!(":{code}:"))
}

/// The icon of a persona.
pub(crate) fn icon(emoji: Option<&str>) -> String {
    emoji.and_then(name).unwrap_or_else(|| DEFAULT.into())
}

#[cfg(test)]
mod tests {
    use super::{icon, name};

    #[test]
    fn emoji_have_names() {
        for (emoji, wanted) in [
            ("✅", ":white_check_mark:"),
            ("❌", ":x:"),
            ("🔁", ":repeat:"),
            ("✍️", ":writing_hand:"),
            ("✉️", ":envelope:"),
            ("📣", ":mega:"),
            ("🎯", ":dart:"),
            ("🔎", ":mag_right:"),
            ("🗂️", ":card_index_dividers:"),
            ("🧭", ":compass:"),
            ("🐦", ":bird:"),
            ("🤔", ":thinking_face:"),
            ("📱", ":iphone:"),
            ("🚀", ":rocket:"),
            ("🎨", ":art:"),
            ("📊", ":bar_chart:"),
            ("💼", ":briefcase:"),
            ("🔬", ":microscope:"),
            ("🐂", ":ox:"),
        ] {
            assert_eq!(name(emoji).as_deref(), Some(wanted), "{emoji}");
        }
        assert_eq!(name(":party_parrot:").as_deref(), Some(":party_parrot:"));
        assert_eq!(name("a"), None);
        assert_eq!(name(":not a name:"), None);
        assert_eq!(icon(Some("")), ":bust_in_silhouette:");
    }
}
