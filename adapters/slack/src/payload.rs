//! What Slack sends, as far as we read it, and read with patience: unknown fields, missing fields and fields of another
//! type than documented are no reason to lose a message.
//!
//! A payload is read twice by the same code: when it is received, for its key, and when it is handed over, for its words.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::parse::emoji;

/// Fields that are taken out before a payload is kept: each is a secret, or as good as one for a while.
const SECRETS: [&str; 5] = ["token", "response_url", "response_urls", "trigger_id", "authorizations"];

/// Subtypes of `message` that somebody wrote. Every other one (joins, topics, renames, …) is Slack speaking.
const WRITTEN: [&str; 5] = ["", "file_share", "me_message", "thread_broadcast", "bot_message"];

/// An event, or a message within one or from `conversations.history`: Slack uses the same fields for all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Event {
    #[serde(rename = "type", deserialize_with = "text")]
    pub(crate) kind: String,
    #[serde(deserialize_with = "text")]
    pub(crate) subtype: String,
    #[serde(deserialize_with = "id")]
    pub(crate) channel: String,
    #[serde(deserialize_with = "text")]
    pub(crate) channel_type: String,
    #[serde(deserialize_with = "id")]
    pub(crate) user: String,
    #[serde(deserialize_with = "text")]
    pub(crate) bot_id: String,
    #[serde(deserialize_with = "text")]
    pub(crate) username: String,
    #[serde(deserialize_with = "maybe")]
    bot_profile: Option<Named>,
    #[serde(deserialize_with = "text")]
    pub(crate) text: String,
    #[serde(deserialize_with = "text")]
    pub(crate) ts: String,
    #[serde(deserialize_with = "text")]
    pub(crate) thread_ts: String,
    #[serde(deserialize_with = "text")]
    pub(crate) event_ts: String,
    #[serde(deserialize_with = "text")]
    deleted_ts: String,
    #[serde(deserialize_with = "list")]
    files: Vec<Named>,
    #[serde(deserialize_with = "list")]
    attachments: Vec<Attachment>,
    #[serde(deserialize_with = "maybe")]
    pub(crate) edited: Option<Stamp>,
    #[serde(deserialize_with = "maybe")]
    message: Option<Box<Event>>,
    #[serde(deserialize_with = "maybe")]
    previous_message: Option<Box<Event>>,
    #[serde(deserialize_with = "text")]
    reaction: String,
    #[serde(deserialize_with = "maybe")]
    item: Option<Item>,
    /// The tab of `app_home_opened`.
    #[serde(deserialize_with = "text")]
    pub(crate) tab: String,
    /// Of a message from `conversations.history`.
    #[serde(deserialize_with = "list")]
    pub(crate) reactions: Vec<Reactions>,
    #[serde(deserialize_with = "text")]
    pub(crate) latest_reply: String,
    #[serde(deserialize_with = "list")]
    pub(crate) reply_users: Vec<String>,
}

/// Something with a name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    #[serde(deserialize_with = "text")]
    name: String,
    #[serde(deserialize_with = "text")]
    title: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment {
    #[serde(deserialize_with = "text")]
    text: String,
    #[serde(deserialize_with = "text")]
    fallback: String,
}

/// When a message was edited.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Stamp {
    #[serde(deserialize_with = "text")]
    pub(crate) ts: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    #[serde(rename = "type", deserialize_with = "text")]
    kind: String,
    #[serde(deserialize_with = "id")]
    channel: String,
    #[serde(deserialize_with = "text")]
    ts: String,
}

/// All who set one emoji on a message. Slack may leave some out of `users`, never out of `count`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reactions {
    #[serde(deserialize_with = "text")]
    pub(crate) name: String,
    #[serde(deserialize_with = "list")]
    pub(crate) users: Vec<String>,
    pub(crate) count: u64,
}

