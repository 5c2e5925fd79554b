//! Posting: what stands in a channel afterwards, and who is told.

use serde_json::{Value, json};

use super::{Allowed, Kind, Refusal, State};
use crate::bits::{intents, permissions};
use crate::seen::{Attachment, Message};

/// Whom a message is from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Speaker {
    User(u64),
    /// A webhook, with the name and picture of the post, where it gave some.
    Webhook {
        id: u64,
        username: Option<String>,
        avatar: Option<String>,
    },
}

impl Speaker {
    pub(crate) const fn id(&self) -> u64 {
        match self {
            Self::User(id) | Self::Webhook { id, .. } => *id,
        }
    }
}

/// A message that is to stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// Discord's type; 0 for what people say.
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    /// The words of a message from elsewhere that it passes on.
    pub(crate) forwarded: Option<String>,
    /// What it replies to: channel and message.
    pub(crate) reference: Option<(u64, u64)>,
    pub(crate) allowed: Option<Allowed>,
    pub(crate) nonce: Option<Value>,
    pub(crate) flags: u64,
    /// `interaction_metadata`.
    pub(crate) interaction: Option<Value>,
    /// The application, where it answers an interaction through no webhook of a channel.
    pub(crate) application: Option<u64>,
}

impl State {
    /// Refuses those who may not post this there.
    pub(crate) fn may_post(&self, user: u64, channel: u64, draft: &Draft) -> Result<(), Refusal> {
        let found = self.channel(channel)?;
        if !found.kind.holds_messages() {
            return Err(Refusal::new(400, 50008, "Cannot send messages in a non-text channel"));
        }
        let mut needed = match found.thread {
            Some(_) => permissions::SEND_MESSAGES_IN_THREADS,
            None => permissions::SEND_MESSAGES,
        };
        if !draft.embeds.is_empty() {
            needed |= permissions::EMBED_LINKS;
        }
        if !draft.attachments.is_empty() {
            needed |= permissions::ATTACH_FILES;
        }
        self.need(user, channel, needed)?;
        if let Some((of, _)) = draft.reference
            && of == channel
            && self.permissions(user, channel) & permissions::READ_MESSAGE_HISTORY == 0
        {
            return Err(Refusal::new(403, 160_002, "You cannot reply without permission to read message history"));
        }
        if found.kind == Kind::Direct {
            let closed = |id: &u64| *id != user && self.users.get(id).is_none_or(|u| u.closed);
            let common = found.recipients.iter().all(|id| self.members.contains_key(id));
            if found.recipients.iter().any(closed) || !common {
                return Err(Refusal::new(403, 50007, "Cannot send messages to this user"));
            }
        }
        let locked = found.thread.as_ref().is_some_and(|t| t.locked);
        if locked && self.permissions(user, channel) & permissions::MANAGE_THREADS == 0 {
            return Err(Refusal::new(400, 160_005, "Thread is locked"));
        }
        Ok(())
    }

    /// Puts a message in a channel, brings an archived thread back, and tells everybody. Rights are looked at before.
    pub(crate) fn post(&mut self, channel: u64, author: Speaker, draft: Draft) -> Result<u64, Refusal> {
        let found = self.channel(channel)?;
        if draft.kind != 21 && found.thread.as_ref().is_some_and(|t| t.archived) {
            self.change_thread(channel, |_, part| part.archived = false)?;
        }
        let replied = match draft.reference {
            Some((of, message)) if of == channel => self.message(of, message).ok().map(|m| m.author),
            _ => None,
        };
        let replied = replied.filter(|id| self.users.contains_key(id));
        let mentioned = self.mentioned(&author, channel, &draft.content, draft.allowed.as_ref(), replied);
        let id = self.id();
        let (webhook, username, avatar) = match &author {
            Speaker::User(_) => (None, None, None),
            Speaker::Webhook { id, username, avatar } => (Some(*id), username.clone(), avatar.clone()),
        };
        let application = draft.application.or_else(|| self.webhooks.get(&author.id()).and_then(|w| w.application));
        let kind = if draft.kind == 0 && draft.reference.is_some() { 19 } else { draft.kind };
        let message = Message {
            id,
            channel,
            kind,
            author: author.id(),
            webhook,
            application,
            username,
            avatar,
            content: draft.content,
            embeds: draft.embeds,
            components: draft.components,
            attachments: draft.attachments,
            mentions: mentioned.users.clone(),
            mention_roles: mentioned.roles.clone(),
            mention_everyone: mentioned.everyone,
            forwarded: draft.forwarded,
            reference: draft.reference,
            nonce: draft.nonce,
            flags: draft.flags,
            interaction: draft.interaction,
            ..Message::default()
        };
        let said = message.is_said();
        let found = self.channel_mut(channel)?;
        found.messages.insert(id, message);
        found.last_message = Some(id);
        if let Some(part) = found.thread.as_mut().filter(|_| said) {
            part.sent += 1;
        }
        if said {
            self.ping(channel, id, author.id(), mentioned, false);
            if let (true, Speaker::User(user)) = (found_is_thread(self, channel), &author) {
                // Who speaks in a thread is in it.
                self.join_thread(*user, channel)?;
            }
        }
        let data = self.told_json(channel, id, true);
        self.tell_channel(channel, "MESSAGE_CREATE", self.message_intent(channel), data);
        Ok(id)
    }

    /// Remembers the nonce of a message.
    pub(crate) fn remember_nonce(&mut self, author: u64, nonce: &str, channel: u64, id: u64) {
        let now = self.now();
        self.nonces.insert((author, nonce.into()), (channel, id, now));
    }

    /// The message that the author has sent with this nonce a short while ago.
    pub(crate) fn by_nonce(&self, author: u64, nonce: &str) -> Option<(u64, u64)> {
        let (channel, id, at) = self.nonces.get(&(author, nonce.to_owned()))?;
        let age = (self.now() - *at).to_std().unwrap_or_default();
        (age < self.settings.nonce_life).then_some((*channel, *id))
    }

    /// The intent that tells of messages in this channel.
    pub(crate) fn message_intent(&self, channel: u64) -> u64 {
        let direct = self.channels.get(&channel).is_some_and(|c| c.kind == Kind::Direct);
        if direct { intents::DIRECT_MESSAGES } else { intents::GUILD_MESSAGES }
    }

    /// A message as the gateway tells it: with the guild and the author's membership.
    pub(crate) fn told_json(&self, channel: u64, id: u64, nonce: bool) -> Value {
        let Ok(message) = self.message(channel, id) else { return Value::Null };
        let mut data = self.message_json(message, None);
        if let (true, Some(nonce)) = (nonce, &message.nonce) {
            data["nonce"] = nonce.clone();
        }
        let Some(found) = self.channels.get(&channel) else { return data };
        data["channel_type"] = json!(found.kind.number());
        if found.kind != Kind::Direct {
            data["guild_id"] = json!(self.guild.to_string());
            if message.webhook.is_none() && self.members.contains_key(&message.author) {
                let mut member = self.member_json(message.author);
                if let Some(fields) = member.as_object_mut() {
                    fields.remove("user");
                }
                data["member"] = member;
            }
        }
        data
    }

    /// Says that a message is now as it is.
    pub(crate) fn tell_update(&mut self, channel: u64, id: u64) {
        let data = self.told_json(channel, id, false);
        self.tell_channel(channel, "MESSAGE_UPDATE", self.message_intent(channel), data);
    }
}

fn found_is_thread(state: &State, channel: u64) -> bool {
    state.channels.get(&channel).is_some_and(|c| c.thread.is_some())
}
