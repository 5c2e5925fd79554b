//! Posting, message by message.

use std::time::{Duration, Instant};

use bullpen_chat::{Error, Key, Post, Receipt};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::json;
use serenity::model::id::{ChannelId, MessageId};
use sha2::{Digest as _, Sha256};

use super::picture::{Pictured, Way};
use super::place::At;
use super::seen::digest;
use super::voice::Voice;
use super::{Trouble, code, explain, name};
use crate::Discord;
use crate::api::Failure;
use crate::posts::{Row, whole};
use crate::render::{self, Mentions, Part, Words};
use crate::webhooks::Hook;

/// After so long no further message of a post is begun: the next attempt goes on.
const BUDGET: Duration = Duration::from_secs(4);
/// When the next attempt may go on with a post of many messages.
const SOON: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
struct Sent {
    id: MessageId,
    /// Where it stands.
    channel_id: ChannelId,
}

/// A post as it is said.
pub(super) struct Rendered {
    pub(super) parts: Vec<Part>,
    pub(super) mentions: Mentions,
    pub(super) pictured: Pictured,
    /// The name that it stands under, through a webhook.
    username: String,
}

impl Rendered {
    /// How many messages it has.
    pub(super) fn count(&self) -> i32 {
        i32::try_from(self.parts.len()).unwrap_or(i32::MAX)
    }

    /// What a message of it is known again by, if it has so many.
    pub(super) fn digest(&self, number: usize, through_webhook: bool) -> Option<Vec<u8>> {
        let username = through_webhook.then_some(self.username.as_str());
        self.parts.get(number).map(|part| digest(username, &part.content, &part.embeds))
    }
}

impl Discord {
    /// Posts what does not stand yet.
    pub(super) async fn say(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        let channel = super::place::id(&post.place.channel)?;
        let told = |trouble: Trouble| explain(trouble, self.bots.of(&post.identity.handle).name(), channel);
        let rows = self.rows(key).await.map_err(|error| told(error.into()))?;
        if let Some(receipt) = whole(&rows).and_then(receipt) {
            return Ok(receipt);
        }
        let mut at = self.at(&post.place).await.map_err(told)?;
        if let Some(first) = rows.get(&0).filter(|row| row.message.is_some()) {
            // The rest follows where it began.
            (at.channel, at.place) = (first.channel, first.place);
        }
        let mut voice = self.voice(&post.identity.handle, &at, &rows).await.map_err(told)?;
        let mut way = Way::Uploaded;
        let (mut remade, mut opened) = (false, false);
        loop {
            let trouble = match self.say_as(key, post, &at, &voice, way).await {
                Ok(receipt) => return Ok(receipt),
                Err(trouble) => trouble,
            };
            // A thread is not in the channel of a webhook that was moved.
            let astray = |hook: &Hook| at.place != hook.channel && trouble.code() == Some(code::UNKNOWN_CHANNEL);
            let lost = voice.hook.as_ref().filter(|hook| !remade && (trouble.is_lost_webhook() || astray(hook)));
            if let Some(hook) = lost {
                remade = true;
                self.webhooks.lost(hook.id, hook.channel).await;
                voice = self.shared_voice(&at).await.map_err(told)?;
            } else if trouble.code() == Some(code::ARCHIVED) && at.thread().is_some() && !opened {
                opened = true;
                self.unarchive(at.place).await.map_err(|trouble| explain(trouble, voice.bot.name(), at.place))?;
            } else if !voice.bot.is_shared() && !at.direct && is_mute(&trouble) {
                tracing::warn!(
                    org = %self.org, bot = voice.bot.name(), channel = at.place, ?trouble,
                    "the persona speaks through the shared bot here; let its own bot see and post in the channel, or see `bullpen doctor`"
                );
                voice = self.shared_voice(&at).await.map_err(told)?;
            } else if let Some(next) = way.after(&trouble, post) {
                way = next;
            } else {
                return Err(explain(trouble, voice.bot.name(), at.place));
            }
        }
    }

