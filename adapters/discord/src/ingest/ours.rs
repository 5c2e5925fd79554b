//! Which channels are the department's, kept in the database: after a restart a session goes on where it was, and nobody tells
//! anew which channels there are.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use serde::Deserialize;
use tokio::sync::Mutex;

use super::fact::Fact;
use crate::Discord;
use crate::api::Failure;
use crate::error::Error;

/// A channel that is younger than this when it becomes the department's was made for it: all that is said in it is work, in
/// milliseconds.
const YOUNG: i64 = 10 * 60 * 1_000;
/// The first moment of Discord's ids, in milliseconds since 1970.
const EPOCH: i64 = 1_420_070_400_000;

/// The department's channels, their threads, and direct conversations with our bots.
#[derive(Debug, Default)]
pub(crate) struct Ours {
    known: RwLock<HashMap<u64, Noted>>,
    /// Whether threads may have come that are not noted yet.
    stale: AtomicBool,
    noting: Mutex<()>,
}

/// A channel that is noted.
#[derive(Debug, Clone, Copy)]
struct Noted {
    /// Of a thread, its channel; else itself.
    parent: u64,
    /// 0 of a direct conversation.
    guild: u64,
    since: u64,
}

/// A channel to note.
struct New {
    channel: u64,
    parent: u64,
    guild: u64,
    bot: String,
    since: u64,
}

impl Ours {
    fn since(&self, channel: u64) -> Option<u64> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&channel).map(|noted| noted.since)
    }

    /// A guild's channels are the department's no more where `is_over` says so; their threads neither.
    fn end(&self, is_over: impl Fn(u64) -> bool) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, noted| noted.guild == 0 || !is_over(noted.parent));
    }

    /// A channel is gone.
    pub(super) fn gone(&self, channel: u64) {
        self.end(|parent| parent == channel);
    }

    /// Whether the department is to read a fact.
    pub(crate) fn counts(&self, discord: &Discord, fact: &Fact) -> bool {
        let heard = fact.kind.starts_with("MESSAGE_") || fact.kind.starts_with("INTERACTION");
        if !heard || fact.channel == 0 {
            return false;
        }
        if fact.guild == 0 {
            return true;
        }
        match self.since(fact.channel).or_else(|| self.since(discord.guild.parent_of(fact.channel))) {
            Some(since) => fact.message == 0 || fact.message > since || fact.kind.starts_with("INTERACTION"),
            // What is known of the guild may be ahead of what is noted.
            None => discord.guild.is_ours(fact.channel),
        }
    }

    /// Direct conversations among these that are not noted yet.
    pub(super) fn strangers<'a>(&self, facts: &'a [Fact]) -> Vec<&'a Fact> {
        let direct = facts.iter().filter(|fact| fact.guild == 0 && fact.ours && fact.channel != 0);
        let mut new: Vec<&Fact> = direct.filter(|fact| self.since(fact.channel).is_none()).collect();
        new.sort_by_key(|fact| fact.channel);
        new.dedup_by_key(|fact| fact.channel);
        new
    }

    /// Threads may have come.
    pub(crate) fn outdated(&self) {
        self.stale.store(true, Ordering::Relaxed);
    }
}

impl Discord {
    /// Reads which channels were the department's so far.
    pub(crate) async fn load_ours(&self) -> Result<(), Error> {
        let _one = self.lines.ours.noting.lock().await;
        let rows: Vec<(i64, i64, i64, i64)> =
            sqlx::query_as("select channel, parent, guild, since from discord.ours where org = $1 and not ended")
                .bind(self.org)
                .fetch_all(&self.pool)
                .await?;
        let noted = rows.into_iter().map(|(channel, parent, guild, since)| {
            let (parent, guild, since) = (parent.cast_unsigned(), guild.cast_unsigned(), since.cast_unsigned());
            (channel.cast_unsigned(), Noted { parent, guild, since })
        });
        // Another server may have ended some.
        *self.lines.ours.known.write().unwrap_or_else(PoisonError::into_inner) = noted.collect();
        Ok(())
    }

