//! Looking for messages whose fate is unknown.

use std::collections::BTreeSet;

use bullpen_chat::{Error, Key, Post, Receipt};

use super::picture::{Way, picture};
use super::seen::Seen;
use super::send::{nonce, receipt};
use super::voice::Voice;
use super::{Trouble, code, explain};
use crate::Discord;
use crate::api::Failure;
use crate::posts::{Row, Rows, all_stand, whole};

/// Messages on one page of a search, and most pages: what is further on than 1,000 messages was not sent a moment ago.
const PAGE: usize = 100;
const PAGES: usize = 10;

impl Discord {
    /// Whether all messages of a post stand; looks in Discord for those whose fate is unknown.
    pub(super) async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        let channel = super::place::id(&post.place.channel)?;
        let found = self.find_all(key, post).await;
        found.map_err(|trouble| explain(trouble, self.bots.of(&post.identity.handle).name(), channel))
    }

    async fn find_all(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Trouble> {
        let mut rows = self.rows(key).await?;
        // What was never begun does not stand.
        let Some(last) = rows.values().next_back().cloned() else { return Ok(None) };
        if rows.values().any(|row| row.message.is_none()) {
            rows = self.search(key, post, rows).await?;
        }
        let first = match last.parts {
            Some(_) => whole(&rows),
            None => {
                let speaker = self.speaker_of(&last, post);
                all_stand(&rows, self.rendered(post, speaker.as_deref(), Way::Uploaded).await?.parts.len())
            }
        };
        Ok(first.and_then(receipt))
    }

    /// The name that stands before the text of a message, where nothing else said who spoke.
    fn speaker_of(&self, row: &Row, post: &Post) -> Option<String> {
        let bot = self.bots.named(&row.bot).filter(|_| row.webhook.is_none())?;
        Voice { bot: bot.clone(), hook: None }.speaker(&post.identity)
    }

    /// Looks for the messages of a post whose fate is unknown, and records those that stand.
    pub(super) async fn search(&self, key: Key, post: &Post, mut rows: Rows) -> Result<Rows, Trouble> {
        let unknown: Vec<Row> = rows.values().filter(|row| row.message.is_none()).cloned().collect();
        for row in unknown {
            let wanted = match row.digest.clone() {
                Some(digest) => vec![digest],
                None => self.guessed(post, &row).await?,
            };
            if let Some(id) = self.search_one(key, &row, row.place, &wanted).await? {
                self.stands(key, row.part, id).await?;
                rows.insert(row.number(), Row { message: Some(id), ..row });
            } else {
                self.clear(key, &row, &wanted).await?;
            }
        }
        Ok(rows)
    }

    /// The digests that a message may have that an older version sent: of what it would say now.
    async fn guessed(&self, post: &Post, row: &Row) -> Result<Vec<Vec<u8>>, Trouble> {
        let speaker = self.speaker_of(row, post);
        // A picture that Discord did not take is described in the text.
        let ways = [Some(Way::Uploaded), picture(post).map(|_| Way::Described)];
        let mut wanted = Vec::new();
        for way in ways.into_iter().flatten() {
            let rendered = self.rendered(post, speaker.as_deref(), way).await?;
            wanted.extend(rendered.digest(row.number(), row.webhook.is_some()));
        }
        Ok(wanted)
    }

    /// Deletes what stands in the channel that somebody has moved the webhook to meanwhile.
    async fn clear(&self, key: Key, row: &Row, wanted: &[Vec<u8>]) -> Result<(), Trouble> {
        let Some(webhook) = row.webhook else { return Ok(()) };
        let home = self.guild.parent_of(row.channel);
        let hook = match self.webhooks.current(self, webhook).await {
            Ok(hook) if hook.channel == home || hook.channel == row.place => return Ok(()),
            Ok(hook) => hook,
            // It was deleted, or is where we are not let in.
            Err(Failure::Refused { .. }) => return Ok(()),
            Err(failure) => return Err(failure.into()),
        };
        self.webhooks.lost(webhook, home).await;
        match self.search_one(key, row, hook.channel, wanted).await {
            Ok(Some(astray)) => self.withdraw(&hook, astray).await,
            Err(Trouble::Discord(failure @ Failure::Refused { .. })) => {
                tracing::warn!(org = %self.org, channel = hook.channel, %failure, "a message may stand in the wrong channel");
                Ok(())
            }
            done => done.map(drop),
        }
    }

    /// The oldest message in a place since a row was begun that is nobody else's and says what is wanted.
    async fn search_one(&self, key: Key, row: &Row, place: u64, wanted: &[Vec<u8>]) -> Result<Option<u64>, Trouble> {
        let Some(bot) = self.bots.named(&row.bot) else { return Ok(None) };
        let me = bot.me().await?.user;
        let nonce = nonce(key, row.number());
        let is_it = |seen: &Seen| {
            let says = wanted.contains(&seen.digest());
            match row.webhook {
                Some(webhook) => seen.webhook_id.is_some_and(|id| id.get() == webhook) && says,
                None => {
                    let same = seen.nonce.as_ref().is_some_and(|told| told.as_str() == Some(&nonce));
                    seen.author.id.get() == me && seen.webhook_id.is_none() && (same || says)
                }
            }
        };
        let mut after = row.after();
        for _ in 0..PAGES {
            let path = format!("/channels/{place}/messages?limit={PAGE}&after={after}");
            let mut page: Vec<Seen> = match bot.api.get(&path).await {
                Ok(page) => page,
                // A thread that is not there holds nothing.
                Err(failure) if failure.code() == Some(code::UNKNOWN_CHANNEL) => return Ok(None),
                Err(failure) => return Err(failure.into()),
            };
            page.sort_by_key(|seen| seen.id);
            let Some(newest) = page.last().map(|seen| seen.id.get()) else { return Ok(None) };
            let ids: BTreeSet<u64> = page.iter().filter(|seen| is_it(seen)).map(|seen| seen.id.get()).collect();
            let taken = self.taken(&ids).await?;
            if let Some(found) = ids.into_iter().find(|id| !taken.contains(id)) {
                return Ok(Some(found));
            }
            if page.len() < PAGE {
                return Ok(None);
            }
            after = newest;
        }
        tracing::warn!(org = %self.org, channel = place, %key, "looked for a post in a thousand messages only");
        Ok(None)
    }
}
