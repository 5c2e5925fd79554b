//! Where something may have been missed, as it is kept in the database.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::calls::Found;
use crate::Discord;
use crate::error::Error;
use crate::ingest::Fact;

/// So much before the newest stored message is fetched again, in milliseconds: the last ones before a gap may have come out of
/// order, and may have been edited since.
const OVERLAP: u64 = 2 * 60 * 1_000;

/// What a new session means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opens {
    /// Guilds of which anything may have been missed.
    pub(crate) guilds: Vec<u64>,
    /// Whether direct messages may have been missed.
    pub(crate) direct: bool,
}

/// A gap.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    pub(super) channel: u64,
    pub(super) guild: u64,
    pub(super) bot: String,
    pub(super) whole: bool,
    pub(super) parent: bool,
    mark: i64,
    pub(super) after: u64,
    generation: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    channel: i64,
    guild: i64,
    bot: String,
    whole: bool,
    parent: bool,
    mark: i64,
    after: i64,
    generation: i64,
}

/// Opens gaps: what is stored from now on was heard after them. One that is open stays open from where it began.
pub(crate) async fn open(discord: &Discord, bot: &str, opens: &Opens) -> Result<(), Error> {
    let mut tx = discord.pool.begin().await?;
    sqlx::query(
        "insert into discord.gaps (org, channel, guild, bot, whole, parent, mark, after, generation)
         select $1, guild, guild, $2, true, false, (select last_value from discord.received_seq_seq), 0, 1
         from unnest($3::bigint[]) guild
         on conflict (org, channel) do update set generation = gaps.generation + 1",
    )
    .bind(discord.org)
    .bind(bot)
    .bind(opens.guilds.iter().map(|guild| guild.cast_signed()).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    if opens.direct {
        sqlx::query(
            "insert into discord.gaps (org, channel, guild, bot, whole, parent, mark, after, generation)
             select $1, o.channel, 0, $2, false, false, 0, greatest(0, coalesce(
                 (select max(r.message) from discord.received r
                  where r.org = $1 and r.channel = o.channel and r.kind = 'MESSAGE_CREATE'), 0) - $3), 1
             from discord.ours o where o.org = $1 and o.guild = 0 and o.bot = $2
             on conflict (org, channel) do update set generation = gaps.generation + 1",
        )
        .bind(discord.org)
        .bind(bot)
        .bind((OVERLAP << 22).cast_signed())
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Some gaps: guilds first, then the department's channels.
pub(super) async fn some(discord: &Discord, count: i64) -> Result<Vec<Gap>, Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select g.channel, g.guild, g.bot, g.whole, g.parent, g.mark, g.after, g.generation
         from discord.gaps g left join discord.ours o on o.org = g.org and o.channel = g.channel
         where g.org = $1 order by g.whole desc, o.channel is null, g.channel limit $2",
    )
    .bind(discord.org)
    .bind(count)
    .fetch_all(&discord.pool)
    .await?;
    Ok(rows.into_iter().map(Gap::from).collect())
}

impl From<Row> for Gap {
    fn from(row: Row) -> Self {
        Self {
            channel: row.channel.cast_unsigned(),
            guild: row.guild.cast_unsigned(),
            bot: row.bot,
            whole: row.whole,
            parent: row.parent,
            mark: row.mark,
            after: row.after.cast_unsigned(),
            generation: row.generation,
        }
    }
}

/// Puts the gaps of a guild's channels in the place of the guild's own. At the first look at a guild it begins to be heard a
/// few minutes ago: people may have answered the welcome before the first session had begun.
pub(super) async fn spread(discord: &Discord, gap: &Gap, channels: &[Found]) -> Result<bool, Error> {
    let mut tx = discord.pool.begin().await?;
    let known: Option<i64> = sqlx::query_scalar("select began from discord.guilds where org = $1 and guild = $2")
        .bind(discord.org)
        .bind(gap.guild.cast_signed())
        .fetch_optional(&mut *tx)
        .await?;
    let began = match known {
        Some(began) => began,
        None => {
            let began = discord.young_since();
            sqlx::query("insert into discord.guilds (org, guild, began) values ($1, $2, $3) on conflict do nothing")
                .bind(discord.org)
                .bind(gap.guild.cast_signed())
                .bind(began)
                .execute(&mut *tx)
                .await?;
            began
        }
    };
    insert(&mut tx, discord, gap, channels, began).await?;
    let shut = delete(&mut tx, discord, gap).await?;
    tx.commit().await?;
    discord.arrived.notify_one();
    Ok(shut)
}

/// Opens the gaps of a channel's archived threads.
pub(super) async fn threads(discord: &Discord, gap: &Gap, threads: &[Found]) -> Result<(), Error> {
    if threads.is_empty() {
        return Ok(());
    }
    let mut conn = discord.pool.acquire().await?;
    let began: Option<i64> = sqlx::query_scalar("select began from discord.guilds where org = $1 and guild = $2")
        .bind(discord.org)
        .bind(gap.guild.cast_signed())
        .fetch_optional(&mut *conn)
        .await?;
    insert(&mut conn, discord, gap, threads, began.unwrap_or_default()).await
}

/// Opens a gap for each channel in which there may be something new: from the newest message that was stored before the mark.
async fn insert(
    conn: &mut PgConnection,
    discord: &Discord,
    gap: &Gap,
    channels: &[Found],
    began: i64,
) -> Result<(), Error> {
    sqlx::query(
        "insert into discord.gaps (org, channel, guild, bot, whole, parent, mark, after, generation)
         select $1, c.channel, $2, $3, false, c.parent, $4, greatest($5, c.stored - $6), 1
         from (
             select f.channel, f.parent, f.newest, coalesce(
                 (select max(r.message) from discord.received r
                  where r.org = $1 and r.channel = f.channel and r.kind = 'MESSAGE_CREATE' and r.seq <= $4), 0) as stored
             from unnest($7::bigint[], $8::bool[], $9::bigint[]) as f (channel, parent, newest)
         ) c
         where c.parent or c.newest > greatest($5, c.stored - $6)
         on conflict (org, channel) do update set generation = gaps.generation + 1",
    )
    .bind(discord.org)
    .bind(gap.guild.cast_signed())
    .bind(&gap.bot)
    .bind(gap.mark)
    .bind(began)
    .bind((OVERLAP << 22).cast_signed())
    .bind(channels.iter().map(|channel| channel.id.cast_signed()).collect::<Vec<_>>())
    .bind(channels.iter().map(|channel| channel.parent).collect::<Vec<_>>())
    .bind(channels.iter().map(|channel| channel.newest.unwrap_or(u64::MAX >> 1).cast_signed()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Everything up to `after` is stored.
pub(super) async fn reached(discord: &Discord, gap: &Gap, after: u64) -> Result<(), Error> {
    sqlx::query("update discord.gaps set after = greatest(after, $3) where org = $1 and channel = $2")
        .bind(discord.org)
        .bind(gap.channel.cast_signed())
        .bind(after.cast_signed())
        .execute(&discord.pool)
        .await?;
    Ok(())
}

/// Closes a gap, unless another one was opened meanwhile. Answers whether it is closed.
pub(super) async fn shut(discord: &Discord, gap: &Gap) -> Result<bool, Error> {
    let mut conn = discord.pool.acquire().await?;
    delete(&mut conn, discord, gap).await
}

async fn delete(conn: &mut PgConnection, discord: &Discord, gap: &Gap) -> Result<bool, Error> {
    let deleted = sqlx::query("delete from discord.gaps where org = $1 and channel = $2 and generation = $3")
        .bind(discord.org)
        .bind(gap.channel.cast_signed())
        .bind(gap.generation)
        .execute(conn)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The facts without the edits of messages that are fetched for the first time: those are known as they are now.
pub(super) async fn news(discord: &Discord, facts: Vec<Fact>) -> Result<Vec<Fact>, Error> {
    if !facts.iter().any(|fact| fact.kind == "MESSAGE_UPDATE") {
        return Ok(facts);
    }
    let posted: BTreeMap<u64, String> = facts
        .iter()
        .filter(|fact| fact.kind == "MESSAGE_CREATE")
        .map(|fact| (fact.message, fact.key.clone()))
        .collect();
    let known: Vec<i64> = sqlx::query_scalar("select message from discord.received where org = $1 and key = any($2)")
        .bind(discord.org)
        .bind(posted.into_values().collect::<Vec<_>>())
        .fetch_all(&discord.pool)
        .await?;
    let is_known = |fact: &Fact| known.contains(&fact.message.cast_signed());
    Ok(facts.into_iter().filter(|fact| fact.kind == "MESSAGE_CREATE" || is_known(fact)).collect())
}
