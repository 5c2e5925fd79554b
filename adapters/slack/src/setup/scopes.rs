//! What an app may do and what it hears, each with the reason. The manifest asks for exactly this, the doctor looks for
//! it, and `docs/slack.md` explains it.

/// A permission of a bot token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Slack's name of it.
    pub name: &'static str,
    /// What the department uses it for.
    pub why: &'static str,
    /// Whether the app of a single persona needs it too, or the shared app alone.
    pub dedicated: bool,
}

const fn scope(name: &'static str, dedicated: bool, why: &'static str) -> Scope {
    Scope { name, why, dedicated }
}

/// The permissions of a bot token, in the order of Slack's own list.
pub const SCOPES: &[Scope] = &[
    scope("app_mentions:read", true, "hears when it is mentioned"),
    scope("channels:history", true, "hears what is said in public channels it is in, and fetches what was missed"),
    scope("channels:join", true, "joins the department's channels"),
    scope("channels:manage", false, "creates the department's channels, sets their topics, invites people to new ones"),
    scope("channels:read", true, "finds channels by name, knows which are archived or shared"),
    scope("chat:write", true, "posts, edits its posts, shows that a persona is at work"),
    scope("chat:write.customize", false, "speaks with each persona's name and picture"),
    scope("chat:write.public", true, "answers in a public channel that it has not joined"),
    scope("commands", false, "has the command /bullpen"),
    scope("files:write", true, "uploads pictures where Slack cannot fetch them from this server"),
    scope("groups:history", true, "the same as channels:history, for private channels that somebody invited it to"),
    scope("groups:read", true, "the same as channels:read, for private channels that somebody invited it to"),
    scope("im:history", true, "hears direct messages to it"),
    scope("im:read", true, "knows with whom a direct conversation is"),
    scope(
        "metadata.message:read",
        true,
        "finds its own post again by the key it carries, after a call whose answer was lost",
    ),
    scope("mpim:history", true, "hears group conversations that somebody added it to"),
    scope("mpim:read", true, "knows what a group conversation is"),
    scope("reactions:read", true, "hears votes, and reads them again when some were missed"),
    scope("reactions:write", true, "lets the doctor set a reaction and take it back, to see whether events arrive"),
    scope("usergroups:read", false, "knows a user group named like a persona, so that people can mention it"),
    scope("users:read", true, "knows names, and tells members from guests, bots and people from elsewhere"),
    scope("users:read.email", true, "knows people of bullpen.yaml by their mail address"),
];

/// The permission of an app-level token, which Socket Mode needs.
pub const APP_LEVEL_SCOPE: &str = "connections:write";

/// The events that an app is told of.
pub const EVENTS: &[&str] = &[
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
    "user_change",
];

/// The permissions that an app needs: the shared one, or one of a single persona.
pub fn needed(dedicated: bool) -> impl Iterator<Item = &'static Scope> {
    SCOPES.iter().filter(move |scope| scope.dedicated || !dedicated)
}

#[cfg(test)]
mod tests;
