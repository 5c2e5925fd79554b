//! What stands in the guild and what has happened, for tests to look at.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// A message as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Message {
    /// Its snowflake, which also tells when it was posted.
    pub id: u64,
    /// The channel or thread.
    pub channel: u64,
    /// Discord's type: 0 is a message, 19 a reply, 20 and 23 answer commands; all others are notices.
    pub kind: u8,
    /// The author's user, or the webhook.
    pub author: u64,
    /// The webhook that posted it.
    pub webhook: Option<u64>,
    /// The application that posted it.
    pub application: Option<u64>,
    /// The name shown, where the post had one of its own (webhooks).
    pub username: Option<String>,
    /// The picture shown, where the post had one of its own (webhooks).
    pub avatar: Option<String>,
    /// The text, in Discord's own writing.
    pub content: String,
    /// Embeds as they were given, with their `type`.
    pub embeds: Vec<Value>,
    /// Rows of components as they were given.
    pub components: Vec<Value>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// People who are mentioned, as far as the message may mention them.
    pub mentions: Vec<u64>,
    /// Roles that are mentioned, as far as the message may mention them.
    pub mention_roles: Vec<u64>,
    /// Whether everyone (or here) is mentioned, and may be.
    pub mention_everyone: bool,
    /// The words of a message from elsewhere that it passes on.
    pub forwarded: Option<String>,
    /// The message that this one replies to, or starts from: channel and message.
    pub reference: Option<(u64, u64)>,
    /// Reactions in the order of their first setting.
    pub reactions: Vec<Reaction>,
    /// When its author edited it last.
    pub edited: Option<DateTime<Utc>>,
    /// The nonce that it was sent with.
    pub nonce: Option<Value>,
    /// Flags: 4 no embeds, 32 has a thread, 64 ephemeral, 128 waits for its answer.
    pub flags: u64,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Of answers to interactions, the `interaction_metadata`.
    pub interaction: Option<Value>,
}

impl Message {
    /// Whether somebody said it, and not Discord itself.
    #[must_use]
    pub const fn is_said(&self) -> bool {
        matches!(self.kind, 0 | 19 | 20 | 23)
    }

    /// Who has set an emoji.
    #[must_use]
    pub fn reacted(&self, emoji: &str) -> Vec<u64> {
        self.reactions.iter().find(|r| r.emoji == emoji).map(|r| r.users.clone()).unwrap_or_default()
    }
}

/// A reaction on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// The emoji itself, or `name:id` for one of the guild's own.
    pub emoji: String,
    /// Who has set it.
    pub users: Vec<u64>,
}

/// A file on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its snowflake.
    pub id: u64,
    /// The file's name.
    pub name: String,
    /// What it shows, for those who do not see it.
    pub description: Option<String>,
    /// E.g. `image/png`.
    pub media_type: String,
    /// What is in it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A thread as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Thread {
    /// Its snowflake: that of its root message, where it was started on one.
    pub id: u64,
    /// The channel that it is in.
    pub parent: u64,
    /// Its name.
    pub name: String,
    /// Who started it.
    pub owner: u64,
    /// Nobody has spoken for long; it takes no edits.
    pub archived: bool,
    /// Only those who may manage threads speak.
    pub locked: bool,
}

/// A channel that is no thread.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// Its snowflake.
    pub id: u64,
    /// Its name; empty for direct conversations.
    pub name: String,
    /// Discord's type: 0 text, 1 direct, 4 category, 5 announcements.
    pub kind: u8,
    /// The category that it is in.
    pub parent: Option<u64>,
    /// What it is for.
    pub topic: Option<String>,
    /// Where it stands.
    pub position: u32,
    /// Overwrites by role or user: what is allowed and what is denied.
    pub overwrites: BTreeMap<u64, (u64, u64)>,
}

/// A role as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Role {
    /// Its snowflake; of `@everyone` the guild's.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its permissions.
    pub permissions: u64,
    /// The higher, the mightier; 0 is `@everyone`.
    pub position: u32,
    /// Whether everybody may ping it.
    pub mentionable: bool,
    /// The bot whose own role it is.
    pub bot: Option<u64>,
    /// Who has it.
    pub members: Vec<u64>,
}

/// A webhook as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    /// Its snowflake.
    pub id: u64,
    /// Where it posts.
    pub channel: u64,
    /// Its name.
    pub name: String,
    /// The application that owns it; nobody's are people's.
    pub application: Option<u64>,
}

/// Who was notified by a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ping {
    /// The channel or thread.
    pub channel: u64,
    /// The message.
    pub message: u64,
    /// Whether an edit did it.
    pub edit: bool,
    /// The author's user, or the webhook.
    pub author: u64,
    /// People pinged by name, or by a reply.
    pub users: Vec<u64>,
    /// Roles pinged.
    pub roles: Vec<u64>,
    /// Whether everyone (or here) was pinged.
    pub everyone: bool,
    /// Everybody who was notified in the end: members who see the channel.
    pub notified: Vec<u64>,
}

/// A call of REST.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// When it came in.
    pub at: DateTime<Utc>,
    /// The name of the bot whose token it carried; empty without one (webhooks, interactions).
    pub bot: String,
    /// E.g. `POST`.
    pub method: String,
    /// The path below `/api/v10`, without secrets, e.g. `/channels/1/messages`.
    pub path: String,
    /// The operation's id in the published description, e.g. `create_message`; empty for unknown routes.
    pub operation: &'static str,
    /// Arguments of the query.
    pub query: BTreeMap<String, String>,
    /// The JSON of the body.
    pub body: Value,
    /// The reason for the audit log.
    pub reason: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Done and answered.
    Done,
    /// Refused with a status and Discord's code.
    Refused {
        /// E.g. 403.
        status: u16,
        /// E.g. 50013.
        code: u32,
    },
    /// Answered 429, by a limit or by a fault.
    Limited {
        /// Whether by the bot's global limit.
        global: bool,
    },
    /// A fault: answered 500.
    Failed {
        /// Whether it was carried out all the same.
        done: bool,
    },
    /// A fault: carried out and not answered in time.
    TimedOut,
    /// A fault: the connection was cut.
    Cut {
        /// Whether it was carried out all the same.
        done: bool,
    },
}
