//! Through what a persona speaks at a place, and whom it can mention natively.

use std::sync::Arc;

use bullpen_chat::Identity;
use serde_json::Value;
use url::Url;

use super::Trouble;
use super::name::{self, is_public};
use super::place::At;
use crate::Discord;
use crate::api::Failure;
use crate::bots::Bot;
use crate::posts::{Row, Rows};
use crate::render::Mentions;
use crate::webhooks::Hook;

/// What speaks for a persona: its own bot; the shared bot's webhook under the persona's name; or, where there can be none,
/// the shared bot itself, with the persona's name before the text. In a direct conversation only the bot that holds it can
/// speak, whosever it is.
#[derive(Clone)]
pub(super) struct Voice {
    pub(super) bot: Arc<Bot>,
    pub(super) hook: Option<Arc<Hook>>,
}

impl Voice {
    /// The name that stands before the text, where neither a webhook nor the persona's own bot says who speaks.
    pub(super) fn speaker(&self, identity: &Identity) -> Option<String> {
        let own = self.bot.config.persona.as_ref() == Some(&identity.handle);
        (self.hook.is_none() && !own).then(|| name::username(identity))
    }
}

impl Discord {
    /// What a post that was begun goes on with; else what its persona speaks through at that place.
    pub(super) async fn voice(&self, handle: &str, at: &At, rows: &Rows) -> Result<Voice, Trouble> {
        if at.direct
            && let Some(bot) = self.holder(at.place).await?
        {
            return Ok(Voice { bot, hook: None });
        }
        match rows.values().next_back() {
            // It was the shared bot itself, or the webhook may be lost meanwhile.
            Some(row) if row.bot == self.bots.shared().name() => match row.webhook {
                None => Ok(Voice { bot: Arc::clone(self.bots.shared()), hook: None }),
                Some(_) => self.shared_voice(at).await,
            },
            _ => match self.bots.own(handle) {
                Some(bot) => Ok(Voice { bot: Arc::clone(bot), hook: None }),
                None => self.shared_voice(at).await,
            },
        }
    }

    /// The bot that holds a direct conversation: the one that heard it, else the one that sees it.
    pub(super) async fn holder(&self, channel: u64) -> Result<Option<Arc<Bot>>, Trouble> {
        let noted = self.noted_holder(channel).await?;
        if let Some(bot) = noted.and_then(|name| self.bots.named(&name)) {
            return Ok(Some(Arc::clone(bot)));
        }
        for bot in self.bots.iter() {
            match bot.api.get::<Value>(&format!("/channels/{channel}")).await {
                Ok(_) => return Ok(Some(Arc::clone(bot))),
                Err(failure) if failure.code().is_some() => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(None)
    }

    /// The shared bot's webhook of a channel; the shared bot itself where Discord gives us none.
    pub(super) async fn shared_voice(&self, at: &At) -> Result<Voice, Trouble> {
        let bot = Arc::clone(self.bots.shared());
        if at.direct {
            return Ok(Voice { bot, hook: None });
        }
        let parent = self.guild.parent_of(at.channel);
        match self.webhooks.of(self, parent).await {
            Ok(hook) => Ok(Voice { bot, hook: Some(hook) }),
            // Whatever the reason is, the shared bot itself may still be able to speak. Provisioning says what is missing.
            Err(failure @ Failure::Refused { .. }) => {
                tracing::debug!(org = %self.org, channel = parent, %failure, "personas speak without a webhook here");
                Ok(Voice { bot, hook: None })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// What a message that stands was said through.
    pub(super) async fn voice_of(&self, row: &Row) -> Result<Option<Voice>, Trouble> {
        let Some(bot) = self.bots.named(&row.bot) else { return Ok(None) };
        let hook = match row.webhook {
            Some(id) => Some(self.webhooks.named(self, id).await?),
            None => None,
        };
        Ok(Some(Voice { bot: Arc::clone(bot), hook }))
    }

    /// The server's public address, if Discord can fetch pictures from it.
    pub(super) fn fetchable(&self) -> Option<&Url> {
        self.config.public_url.as_ref().filter(|url| is_public(url))
    }

    /// Whom a post notifies, as far as Discord knows them: people by their account, personas by their own bot or by the role
    /// that stands for them.
    pub(super) async fn mentions(&self, notify: &[String]) -> Mentions {
        let mut resolved = Vec::new();
        for name in notify {
            let name = name.trim().trim_start_matches('@');
            if let Some(native) = self.native(name).await {
                resolved.push((name.to_owned(), native));
            }
        }
        Mentions::new(resolved)
    }

    async fn native(&self, name: &str) -> Option<String> {
        if let Some(user) = self.guild.person(name) {
            return Some(format!("<@{user}>"));
        }
        if let Some(bot) = self.bots.own(name)
            && let Ok(me) = bot.me().await
        {
            return Some(format!("<@{}>", me.user));
        }
        self.guild.role_of(name).map(|role| format!("<@&{role}>"))
    }
}