/// A fact that matters to the department, still in Slack's ids and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    Posted(Said),
    Edited {
        said: Said,
        /// Slack's mark of the edit.
        version: String,
    },
    Deleted {
        channel: String,
        ts: String,
        /// Of the deletion.
        at: String,
    },
    Reacted {
        channel: String,
        ts: String,
        user: String,
        /// Unicode, or `:name:`.
        emoji: String,
        set: bool,
        at: String,
    },
}

/// A message, still in Slack's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) channel: String,
    pub(crate) ts: String,
    pub(crate) thread: Option<String>,
    pub(crate) by: By,
    /// Slack's mrkdwn.
    pub(crate) text: String,
    /// Names of the files that came with it.
    pub(crate) files: Vec<String>,
    /// Whether it was said in a direct conversation.
    pub(crate) direct: bool,
}

/// Who wrote, as Slack says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum By {
    User(String),
    /// An app; newer ones have a user as well.
    Bot {
        id: String,
        user: String,
        name: String,
    },
}

/// What an event comes to.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    Fact(Fact),
    /// Nothing that the department needs to hear.
    Noise,
    /// Something that it would need to hear, without what it takes to understand it.
    Broken,
}

impl Event {
    /// Reads what is within `event` of a payload of the Events API.
    pub(crate) fn parse(event: &Value) -> Self {
        // Only something that is no object fails, and comes to nothing.
        Self::deserialize(event).unwrap_or_default()
    }

    /// What it comes to.
    pub(crate) fn read(&self) -> Reading {
        match self.kind.as_str() {
            "message" | "app_mention" => self.read_message(),
            "reaction_added" => self.read_reaction(true),
            "reaction_removed" => self.read_reaction(false),
            _ => Reading::Noise,
        }
    }

    fn read_message(&self) -> Reading {
        match self.subtype.as_str() {
            "message_changed" => self.read_change(),
            "message_deleted" => self.deletion(&self.deleted_ts),
            // `message_replied` comes without its subtype over the Events API: what it tells of is within.
            _ if self.message.is_some() => Reading::Noise,
            subtype if WRITTEN.contains(&subtype) => match self.said(&self.channel, self.is_direct()) {
                Some(said) if self.has_author() => Reading::Fact(Fact::Posted(said)),
                _ => Reading::Broken,
            },
            _ => Reading::Noise,
        }
    }

    fn read_change(&self) -> Reading {
        let Some(now) = self.message.as_deref() else { return Reading::Broken };
        // The root of a thread leaves a tombstone instead of being deleted.
        if now.subtype == "tombstone" {
            return self.deletion(&now.ts);
        }
        if !WRITTEN.contains(&now.subtype.as_str()) {
            return Reading::Noise;
        }
        let edited = now.edited.as_ref().map(|stamp| stamp.ts.as_str()).filter(|ts| is_ts(ts));
        let changed = match self.previous_message.as_deref() {
            Some(before) => before.body() != now.body(),
            None => edited.is_some(),
        };
        // Unfurled links, reactions of Slack's own, a reply's count: the words are the same.
        if !changed {
            return Reading::Noise;
        }
        let version = edited.unwrap_or(&self.event_ts);
        match now.said(&self.channel, self.is_direct()) {
            Some(said) if is_ts(version) => Reading::Fact(Fact::Edited { said, version: version.to_owned() }),
            _ => Reading::Broken,
        }
    }

    fn deletion(&self, ts: &str) -> Reading {
        if !is_ts(ts) || self.channel.is_empty() {
            return Reading::Broken;
        }
        let at = if is_ts(&self.event_ts) { &self.event_ts } else { ts };
        Reading::Fact(Fact::Deleted { channel: self.channel.clone(), ts: ts.to_owned(), at: at.to_owned() })
    }

