//! Channels: text, announcements, categories, direct conversations; threads are channels with a [`ThreadPart`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Refusal, State};
use crate::bits::{intents, permissions};
use crate::seen::Message;

/// Most channels of a guild.
const CHANNELS: usize = 500;

/// Discord's types of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text = 0,
    Direct = 1,
    Category = 4,
    Announcement = 5,
    PublicThread = 11,
}

impl Kind {
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    /// Whether people post in it.
    pub(crate) const fn holds_messages(self) -> bool {
        !matches!(self, Self::Category)
    }
}

/// What a channel allows and denies a role or a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overwrite {
    /// 0 is a role, 1 a member.
    pub(crate) kind: u8,
    pub(crate) allow: u64,
    pub(crate) deny: u64,
}

/// What a thread has beyond a channel.
#[derive(Debug, Clone)]
pub(crate) struct ThreadPart {
    pub(crate) owner: u64,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// In minutes.
    pub(crate) auto_archive: u32,
    pub(crate) archived_at: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) members: BTreeSet<u64>,
    /// Messages ever sent, notices left out.
    pub(crate) sent: u64,
}

/// A channel, a category, a thread or a direct conversation.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) position: u32,
    /// The category; of threads the channel.
    pub(crate) parent: Option<u64>,
    pub(crate) overwrites: BTreeMap<u64, Overwrite>,
    pub(crate) nsfw: bool,
    /// Seconds between two messages of a person.
    pub(crate) slow: u32,
    pub(crate) messages: BTreeMap<u64, Message>,
    /// The newest message ever, deleted or not.
    pub(crate) last_message: Option<u64>,
    pub(crate) thread: Option<ThreadPart>,
    /// Of direct conversations, both sides.
    pub(crate) recipients: Vec<u64>,
}

impl Channel {
    pub(crate) fn new(id: u64, kind: Kind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            topic: None,
            position: 0,
            parent: None,
            overwrites: BTreeMap::new(),
            nsfw: false,
            slow: 0,
            messages: BTreeMap::new(),
            last_message: None,
            thread: None,
            recipients: Vec::new(),
        }
    }

    /// Whether it is one of the guild's, and no thread.
    pub(crate) fn is_of_guild(&self) -> bool {
        self.thread.is_none() && self.kind != Kind::Direct
    }
}

/// How Discord writes a channel's name: small letters, dashes for spaces.
pub(crate) fn channel_name(name: &str, kind: Kind) -> String {
    if kind == Kind::Category {
        return name.trim().to_owned();
    }
    name.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
}

impl State {
    /// A new channel of the guild, below all others of its category.
    pub(crate) fn create_channel(&mut self, mut channel: Channel) -> Result<u64, Refusal> {
        if self.channels.values().filter(|c| c.is_of_guild()).count() >= CHANNELS {
            return Err(Refusal::new(400, 30013, "Maximum number of guild channels reached (500)"));
        }
        if let Some(parent) = channel.parent {
            self.need_category(parent)?;
        }
        let id = self.id();
        (channel.id, channel.name) = (id, channel_name(&channel.name, channel.kind));
        self.channels.insert(id, channel);
        let data = self.channel_json(id);
        self.tell_channel(id, "CHANNEL_CREATE", intents::GUILDS, data);
        Ok(id)
    }

    pub(crate) fn need_category(&self, id: u64) -> Result<(), Refusal> {
        match self.channels.get(&id) {
            Some(category) if category.kind == Kind::Category => Ok(()),
            Some(_) => Err(Refusal::form("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")),
            None => Err(Refusal::form("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")),
        }
    }

    /// The text channel of this name.
    pub(crate) fn channel_by_name(&self, name: &str) -> Option<u64> {
        self.channels.values().find(|c| c.kind == Kind::Text && c.name == name).map(|c| c.id)
    }

    /// Changes a channel and says so; to bots that see it no longer it is gone, to those that see it now it is new.
    pub(crate) fn change_channel(&mut self, id: u64, change: impl FnOnce(&mut Channel)) -> Result<(), Refusal> {
        let before: BTreeSet<u64> = self.bots.keys().copied().filter(|bot| self.sees(*bot, id)).collect();
        change(self.channel_mut(id)?);
        let after: BTreeSet<u64> = self.bots.keys().copied().filter(|bot| self.sees(*bot, id)).collect();
        let data = self.channel_json(id);
        for (name, to) in [
            ("CHANNEL_UPDATE", before.intersection(&after).copied().collect::<Vec<_>>()),
            ("CHANNEL_CREATE", after.difference(&before).copied().collect()),
            ("CHANNEL_DELETE", before.difference(&after).copied().collect()),
        ] {
            if !to.is_empty() {
                let (data, intent) = (data.clone(), intents::GUILDS);
                self.bus.send(super::Dispatch { name, data, intent, channel: Some(id), to });
            }
        }
        Ok(())
    }

