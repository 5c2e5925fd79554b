//! Replacing what a post says, all parts of it, by the app that posted it.

use bullpen_chat::{Error, Key, MessageRef, Post, Receipt};
use serde_json::json;

use super::picture::Way;
use super::send::receipt;
use super::voice::Voice;
use super::{Done, Trouble, explain};
use crate::Slack;
use crate::posts::{Parts, Standing};
use crate::render::Part;

impl Slack {
    /// Makes `message` and its further parts say what `post` says. A revision that is not newer is answered alike.
    pub(super) async fn revise(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        let told = |trouble: Trouble| explain(trouble, "that posted it", &message.channel);
        let key = self.key_of(&message.channel, &message.id).await.map_err(|e| told(e.into()))?;
        let Some(key) = key else {
            return Err(Error::Gone { why: format!("{} in {} is no message of ours", message.id, message.channel) });
        };
        let standing = self.standing(key).await.map_err(|e| told(e.into()))?;
        let Some(first) = standing.get(&0) else {
            return Err(Error::Gone { why: format!("{} in {} is no post of ours", message.id, message.channel) });
        };
        let Some(voice) = self.voice_named(&first.app) else {
            let why = format!("the app {} posted this and is not configured any more; set its tokens again", first.app);
            return Err(Error::Refused { why });
        };
        // The parts stand where the first one does, wherever the post would go now.
        let mut post = post.clone();
        post.place.channel.clone_from(&first.channel);
        if first.revision < revision {
            let mut way = Way::first(self);
            while let Err(trouble) = self.rewrite(key, revision, &post, &standing, &voice, way).await {
                match way.after(&trouble, &post) {
                    Some(next) => way = next,
                    None => return Err(explain(trouble, voice.app.name(), &message.channel)),
                }
            }
        }
        receipt(&standing).ok_or_else(|| Error::Gone { why: "no part of the post stands".into() })
    }

    async fn rewrite(
        &self,
        key: Key,
        revision: i64,
        post: &Post,
        standing: &Parts,
        voice: &Voice,
        way: Way,
    ) -> Result<(), Trouble> {
        let parts = self.rendered(post, voice, way).await?;
        let mut standing = standing.clone();
        if (0..parts.len()).any(|number| !standing.contains_key(&number)) {
            // An attempt before may have posted it.
            standing = self.search(&voice.app, key, &post.place, &standing).await?;
        }
        for (number, part) in parts.iter().enumerate() {
            match standing.get(&number) {
                Some(row) => self.update(row, part, voice).await?,
                None => {
                    self.send(key, number, part, post, voice, 0).await?;
                }
            }
        }
        for (_, row) in standing.range(parts.len()..) {
            self.take_back(key, row, voice).await?;
        }
        self.revised(key, revision).await?;
        Ok(())
    }

    async fn update(&self, row: &Standing, part: &Part, voice: &Voice) -> Result<(), Trouble> {
        let other = self.voice_named(&row.app);
        let app = &other.as_ref().unwrap_or(voice).app;
        let body = json!({ "channel": row.channel, "ts": row.ts, "text": part.text, "blocks": part.blocks });
        self.call::<Done>(app, "chat.update", &row.channel, &body).await.map(|Done {}| ())
    }

    /// Removes a part that the post does not have any more; where that is not allowed, says that it is void.
    async fn take_back(&self, key: Key, row: &Standing, voice: &Voice) -> Result<(), Trouble> {
        let other = self.voice_named(&row.app);
        let app = &other.as_ref().unwrap_or(voice).app;
        let body = json!({ "channel": row.channel, "ts": row.ts });
        match self.call::<Done>(app, "chat.delete", &row.channel, &body).await {
            Ok(Done {}) => {}
            Err(trouble) if trouble.code() == Some("message_not_found") => {}
            Err(trouble) if trouble.code().is_some() => {
                let void = Part {
                    text: "…".into(),
                    blocks: vec![json!({
                        "type": "context",
                        "elements": [{ "type": "mrkdwn", "text": "_The text above is all there is now._" }],
                    })],
                };
                return self.update(row, &void, voice).await;
            }
            Err(trouble) => return Err(trouble),
        }
        self.forget(key, row.part).await?;
        Ok(())
    }
}
