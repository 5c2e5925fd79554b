//! What we posted: one row for each message that a post was cut into, written before it is sent and completed when it
//! stands. Webhooks have no idempotency keys, so after a failure of unknown fate the row tells where, through what and since
//! when to look.

use std::collections::{BTreeMap, BTreeSet};

use bullpen_chat::{Key, MessageRef, Overview};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::Discord;
use crate::render;

/// The first moment of Discord's ids, in milliseconds since 1970.
const EPOCH: i64 = 1_420_070_400_000;
/// How far the database's clock and Discord's may lie apart when a post is looked for, in milliseconds.
const SKEW: i64 = 5 * 60 * 1_000;

/// A message of a post: one that stands, or one that may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number in the post, from 0.
    pub(crate) part: i32,
    /// The bot that posted it.
    pub(crate) bot: String,
    /// The webhook that it went through.
    pub(crate) webhook: Option<u64>,
    /// The channel as the port names it: of a thread, its parent.
    pub(crate) channel: u64,
    /// The channel that it stands in: of a thread, the thread's own.
    pub(crate) place: u64,
    /// The message, where it stands.
    pub(crate) message: Option<u64>,
    /// The newest revision that all messages of the post show.
    pub(crate) revision: i64,
    /// When it was first sent, by the database's clock.
    pub(crate) begun_at: DateTime<Utc>,
    /// The digest of what was sent; none of what an older version sent.
    pub(crate) digest: Option<Vec<u8>>,
    /// How many messages the post had when it was sent; none of what an older version sent.
    pub(crate) parts: Option<i32>,
}

/// The messages of a post, by their number.
pub(crate) type Rows = BTreeMap<usize, Row>;

/// The first message and all others of a post, if they are known to stand. Of what an older version sent that is not known.
pub(crate) fn whole(rows: &Rows) -> Option<&Row> {
    let parts = usize::try_from(rows.values().next_back()?.parts?).ok()?;
    all_stand(rows, parts)
}

/// The first of so many messages, if all of them stand.
pub(crate) fn all_stand(rows: &Rows, parts: usize) -> Option<&Row> {
    let stands = |number: usize| rows.get(&number).filter(|row| row.message.is_some());
    (0..parts).all(|number| stands(number).is_some()).then(|| stands(0))?
}

/// A row as the database has it: `part, bot, webhook, channel, place, message, revision, begun_at, digest, parts`.
type Stored = (i32, String, Option<i64>, i64, i64, Option<i64>, i64, DateTime<Utc>, Option<Vec<u8>>, Option<i32>);

impl From<Stored> for Row {
    fn from((part, bot, webhook, channel, place, message, revision, begun_at, digest, parts): Stored) -> Self {
        Self {
            part,
            bot,
            webhook: webhook.map(i64::cast_unsigned),
            channel: channel.cast_unsigned(),
            place: place.cast_unsigned(),
            message: message.map(i64::cast_unsigned),
            revision,
            begun_at,
            digest,
            parts,
        }
    }
}

impl Row {
    /// Its number in the post.
    pub(crate) fn number(&self) -> usize {
        usize::try_from(self.part).unwrap_or_default()
    }

    /// The message in the words of the port, where it stands.
    pub(crate) fn reference(&self) -> Option<MessageRef> {
        Some(MessageRef { channel: self.channel.to_string(), id: self.message?.to_string() })
    }

    /// An id that is older than the message, if it stands.
    pub(crate) fn after(&self) -> u64 {
        let since = self.begun_at.timestamp_millis() - EPOCH - SKEW;
        u64::try_from(since).unwrap_or_default() << 22
    }
}