    async fn say_as(&self, key: Key, post: &Post, at: &At, voice: &Voice, way: Way) -> Result<Receipt, Trouble> {
        let begun = Instant::now();
        let mut rows = self.rows(key).await?;
        self.open(at, &post.identity.name).await?;
        let rendered = self.rendered(post, voice.speaker(&post.identity).as_deref(), way).await?;
        for number in 0..rendered.parts.len() {
            let stands = rows.get(&number).and_then(|row| Some((row, row.message?)));
            if stands.is_some_and(|(row, _)| !row.differs(&rendered)) {
                continue;
            }
            if number > 0 && begun.elapsed() > BUDGET {
                let why = format!("{number} of {} messages stand", rendered.parts.len());
                return Err(Trouble::Port(Error::Retry { why, after: Some(SOON) }));
            }
            match stands {
                Some((row, id)) => self.mend(self.update(key, row, id, &rendered, voice).await)?,
                None => {
                    let row = self.send(key, number, &rendered, post, at, voice, 0).await?;
                    rows.insert(number, row);
                }
            }
        }
        for (_, row) in rows.range(rendered.parts.len()..).filter(|(_, row)| row.parts.is_some()) {
            self.mend(self.take_back(key, row, voice).await)?;
        }
        rows.get(&0)
            .and_then(receipt)
            .ok_or_else(|| Trouble::Port(Error::Ambiguous { why: "no part of the post stands".into() }))
    }

    /// A post that stopped half-way may read differently when it goes on, so that it is cut in other places. Where Discord
    /// refuses to change what stands, the rest is said all the same.
    fn mend(&self, done: Result<(), Trouble>) -> Result<(), Trouble> {
        match done {
            Err(trouble) if trouble.code() == Some(code::ARCHIVED) => Err(trouble),
            Err(trouble) if trouble.code().is_some() || matches!(trouble, Trouble::Port(Error::Gone { .. })) => {
                tracing::warn!(org = %self.org, ?trouble, "the first messages of a post stay as they were sent");
                Ok(())
            }
            done => done,
        }
    }

    /// The messages of a post; each begins with `speaker` where nothing else says who speaks.
    pub(super) async fn rendered(&self, post: &Post, speaker: Option<&str>, way: Way) -> Result<Rendered, Trouble> {
        let mentions = self.mentions(&post.notify).await;
        let pictured = self.pictured(post, way).await?;
        let words = Words { mentions: &mentions, public_url: self.config.public_url.as_ref() };
        let parts = render::post(post, words, pictured.shown.as_ref(), speaker);
        Ok(Rendered { parts, mentions, pictured, username: name::username(&post.identity) })
    }

