//! The reader of what was received: unread rows of the department's channels and of direct conversations, until they are
//! acknowledged.
//!
//! Only the server that has the lines reads: what others know of the guild may be old. Within it, and while the lines change
//! hands, one reader at a time reads, by an advisory lock on the connection that it reads with; others wait for it. A row
//! waits until everybody in it is known, and with it the rest of its channel, but no other channel. A channel with an open gap
//! waits until what was missed is fetched. What comes late never undoes what is newer.

mod late;
mod order;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{Error, Gateway, Heard};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use tokio::time::Instant;

use crate::parse::{self, Fact, Told};
use crate::{Discord, error};
use late::Newer;
use rows::Row;

/// How often it is looked for what other servers received.
const POLL: Duration = Duration::from_millis(250);
/// How long what arrived waits for what was sent before it. Discord sends in order, and this is short.
const SETTLE: Duration = Duration::from_millis(60);
/// How long it is waited for which channels and roles are the department's. After that messages are read without: handles that
/// are native mentions would be missed before.
const ROSTER: Duration = Duration::from_secs(60);
/// The first moment of Discord's ids, in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;

/// Discord's [`Gateway`]. What is not acknowledged is handed over again, by the next call already.
pub struct DiscordGateway {
    discord: Arc<Discord>,
    /// Since when this server reads, or waits for its turn.
    began: Instant,
    /// The connection that holds the lock of the only reader.
    reader: Option<PgConnection>,
    /// Rows up to this one may be told: nothing overtakes them any more.
    settled: i64,
    /// Since when the rows behind that, up to this one, are known.
    settles: Option<(Instant, i64)>,
    trimmed: Option<Instant>,
}

impl std::fmt::Debug for DiscordGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordGateway").field("discord", &self.discord).finish_non_exhaustive()
    }
}

impl Discord {
    /// A connection that hands over what members say and do. Several may exist; one at a time gets to read.
    pub fn gateway(self: &Arc<Self>) -> DiscordGateway {
        DiscordGateway {
            discord: Arc::clone(self),
            began: Instant::now(),
            reader: None,
            settled: 0,
            settles: None,
            trimmed: None,
        }
    }
}

impl DiscordGateway {
    /// What can be handed over now.
    async fn look(&mut self) -> Result<Vec<Heard>, error::Error> {
        let Some(turn) = self.discord.lines.turn() else {
            // Whoever gets the lines gets to read.
            self.reader = None;
            self.began = Instant::now();
            return Ok(Vec::new());
        };
        let Some(mut reader) = self.reader().await? else { return Ok(Vec::new()) };
        let with_guilds = self.discord.guild.knows_ours() || self.began.elapsed() > ROSTER;
        let mut waiting = Vec::new();
        loop {
            // A connection that went quiet is not put back.
            let unread = rows::unread(&mut reader, &self.discord, turn, &waiting, with_guilds);
            let rows = tokio::time::timeout(bullpen_chat::CALL_LIMIT, unread)
                .await
                .map_err(|_| error::Error::Database(sqlx::Error::PoolTimedOut))??;
            let full = rows.len() >= rows::BATCH;
            let overtaken = rows::with_overtaken(&mut reader, &self.discord, rows);
            let rows = tokio::time::timeout(bullpen_chat::CALL_LIMIT, overtaken)
                .await
                .map_err(|_| error::Error::Database(sqlx::Error::PoolTimedOut))??;
            let horizon = self.settle(rows.last());
            let (heard, held) = self.tell(order::arrange(rows, horizon)).await?;
            // Where nothing is held back, what is behind these comes with the next look.
            if !heard.is_empty() || !full || held.is_empty() {
                self.reader = Some(reader);
                return Ok(heard);
            }
            // All of these wait, or are done with: what is behind them must not.
            waiting.extend(held);
        }
    }

    /// Up to which row nothing is overtaken any more.
    fn settle(&mut self, last: Option<&Row>) -> i64 {
        if let Some((since, seq)) = self.settles
            && since.elapsed() >= SETTLE
        {
            self.settled = self.settled.max(seq);
            self.settles = None;
        }
        if let Some(last) = last
            && self.settles.is_none()
            && last.seq > self.settled
        {
            self.settles = Some((Instant::now(), last.seq));
        }
        self.settled
    }

