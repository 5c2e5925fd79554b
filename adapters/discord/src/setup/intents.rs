//! The switches of an application that let its bot hear more than Discord gives to all: the privileged intents.

use serenity::model::application::ApplicationFlags;

use super::pages::bot_page;
use crate::bots::{Bot, Me};

/// A switch on the page “Bot” of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Intent {
    /// What the page calls it.
    pub(crate) name: &'static str,
    /// What the department needs it for.
    pub(crate) why: &'static str,
    /// The flags of an application that say that it is on: for verified bots in many guilds, and for all others.
    flags: ApplicationFlags,
}

/// The switches that the shared bot needs. A bot of a single persona needs none: what is said to it directly it gets anyway.
pub(crate) const INTENTS: &[Intent] = &[
    Intent {
        name: "Server Members Intent",
        why: "knows who comes, goes, and gets or loses a role",
        flags: ApplicationFlags::GATEWAY_GUILD_MEMBERS.union(ApplicationFlags::GATEWAY_GUILD_MEMBERS_LIMITED),
    },
    Intent {
        name: "Message Content Intent",
        why: "reads what is said; without it the text of nearly all messages is empty",
        flags: ApplicationFlags::GATEWAY_MESSAGE_CONTENT.union(ApplicationFlags::GATEWAY_MESSAGE_CONTENT_LIMITED),
    },
];

/// The switches that are off and should be on.
pub(crate) fn off(bot: &Bot, me: &Me) -> Vec<&'static Intent> {
    if !bot.is_shared() {
        return Vec::new();
    }
    let has = ApplicationFlags::from_bits_truncate(me.flags);
    INTENTS.iter().filter(|intent| !has.intersects(intent.flags)).collect()
}

/// What a person has to do about switches that are off.
pub(crate) fn steps(bot: &Bot, me: &Me) -> Vec<String> {
    let off: Vec<String> = off(bot, me).iter().map(|intent| format!("“{}” ({})", intent.name, intent.why)).collect();
    if off.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "Open {}, below “Privileged Gateway Intents” turn {} on, then “Save Changes”.",
        bot_page(Some(me.application)),
        off.join(" and ")
    )]
}