    /// Posts one message and records that it stands.
    #[expect(clippy::too_many_arguments, reason = "what is said, by whom and where")]
    pub(super) async fn send(
        &self,
        key: Key,
        number: usize,
        rendered: &Rendered,
        post: &Post,
        at: &At,
        voice: &Voice,
        revision: i64,
    ) -> Result<Row, Trouble> {
        let part = i32::try_from(number).unwrap_or(i32::MAX);
        let mut row = Row {
            part,
            bot: voice.bot.name().to_owned(),
            webhook: voice.hook.as_ref().map(|hook| hook.id),
            channel: at.channel,
            place: at.place,
            message: None,
            revision,
            begun_at: chrono::DateTime::UNIX_EPOCH,
            digest: rendered.digest(number, voice.hook.is_some()),
            parts: Some(rendered.count()),
        };
        self.begin(key, &row).await?;
        let mut body = rendered.parts[number].body(&rendered.mentions);
        let (files, attachments) = rendered.pictured.files(&rendered.parts[number]);
        if !files.is_empty() {
            body["attachments"] = attachments;
        }
        let sent: Sent = match &voice.hook {
            Some(hook) => {
                body["username"] = rendered.username.as_str().into();
                if let Some(url) = self.fetchable().and_then(|base| name::avatar(base, &post.identity)) {
                    body["avatar_url"] = String::from(url).into();
                }
                let thread = (at.place != hook.channel).then(|| format!("&thread_id={}", at.place));
                let thread = thread.unwrap_or_default();
                let path = format!("/webhooks/{}/{}?wait=true{thread}", hook.id, hook.token.expose_secret());
                voice.bot.api.call(Method::POST, &path, Some(&body), &files, None).await?
            }
            None => {
                body["nonce"] = nonce(key, number).into();
                body["enforce_nonce"] = true.into();
                if let Some(message) = at.reply {
                    let (message, channel) = (message.to_string(), at.place.to_string());
                    body["message_reference"] =
                        json!({ "message_id": message, "channel_id": channel, "fail_if_not_exists": false });
                }
                let path = format!("/channels/{}/messages", at.place);
                voice.bot.api.call(Method::POST, &path, Some(&body), &files, None).await?
            }
        };
        if let Some(hook) = voice.hook.as_ref().filter(|_| sent.channel_id.get() != at.place) {
            self.webhooks.lost(hook.id, hook.channel).await;
            self.withdraw(hook, sent.id.get()).await?;
            return Err(Trouble::Moved);
        }
        // It stands; what is not known is only whether that is written down.
        self.stands(key, part, sent.id.get()).await.map_err(|error| {
            Trouble::Port(Error::Ambiguous { why: format!("the message stands, but the database failed: {error}") })
        })?;
        row.message = Some(sent.id.get());
        Ok(row)
    }

    /// Deletes what a webhook that was moved has posted where it is now. As long as that is not known to be done, it is looked
    /// for there again before the post is sent again.
    pub(super) async fn withdraw(&self, hook: &Hook, message: u64) -> Result<(), Trouble> {
        let path = format!("/webhooks/{}/{}/messages/{message}", hook.id, hook.token.expose_secret());
        match self.bots.shared().api.delete(&path).await {
            Ok(()) => {
                tracing::warn!(org = %self.org, webhook = hook.id, "somebody moved a webhook; what it posted there is deleted")
            }
            Err(failure) if failure.code() == Some(code::UNKNOWN_MESSAGE) => {}
            Err(failure @ Failure::Refused { .. }) => {
                tracing::error!(org = %self.org, webhook = hook.id, message, %failure, "a message stands in the wrong channel; delete it by hand");
            }
            Err(failure) => {
                let why =
                    format!("somebody moved the webhook, and what it posted there still has to be deleted: {failure}");
                return Err(Trouble::Port(Error::Ambiguous { why }));
            }
        }
        Ok(())
    }
}

impl Row {
    /// Whether what stands is known to be something else than its message of the post.
    fn differs(&self, rendered: &Rendered) -> bool {
        self.digest.is_some() && self.digest != rendered.digest(self.number(), self.webhook.is_some())
    }
}

/// The first message is the post's.
pub(super) fn receipt(first: &Row) -> Option<Receipt> {
    Some(Receipt { message: first.reference()? })
}

/// By which Discord knows a repeat of a bot's own message, for a few minutes: 24 of its 25 characters.
pub(super) fn nonce(key: Key, number: usize) -> String {
    let digest = Sha256::new().chain_update(key.as_bytes()).chain_update(number.to_be_bytes()).finalize();
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the bot of a persona cannot speak at a place at all, so that the shared bot speaks for it.
fn is_mute(trouble: &Trouble) -> bool {
    let denied = matches!(trouble.code(), Some(code::NO_ACCESS | code::NO_PERMISSION | code::UNKNOWN_CHANNEL));
    denied || trouble.status() == Some(401)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_nonce_is_short_and_one_message_s_own() {
        let key = Uuid::new_v4();
        assert_eq!(nonce(key, 1), nonce(key, 1));
        assert_ne!(nonce(key, 0), nonce(key, 1));
        assert_ne!(nonce(key, 0), nonce(Uuid::new_v4(), 0));
        assert!(nonce(key, 0).len() <= 25);
    }
}