    /// The connection to read with, if this is the only reader. A broken one is not put back.
    async fn reader(&mut self) -> Result<Option<PgConnection>, error::Error> {
        if let Some(reader) = self.reader.take() {
            return Ok(Some(reader));
        }
        let mut reader = self.discord.pool.acquire().await?;
        let only: bool =
            sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended('discord.reader ' || $1::text, 0))")
                .bind(self.discord.org)
                .fetch_one(&mut *reader)
                .await?;
        if !only {
            return Ok(None);
        }
        let mut reader = reader.detach();
        // Where this machine vanishes, the database ends the session within a minute, and another server gets to read.
        sqlx::raw_sql("set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3")
            .execute(&mut reader)
            .await?;
        Ok(Some(reader))
    }

    /// Tells rows in their order. The second list has the channels that wait.
    async fn tell(&mut self, rows: Vec<Row>) -> Result<(Vec<Heard>, BTreeSet<i64>), error::Error> {
        let (mut heard, mut held, mut done) = (Vec::new(), BTreeSet::new(), Vec::new());
        if rows.is_empty() {
            return Ok((heard, held));
        }
        let newer = Newer::than(&self.discord, &rows).await?;
        for row in rows {
            if held.contains(&row.channel) {
                continue;
            }
            let payload: Value = serde_json::from_str(&row.payload).unwrap_or_default();
            let Some(payload) = newer.correct(&row, payload) else {
                done.push(row.seq);
                continue;
            };
            let fact = Fact {
                key: &row.key,
                kind: &row.kind,
                channel: row.channel.cast_unsigned(),
                message: Some(row.message.cast_unsigned()).filter(|message| *message != 0),
                payload: &payload,
                bot: &row.bot,
            };
            match parse::event(&self.discord, fact).await {
                Told::Heard(events) => {
                    let (count, at) = (events.len(), at(&row));
                    heard.extend(events.into_iter().enumerate().map(|(number, event)| Heard {
                        key: if number == 0 {
                            format!("discord:{}", row.key)
                        } else {
                            format!("discord:{}:{number}", row.key)
                        },
                        at,
                        event,
                        // With the last of a row's events the row is done.
                        token: if number + 1 == count { row.seq.to_string() } else { String::new() },
                    }));
                }
                Told::Nothing => done.push(row.seq),
                Told::Waits => {
                    held.insert(row.channel);
                }
                Told::Later => {}
            }
        }
        self.discord.finish(&done).await?;
        Ok((heard, held))
    }

    /// Lets go of old payloads now and then.
    async fn trim(&mut self) -> Result<(), error::Error> {
        if self.reader.is_none() || self.trimmed.is_some_and(|last| last.elapsed() < rows::TRIM_EVERY) {
            return Ok(());
        }
        // One pass is one batch; when that was not all, the next comes soon.
        if self.discord.trim().await? < rows::TRIM {
            self.trimmed = Some(Instant::now());
        }
        Ok(())
    }

    /// How long to wait for the next look, where nothing rings.
    fn pause(&self) -> Duration {
        self.settles.map_or(POLL, |(since, _)| SETTLE.saturating_sub(since.elapsed()).max(Duration::from_millis(1)))
    }
}

/// When it happened: a message's id says it, an edit's key; for the rest it is when we heard of it.
fn at(row: &Row) -> DateTime<Utc> {
    let at = match row.key.split(':').next() {
        Some("m") => {
            let millis = (row.message.cast_unsigned() >> 22) + EPOCH;
            DateTime::from_timestamp_millis(millis.cast_signed())
        }
        Some("e") => DateTime::parse_from_rfc3339(late::stamp(&row.key)).ok().map(|at| at.to_utc()),
        _ => None,
    };
    at.unwrap_or(row.received_at)
}

#[async_trait]
impl Gateway for DiscordGateway {
    async fn next(&mut self) -> Result<Vec<Heard>, Error> {
        loop {
            let heard = self.look().await.map_err(passing)?;
            if !heard.is_empty() {
                return Ok(heard);
            }
            self.trim().await.map_err(passing)?;
            let pause = self.pause();
            tokio::select! {
                () = self.discord.arrived.notified(), if self.settles.is_none() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn ack(&mut self, heard: &[Heard]) -> Result<(), Error> {
        let seqs: Vec<i64> = heard.iter().filter_map(|heard| heard.token.parse().ok()).collect();
        match tokio::time::timeout(bullpen_chat::CALL_LIMIT, self.discord.finish(&seqs)).await {
            Ok(finished) => finished.map_err(passing),
            Err(_) => Err(Error::Retry { why: "the database took too long".into(), after: None }),
        }
    }
}

/// Nothing that fails here changes anything: it is tried again.
fn passing(error: error::Error) -> Error {
    Error::Retry { why: error.to_string(), after: None }
}
