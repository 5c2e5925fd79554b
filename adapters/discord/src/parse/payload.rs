//! Discord's payloads, as far as they are read: everything else in them is passed over, and what may be missing may be missing.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::text::Mentioned;

/// A snowflake: text in Discord's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let id = crate::guild::number(&value).filter(|id| *id != 0);
        id.map(Self).ok_or_else(|| serde::de::Error::custom("not a snowflake"))
    }
}

/// What is not there, and what is `null`, is empty.
fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A message: of `MESSAGE_CREATE` and `MESSAGE_UPDATE`, or of a channel's history.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel_id: Id,
    pub(crate) guild_id: Option<Id>,
    #[serde(rename = "type", default)]
    pub(crate) kind: u8,
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) content: String,
    #[serde(default)]
    pub(crate) author: Value,
    pub(crate) member: Option<Value>,
    pub(crate) webhook_id: Option<Id>,
    pub(crate) application_id: Option<Id>,
    pub(crate) edited_timestamp: Option<String>,
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) mentions: Vec<Value>,
    #[serde(default, deserialize_with = "or_empty")]
    mention_roles: Vec<Id>,
    #[serde(default, deserialize_with = "or_empty")]
    attachments: Vec<Attachment>,
    #[serde(default, deserialize_with = "or_empty")]
    sticker_items: Vec<Sticker>,
    poll: Option<Poll>,
    pub(crate) message_reference: Option<Reference>,
    /// What was replied to: `None` where Discord did not look, [`Value::Null`] where it is deleted.
    #[serde(default, deserialize_with = "present")]
    pub(crate) referenced_message: Option<Value>,
    #[serde(default, deserialize_with = "or_empty")]
    message_snapshots: Vec<Snapshot>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Debug, Deserialize)]
struct Attachment {
    #[serde(default)]
    filename: String,
}

#[derive(Debug, Deserialize)]
struct Sticker {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Poll {
    question: PollText,
    #[serde(default, deserialize_with = "or_empty")]
    answers: Vec<PollAnswer>,
}

#[derive(Debug, Deserialize)]
struct PollAnswer {
    poll_media: PollText,
}

#[derive(Debug, Deserialize)]
struct PollText {
    text: Option<String>,
}

/// Which message another one is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Reference {
    /// 0 a reply, 1 a message that is passed on.
    #[serde(rename = "type", default)]
    pub(crate) kind: u8,
    pub(crate) channel_id: Option<Id>,
    pub(crate) message_id: Option<Id>,
}

#[derive(Debug, Deserialize)]
struct Snapshot {
    message: Inner,
}

#[derive(Debug, Default, Deserialize)]
struct Inner {
    #[serde(default, deserialize_with = "or_empty")]
    content: String,
    #[serde(default, deserialize_with = "or_empty")]
    attachments: Vec<Attachment>,
}

/// Kinds of messages that somebody said: plain, a reply, the answer to a command, and that to a command on a message.
/// Everything else is Discord's own word (somebody joined, something was pinned, a thread was begun).
const SAID: [u8; 4] = [0, 19, 20, 23];

impl Message {
    /// Whether somebody said it.
    pub(crate) fn is_said(&self) -> bool {
        SAID.contains(&self.kind) && self.author.is_object()
    }

    /// Whom Discord marks as mentioned, and of `own` (the roles that our bots have for themselves) those that are named: people
    /// pick them instead of the bot, and Discord lists no role that may not be pinged. In code they mean nothing.
    pub(crate) fn mentioned(&self, own: &[u64]) -> Mentioned {
        let users = self.mentions.iter().filter_map(|user| crate::guild::id(user, "id"));
        let listed = self.mention_roles.iter().map(|role| role.0);
        let named = |role: &&u64| !self.content.contains('`') && self.content.contains(&format!("<@&{role}>"));
        let roles: BTreeSet<u64> = listed.chain(own.iter().filter(named).copied()).collect();
        Mentioned { users: users.collect(), roles }
    }

    /// What is replied to in the same channel.
    pub(crate) fn replied_to(&self) -> Option<u64> {
        let reference = self.message_reference.as_ref().filter(|reference| reference.kind == 0 && self.kind == 19)?;
        let here = reference.channel_id.is_none_or(|channel| channel == self.channel_id);
        reference.message_id.filter(|_| here).map(|message| message.0)
    }

    /// What a message holds besides its text, in words, a line each: files, stickers, a poll, what is passed on (as a
    /// quotation, in which nobody is addressed).
    pub(crate) fn extras(&self) -> Vec<String> {
        let mut extras = Vec::new();
        for snapshot in &self.message_snapshots {
            extras.push(passed_on(&snapshot.message));
        }
        if let Some(poll) = &self.poll {
            let text = |of: &PollText| super::text::plain(of.text.as_deref().unwrap_or_default());
            let answers: Vec<String> = poll.answers.iter().map(|answer| text(&answer.poll_media)).collect();
            extras.push(format!("📊 {} ({})", text(&poll.question), answers.join(" / ")));
        }
        extras.extend(self.sticker_items.iter().map(|sticker| format!(":{}:", super::text::plain(&sticker.name))));
        extras.extend(files(&self.attachments));
        extras
    }
}

fn files(attachments: &[Attachment]) -> Option<String> {
    let names: Vec<String> = attachments.iter().map(|file| super::text::plain(&file.filename)).collect();
    (!names.is_empty()).then(|| format!("📎 {}", names.join(", ")))
}

fn passed_on(inner: &Inner) -> String {
    let mut lines = vec!["> (passed on)".to_owned()];
    for line in inner.content.lines() {
        lines.push(format!("> {}", line.replace('@', "@\u{2060}")));
    }
    lines.extend(files(&inner.attachments).map(|files| format!("> {files}")));
    lines.join("\n")
}

/// `MESSAGE_REACTION_ADD`, `MESSAGE_REACTION_REMOVE` and `MESSAGE_REACTION_REMOVE_EMOJI`.
#[derive(Debug, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) user_id: Option<Id>,
    pub(crate) guild_id: Option<Id>,
    pub(crate) member: Option<Value>,
    pub(crate) emoji: Option<Emoji>,
}

/// An emoji: Unicode's by name, the guild's own by id and name.
#[derive(Debug, Deserialize)]
pub(crate) struct Emoji {
    id: Option<Id>,
    name: Option<String>,
}

impl Emoji {
    /// As the port compares it: folded, or `:name:` for one of a guild's own; `None` where it has no name any more.
    pub(crate) fn folded(&self) -> Option<String> {
        let name = self.name.as_deref().filter(|name| !name.is_empty())?;
        Some(if self.id.is_some() { format!(":{name}:") } else { bullpen_chat::fold_emoji(name) })
    }
}