impl Discord {
    /// The messages of a post that stand or may stand.
    pub(crate) async fn rows(&self, key: Key) -> sqlx::Result<Rows> {
        let rows: Vec<Stored> = sqlx::query_as(
            "select part, bot, webhook, channel, place, message, revision, begun_at, digest, parts
             from discord.posts where org = $1 and key = $2 order by part",
        )
        .bind(self.org)
        .bind(key)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(Row::from).map(|row| (row.number(), row)).collect())
    }

    /// The row of a message of ours, with its post's key.
    pub(crate) async fn posted(&self, message: u64) -> sqlx::Result<Option<(Key, Row)>> {
        let key: Option<Key> = sqlx::query_scalar("select key from discord.posts where org = $1 and message = $2")
            .bind(self.org)
            .bind(message.cast_signed())
            .fetch_optional(&self.pool)
            .await?;
        let Some(key) = key else { return Ok(None) };
        let rows = self.rows(key).await?;
        Ok(rows.into_values().find(|row| row.message == Some(message)).map(|row| (key, row)))
    }

    /// Says that a message is about to be sent, how and what. The first time counts as its beginning.
    pub(crate) async fn begin(&self, key: Key, row: &Row) -> sqlx::Result<()> {
        sqlx::query(
            "insert into discord.posts (org, key, part, bot, webhook, channel, place, revision, digest, parts)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (org, key, part) do update
             set bot = excluded.bot, webhook = excluded.webhook, channel = excluded.channel, place = excluded.place,
                 digest = excluded.digest, parts = excluded.parts
             where posts.message is null",
        )
        .bind(self.org)
        .bind(key)
        .bind(row.part)
        .bind(&row.bot)
        .bind(row.webhook.map(u64::cast_signed))
        .bind(row.channel.cast_signed())
        .bind(row.place.cast_signed())
        .bind(row.revision)
        .bind(&row.digest)
        .bind(row.parts)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A message of a post stands. Saying it again changes nothing.
    pub(crate) async fn stands(&self, key: Key, part: i32, message: u64) -> sqlx::Result<()> {
        sqlx::query(
            "update discord.posts set message = $4 where org = $1 and key = $2 and part = $3 and message is null",
        )
        .bind(self.org)
        .bind(key)
        .bind(part)
        .bind(message.cast_signed())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A message that stands says this now, as one of so many.
    pub(crate) async fn says(&self, key: Key, part: i32, digest: Option<Vec<u8>>, parts: i32) -> sqlx::Result<()> {
        sqlx::query("update discord.posts set digest = $4, parts = $5 where org = $1 and key = $2 and part = $3")
            .bind(self.org)
            .bind(key)
            .bind(part)
            .bind(digest)
            .bind(parts)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// All messages of a post show this revision now.
    pub(crate) async fn revised(&self, key: Key, revision: i64) -> sqlx::Result<()> {
        sqlx::query("update discord.posts set revision = $3 where org = $1 and key = $2 and revision < $3")
            .bind(self.org)
            .bind(key)
            .bind(revision)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A message of a post is no more, or was never sent.
    pub(crate) async fn forget(&self, key: Key, part: i32) -> sqlx::Result<()> {
        sqlx::query("delete from discord.posts where org = $1 and key = $2 and part = $3")
            .bind(self.org)
            .bind(key)
            .bind(part)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Which of these messages are known to belong to a post.
    pub(crate) async fn taken(&self, messages: &BTreeSet<u64>) -> sqlx::Result<BTreeSet<u64>> {
        let messages: Vec<i64> = messages.iter().map(|id| id.cast_signed()).collect();
        let taken: Vec<i64> =
            sqlx::query_scalar("select message from discord.posts where org = $1 and message = any($2)")
                .bind(self.org)
                .bind(messages)
                .fetch_all(&self.pool)
                .await?;
        Ok(taken.into_iter().map(i64::cast_unsigned).collect())
    }

    /// Where a message stands: for one of ours in a thread, the thread's own channel; else the channel that is named.
    pub(crate) async fn place_of(&self, message: &MessageRef) -> sqlx::Result<Option<u64>> {
        let Ok(id) = message.id.parse::<u64>() else { return Ok(None) };
        let place: Option<i64> = sqlx::query_scalar("select place from discord.posts where org = $1 and message = $2")
            .bind(self.org)
            .bind(id.cast_signed())
            .fetch_optional(&self.pool)
            .await?;
        Ok(place.map(i64::cast_unsigned).or_else(|| message.channel.parse().ok()))
    }

    /// The name of the bot that holds a direct conversation, as far as noted.
    pub(crate) async fn noted_holder(&self, channel: u64) -> sqlx::Result<Option<String>> {
        sqlx::query_scalar("select bot from discord.ours where org = $1 and channel = $2")
            .bind(self.org)
            .bind(channel.cast_signed())
            .fetch_optional(&self.pool)
            .await
    }

    /// An overview as an embed, its items linked to their messages.
    pub(crate) async fn overview(&self, overview: &Overview) -> Value {
        let mut links = BTreeMap::new();
        for item in overview.sections.iter().flat_map(|section| &section.items) {
            let (Some(message), Some(guild)) = (&item.message, self.guild.id()) else { continue };
            // Without its place it is only not linked.
            if let Ok(Some(place)) = self.place_of(message).await {
                let link = format!("https://discord.com/channels/{guild}/{place}/{}", message.id);
                links.insert(message.clone(), link);
            }
        }
        render::overview(overview, &links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_begins_before_the_message() {
        let begun_at = DateTime::from_timestamp_millis(EPOCH + SKEW + 1_000).unwrap();
        let (bot, webhook, message) = ("bullpen".to_owned(), None, None);
        let (digest, parts) = (None, None);
        let row = Row { part: 0, bot, webhook, channel: 1, place: 1, message, revision: 0, begun_at, digest, parts };
        assert_eq!(row.after(), 1_000 << 22);
        let early = Row { begun_at: DateTime::from_timestamp_millis(0).unwrap(), ..row };
        assert_eq!(early.after(), 0);
    }
}
