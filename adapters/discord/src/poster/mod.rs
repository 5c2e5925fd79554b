//! What our personas speak through in Discord.
//!
//! A post may become several messages. Each is written down before it is sent and again as soon as it stands, and a post
//! that stopped half-way goes on where it stopped. After a failure that leaves open whether a message stands, nothing is
//! sent before [`Poster::find`] has looked.

mod edit;
mod find;
mod name;
mod picture;
mod place;
mod reactions;
mod seen;
mod send;
mod trouble;
mod voice;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{
    CALL_LIMIT, Error, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted,
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::Discord;
pub(crate) use trouble::Trouble;
use trouble::{code, explain};

/// How long a call may take before its caller would give up on it.
const LIMIT: Duration = CALL_LIMIT.saturating_sub(Duration::from_millis(500));
/// How long after an attempt of unknown fate Discord may still carry it out.
const SETTLES: Duration = Duration::from_secs(15);

/// Discord's [`Poster`].
#[derive(Debug, Clone)]
pub struct DiscordPoster {
    discord: Arc<Discord>,
}

impl Discord {
    /// What our personas speak through.
    #[must_use]
    pub fn poster(self: &Arc<Self>) -> DiscordPoster {
        DiscordPoster { discord: Arc::clone(self) }
    }
}

/// Bounds a call in time. What was cut off may have been done.
async fn bounded<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match tokio::time::timeout(LIMIT, call).await {
        Ok(done) => done,
        Err(_) => Err(Error::Ambiguous { why: format!("Discord took more than {} s", LIMIT.as_secs()) }),
    }
}

/// The same for a call that changes nothing.
async fn looked<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    bounded(call).await.map_err(|error| match error {
        Error::Ambiguous { why } => Error::Retry { why, after: None },
        other => other,
    })
}

#[async_trait]
impl Poster for DiscordPoster {
    fn platform(&self) -> &'static str {
        "discord"
    }

    /// A call that was given up may still be on its way: half as long again as we wait for an answer.
    fn settles(&self) -> Duration {
        SETTLES
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        crate::provision::provision(&self.discord, plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        bounded(self.discord.say(key, post)).await
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        bounded(self.discord.revise(message, revision, post)).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        looked(self.discord.find(key, post)).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        looked(self.discord.reactions(message, wanted)).await
    }

    fn gaps(&self) -> Option<watch::Receiver<u64>> {
        Some(self.discord.gaps.subscribe())
    }

    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error> {
        // Best effort: whatever goes wrong is not worth a word.
        let _ = tokio::time::timeout(LIMIT, self.discord.typing(place, handle)).await;
        Ok(())
    }
}

impl Discord {
    /// Shows that the persona's bot is writing, where that thread or channel is. Discord shows it for ten seconds.
    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Trouble> {
        let at = self.at(place).await?;
        if at.thread().is_some_and(|thread| self.guild.channel(thread).is_none()) {
            // The thread is made with the first answer.
            return Ok(());
        }
        let path = format!("/channels/{}/typing", at.place);
        let holder = if at.direct { self.holder(at.place).await? } else { None };
        let bot = holder.as_ref().unwrap_or_else(|| self.bots.of(handle));
        match bot.api.post::<Value>(&path, &json!({})).await {
            Err(failure) if failure.code().is_some() && !bot.is_shared() => {
                self.bots.shared().api.post::<Value>(&path, &json!({})).await?;
                Ok(())
            }
            done => Ok(done.map(drop)?),
        }
    }
}
