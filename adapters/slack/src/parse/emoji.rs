//! Slack's names of emoji, and what they are in Unicode.

use std::collections::HashMap;
use std::sync::LazyLock;

use bullpen_chat::fold_emoji;

/// Names that Slack has and the `emojis` crate (GitHub's short codes, Unicode's names) does not.
const DIFFERENT: [(&str, &str); 44] = [
    ("thinking_face", "🤔"),
    ("hugging_face", "🤗"),
    ("nerd_face", "🤓"),
    ("slightly_frowning_face", "🙁"),
    ("white_frowning_face", "☹"),
    ("upside_down_face", "🙃"),
    ("zipper_mouth_face", "🤐"),
    ("face_with_rolling_eyes", "🙄"),
    ("rolling_on_the_floor_laughing", "🤣"),
    ("face_palm", "🤦"),
    ("man-shrugging", "🤷‍♂"),
    ("woman-shrugging", "🤷‍♀"),
    ("man-facepalming", "🤦‍♂"),
    ("woman-facepalming", "🤦‍♀"),
    ("man-raising-hand", "🙋‍♂"),
    ("woman-raising-hand", "🙋‍♀"),
    ("the_horns", "🤘"),
    ("sign_of_the_horns", "🤘"),
    ("hand", "✋"),
    ("reversed_hand_with_middle_finger_extended", "🖕"),
    ("raised_hand_with_fingers_splayed", "🖐"),
    ("large_green_circle", "🟢"),
    ("large_yellow_circle", "🟡"),
    ("large_orange_circle", "🟠"),
    ("large_purple_circle", "🟣"),
    ("large_brown_circle", "🟤"),
    ("large_green_square", "🟩"),
    ("large_red_square", "🟥"),
    ("large_yellow_square", "🟨"),
    ("large_orange_square", "🟧"),
    ("large_blue_square", "🟦"),
    ("large_purple_square", "🟪"),
    ("star-struck", "🤩"),
    ("shushing_face", "🤫"),
    ("face_with_monocle", "🧐"),
    ("exploding_head", "🤯"),
    ("male-technologist", "👨‍💻"),
    ("female-technologist", "👩‍💻"),
    ("heavy_heart_exclamation_mark_ornament", "❣"),
    ("knife_fork_plate", "🍽"),
    ("spock-hand", "🖖"),
    ("simple_smile", "🙂"),
    ("double_vertical_bar", "⏸"),
    ("rainbow-flag", "🏳‍🌈"),
];

/// By what may be a name in Slack: Unicode's own names, written as Slack writes names.
static NAMED: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let written = |name: &str| name.to_lowercase().replace([' ', '-'], "_").replace([':', ',', '’', '.'], "");
    let mut named: HashMap<String, &'static str> = emojis::iter().map(|e| (written(e.name()), e.as_str())).collect();
    named.extend(DIFFERENT.map(|(name, emoji)| (written(name), emoji)));
    named
});

/// The emoji behind a name of Slack's (or the emoji itself), folded ([`fold_emoji`]); `:name:` where it is one of the
/// workspace's own.
pub(crate) fn unicode(name: &str) -> String {
    let name = base(name);
    let itself = || emojis::get(name).map(|emoji| fold_emoji(emoji.as_str()));
    standard(name).or_else(itself).unwrap_or_else(|| format!(":{name}:"))
}

/// Slack's own name of an emoji (folded), where it differs from the usual one.
pub(crate) fn own_name(emoji: &str) -> Option<&'static str> {
    DIFFERENT.iter().find(|(_, known)| *known == emoji).map(|(name, _)| *name)
}

/// The emoji behind a name, if it is a standard one.
pub(crate) fn standard(name: &str) -> Option<String> {
    let name = base(name);
    if let Some(country) =
        name.strip_prefix("flag-").filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_lowercase()))
    {
        let letter = |b: u8| char::from_u32(0x1F1E6 + u32::from(b - b'a'));
        let flag: String = country.bytes().filter_map(letter).collect();
        return emojis::get(&flag).map(|flag| flag.as_str().to_owned());
    }
    let different = DIFFERENT.iter().find(|(known, _)| *known == name).map(|(_, emoji)| *emoji);
    let found = different
        .or_else(|| emojis::get_by_shortcode(name).map(emojis::Emoji::as_str))
        .or_else(|| NAMED.get(&name.replace('-', "_")).copied())?;
    Some(fold_emoji(found))
}

/// A name without the tone of skin: `+1::skin-tone-3` is `+1`.
fn base(name: &str) -> &str {
    let name = name.trim_matches(':');
    name.split_once("::").map_or(name, |(base, _)| base)
}

#[cfg(test)]
mod tests {
    use super::unicode;

    #[test]
    fn names_of_slack_are_unicode() {
        for (name, emoji) in [
            ("+1", "👍"),
            ("thumbsup", "👍"),
            ("+1::skin-tone-3", "👍"),
            ("thumbsup::skin-tone-6", "👍"),
            ("-1", "👎"),
            ("white_check_mark", "✅"),
            ("heavy_check_mark", "✔"),
            ("x", "❌"),
            ("repeat", "🔁"),
            ("arrows_counterclockwise", "🔄"),
            ("eyes", "👀"),
            ("thinking_face", "🤔"),
            ("rolling_on_the_floor_laughing", "🤣"),
            ("man-shrugging", "🤷‍♂"),
            ("large_green_circle", "🟢"),
            ("red_circle", "🔴"),
            ("raised_hands", "🙌"),
            ("flag-de", "🇩🇪"),
            ("double_vertical_bar", "⏸"),
            ("100", "💯"),
            ("warning", "⚠"),
            ("heart", "❤"),
        ] {
            assert_eq!(unicode(name), emoji, "{name}");
        }
    }

    #[test]
    fn a_custom_emoji_keeps_its_name() {
        assert_eq!(unicode("party_parrot"), ":party_parrot:");
        assert_eq!(unicode("flag-qq"), ":flag-qq:");
        assert_eq!(unicode(""), "::");
    }

    #[test]
    fn every_name_in_the_table_is_needed_or_harmless() {
        for (name, emoji) in super::DIFFERENT {
            assert_eq!(unicode(name), bullpen_chat::fold_emoji(emoji), "{name}");
        }
    }
}
