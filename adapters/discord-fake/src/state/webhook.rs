//! Webhooks: a token, a channel, a name.

use serde_json::{Value, json};

use super::{Refusal, State};
use crate::bits::intents;

/// Most webhooks of a channel.
const WEBHOOKS: usize = 15;

/// A webhook.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) id: u64,
    pub(crate) token: String,
    pub(crate) channel: u64,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
    /// The application that made it; buttons need one.
    pub(crate) application: Option<u64>,
    /// Who made it.
    pub(crate) user: u64,
}

impl State {
    pub(crate) fn create_webhook(
        &mut self,
        user: u64,
        channel: u64,
        name: &str,
        avatar: Option<String>,
    ) -> Result<u64, Refusal> {
        if self.webhooks.values().filter(|w| w.channel == channel).count() >= WEBHOOKS {
            return Err(Refusal::new(400, 30007, "Maximum number of webhooks reached (15)"));
        }
        let (id, token) = (self.id(), self.secret(68));
        let application = self.bots.contains_key(&user).then_some(user);
        let webhook = Webhook { id, token, channel, name: name.into(), avatar, application, user };
        self.webhooks.insert(id, webhook);
        self.tell_webhooks(channel);
        Ok(id)
    }

    pub(crate) fn webhook(&self, id: u64) -> Result<&Webhook, Refusal> {
        self.webhooks.get(&id).ok_or_else(|| Refusal::unknown("Webhook"))
    }

    pub(crate) fn delete_webhook(&mut self, id: u64) -> Result<(), Refusal> {
        let webhook = self.webhooks.remove(&id).ok_or_else(|| Refusal::unknown("Webhook"))?;
        self.tell_webhooks(webhook.channel);
        Ok(())
    }

    /// Puts a webhook into another channel. What it has posted stays.
    pub(crate) fn move_webhook(&mut self, id: u64, channel: u64) -> Result<(), Refusal> {
        let webhook = self.webhooks.get_mut(&id).ok_or_else(|| Refusal::unknown("Webhook"))?;
        let from = std::mem::replace(&mut webhook.channel, channel);
        self.tell_webhooks(from);
        self.tell_webhooks(channel);
        Ok(())
    }

    /// Says that a channel's webhooks have changed.
    pub(crate) fn tell_webhooks(&mut self, channel: u64) {
        let data = json!({"guild_id": self.guild.to_string(), "channel_id": channel.to_string()});
        self.tell_channel(channel, "WEBHOOKS_UPDATE", intents::GUILD_WEBHOOKS, data);
    }

    /// What a webhook looks like to a bot; only the token of its own application's, and of people's, is shown.
    pub(crate) fn webhook_json(&self, id: u64, viewer: Option<u64>) -> Value {
        let Some(webhook) = self.webhooks.get(&id) else { return Value::Null };
        let mut data = json!({
            "id": id.to_string(), "type": 1, "application_id": webhook.application.map(|a| a.to_string()),
            "avatar": webhook.avatar, "channel_id": webhook.channel.to_string(), "name": webhook.name,
            "guild_id": self.guild.to_string(),
        });
        if webhook.application.is_none() || viewer.is_none() || webhook.application == viewer {
            data["token"] = json!(webhook.token);
            data["url"] = json!(format!("{}/api/webhooks/{id}/{}", self.base, webhook.token));
        }
        if viewer.is_some() {
            data["user"] = self.user_json(webhook.user);
        }
        data
    }
}