    /// Of all guilds' channels only these are the department's from now on, with their threads: the others are only watched.
    pub(crate) async fn keep_ours(&self, channels: &BTreeSet<u64>) -> Result<(), Error> {
        let _one = self.lines.ours.noting.lock().await;
        self.lines.ours.end(|parent| !channels.contains(&parent));
        sqlx::query(
            "update discord.ours set ended = true where org = $1 and guild <> 0 and not ended and parent <> all($2)",
        )
        .bind(self.org)
        .bind(channels.iter().map(|channel| channel.cast_signed()).collect::<Vec<_>>())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// These channels are gone, and their threads with them.
    pub(super) async fn end_ours(&self, gone: &[u64]) -> Result<(), Error> {
        if gone.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "update discord.ours set ended = true where org = $1 and guild <> 0 and not ended and parent = any($2)",
        )
        .bind(self.org)
        .bind(gone.iter().map(|channel| channel.cast_signed()).collect::<Vec<_>>())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes which channels have become the department's since the last time, and which threads are in them; what was heard
    /// there meanwhile becomes work. Cheap where nothing has changed.
    pub(crate) async fn note_ours(&self) -> Result<(), Error> {
        let ours = &self.lines.ours;
        let fresh = self.guild.ours().into_values().any(|channel| ours.since(channel).is_none());
        if !fresh && !ours.stale.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let _one = ours.noting.lock().await;
        let noted = self.note().await;
        if noted.is_err() {
            ours.outdated();
        }
        noted
    }

    async fn note(&self) -> Result<(), Error> {
        let ours = &self.lines.ours;
        let mut channels: Vec<u64> = self.guild.ours().into_values().collect();
        channels.retain(|channel| ours.since(*channel).is_none());
        let Some(guild) = self.guild.id() else {
            // Without its guild a channel would be taken for a direct conversation.
            ours.outdated();
            return Ok(());
        };
        let bot = self.bots.shared().name();
        let mut new = Vec::new();
        let back = self.ended(&channels).await?;
        for channel in channels {
            // What was said in one that comes back while it was only watched is no work.
            let made_for_us = self.is_young(channel) && !back.contains(&channel);
            let newest = if made_for_us { Ok(0) } else { self.newest(channel).await };
            let since = match newest {
                Ok(newest) => newest,
                // It is hidden from us, or gone: nothing is heard there, and the others need not wait.
                Err(Error::Discord(Failure::Refused { .. })) => continue,
                Err(error) => return Err(error),
            };
            new.push(New { channel, parent: channel, guild, bot: bot.to_owned(), since });
        }
        for thread in self.guild.channels().into_iter().filter(|c| c.thread && ours.since(c.id).is_none()) {
            let Some(parent) = thread.parent else { continue };
            let noted =
                new.iter().find(|new| new.channel == parent).map(|new| new.since).or_else(|| ours.since(parent));
            if let Some(since) = noted {
                new.push(New { channel: thread.id, parent, guild, bot: bot.to_owned(), since });
            }
        }
        self.put_ours(new).await
    }

    /// Notes direct conversations.
    pub(super) async fn note_direct(&self, facts: &[&Fact]) -> Result<(), Error> {
        let new = facts.iter().map(|fact| New {
            channel: fact.channel,
            parent: fact.channel,
            guild: 0,
            bot: fact.bot.to_string(),
            since: 0,
        });
        self.put_ours(new.collect()).await
    }

    /// Notes threads of a channel that no event has told of, where the channel is the department's.
    pub(crate) async fn note_threads(&self, guild: u64, parent: u64, threads: &[u64]) -> Result<(), Error> {
        self.note_ours().await?;
        let ours = &self.lines.ours;
        let Some(since) = ours.since(parent) else { return Ok(()) };
        let new = threads.iter().copied().filter(|thread| ours.since(*thread).is_none()).map(|thread| New {
            channel: thread,
            parent,
            guild,
            bot: self.bots.shared().name().to_owned(),
            since,
        });
        self.put_ours(new.collect()).await
    }

    async fn put_ours(&self, new: Vec<New>) -> Result<(), Error> {
        if new.is_empty() {
            return Ok(());
        }
        let numbers = |of: fn(&New) -> u64| new.iter().map(|new| of(new).cast_signed()).collect::<Vec<_>>();
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "insert into discord.ours (org, channel, parent, guild, bot, since)
             select $1, * from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])
             on conflict (org, channel) do update set parent = excluded.parent, guild = excluded.guild, bot = excluded.bot,
                 since = excluded.since, ended = false where ours.ended",
        )
        .bind(self.org)
        .bind(numbers(|new| new.channel))
        .bind(numbers(|new| new.parent))
        .bind(numbers(|new| new.guild))
        .bind(new.iter().map(|new| new.bot.as_str()).collect::<Vec<_>>())
        .bind(numbers(|new| new.since))
        .execute(&mut *tx)
        .await?;
        // What was said there before we knew.
        sqlx::query(
            "update discord.received r set ours = true from discord.ours o
             where r.org = $1 and o.org = $1 and o.channel = any($2) and r.channel = o.channel and not r.ours
                 and r.done_at is null and r.kind like 'MESSAGE%' and r.message > o.since",
        )
        .bind(self.org)
        .bind(numbers(|new| new.channel))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut known = self.lines.ours.known.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(new.iter().map(|new| {
            let New { channel, parent, guild, since, .. } = *new;
            (channel, Noted { parent, guild, since })
        }));
        drop(known);
        self.arrived.notify_one();
        Ok(())
    }

    /// Which of these were the department's before.
    async fn ended(&self, channels: &[u64]) -> Result<BTreeSet<u64>, Error> {
        if channels.is_empty() {
            return Ok(BTreeSet::new());
        }
        let ended: Vec<i64> =
            sqlx::query_scalar("select channel from discord.ours where org = $1 and channel = any($2) and ended")
                .bind(self.org)
                .bind(channels.iter().map(|channel| channel.cast_signed()).collect::<Vec<_>>())
                .fetch_all(&self.pool)
                .await?;
        Ok(ended.into_iter().map(i64::cast_unsigned).collect())
    }

    fn is_young(&self, channel: u64) -> bool {
        channel.cast_signed() > self.young_since()
    }

    /// The id that a channel or message would have that was made when what is young now began.
    pub(crate) fn young_since(&self) -> i64 {
        (self.now().timestamp_millis() - YOUNG - EPOCH).max(0) << 22
    }

    /// The newest message of a channel; 0 where there is none.
    async fn newest(&self, channel: u64) -> Result<u64, Error> {
        #[derive(Deserialize)]
        struct Channel {
            last_message_id: Option<String>,
        }
        let found: Channel = self.bots.shared().api.get(&format!("/channels/{channel}")).await?;
        Ok(found.last_message_id.and_then(|id| id.parse().ok()).unwrap_or_default())
    }
}
