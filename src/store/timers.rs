//! Timers: a due timer is an event in its lane.

use bullpen_domain::event::{Event, Timer};
use bullpen_domain::lane::Lane;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::inbox;

/// A timer to set.
#[derive(Debug, Clone)]
pub struct New {
    /// The effect's id.
    pub id: Uuid,
    /// The lane to wake.
    pub lane: String,
    /// When, in business time.
    pub at: DateTime<Utc>,
    /// What for.
    pub timer: Timer,
}

/// Sets timers.
pub async fn insert(conn: &mut PgConnection, org: Uuid, new: &[New]) -> sqlx::Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into timers (id, org, lane, at, timer)
         select id, $1, lane, at, timer from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::jsonb[])
              as n (id, lane, at, timer)
         on conflict (id) do nothing",
    )
    .bind(org)
    .bind(new.iter().map(|n| n.id).collect::<Vec<_>>())
    .bind(new.iter().map(|n| n.lane.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(|n| n.at).collect::<Vec<_>>())
    .bind(new.iter().map(|n| Json(&n.timer)).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves due timers into the inbox, in the caller's transaction. Returns how many.
pub async fn fire(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>) -> sqlx::Result<usize> {
    let due: Vec<(Uuid, String, Json<Timer>)> = sqlx::query_as(
        "update timers set fired_at = $2 where id in (
             select id from timers where org = $1 and fired_at is null and at <= $2
             order by at limit 500 for update skip locked)
         returning id, lane, timer",
    )
    .bind(org)
    .bind(now)
    .fetch_all(&mut *conn)
    .await?;
    let events: Vec<inbox::New> = due
        .into_iter()
        .map(|(id, lane, timer)| inbox::New {
            id: Uuid::new_v5(&id, b"due"),
            lane: Lane::stored(lane),
            source: format!("timer:{id}"),
            event: Event::Due(timer.0),
            waits_for: None,
        })
        .collect();
    inbox::insert(conn, org, now, &events).await?;
    Ok(events.len())
}
