//! The statements that write down what was heard.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

use super::fact::Fact;
use super::heard::Session;
use crate::Discord;
use crate::error::Error;

/// Most time that one commit may take.
const COMMIT: Duration = Duration::from_secs(30);

/// Counts what is stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored(watch::Sender<u64>);

impl Default for Stored {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Stored {
    pub(crate) fn now(&self) -> u64 {
        *self.0.borrow()
    }

    pub(crate) async fn reach(&self, count: u64) {
        // The sender is here, so that it cannot be gone.
        let _ = self.0.subscribe().wait_for(|now| *now >= count).await;
    }

    fn add(&self, more: u64) {
        self.0.send_modify(|now| *now += more);
    }
}

/// A session and up to where it is stored with this commit.
pub(super) type Kept<'a> = (&'a Session, u64);

/// Writes facts in one statement, each once, in their order, with the sessions that they belong to. Answers how many are new.
pub(super) async fn insert(discord: &Discord, facts: &[Fact], sessions: &[Kept<'_>]) -> Result<u64, Error> {
    let new = tokio::time::timeout(COMMIT, async {
        let mut conn = discord.pool.acquire().await?;
        statement(&mut conn, discord.org, discord.now(), facts, sessions).await
    });
    let new = new.await.map_err(|_| Error::Database(sqlx::Error::PoolTimedOut))??;
    metrics::counter!("bullpen_discord_received_total").increment(new);
    discord.lines.stored.add(new);
    if facts.iter().any(|fact| fact.ours) {
        discord.arrived.notify_one();
    }
    Ok(new)
}

async fn statement(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    facts: &[Fact],
    sessions: &[Kept<'_>],
) -> Result<u64, sqlx::Error> {
    let numbers = |of: fn(&Fact) -> u64| facts.iter().map(|fact| of(fact).cast_signed()).collect::<Vec<_>>();
    let of = |number: fn(&Session) -> u32| sessions.iter().map(|(s, _)| number(s).cast_signed()).collect::<Vec<_>>();
    let words = |word: fn(&Session) -> &str| sessions.iter().map(|(session, _)| word(session)).collect::<Vec<_>>();
    let inserted = sqlx::query(
        "with kept as (
             insert into discord.sessions (org, bot, shard, shards, session, resume_url, seq)
             select $1, * from unnest($11::text[], $12::int[], $13::int[], $14::text[], $15::text[], $16::bigint[])
             on conflict (org, bot, shard) do update set shards = excluded.shards, session = excluded.session,
                 resume_url = excluded.resume_url, seq = excluded.seq
         )
         insert into discord.received (org, key, bot, kind, guild, channel, message, ours, payload, received_at)
         select $1, f.key, f.bot, f.kind, f.guild, f.channel, f.message, f.ours, f.payload, $2
         from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bool[], $10::text[])
             with ordinality as f (key, bot, kind, guild, channel, message, ours, payload, n)
         order by f.n
         on conflict (org, key) do nothing",
    )
    .bind(org)
    .bind(now)
    .bind(facts.iter().map(|fact| fact.key.as_str()).collect::<Vec<_>>())
    .bind(facts.iter().map(|fact| &*fact.bot).collect::<Vec<_>>())
    .bind(facts.iter().map(|fact| &*fact.kind).collect::<Vec<_>>())
    .bind(numbers(|fact| fact.guild))
    .bind(numbers(|fact| fact.channel))
    .bind(numbers(|fact| fact.message))
    .bind(facts.iter().map(|fact| fact.ours).collect::<Vec<_>>())
    .bind(facts.iter().map(|fact| &*fact.payload).collect::<Vec<_>>())
    .bind(words(|session| &session.bot))
    .bind(of(|session| session.shard))
    .bind(of(|session| session.shards))
    .bind(words(|session| &session.id))
    .bind(words(|session| &session.resume_url))
    .bind(sessions.iter().map(|(_, stored)| stored.cast_signed()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected())
}

/// The session of a shard that may be resumed, as it was stored.
pub(crate) async fn session(
    discord: &Discord,
    bot: &str,
    (shard, shards): (u32, u32),
) -> Result<Option<std::sync::Arc<Session>>, Error> {
    let found: Option<(String, String, i64)> = sqlx::query_as(
        "select session, resume_url, seq from discord.sessions where org = $1 and bot = $2 and shard = $3 and shards = $4",
    )
    .bind(discord.org)
    .bind(bot)
    .bind(shard.cast_signed())
    .bind(shards.cast_signed())
    .fetch_optional(&discord.pool)
    .await?;
    Ok(found.map(|(id, url, seq)| Session::new(bot.into(), (shard, shards), &id, &url, seq.cast_unsigned())))
}
