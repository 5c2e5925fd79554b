//! The inbox: every event enters here, once per source key, and is processed in order within its lane.

use std::collections::HashSet;

use bullpen_domain::event::Event;
use bullpen_domain::lane::Lane;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::messages;

/// Attempts after which an event is a dead letter.
pub const MAX_ATTEMPTS: i32 = 5;

/// An event to enqueue.
#[derive(Debug, Clone)]
pub struct New {
    /// The event's id.
    pub id: Uuid,
    /// Its lane.
    pub lane: Lane,
    /// Unique per fact.
    pub source: String,
    /// The event.
    pub event: Event,
    /// The platform message (`channel/id`) whose receipt it waits for, when it speaks of one we do not know yet.
    pub waits_for: Option<String>,
}

/// An event to process.
#[derive(Debug, Clone, Deserialize)]
pub struct Pending {
    /// The event's id.
    pub id: Uuid,
    /// Its lane.
    pub lane: Lane,
    /// The event, or why it could not be read.
    #[serde(deserialize_with = "or_why_not")]
    pub event: Result<Event, String>,
}

fn or_why_not<'de, D: Deserializer<'de>>(stored: D) -> Result<Result<Event, String>, D::Error> {
    let stored = Value::deserialize(stored)?;
    Ok(Event::deserialize(stored).map_err(|error| format!("the stored event cannot be read: {error}")))
}

/// Stores events; those whose source is known already are left out. Returns the lanes of those that are new, once for each.
/// Takes the enqueue locks of their lanes before it numbers them.
pub async fn insert(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>, new: &[New]) -> sqlx::Result<Vec<String>> {
    hear(conn, org, now, &[], new).await
}

/// Remembers messages and stores the events that tell of them, with one statement; as [`insert`] does.
pub async fn hear(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    said: &[messages::New],
    new: &[New],
) -> sqlx::Result<Vec<String>> {
    if said.is_empty() && new.is_empty() {
        return Ok(Vec::new());
    }
    // Messages first: a queue is the last that anybody waits for.
    let sql = format!(
        "with said as ({} returning 1),
         locked as materialized (
             select count(pg_advisory_xact_lock(k)) from (
                 select distinct hashtextextended('queue:' || lane, 0) as k
                 from (select count(*) from said) as first cross join unnest($14::text[]) as lane order by 1
             ) as sorted
         )
         insert into inbox (id, org, lane, source, event, state, waits_for, received_at)
         select id, $1, lane, source, event, case when waits_for is null then 'ready' else 'parked' end, waits_for, $12
         from locked cross join unnest($13::uuid[], $14::text[], $15::text[], $16::jsonb[], $17::text[])
              with ordinality as n (id, lane, source, event, waits_for, position)
         order by position
         on conflict (org, source) do nothing
         returning lane",
        messages::insertion("(select) as nothing")
    );
    let rows = messages::bind(sqlx::query(AssertSqlSafe(sql)), org, said)
        .bind(now)
        .bind(new.iter().map(|n| n.id).collect::<Vec<_>>())
        .bind(new.iter().map(|n| n.lane.as_str()).collect::<Vec<_>>())
        .bind(new.iter().map(|n| n.source.as_str()).collect::<Vec<_>>())
        .bind(new.iter().map(|n| Json(&n.event)).collect::<Vec<_>>())
        .bind(new.iter().map(|n| n.waits_for.as_deref()).collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| row.try_get("lane")).collect()
}

/// Edits are applied by one intake at a time, so that the next one sees which are known. Held until the end of the
/// transaction; taken before any other lock.
pub async fn lock_edits(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('edits:' || $1::text, 0))")
        .bind(org)
        .execute(conn)
        .await
        .map(drop)
}

