//! People, messages and the guild as Discord writes them.

use chrono::DateTime;
use serde_json::{Value, json};

use super::{State, made_at};
use crate::bits::{intents, permissions};
use crate::seen::{Attachment, Message};

impl State {
    pub(crate) fn user_json(&self, id: u64) -> Value {
        let Some(user) = self.users.get(&id) else { return Value::Null };
        let mut data = json!({
            "id": id.to_string(), "username": user.name, "avatar": user.avatar,
            "discriminator": if user.bot { "0001" } else { "0" },
            "public_flags": 0, "flags": 0, "global_name": user.global_name, "primary_guild": null,
        });
        if user.bot {
            data["bot"] = json!(true);
        }
        data
    }

    /// A bot as it sees itself.
    pub(crate) fn me_json(&self, id: u64) -> Value {
        let mut data = self.user_json(id);
        data["mfa_enabled"] = json!(true);
        data["locale"] = json!("en-US");
        data["verified"] = json!(true);
        data["email"] = json!(null);
        data
    }

    pub(crate) fn member_json(&self, id: u64) -> Value {
        let Some(member) = self.members.get(&id) else { return Value::Null };
        json!({
            "user": self.user_json(id), "nick": member.nick, "avatar": null, "banner": null,
            "roles": member.roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "joined_at": member.joined_at.to_rfc3339(), "premium_since": null, "communication_disabled_until": null,
            "flags": 0, "pending": false, "mute": false, "deaf": false,
        })
    }

    pub(crate) fn attachment_json(&self, channel: u64, attachment: &Attachment) -> Value {
        let url = format!("{}/attachments/{channel}/{}/{}", self.base, attachment.id, attachment.name);
        let mut data = json!({
            "id": attachment.id.to_string(), "filename": attachment.name, "size": attachment.bytes.len(),
            "url": url, "proxy_url": url, "content_type": attachment.media_type,
        });
        if let Some(description) = &attachment.description {
            data["description"] = json!(description);
        }
        data
    }

    fn author_json(&self, message: &Message) -> Value {
        let Some(id) = message.webhook else { return self.user_json(message.author) };
        let webhook = self.webhooks.get(&id);
        let name = message.username.clone().or_else(|| webhook.map(|w| w.name.clone()));
        // The answers of applications come from their users.
        if self.users.contains_key(&id) {
            return self.user_json(id);
        }
        json!({
            "id": id.to_string(), "username": name.unwrap_or_default(),
            "avatar": message.avatar.as_ref().or(webhook.and_then(|w| w.avatar.as_ref())),
            "discriminator": "0000", "public_flags": 0, "flags": 0, "global_name": null, "primary_guild": null, "bot": true,
        })
    }

    /// A message as it stands; what it replies to is in it, once.
    pub(crate) fn message_json(&self, message: &Message, viewer: Option<u64>) -> Value {
        let mut data = self.bare_message_json(message, viewer);
        if let Some((channel, id)) = message.reference {
            let mut reference = json!({"type": 0, "channel_id": channel.to_string()});
            if message.kind != 18 {
                reference["message_id"] = json!(id.to_string());
                let found = self.message(channel, id).ok();
                data["referenced_message"] = found.map_or(Value::Null, |m| self.bare_message_json(m, viewer));
            }
            self.add_guild(channel, &mut reference);
            data["message_reference"] = reference;
        }
        data
    }

    fn bare_message_json(&self, message: &Message, viewer: Option<u64>) -> Value {
        let at = DateTime::from_timestamp_millis(made_at(message.id)).unwrap_or_default();
        let mentions: Vec<Value> = message.mentions.iter().map(|id| self.user_json(*id)).collect();
        let attachments: Vec<Value> =
            message.attachments.iter().map(|a| self.attachment_json(message.channel, a)).collect();
        let mut data = json!({
            "id": message.id.to_string(), "channel_id": message.channel.to_string(), "type": message.kind,
            "content": message.content, "author": self.author_json(message), "mentions": mentions,
            "mention_roles": message.mention_roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "mention_everyone": message.mention_everyone, "attachments": attachments, "embeds": message.embeds,
            "components": message.components, "timestamp": at.to_rfc3339(),
            "edited_timestamp": message.edited.map(|at| at.to_rfc3339()), "flags": message.flags,
            "pinned": message.pinned, "tts": false,
        });
        if let Some(text) = &message.forwarded {
            data["message_snapshots"] = json!([{"message": {"content": text, "embeds": [], "attachments": []}}]);
        }
        if let Some(webhook) = message.webhook {
            data["webhook_id"] = json!(webhook.to_string());
        }
        if let Some(application) = message.application {
            data["application_id"] = json!(application.to_string());
        }
        if let Some(interaction) = &message.interaction {
            data["interaction_metadata"] = interaction.clone();
        }
        if !message.reactions.is_empty() {
            let reaction = |r: &crate::seen::Reaction| {
                json!({
                    "emoji": self.emoji_json(&r.emoji), "count": r.users.len(),
                    "count_details": {"burst": 0, "normal": r.users.len()}, "burst_colors": [], "me_burst": false,
                    "me": viewer.is_some_and(|viewer| r.users.contains(&viewer)),
                })
            };
            data["reactions"] = message.reactions.iter().map(reaction).collect();
        }
        if self.channels.get(&message.id).is_some_and(|c| c.thread.is_some()) {
            data["thread"] = self.thread_json(message.id, viewer);
        }
        data
    }

