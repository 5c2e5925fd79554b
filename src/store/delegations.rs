//! Delegations: whose approvals are in whose hands.

use bullpen_domain::delegation::Delegation;
use bullpen_domain::event::Event;
use bullpen_domain::lane::Lane;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::inbox;

/// The delegations in force at `$2`, the newest of each person.
pub(super) const IN_FORCE: &str = "
    select distinct on (\"from\") * from delegations
    where org = $1 and ended_at is null and until > $2 order by \"from\", given_at desc, id";

/// The delegations in force, the newest of each person.
pub async fn in_force(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>) -> sqlx::Result<Vec<Delegation>> {
    let sql = format!("select to_jsonb(d) from ({IN_FORCE}) as d order by d.\"from\"");
    let rows: Vec<Json<Delegation>> =
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(org).bind(now).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Ends what a person had handed over, keeps what they hand over now, and gives the events for the lanes in which they are
/// asked. `id` is the effect's.
pub async fn replace(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    id: Uuid,
    from: &str,
    given: Option<&Delegation>,
) -> sqlx::Result<Vec<inbox::New>> {
    sqlx::query("update delegations set ended_at = $3 where org = $1 and \"from\" = $2 and ended_at is null")
        .bind(org)
        .bind(from)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    if let Some(given) = given {
        sqlx::query(
            "insert into delegations (id, org, \"from\", \"to\", until, given_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (id) do nothing",
        )
        .bind(given.id)
        .bind(org)
        .bind(&given.from)
        .bind(&given.to)
        .bind(given.until)
        .bind(given.given_at)
        .execute(&mut *conn)
        .await?;
    }
    let lanes: Vec<String> = sqlx::query_scalar(
        "select distinct lane from approvals where org = $1 and state = 'open' and asked_of ? $2 order by lane",
    )
    .bind(org)
    .bind(from)
    .fetch_all(conn)
    .await?;
    let tell = |lane: String| inbox::New {
        id: Uuid::new_v5(&id, lane.as_bytes()),
        source: format!("delegated:{id}:{lane}"),
        lane: Lane::stored(lane),
        event: Event::Delegated { of: from.to_owned() },
        waits_for: None,
    };
    Ok(lanes.into_iter().map(tell).collect())
}