    /// Deletes a channel with its threads and webhooks, or a thread.
    pub(crate) fn delete_channel(&mut self, id: u64) -> Result<Value, Refusal> {
        let channel = self.channel(id)?;
        let data = self.channel_json(id);
        if channel.thread.is_some() {
            let gone = json!({
                "id": id.to_string(), "guild_id": self.guild.to_string(),
                "parent_id": channel.parent.map(|p| p.to_string()), "type": channel.kind.number(),
            });
            self.tell_channel(id, "THREAD_DELETE", intents::GUILDS, gone);
        } else {
            self.tell_channel(id, "CHANNEL_DELETE", intents::GUILDS, data.clone());
        }
        self.channels.remove(&id);
        for other in self.channels.values_mut().filter(|c| c.thread.is_none() && c.parent == Some(id)) {
            other.parent = None;
        }
        self.channels.retain(|_, c| c.thread.is_none() || c.parent != Some(id));
        self.webhooks.retain(|_, webhook| webhook.channel != id);
        Ok(data)
    }

    /// The direct conversation of two; it is made where there is none.
    pub(crate) fn direct(&mut self, one: u64, other: u64) -> u64 {
        let both =
            |c: &&Channel| c.kind == Kind::Direct && c.recipients.contains(&one) && c.recipients.contains(&other);
        if let Some(known) = self.channels.values().find(both) {
            return known.id;
        }
        let id = self.id();
        let mut channel = Channel::new(id, Kind::Direct, "");
        channel.recipients = vec![one, other];
        self.channels.insert(id, channel);
        id
    }

    /// What a channel, thread or conversation looks like to a bot.
    pub(crate) fn channel_json(&self, id: u64) -> Value {
        self.channel_json_for(id, None)
    }

    pub(crate) fn channel_json_for(&self, id: u64, viewer: Option<u64>) -> Value {
        let Some(channel) = self.channels.get(&id) else { return Value::Null };
        let last = channel.last_message.map(|m| m.to_string());
        if channel.kind == Kind::Direct {
            let others = channel.recipients.iter().filter(|user| Some(**user) != viewer);
            return json!({
                "id": id.to_string(), "type": 1, "flags": 0, "last_message_id": last,
                "recipients": others.map(|user| self.user_json(*user)).collect::<Vec<_>>(),
            });
        }
        if channel.thread.is_some() {
            return self.thread_json(id, viewer);
        }
        let overwrites: Vec<Value> = channel.overwrites.iter().map(|(id, o)| overwrite_json(*id, *o)).collect();
        let mut data = json!({
            "id": id.to_string(), "type": channel.kind.number(), "flags": 0, "guild_id": self.guild.to_string(),
            "name": channel.name, "position": channel.position, "parent_id": channel.parent.map(|p| p.to_string()),
            "permission_overwrites": overwrites, "nsfw": channel.nsfw,
        });
        if channel.kind.holds_messages() {
            data["topic"] = json!(channel.topic);
            data["last_message_id"] = json!(last);
            data["rate_limit_per_user"] = json!(channel.slow);
        }
        data
    }

    /// Sets what a channel allows and denies a role or a member.
    pub(crate) fn overwrite(&mut self, channel: u64, target: u64, allow: u64, deny: u64) -> Result<(), Refusal> {
        let kind = u8::from(!self.roles.contains_key(&target));
        self.change_channel(channel, |c| {
            c.overwrites.insert(target, Overwrite { kind, allow, deny });
        })
    }

    /// Takes the sight of a channel from a role or a member.
    pub(crate) fn hide(&mut self, channel: u64, from: u64) -> Result<(), Refusal> {
        let now = self.channel(channel)?.overwrites.get(&from).copied().unwrap_or_default();
        self.overwrite(channel, from, now.allow & !permissions::VIEW_CHANNEL, now.deny | permissions::VIEW_CHANNEL)
    }
}

pub(crate) fn overwrite_json(id: u64, overwrite: Overwrite) -> Value {
    json!({
        "id": id.to_string(), "type": overwrite.kind,
        "allow": overwrite.allow.to_string(), "deny": overwrite.deny.to_string(),
    })
}
