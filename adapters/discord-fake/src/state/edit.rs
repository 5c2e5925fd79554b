//! Edits and deletions.

use serde_json::{Value, json};

use super::{Allowed, Mentioned, Refusal, Speaker, State};
use crate::bits::permissions;
use crate::seen::Attachment;

/// What an edit changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edit {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Attachment>>,
    pub(crate) flags: Option<u64>,
    pub(crate) allowed: Option<Allowed>,
}

/// The flag that authors may change: no embeds.
const SUPPRESS_EMBEDS: u64 = 1 << 2;

impl State {
    /// Changes a message of `author`, who is known to be it.
    pub(crate) fn edit(&mut self, channel: u64, id: u64, edit: Edit) -> Result<(), Refusal> {
        if self.channel(channel)?.thread.as_ref().is_some_and(|t| t.archived) {
            return Err(Refusal::archived());
        }
        let message = self.message(channel, id)?.clone();
        let author = match message.webhook {
            Some(id) => Speaker::Webhook { id, username: None, avatar: None },
            None => Speaker::User(message.author),
        };
        let content = edit.content.clone().unwrap_or_else(|| message.content.clone());
        let replied = message.reference.filter(|(of, _)| *of == channel).and_then(|(_, id)| {
            self.message(channel, id).ok().map(|m| m.author).filter(|author| message.mentions.contains(author))
        });
        // What an edit does not change keeps its mentions; a new text is read anew.
        let mentioned = match (&edit.content, &edit.allowed) {
            (None, None) => Mentioned {
                users: message.mentions.clone(),
                roles: message.mention_roles.clone(),
                everyone: message.mention_everyone,
            },
            _ => self.mentioned(&author, channel, &content, edit.allowed.as_ref(), replied),
        };
        let now = self.now();
        let changed = self.message_mut(channel, id)?;
        changed.content = content;
        changed.embeds = edit.embeds.unwrap_or(message.embeds);
        changed.components = edit.components.unwrap_or(message.components);
        changed.attachments = edit.attachments.unwrap_or(message.attachments);
        if let Some(flags) = edit.flags {
            changed.flags = changed.flags & !SUPPRESS_EMBEDS | flags & SUPPRESS_EMBEDS;
        }
        changed.mentions.clone_from(&mentioned.users);
        changed.mention_roles.clone_from(&mentioned.roles);
        changed.mention_everyone = mentioned.everyone;
        changed.edited = Some(now);
        // Who was mentioned before is not notified again.
        let new = Mentioned {
            users: mentioned.users.into_iter().filter(|id| !message.mentions.contains(id)).collect(),
            roles: mentioned.roles.into_iter().filter(|id| !message.mention_roles.contains(id)).collect(),
            everyone: mentioned.everyone && !message.mention_everyone,
        };
        self.ping(channel, id, message.author, new, true);
        self.tell_update(channel, id);
        Ok(())
    }

    /// An embed of a link appears on a message: it is changed without being edited.
    pub(crate) fn embed_arrives(&mut self, channel: u64, id: u64, embed: Value) -> Result<(), Refusal> {
        self.message_mut(channel, id)?.embeds.push(embed);
        self.tell_update(channel, id);
        Ok(())
    }

    /// Deletes a message for somebody: their own, or others' with `MANAGE_MESSAGES`.
    pub(crate) fn delete_for(&mut self, user: u64, channel: u64, id: u64) -> Result<(), Refusal> {
        self.need(user, channel, permissions::VIEW_CHANNEL)?;
        let message = self.message(channel, id)?;
        if message.webhook.is_some() || message.author != user {
            self.need(user, channel, permissions::MANAGE_MESSAGES)?;
        }
        self.delete(channel, id)
    }

    /// A message is gone. A thread on it stays.
    pub(crate) fn delete(&mut self, channel: u64, id: u64) -> Result<(), Refusal> {
        self.message(channel, id)?;
        self.channel_mut(channel)?.messages.remove(&id);
        let mut data = json!({"id": id.to_string(), "channel_id": channel.to_string()});
        self.add_guild(channel, &mut data);
        self.tell_channel(channel, "MESSAGE_DELETE", self.message_intent(channel), data);
        Ok(())
    }

    /// Messages are gone at one go; those that are not there are passed over.
    pub(crate) fn delete_many(&mut self, channel: u64, ids: &[u64]) -> Result<(), Refusal> {
        let found = self.channel_mut(channel)?;
        let gone: Vec<String> =
            ids.iter().filter(|id| found.messages.remove(id).is_some()).map(u64::to_string).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let mut data = json!({"ids": gone, "channel_id": channel.to_string()});
        self.add_guild(channel, &mut data);
        self.tell_channel(channel, "MESSAGE_DELETE_BULK", self.message_intent(channel), data);
        Ok(())
    }

    /// Adds the guild to an event, unless it is about a direct conversation.
    pub(crate) fn add_guild(&self, channel: u64, data: &mut Value) {
        if self.channels.get(&channel).is_some_and(|c| c.recipients.is_empty()) {
            data["guild_id"] = json!(self.guild.to_string());
        }
    }
}
