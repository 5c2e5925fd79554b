//! The statements that read the queue of the department's channels.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::Discord;
use crate::error::Error;

/// Rows that are read at once.
pub(super) const BATCH: usize = 500;
/// Rows of one channel that are read besides, since they belong before some of those.
const OVERTAKEN: usize = 100;
/// How long what is done keeps its payload.
const PAYLOADS: chrono::Duration = chrono::Duration::days(30);
/// Rows that are trimmed at once.
pub(super) const TRIM: u64 = 1_000;
/// How long a pass over what is old waits for the next.
pub(super) const TRIM_EVERY: Duration = Duration::from_secs(60 * 60);

/// A row that nobody has read yet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) key: String,
    pub(super) bot: String,
    pub(super) kind: String,
    pub(super) channel: i64,
    pub(super) message: i64,
    pub(super) payload: String,
    pub(super) received_at: DateTime<Utc>,
}

impl Row {
    pub(super) fn is_message(&self) -> bool {
        self.kind == "MESSAGE_CREATE"
    }
}

/// Rows that nobody has read, the oldest first: without those of channels that wait for something, or that have a gap. Of a
/// guild only `with_guilds`. None where another server has had the lines since this turn began.
pub(super) async fn unread(
    conn: &mut PgConnection,
    discord: &Discord,
    turn: i64,
    waiting: &[i64],
    with_guilds: bool,
) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_as(
        "select r.seq, r.key, r.bot, r.kind, r.channel, r.message, coalesce(r.payload, 'null') as payload, r.received_at
         from discord.received r
         where r.org = $1 and r.ours and r.done_at is null and r.channel <> all($2) and ($3 or r.guild = 0)
             and not exists (
                 select from discord.gaps g where g.org = r.org and g.channel in (r.channel, r.guild))
             and (select number from discord.turns where org = $1) = $5
         order by r.seq limit $4",
    )
    .bind(discord.org)
    .bind(waiting)
    .bind(with_guilds)
    .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
    .bind(turn)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Of a full batch: adds the messages that came behind it and belong before some in it, which are those that were fetched after
/// newer ones had been told. Where there are many, what belongs behind them leaves the batch.
pub(super) async fn with_overtaken(
    conn: &mut PgConnection,
    discord: &Discord,
    mut rows: Vec<Row>,
) -> Result<Vec<Row>, Error> {
    let Some(last) = rows.last().map(|row| row.seq).filter(|_| rows.len() >= BATCH) else { return Ok(rows) };
    let mut newest: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_message()) {
        let newest = newest.entry(row.channel).or_default();
        *newest = row.message.max(*newest);
    }
    let overtaken: Vec<Row> = sqlx::query_as(
        "select r.* from unnest($2::bigint[], $3::bigint[]) as c (channel, newest) cross join lateral (
             select seq, key, bot, kind, channel, message, coalesce(payload, 'null') as payload, received_at
             from discord.received
             where org = $1 and ours and done_at is null and channel = c.channel and message < c.newest and seq > $4
                 and kind = 'MESSAGE_CREATE'
             order by message limit $5) r",
    )
    .bind(discord.org)
    .bind(newest.keys().copied().collect::<Vec<_>>())
    .bind(newest.values().copied().collect::<Vec<_>>())
    .bind(last)
    .bind(i64::try_from(OVERTAKEN).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    let mut counts: BTreeMap<i64, (usize, i64)> = BTreeMap::new();
    for row in &overtaken {
        let (count, newest) = counts.entry(row.channel).or_default();
        *count += 1;
        *newest = row.message.max(*newest);
    }
    rows.retain(|row| match counts.get(&row.channel) {
        Some((count, newest)) if *count >= OVERTAKEN => row.is_message() && row.message < *newest,
        _ => true,
    });
    rows.extend(overtaken);
    rows.sort_by_key(|row| row.seq);
    Ok(rows)
}

impl Discord {
    /// Nobody needs to read these again.
    pub(super) async fn finish(&self, seqs: &[i64]) -> Result<(), Error> {
        if seqs.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "update discord.received set done_at = $3 where org = $1 and seq = any($2) and ours and done_at is null",
        )
        .bind(self.org)
        .bind(seqs)
        .bind(self.now())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lets go of what is done and old, a batch of it. Answers how many rows that were.
    pub(super) async fn trim(&self) -> Result<u64, Error> {
        let trimmed = sqlx::query(
            "update discord.received set payload = null where org = $1 and key in (
                 select key from discord.received
                 where org = $1 and ours and done_at < $2 and payload is not null limit $3)",
        )
        .bind(self.org)
        .bind(self.now() - PAYLOADS)
        .bind(TRIM.cast_signed())
        .execute(&self.pool)
        .await?;
        Ok(trimmed.rows_affected())
    }
}
