//! Slack's names of emoji. They are its own: `thinking_face`, `large_green_circle`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A line each: the emoji, its name, other names. From emojibase's list of the names that Slack uses.
const NAMES: &str = include_str!("../emoji/names.txt");

/// (the emoji, its first name) by any of its names.
static BY_NAME: LazyLock<HashMap<&'static str, (&'static str, &'static str)>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for line in NAMES.lines() {
        let mut words = line.split(' ');
        let Some(emoji) = words.next() else { continue };
        let names: Vec<&str> = words.collect();
        for name in &names {
            all.insert(*name, (emoji, names[0]));
        }
    }
    all
});

/// The name under which a reaction is kept, with its skin tone; `None` where Slack has no such emoji.
pub(crate) fn canonical(name: &str) -> Option<String> {
    let (base, tone) = name.split_once("::").map_or((name, None), |(base, tone)| (base, Some(tone)));
    let (_, first) = BY_NAME.get(base)?;
    match tone {
        None => Some((*first).to_owned()),
        Some("skin-tone-2" | "skin-tone-3" | "skin-tone-4" | "skin-tone-5" | "skin-tone-6") => {
            Some(format!("{first}::{}", tone.unwrap_or_default()))
        }
        Some(_) => None,
    }
}

/// Every name with its emoji, for the page.
pub(crate) fn all() -> serde_json::Value {
    BY_NAME.iter().map(|(name, (emoji, _))| ((*name).to_owned(), serde_json::Value::from(*emoji))).collect()
}

#[cfg(test)]
mod tests {
    use super::{all, canonical};

    #[test]
    fn aliases_are_one_emoji_and_names_are_slacks() {
        assert_eq!(canonical("thumbsup").as_deref(), Some("+1"));
        assert_eq!(canonical("thumbsup::skin-tone-3").as_deref(), Some("+1::skin-tone-3"));
        assert_eq!(canonical("thumbsup::skin-tone-9"), None);
        assert_eq!(canonical("white_check_mark").as_deref(), Some("white_check_mark"));
        assert_eq!(canonical("thinking"), None);
        assert_eq!(canonical("✅"), None);
        assert_eq!(all()["thinking_face"], "🤔");
    }
}
