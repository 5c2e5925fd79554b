//! Posting, part by part, and looking for what may have been posted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bullpen_chat::{Error, Key, MessageRef, Post, Receipt};
use serde::Deserialize;
use serde_json::{Value, json};

use super::picture::Way;
use super::voice::Voice;
use super::{Done, Trouble, explain};
use crate::Slack;
use crate::posts::{Parts, Standing, metadata};
use crate::render::{self, Part, Words};

/// After so long no further part is begun: the next attempt goes on.
const BUDGET: Duration = Duration::from_secs(4);
/// When the next attempt may go on with a post of many parts.
const SOON: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
pub(super) struct Sent {
    channel: String,
    ts: String,
}

impl Slack {
    /// Posts what does not stand yet.
    pub(super) async fn say(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        let mut voice = Voice::of(self, &post.identity.handle);
        let mut way = Way::first(self);
        let mut joined = false;
        loop {
            let trouble = match self.say_as(key, post, &voice, way).await {
                Ok(receipt) => return Ok(receipt),
                Err(trouble) => trouble,
            };
            if let Some(next) = way.after(&trouble, post) {
                way = next;
            } else if trouble.code() == Some("not_in_channel") && !joined {
                joined = true;
                self.join(&voice, &post.place.channel).await?;
            } else if voice.is_own() && is_mute(&trouble) {
                tracing::warn!(
                    org = %self.org, app = voice.app.name(), channel = %post.place.channel, ?trouble,
                    "the persona speaks through the shared app here; invite its own app to the channel, or see `bullpen doctor`"
                );
                voice = Voice::shared(self);
                (way, joined) = (Way::first(self), false);
            } else {
                return Err(explain(trouble, voice.app.name(), &post.place.channel));
            }
        }
    }

    async fn say_as(&self, key: Key, post: &Post, voice: &Voice, way: Way) -> Result<Receipt, Trouble> {
        let begun = Instant::now();
        let mut standing = self.standing(key).await?;
        let parts = self.rendered(post, voice, way).await?;
        for (number, part) in parts.iter().enumerate() {
            if standing.contains_key(&number) {
                continue;
            }
            if number > 0 && begun.elapsed() > BUDGET {
                let why = format!("{number} of {} parts stand", parts.len());
                return Err(Trouble::Port(Error::Retry { why, after: Some(SOON) }));
            }
            let row = self.send(key, number, part, post, voice, 0).await?;
            standing.insert(number, row);
        }
        receipt(&standing).ok_or_else(|| Trouble::Port(Error::Ambiguous { why: "no part of the post stands".into() }))
    }

    /// The parts of a post as `voice` says them.
    pub(super) async fn rendered(&self, post: &Post, voice: &Voice, way: Way) -> Result<Vec<Part>, Trouble> {
        let mentions = self.mentions(&post.notify).await;
        let shown = self.shown(voice, post, way).await?;
        let words = Words { mentions: &mentions, public_url: self.config.public_url.as_ref() };
        Ok(render::post(post, words, shown.as_ref()))
    }

    /// Posts one part and records that it stands.
    pub(super) async fn send(
        &self,
        key: Key,
        number: usize,
        part: &Part,
        post: &Post,
        voice: &Voice,
        revision: i64,
    ) -> Result<Standing, Trouble> {
        let mut message = voice.looks(self, &post.identity);
        let fields: [(&str, Value); 6] = [
            ("channel", post.place.channel.as_str().into()),
            ("text", part.text.as_str().into()),
            ("blocks", part.blocks.clone().into()),
            ("metadata", metadata(key, number)),
            ("unfurl_links", false.into()),
            ("unfurl_media", false.into()),
        ];
        message.extend(fields.map(|(name, value)| (name.to_owned(), value)));
        if let Some(thread) = &post.place.thread {
            message.insert("thread_ts".into(), thread.as_str().into());
        }
        let sent: Sent = self.call(&voice.app, "chat.postMessage", &post.place.channel, &message).await?;
        let row = Standing {
            part: i32::try_from(number).unwrap_or(i32::MAX),
            app: voice.app.name().to_owned(),
            channel: sent.channel,
            ts: sent.ts,
            revision,
        };
        // It stands; what is not known is only whether that is written down.
        self.record(key, &row).await.map_err(|error| {
            Trouble::Port(Error::Ambiguous { why: format!("the message stands, but the database failed: {error}") })
        })?;
        Ok(row)
    }

    /// Joins a public channel. What cannot be joined is told by the next attempt to post there.
    async fn join(&self, voice: &Voice, channel: &str) -> Result<(), Error> {
        let joined = self.call::<Done>(&voice.app, "conversations.join", channel, &json!({ "channel": channel })).await;
        match joined {
            Ok(Done {}) => Ok(()),
            Err(trouble) if trouble.code().is_some() => {
                tracing::warn!(org = %self.org, app = voice.app.name(), channel, ?trouble, "a channel cannot be joined");
                Ok(())
            }
            Err(trouble) => Err(explain(trouble, voice.app.name(), channel)),
        }
    }

    /// Whether all parts of a post stand; looks in Slack for those that are not known.
    pub(super) async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        let mut voice = Voice::of(self, &post.identity.handle);
        let mut joined = false;
        loop {
            let trouble = match self.find_as(key, post, &voice).await {
                Ok(found) => return Ok(found),
                Err(trouble) => trouble,
            };
            // One may post where one is not, and read only where one is.
            if trouble.code() == Some("not_in_channel") && !joined {
                joined = true;
                self.join(&voice, &post.place.channel).await.map_err(lost)?;
            } else if voice.is_own() && is_mute(&trouble) {
                (voice, joined) = (Voice::shared(self), false);
            } else {
                return Err(lost(explain(trouble, voice.app.name(), &post.place.channel)));
            }
        }
    }

    async fn find_as(&self, key: Key, post: &Post, voice: &Voice) -> Result<Option<Receipt>, Trouble> {
        let mut standing = self.standing(key).await?;
        let count = self.count(post).await;
        if (0..count).any(|number| !standing.contains_key(&number)) {
            standing = self.search(&voice.app, key, &post.place, &standing).await?;
        }
        let whole = (0..count).all(|number| standing.contains_key(&number));
        Ok(receipt(&standing).filter(|_| whole))
    }

    /// How many parts a post has; its picture does not matter for that.
    async fn count(&self, post: &Post) -> usize {
        let mentions = self.mentions(&post.notify).await;
        let words = Words { mentions: &mentions, public_url: self.config.public_url.as_ref() };
        render::post(post, words, None).len()
    }

    /// An app by its name, while it is configured.
    pub(super) fn voice_named(&self, name: &str) -> Option<Voice> {
        self.apps.named(name).map(|app| Voice { app: Arc::clone(app) })
    }
}

/// The first part's message is the post's.
pub(super) fn receipt(standing: &Parts) -> Option<Receipt> {
    let first = standing.get(&0)?;
    Some(Receipt { message: MessageRef { channel: first.channel.clone(), id: first.ts.clone() } })
}

/// Whether the app of a persona cannot speak at a place at all, so that the shared app speaks for it.
fn is_mute(trouble: &Trouble) -> bool {
    matches!(
        trouble.code(),
        Some(
            "not_in_channel"
                | "channel_not_found"
                | "missing_scope"
                | "invalid_auth"
                | "not_authed"
                | "account_inactive"
                | "token_revoked"
                | "token_expired"
        )
    )
}

/// A search whose own fate is unclear has changed nothing: it may simply be tried again.
fn lost(error: Error) -> Error {
    match error {
        Error::Ambiguous { why } => Error::Retry { why, after: None },
        other => other,
    }
}