/// Those of these sources that are known.
pub async fn known(
    conn: &mut PgConnection,
    org: Uuid,
    sources: impl IntoIterator<Item = &str>,
) -> sqlx::Result<HashSet<String>> {
    let known: Vec<String> = sqlx::query_scalar("select source from inbox where org = $1 and source = any($2)")
        .bind(org)
        .bind(sources.into_iter().collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
    Ok(known.into_iter().collect())
}

/// The enqueue locks that these events need.
#[must_use]
pub fn queue_keys(new: &[New]) -> Vec<String> {
    new.iter().map(|n| n.lane.as_str().to_owned()).collect()
}

/// Takes up to `lanes` lanes that have events ready and that no other worker holds; they are held until the end of the
/// transaction. Run in a statement of its own: what is read afterwards is what the last holder left.
pub async fn take_lanes(conn: &mut PgConnection, org: Uuid, lanes: i64, look_at: i64) -> sqlx::Result<Vec<String>> {
    // The limit counts lanes that could be locked: what others hold does not use it up. `offset 0` keeps the locking
    // outside, where it stops at the limit.
    sqlx::query_scalar(
        "select lane from (
             select lane from (
                 select lane, seq from inbox
                 where org = $1 and state = 'ready' and (retry_at is null or retry_at <= now())
                 order by seq limit $3
             ) as head
             group by lane order by min(seq) offset 0
         ) as candidate
         where pg_try_advisory_xact_lock(hashtextextended('lane:' || lane, 0)) limit $2",
    )
    .bind(org)
    .bind(lanes)
    .bind(look_at)
    .fetch_all(conn)
    .await
}

/// Takes one lane until the end of the transaction, if nobody holds it.
pub async fn take_lane(conn: &mut PgConnection, lane: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtextextended('lane:' || $1, 0))")
        .bind(lane)
        .fetch_one(conn)
        .await
}

/// Counts a failed attempt: tried again a little later, or after [`MAX_ATTEMPTS`] a dead letter. Returns whether it is
/// one now. An event that somebody else has processed meanwhile stays done.
pub async fn failed(conn: &mut PgConnection, id: Uuid, error: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "update inbox set attempts = attempts + 1, error = $2,
                retry_at = now() + interval '20 milliseconds' * power(3, attempts),
                state = case when attempts + 1 >= $3 then 'dead' else 'ready' end
         where id = $1 and state = 'ready' returning state = 'dead'",
    )
    .bind(id)
    .bind(error)
    .bind(MAX_ATTEMPTS)
    .fetch_optional(conn)
    .await
    .map(|dead| dead.unwrap_or(false))
}

/// Replays the events that waited for a message which is known by now. Returns how many.
pub async fn unpark(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<u64> {
    // Asked after every batch of receipts, and there is hardly ever one: a look at an empty index, and no join.
    let any: bool = sqlx::query_scalar("select exists (select from inbox where org = $1 and state = 'parked')")
        .bind(org)
        .fetch_one(&mut *conn)
        .await?;
    if !any {
        return Ok(0);
    }
    let done = sqlx::query(
        "update inbox set state = 'ready', waits_for = null, lane = m.lane,
                event = jsonb_set(event, '{post}', to_jsonb(m.post))
         from (
             -- One look into the index of messages for each that waits, however many messages there are.
             select p.id as waiting, m.lane, m.post
             from inbox as p
             cross join lateral (
                 select lane, post from messages
                 where org = $1 and channel = regexp_replace(p.waits_for, '/[^/]*$', '')
                   and id = substring(p.waits_for from '[^/]*$') and post is not null
                 limit 1
             ) as m
             where p.org = $1 and p.state = 'parked'
         ) as m
         where inbox.id = m.waiting and inbox.state = 'parked'",
    )
    .bind(org)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets events that spoke of a message which never became known, and the payloads of old events (their source keys
/// stay, so that a late repeat is still known).
pub async fn trim(conn: &mut PgConnection, org: Uuid, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "update inbox set state = 'done', done_at = received_at, event = 'null', error = 'trimmed'
         where org = $1 and received_at < $2 and state in ('done', 'parked') and event <> 'null'",
    )
    .bind(org)
    .bind(before)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
