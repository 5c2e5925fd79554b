//! What a button's `custom_id` carries: the reaction that it stands for and, where it asks something, the question. A click
//! can so be answered from the `custom_id` alone.

use bullpen_chat::{Action, fold_emoji};

use bullpen_markup::{length, one_line};

/// Longest `custom_id` that Discord takes, in characters.
const LONGEST: usize = 100;
/// Longest emoji that gets a button: what is longer is no emoji.
const EMOJI: usize = 40;
/// Before the emoji of a button that is done with one click.
const PLAIN: &str = "bp:";
/// Before the emoji of a button that asks something; a bar and the question follow it.
const ASKING: &str = "bp?:";

/// A button of ours that somebody clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    /// The reaction that the button stands for, folded.
    pub(crate) emoji: String,
    /// What the person is to be asked, cut to what fits; never empty.
    pub(crate) asks: Option<String>,
}

/// The `custom_id` of an action's button: `bp:<emoji>`, or `bp?:<emoji>|<question>` where it asks something. `None` where
/// the emoji is none.
pub(crate) fn custom_id(action: &Action) -> Option<String> {
    let emoji = fold_emoji(action.emoji.trim());
    if emoji.is_empty() || length(&emoji) > EMOJI || emoji.contains(['|', ' ']) {
        return None;
    }
    let asks = action.asks.as_deref().map(one_line).filter(|asks| !asks.is_empty());
    let Some(asks) = asks else { return Some(format!("{PLAIN}{emoji}")) };
    let head = format!("{ASKING}{emoji}|");
    Some(format!("{head}{}", super::shortened(&asks, LONGEST - length(&head))))
}

/// The button behind a `custom_id`; `None` where it is none of ours.
pub(crate) fn parse(custom_id: &str) -> Option<Button> {
    let (emoji, asks) = if let Some(emoji) = custom_id.strip_prefix(PLAIN) {
        (emoji, None)
    } else {
        let (emoji, asks) = custom_id.strip_prefix(ASKING)?.split_once('|')?;
        (emoji, Some(asks.to_owned()))
    };
    let whole = !emoji.is_empty() && length(emoji) <= EMOJI && !emoji.contains(['|', ' ']);
    let asked = asks.as_ref().is_none_or(|asks| !asks.trim().is_empty());
    (whole && asked && length(custom_id) <= LONGEST).then(|| Button { emoji: fold_emoji(emoji), asks })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn action(emoji: &str, asks: Option<&str>) -> Action {
        Action { emoji: emoji.into(), label: "Do it".into(), asks: asks.map(str::to_owned) }
    }

    #[test]
    fn a_click_tells_the_reaction_and_the_question() {
        let plain = custom_id(&action("✔\u{fe0f}", None)).unwrap();
        assert_eq!(plain, "bp:✔");
        assert_eq!(parse(&plain), Some(Button { emoji: "✔".into(), asks: None }));
        let asking = custom_id(&action("❌", Some("Why not?"))).unwrap();
        assert_eq!(asking, "bp?:❌|Why not?");
        assert_eq!(parse(&asking), Some(Button { emoji: "❌".into(), asks: Some("Why not?".into()) }));
        assert_eq!(custom_id(&action("🔁", Some("  "))).as_deref(), Some("bp:🔁"), "an empty question asks nothing");
        assert_eq!(custom_id(&action(":party_parrot:", None)).as_deref(), Some("bp::party_parrot:"));
        for none in ["", "  ", "a|b", "two words"] {
            assert_eq!(custom_id(&action(none, None)), None, "{none}");
        }
    }

    #[test]
    fn what_is_not_ours_is_no_button() {
        for other in ["", "bp", "bp:", "bp?:", "bp?:❌", "bp?:❌|", "bp?:|why", "bp:a b", "approve:1", "xbp:✅"] {
            assert_eq!(parse(other), None, "{other}");
        }
        assert_eq!(parse(&format!("bp:{}", "x".repeat(200))), None);
    }

    proptest! {
        #[test]
        fn every_custom_id_fits_and_is_read_again(emoji in "[✅❌🔁👩🏽‍🚀a-z:_]{1,30}", asks in prop::option::of(".{0,200}")) {
            if let Some(id) = custom_id(&action(&emoji, asks.as_deref())) {
                prop_assert!(length(&id) <= LONGEST);
                let button = parse(&id).unwrap();
                prop_assert_eq!(button.emoji, fold_emoji(&emoji));
                prop_assert_eq!(button.asks.is_some(), asks.is_some_and(|asks| !asks.trim().is_empty()));
            }
        }
    }
}
