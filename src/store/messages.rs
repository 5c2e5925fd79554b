//! Messages on the platforms as they stand now: who said what where, and which lane it belongs to.

use std::collections::HashMap;

use bullpen_domain::event::MessageId;
use bullpen_domain::lane::Lane;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{FromRow, PgConnection, Postgres};
use uuid::Uuid;

use super::talk::{Line, Shown};

/// A message as it is known.
#[derive(Debug, Clone, FromRow)]
pub struct Known {
    /// The channel's id.
    pub channel: String,
    /// The message's id.
    pub id: String,
    /// The root of its thread.
    pub thread: Option<String>,
    /// The lane that it belongs to.
    pub lane: String,
    /// Who wrote it: a member's name or a persona's handle.
    pub author: String,
    /// `member`, `persona` or `bot`.
    pub author_kind: String,
    /// The effect that posted it.
    pub post: Option<Uuid>,
    /// Its text; empty when it is deleted.
    pub text: String,
    /// Its version.
    pub version: i64,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Finds messages by their platform ids.
pub async fn find(
    conn: &mut PgConnection,
    org: Uuid,
    ids: impl IntoIterator<Item = &MessageId>,
) -> sqlx::Result<HashMap<MessageId, Known>> {
    let (channels, messages): (Vec<&str>, Vec<&str>) =
        ids.into_iter().map(|m| (m.channel.as_str(), m.id.as_str())).unzip();
    if messages.is_empty() {
        return Ok(HashMap::new());
    }
    // One look into the index for each, however many: joined, a big batch would read the whole table.
    let rows: Vec<Known> = sqlx::query_as(
        "select m.channel, m.id, m.thread, m.lane, m.author, m.author_kind, m.post, m.text, m.version, m.deleted_at
         from unnest($2::text[], $3::text[]) as wanted (channel, id)
         cross join lateral (
             select * from messages where org = $1 and channel = wanted.channel and id = wanted.id limit 1
         ) as m",
    )
    .bind(org)
    .bind(channels)
    .bind(messages)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|m| (MessageId { channel: m.channel.clone(), id: m.id.clone() }, m)).collect())
}

/// A message that an event speaks of, as it stands now.
#[derive(Debug)]
pub struct Spoken {
    /// Which one.
    pub id: MessageId,
    /// Its lane, version, text, and whether it is deleted; where it is known.
    pub stands: Option<(String, i64, String, bool)>,
    /// Who has taken over the thread that it begins.
    pub held_by: Option<String>,
}

/// How these messages stand, and who has taken over the threads that they begin.
pub async fn spoken_of(
    conn: &mut PgConnection,
    org: Uuid,
    ids: impl IntoIterator<Item = &MessageId>,
) -> sqlx::Result<Vec<Spoken>> {
    let (channels, messages): (Vec<&str>, Vec<&str>) =
        ids.into_iter().map(|m| (m.channel.as_str(), m.id.as_str())).unzip();
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    type Row = (String, String, Option<String>, Option<String>, Option<i64>, Option<String>, Option<bool>);
    let rows: Vec<Row> = sqlx::query_as(
        "select wanted.channel, wanted.id, t.\"by\", m.lane, m.version, m.text, m.deleted_at is not null
         from unnest($2::text[], $3::text[]) as wanted (channel, id)
         left join lateral (
             select lane, version, text, deleted_at from messages
             where org = $1 and channel = wanted.channel and id = wanted.id limit 1
         ) as m on true
         left join lateral (
             select \"by\" from takeovers where org = $1 and channel = wanted.channel and root = wanted.id limit 1
         ) as t on true",
    )
    .bind(org)
    .bind(channels)
    .bind(messages)
    .fetch_all(conn)
    .await?;
    let spoken = rows.into_iter().map(|(channel, id, held_by, lane, version, text, deleted)| {
        let stands = lane.zip(version).zip(text).zip(deleted);
        let stands = stands.map(|(((lane, version), text), deleted)| (lane, version, text, deleted));
        Spoken { id: MessageId { channel, id }, stands, held_by }
    });
    Ok(spoken.collect())
}

/// A thread that a person began and where a persona spoke last.
#[derive(Debug, Clone, FromRow)]
pub struct Last {
    channel: String,
    root: String,
    /// The persona's handle.
    pub persona: String,
    /// The name of the person.
    pub begun_by: String,
}

/// Those of these threads that a person began and where a persona spoke last, by their root messages.
pub async fn last_in(
    conn: &mut PgConnection,
    org: Uuid,
    roots: impl IntoIterator<Item = &MessageId>,
) -> sqlx::Result<HashMap<MessageId, Last>> {
    let (channels, ids): (Vec<&str>, Vec<&str>) =
        roots.into_iter().map(|m| (m.channel.as_str(), m.id.as_str())).unzip();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Last> = sqlx::query_as(
        "select wanted.channel, wanted.root, newest.author as persona, m.author as begun_by
         from (select distinct * from unnest($2::text[], $3::text[]) as w (channel, root)) as wanted
         join messages as m on m.org = $1 and m.channel = wanted.channel and m.id = wanted.root
         cross join lateral (
             select author, author_kind from messages
             where org = $1 and channel = wanted.channel and thread = wanted.root order by seq desc limit 1
         ) as newest
         where m.author_kind = 'member' and newest.author_kind = 'persona'",
    )
    .bind(org)
    .bind(channels)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|l| (MessageId { channel: l.channel.clone(), id: l.root.clone() }, l)).collect())
}

