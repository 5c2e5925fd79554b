//! One webhook of the shared bot's for each channel: what personas without a bot of their own speak through.
//!
//! They belong to our application, so that buttons on their messages come to us. Their tokens are kept in memory alone and
//! are listed anew at need.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use serenity::model::id::{ApplicationId, ChannelId, WebhookId};

use crate::Discord;
use crate::api::Failure;

/// What the webhooks are called in the channels' settings. Names with "discord" in them are refused.
pub(crate) const NAME: &str = "Bullpen";
/// Why they are made, for the guild's audit log.
const REASON: &str = "Bullpen's personas speak through this webhook";
/// How long a channel that refuses us its webhooks is not asked again.
const REFUSED: Duration = Duration::from_secs(300);
/// Most channels whose webhooks are kept.
const KEPT: u64 = 10_000;

/// A webhook of ours.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    /// The channel that it speaks in, with its threads.
    pub(crate) channel: u64,
    pub(crate) token: SecretString,
}

/// The channels' webhooks.
#[derive(Debug)]
pub(crate) struct Webhooks {
    by_channel: Cache<u64, Arc<Hook>>,
    /// Webhooks that are not the channel's first, but spoke there before.
    by_id: Cache<u64, Arc<Hook>>,
    refused: Cache<u64, Failure>,
    /// Channels whose webhooks somebody has changed since they were asked for.
    changed: Mutex<BTreeSet<u64>>,
    ids: Mutex<BTreeSet<u64>>,
}

#[derive(Deserialize)]
struct Listed {
    id: WebhookId,
    #[serde(default)]
    channel_id: Option<ChannelId>,
    #[serde(default)]
    application_id: Option<ApplicationId>,
    #[serde(default)]
    token: Option<SecretString>,
}

impl Listed {
    fn hook(self, channel: u64, application: u64) -> Option<Hook> {
        let ours = self.application_id.is_some_and(|id| id.get() == application);
        let channel = self.channel_id.map_or(channel, |id| id.get());
        Some(Hook { id: self.id.get(), channel, token: self.token.filter(|_| ours)? })
    }
}

impl Webhooks {
    pub(crate) fn new() -> Self {
        Self {
            by_channel: Cache::new(KEPT),
            by_id: Cache::new(KEPT),
            refused: Cache::builder().max_capacity(KEPT).time_to_live(REFUSED).build(),
            changed: Mutex::default(),
            ids: Mutex::default(),
        }
    }

    /// The channel's webhook (of a thread's parent), made if there is none; once, however many ask. What is refused is
    /// refused for a few minutes without asking Discord.
    pub(crate) async fn of(&self, discord: &Discord, channel: u64) -> Result<Arc<Hook>, Failure> {
        if self.changed.lock().unwrap_or_else(PoisonError::into_inner).remove(&channel) {
            self.by_channel.invalidate(&channel).await;
        }
        if let Some(hook) = self.by_channel.get(&channel).await {
            return Ok(hook);
        }
        if let Some(failure) = self.refused.get(&channel).await {
            return Err(failure);
        }
        let found = self.by_channel.try_get_with(channel, self.find_or_make(discord, channel)).await;
        match found {
            Ok(hook) => Ok(hook),
            Err(failure) => {
                let failure = Failure::clone(&failure);
                if matches!(failure, Failure::Refused { .. }) {
                    self.refused.insert(channel, failure.clone()).await;
                }
                Err(failure)
            }
        }
    }

    async fn find_or_make(&self, discord: &Discord, channel: u64) -> Result<Arc<Hook>, Failure> {
        let bot = discord.bots.shared();
        let application = bot.me().await?.application;
        let path = format!("/channels/{channel}/webhooks");
        let mut listed: Vec<Listed> = bot.api.get(&path).await?;
        // The oldest: several servers find the same one.
        listed.sort_by_key(|hook| hook.id);
        let found = listed.into_iter().find_map(|hook| hook.hook(channel, application));
        let hook = match found {
            Some(hook) => hook,
            None => {
                let body = json!({ "name": NAME });
                let made: Listed = bot.api.call(reqwest::Method::POST, &path, Some(&body), &[], Some(REASON)).await?;
                tracing::info!(org = %discord.org, channel, webhook = made.id.get(), "made a webhook");
                made.hook(channel, application).ok_or_else(|| Failure::Ambiguous {
                    route: format!("POST {path}"),
                    why: "the webhook that was made has no token".into(),
                })?
            }
        };
        let hook = Arc::new(hook);
        self.remember(&hook).await;
        Ok(hook)
    }

    async fn remember(&self, hook: &Arc<Hook>) {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).insert(hook.id);
        self.by_id.insert(hook.id, Arc::clone(hook)).await;
    }

    /// A webhook of ours by its id, for what was said through it before.
    pub(crate) async fn named(&self, discord: &Discord, id: u64) -> Result<Arc<Hook>, Failure> {
        if let Some(hook) = self.by_id.get(&id).await {
            return Ok(hook);
        }
        self.current(discord, id).await
    }

    /// The same as Discord has it now: somebody may have moved it.
    pub(crate) async fn current(&self, discord: &Discord, id: u64) -> Result<Arc<Hook>, Failure> {
        let bot = discord.bots.shared();
        let application = bot.me().await?.application;
        let path = format!("/webhooks/{id}");
        let listed: Listed = bot.api.get(&path).await?;
        let hook = listed.hook(0, application).ok_or_else(|| Failure::Refused {
            bot: bot.name().to_owned(),
            route: format!("GET {path}"),
            status: 404,
            code: LOST,
            message: "the webhook is not ours any more".into(),
        })?;
        let hook = Arc::new(hook);
        self.remember(&hook).await;
        Ok(hook)
    }

    /// A channel does not have a webhook any more: the next one who asks finds or makes another. One that was moved belongs
    /// to the channel that it is in.
    pub(crate) async fn lost(&self, id: u64, channel: u64) {
        self.by_id.invalidate(&id).await;
        if self.by_channel.get(&channel).await.is_some_and(|known| known.id == id) {
            self.by_channel.invalidate(&channel).await;
        }
    }

    /// Somebody has made, moved, changed or deleted webhooks of a channel: they are asked for anew.
    pub(crate) fn changed(&self, channel: u64) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(channel);
    }

    /// Forgets which channels refused us: permissions may have changed.
    pub(crate) fn forgive(&self) {
        self.refused.invalidate_all();
    }

    /// Whether this process knows a webhook as ours. A message of one that it does not know yet names our application.
    pub(crate) fn is_ours(&self, id: u64) -> bool {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }
}

/// Discord's code for a webhook that is not there.
pub(crate) const LOST: u64 = 10_015;
