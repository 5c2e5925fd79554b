//! What the guild holds, as Discord described it last.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// A channel, a category or a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    /// Its name, without `#`; empty for a direct conversation.
    pub(crate) name: String,
    /// Discord's number of its kind: 0 text, 1 direct, 4 category, 5 announcements, 10 to 12 threads, 15 forum, 16 media.
    pub(crate) kind: u8,
    /// Of a thread the channel that it is in, of a channel its category.
    pub(crate) parent: Option<u64>,
    pub(crate) thread: bool,
    /// Of a thread: nobody has spoken for long. It comes back when somebody does.
    pub(crate) archived: bool,
    /// Of a thread: only moderators may bring it back.
    pub(crate) locked: bool,
    /// The newest message, as far as told with the channel itself.
    pub(crate) last_message: Option<u64>,
}

impl Channel {
    /// A direct conversation.
    const DIRECT: u8 = 1;

    /// A channel object of Discord's; `None` where it has no id.
    pub(crate) fn read(of: &Value) -> Option<Self> {
        let kind = of.get("type").and_then(Value::as_u64).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let metadata = |name: &str| of.pointer("/thread_metadata").and_then(|m| m.get(name)).and_then(Value::as_bool);
        Some(Self {
            id: id(of, "id")?,
            name: of.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            kind,
            parent: id(of, "parent_id"),
            thread: (10..=12).contains(&kind),
            archived: metadata("archived").unwrap_or_default(),
            locked: metadata("locked").unwrap_or_default(),
            last_message: id(of, "last_message_id"),
        })
    }

    /// Whether it is a direct conversation between two.
    pub(crate) fn is_direct(&self) -> bool {
        self.kind == Self::DIRECT
    }
}

/// A role of the guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// Its permissions, as Discord's bits.
    pub(crate) permissions: u64,
    /// Its place in the order of roles; higher is mightier.
    pub(crate) position: i64,
    /// Whether everybody may mention it.
    pub(crate) mentionable: bool,
    /// Whether an integration owns it.
    pub(crate) managed: bool,
    /// The bot that it belongs to, of a bot's own role.
    pub(crate) bot: Option<u64>,
}

impl Role {
    /// A role object of Discord's; `None` where it has no id.
    pub(crate) fn read(of: &Value) -> Option<Self> {
        let flag = |name: &str| of.get(name).and_then(Value::as_bool).unwrap_or_default();
        let permissions = of.get("permissions");
        Some(Self {
            id: id(of, "id")?,
            name: of.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            permissions: permissions.and_then(number).unwrap_or_default(),
            position: of.get("position").and_then(Value::as_i64).unwrap_or_default(),
            mentionable: flag("mentionable"),
            managed: flag("managed"),
            bot: of.get("tags").and_then(|tags| id(tags, "bot_id")),
        })
    }
}

/// Everything that the guild holds but its members.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) id: Option<u64>,
    /// Whether Discord has said all of it since the last fresh session.
    pub(super) filled: bool,
    /// The shared bot is in several guilds, and nobody said which is meant.
    pub(super) several: bool,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) roles: BTreeMap<u64, Role>,
    /// Threads that are gone or asleep, with the channel that they were in: what was said there may still be read.
    pub(super) threads: HashMap<u64, u64>,
}

impl Known {
    pub(super) fn put(&mut self, channel: Channel) {
        if let (true, Some(parent)) = (channel.thread, channel.parent) {
            self.threads.insert(channel.id, parent);
        }
        self.channels.insert(channel.id, channel);
    }
}

/// A snowflake in a field: Discord writes them as text.
pub(crate) fn id(of: &Value, field: &str) -> Option<u64> {
    of.get(field).and_then(number).filter(|id| *id != 0)
}

/// A number that may be written as text.
pub(crate) fn number(of: &Value) -> Option<u64> {
    of.as_u64().or_else(|| of.as_str()?.parse().ok())
}