/// A statement that gets its values.
type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// A message to remember.
#[derive(Debug, Clone)]
pub struct New {
    /// Which one.
    pub id: MessageId,
    /// The root of its thread.
    pub thread: Option<String>,
    /// The lane that it belongs to.
    pub lane: Lane,
    /// Who wrote it.
    pub author: String,
    /// `member`, `persona` or `bot`.
    pub kind: &'static str,
    /// The effect that posted it.
    pub post: Option<Uuid>,
    /// Its text.
    pub text: String,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Whether it is known to stand in a direct conversation; of a post, the conversation tells.
    pub direct: bool,
}

/// A part of a statement that remembers messages; those known already stay as they are. What came before in the statement
/// is named by `after`, so that rows are locked in that order. The organisation is `$1`; [`bind`] gives `$2` to `$11`.
pub(super) fn insertion(after: &str) -> String {
    format!(
        "insert into messages (org, channel, id, thread, lane, author, author_kind, post, text, said_at, direct)
         select $1, n.channel, n.id, n.thread, n.lane, n.author, n.kind, n.post, n.text, n.at,
                -- The lobby tells its direct conversations by their ids; its other channels need no look.
                case when n.direct then true when strpos(n.channel, ':') = 0 then false
                     else exists (select from messages as m where m.org = $1 and m.channel = n.channel and m.direct) end
         from {after}
         cross join unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[],
                           $10::timestamptz[], $11::boolean[])
              as n (channel, id, thread, lane, author, kind, post, text, at, direct)
         on conflict do nothing"
    )
}

/// Gives an [`insertion`] its values.
pub(super) fn bind<'q>(statement: Statement<'q>, org: Uuid, new: &'q [New]) -> Statement<'q> {
    let column = |f: fn(&'q New) -> &'q str| new.iter().map(f).collect::<Vec<&str>>();
    statement
        .bind(org)
        .bind(column(|n| &n.id.channel))
        .bind(column(|n| &n.id.id))
        .bind(new.iter().map(|n| n.thread.as_deref()).collect::<Vec<_>>())
        .bind(column(|n| n.lane.as_str()))
        .bind(column(|n| &n.author))
        .bind(column(|n| n.kind))
        .bind(new.iter().map(|n| n.post).collect::<Vec<_>>())
        .bind(column(|n| &n.text))
        .bind(new.iter().map(|n| n.at).collect::<Vec<_>>())
        .bind(new.iter().map(|n| n.direct).collect::<Vec<_>>())
}

/// Gives a message a new text and keeps the old one as a version.
pub async fn edit(
    conn: &mut PgConnection,
    org: Uuid,
    id: &MessageId,
    text: &str,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "with old as (
             insert into message_versions (org, channel, id, version, text, at)
             select org, channel, id, version, text, coalesce(edited_at, said_at) from messages
             where org = $1 and channel = $2 and id = $3 and text <> $4
             on conflict do nothing
         )
         update messages set text = $4, version = version + 1, edited_at = $5
         where org = $1 and channel = $2 and id = $3 and text <> $4 and deleted_at is null",
    )
    .bind(org)
    .bind(&id.channel)
    .bind(&id.id)
    .bind(text)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Leaves a tombstone; the text moves to the versions.
pub async fn delete(conn: &mut PgConnection, org: Uuid, id: &MessageId, at: DateTime<Utc>) -> sqlx::Result<()> {
    edit(conn, org, id, "", at).await?;
    sqlx::query(
        "update messages set deleted_at = $4 where org = $1 and channel = $2 and id = $3 and deleted_at is null",
    )
    .bind(org)
    .bind(&id.channel)
    .bind(&id.id)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// From now on these messages belong to other lanes.
pub async fn route(conn: &mut PgConnection, org: Uuid, routes: &[(MessageId, Lane)]) -> sqlx::Result<()> {
    for (id, lane) in routes {
        sqlx::query("update messages set lane = $4 where org = $1 and channel = $2 and id = $3")
            .bind(org)
            .bind(&id.channel)
            .bind(&id.id)
            .bind(lane.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// What one of our posts said, now and before, is replaced by `text`.
pub async fn forget(conn: &mut PgConnection, org: Uuid, post: Uuid, text: &str) -> sqlx::Result<()> {
    sqlx::query(
        "with gone as (
             delete from message_versions as v using messages as m
             where m.org = $1 and m.post = $2 and v.org = $1 and v.channel = m.channel and v.id = m.id
         )
         update messages set text = $3 where org = $1 and post = $2",
    )
    .bind(org)
    .bind(post)
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest messages of a lane, oldest first, as a model is shown them. Direct messages feed no other context.
pub async fn of_lane(conn: &mut PgConnection, org: Uuid, lane: &str, limit: i64) -> sqlx::Result<Vec<(Value, Shown)>> {
    let rows: Vec<Line> = sqlx::query_as(
        "select author, text, said_at, channel, id, post from (
             select author, text, said_at, seq, channel, id, post from messages
             where org = $1 and lane = $2 and deleted_at is null and not direct
             order by seq desc limit $3
         ) as newest order by seq",
    )
    .bind(org)
    .bind(lane)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Line::shown).collect())
}