    fn read_reaction(&self, set: bool) -> Reading {
        let Some(item) = &self.item else { return Reading::Broken };
        if item.kind != "message" {
            return Reading::Noise;
        }
        let known = is_ts(&item.ts) && is_ts(&self.event_ts);
        if !known || [&item.channel, &self.user, &self.reaction].iter().any(|field| field.is_empty()) {
            return Reading::Broken;
        }
        Reading::Fact(Fact::Reacted {
            channel: item.channel.clone(),
            ts: item.ts.clone(),
            user: self.user.clone(),
            emoji: emoji::unicode(&self.reaction),
            set,
            at: self.event_ts.clone(),
        })
    }

    /// The message itself, said in `channel`.
    pub(crate) fn said(&self, channel: &str, direct: bool) -> Option<Said> {
        if channel.is_empty() || !is_ts(&self.ts) {
            return None;
        }
        let thread = Some(self.thread_ts.clone()).filter(|thread| is_ts(thread) && *thread != self.ts);
        Some(Said {
            channel: channel.to_owned(),
            ts: self.ts.clone(),
            thread,
            by: self.by(),
            text: self.body(),
            files: self.files.iter().map(Named::shown).filter(|name| !name.is_empty()).collect(),
            direct,
        })
    }

    /// The words. What an app says may stand in attachments alone.
    fn body(&self) -> String {
        if !self.text.is_empty() {
            return self.text.clone();
        }
        let attached = |a: &Attachment| if a.text.is_empty() { a.fallback.clone() } else { a.text.clone() };
        self.attachments.iter().map(attached).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn by(&self) -> By {
        // What an app says in somebody's name counts as the app's word. Without any author it is nobody's.
        if self.bot_id.is_empty() && self.subtype != "bot_message" && !self.user.is_empty() {
            return By::User(self.user.clone());
        }
        let profile = self.bot_profile.as_ref().map(|profile| profile.name.as_str()).unwrap_or_default();
        let name =
            [self.username.as_str(), profile, self.bot_id.as_str(), "an app"].into_iter().find(|n| !n.is_empty());
        let id = if self.bot_id.is_empty() { &self.user } else { &self.bot_id };
        By::Bot { id: id.clone(), user: self.user.clone(), name: name.unwrap_or_default().to_owned() }
    }

    /// Only `app_mention` may lack one.
    fn has_author(&self) -> bool {
        self.kind == "app_mention" || [&self.user, &self.bot_id, &self.username].iter().any(|author| !author.is_empty())
    }

    fn is_direct(&self) -> bool {
        // `app_mention` does not say the channel's type.
        if self.channel_type.is_empty() { self.channel.starts_with('D') } else { self.channel_type == "im" }
    }
}

impl Named {
    fn shown(&self) -> String {
        if self.name.is_empty() { self.title.clone() } else { self.name.clone() }
    }
}

impl Said {
    /// The users who are named in it, its author first.
    pub(crate) fn users(&self) -> Vec<&str> {
        let author = match &self.by {
            By::User(id) => Some(id.as_str()),
            By::Bot { .. } => None,
        };
        author.into_iter().chain(crate::parse::mrkdwn::users(&self.text)).collect()
    }
}

/// Whether it is a time stamp of Slack's: seconds, a dot, six digits. As text, two of them compare like the times.
pub(crate) fn is_ts(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('.').is_some_and(|(seconds, rest)| digits(seconds) && digits(rest)) && text.len() <= 24
}

/// Takes out of a payload what must not be kept, and what Postgres cannot keep.
pub(crate) fn scrub(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !SECRETS.contains(&name.as_str()) && !name.contains('\0'));
            fields.values_mut().for_each(scrub);
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        _ => {}
    }
}

/// Text, or a number written as such; anything else is none.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// An id, or an object that has one.
fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(id) => id,
        Value::Object(fields) => fields.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    })
}

/// A part that may be absent or of another shape.
fn maybe<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(if value.is_object() { serde_json::from_value(value).ok() } else { None })
}

/// A list without the items of another shape.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(items) => items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect(),
        _ => Vec::new(),
    })
}