    /// Takes from a message what a bot without the content intent does not get to see: all but its own messages, those
    /// that mention it, and direct ones. `data` is a message as Discord writes it.
    pub(crate) fn strip(&self, data: &mut Value, bot: u64) {
        let id = bot.to_string();
        let direct = data["channel_id"].as_str().and_then(|c| c.parse().ok()).and_then(|c: u64| self.channels.get(&c));
        if direct.is_some_and(|c| !c.recipients.is_empty())
            || data["author"]["id"] == *id
            || data["application_id"] == *id
            || data["mentions"].as_array().is_some_and(|m| m.iter().any(|user| user["id"] == *id))
        {
            return;
        }
        data["content"] = json!("");
        for field in ["embeds", "attachments", "components"] {
            data[field] = json!([]);
        }
        if data["referenced_message"].is_object() {
            self.strip(&mut data["referenced_message"], bot);
        }
    }

    /// A message as a bot reads it over REST, by the toggle of its application.
    pub(crate) fn read_json(&self, message: &Message, bot: u64) -> Value {
        let mut data = self.message_json(message, Some(bot));
        if self.bots.get(&bot).is_some_and(|b| b.intents & intents::MESSAGE_CONTENT == 0) {
            self.strip(&mut data, bot);
        }
        data
    }

    /// The roles, the highest last as Discord sends them in no particular order.
    pub(crate) fn roles_json(&self) -> Vec<Value> {
        self.roles.keys().map(|id| self.role_json(*id)).collect()
    }

    /// The guild as REST shows it.
    pub(crate) fn guild_json(&self) -> Value {
        let emojis: Vec<Value> = self
            .emojis
            .iter()
            .map(|(id, name)| {
                json!({
                    "id": id.to_string(), "name": name, "roles": [], "require_colons": true, "managed": false,
                    "animated": false, "available": true,
                })
            })
            .collect();
        json!({
            "id": self.guild.to_string(), "name": self.settings.guild, "icon": null, "description": null,
            "home_header": null, "splash": null, "discovery_splash": null, "features": [], "banner": null,
            "owner_id": self.owner.to_string(), "application_id": null, "region": "deprecated",
            "afk_channel_id": null, "afk_timeout": 300, "system_channel_id": null, "system_channel_flags": 0,
            "widget_enabled": false, "widget_channel_id": null, "verification_level": 0, "roles": self.roles_json(),
            "default_message_notifications": 1, "mfa_level": 0, "explicit_content_filter": 0, "max_presences": null,
            "max_members": 500_000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25,
            "vanity_url_code": null, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": "en-US", "rules_channel_id": null, "safety_alerts_channel_id": null,
            "public_updates_channel_id": null, "premium_progress_bar_enabled": false, "nsfw": false,
            "nsfw_level": 0, "emojis": emojis, "stickers": [], "incidents_data": null,
        })
    }

    /// The guild as `GUILD_CREATE` tells it to a bot: with the channels and active threads that it sees, and its members.
    pub(crate) fn guild_create(&self, bot: u64) -> Value {
        let mut data = self.guild_json();
        let seen = |id: &u64| self.base_permissions(bot) & permissions::ADMINISTRATOR != 0 || self.sees(bot, *id);
        let channels = self.channels.values().filter(|c| c.is_of_guild()).map(|c| c.id).filter(seen);
        data["channels"] = channels.map(|id| self.channel_json(id)).collect();
        data["threads"] = self.threads_for(bot, false).into_iter().map(|id| self.thread_json(id, Some(bot))).collect();
        data["members"] = self.members.keys().map(|id| self.member_json(*id)).collect();
        data["member_count"] = json!(self.members.len());
        data["joined_at"] = json!(self.members.get(&bot).map(|m| m.joined_at.to_rfc3339()));
        data["large"] = json!(self.members.len() > 250);
        data["unavailable"] = json!(false);
        for field in ["presences", "voice_states", "stage_instances", "guild_scheduled_events", "soundboard_sounds"] {
            data[field] = json!([]);
        }
        data
    }
}
