//! Replacing what a post says, all messages of it, by what posted it.

use bullpen_chat::{Error, Key, MessageRef, Post, Receipt};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::picture::Way;
use super::place::At;
use super::send::{Rendered, receipt};
use super::voice::Voice;
use super::{Trouble, code, explain};
use crate::Discord;
use crate::posts::{Row, Rows};
use crate::render::{Mentions, Part};

impl Discord {
    /// Makes `message` and what follows it say what `post` says. A revision that is not newer is answered alike.
    pub(super) async fn revise(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        let (Ok(id), Ok(channel)) = (message.id.parse::<u64>(), message.channel.parse::<u64>()) else {
            return Err(Error::Gone {
                why: format!("{} in {} is no message of Discord's", message.id, message.channel),
            });
        };
        let told = |trouble: Trouble| explain(trouble, "that posted it", channel);
        let Some((key, first)) = self.posted(id).await.map_err(|error| told(error.into()))? else {
            return Err(Error::Gone { why: format!("{id} in {channel} is no message of ours") });
        };
        let rows = self.rows(key).await.map_err(|error| told(error.into()))?;
        if first.revision < revision {
            let voice = self.voice_of(&first).await.map_err(told)?;
            let Some(voice) = voice else {
                let why =
                    format!("the bot {} posted this and is not configured any more; set its token again", first.bot);
                return Err(Error::Refused { why });
            };
            // What follows stands where the first one does, wherever the post would go now.
            let at = At { channel: first.channel, place: first.place, reply: None, direct: false };
            let (mut way, mut opened) = (Way::Uploaded, false);
            while let Err(trouble) = self.rewrite(key, revision, post, &rows, &at, &voice, way).await {
                if trouble.code() == Some(code::ARCHIVED) && at.thread().is_some() && !opened {
                    opened = true;
                    self.unarchive(at.place).await.map_err(|trouble| explain(trouble, voice.bot.name(), at.place))?;
                } else if let Some(next) = way.after(&trouble, post) {
                    way = next;
                } else {
                    if let Some(hook) = voice.hook.as_ref().filter(|_| trouble.is_lost_webhook()) {
                        self.webhooks.lost(hook.id, hook.channel).await;
                    }
                    return Err(explain(trouble, voice.bot.name(), at.place));
                }
            }
        }
        rows.get(&0).and_then(receipt).ok_or_else(|| Error::Gone { why: "no part of the post stands".into() })
    }

    #[expect(clippy::too_many_arguments, reason = "what is said, by whom and where")]
    async fn rewrite(
        &self,
        key: Key,
        revision: i64,
        post: &Post,
        rows: &Rows,
        at: &At,
        voice: &Voice,
        way: Way,
    ) -> Result<(), Trouble> {
        if let Some(known) = self.guild.channel(at.place).filter(|known| known.archived && at.thread().is_some()) {
            self.unarchive(known.id).await?;
        }
        let rendered = self.rendered(post, voice.speaker(&post.identity).as_deref(), way).await?;
        let mut rows = rows.clone();
        if rows.values().any(|row| row.message.is_none()) {
            // An attempt before may have posted it.
            rows = self.search(key, post, rows).await?;
        }
        for number in 0..rendered.parts.len() {
            match rows.get(&number).and_then(|row| Some((row, row.message?))) {
                Some((row, id)) => self.update(key, row, id, &rendered, voice).await?,
                None => {
                    self.send(key, number, &rendered, post, at, voice, 0).await?;
                }
            }
        }
        for (_, row) in rows.range(rendered.parts.len()..) {
            self.take_back(key, row, voice).await?;
        }
        self.revised(key, revision).await?;
        Ok(())
    }

    /// What a row was said through, and the path of its message.
    async fn reach(&self, row: &Row, id: u64, voice: &Voice) -> Result<(Voice, String), Trouble> {
        let same = voice.bot.name() == row.bot && voice.hook.as_ref().map(|hook| hook.id) == row.webhook;
        let voice = if same { voice.clone() } else { self.voice_of(row).await?.unwrap_or_else(|| voice.clone()) };
        let path = match &voice.hook {
            Some(hook) if ![row.place, self.guild.parent_of(row.channel)].contains(&hook.channel) => {
                let why = format!("somebody moved the webhook that this was said through out of {}", row.channel);
                return Err(Trouble::Port(Error::Gone { why }));
            }
            Some(hook) => {
                let thread = (row.place != hook.channel).then(|| format!("?thread_id={}", row.place));
                format!(
                    "/webhooks/{}/{}/messages/{id}{}",
                    hook.id,
                    hook.token.expose_secret(),
                    thread.unwrap_or_default()
                )
            }
            None => format!("/channels/{}/messages/{id}", row.place),
        };
        Ok((voice, path))
    }

    /// Makes a message that stands say what it is to say now.
    pub(super) async fn update(
        &self,
        key: Key,
        row: &Row,
        id: u64,
        rendered: &Rendered,
        voice: &Voice,
    ) -> Result<(), Trouble> {
        let (voice, path) = self.reach(row, id, voice).await?;
        let part = &rendered.parts[row.number()];
        let mut body = part.body(&rendered.mentions);
        let (files, attachments) = rendered.pictured.files(part);
        body["attachments"] = attachments;
        voice.bot.api.call::<Value>(Method::PATCH, &path, Some(&body), &files, None).await?;
        self.says(key, row.part, rendered.digest(row.number(), row.webhook.is_some()), rendered.count()).await?;
        Ok(())
    }

    /// Removes a message that the post does not have any more; where that is not allowed, says that it is void.
    pub(super) async fn take_back(&self, key: Key, row: &Row, voice: &Voice) -> Result<(), Trouble> {
        let Some(id) = row.message else {
            self.forget(key, row.part).await?;
            return Ok(());
        };
        let (by, path) = self.reach(row, id, voice).await?;
        match by.bot.api.delete(&path).await {
            Ok(()) => {}
            Err(failure) if failure.code() == Some(code::UNKNOWN_MESSAGE) => {}
            Err(failure) if failure.code() == Some(code::ARCHIVED) => return Err(failure.into()),
            Err(failure) if failure.code().is_some() => {
                let void = Part { content: "-# The text above is all there is now.".into(), ..Part::default() };
                let mut body = void.body(&Mentions::default());
                body["attachments"] = json!([]);
                by.bot.api.patch::<Value>(&path, &body).await?;
                return Ok(());
            }
            Err(failure) => return Err(failure.into()),
        }
        self.forget(key, row.part).await?;
        Ok(())
    }
}
