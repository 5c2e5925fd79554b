//! How much waits, for the metrics.

use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::Result;

/// How much waits.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Depths {
    /// Events to process, those included that wait for a receipt.
    pub inbox: i64,
    /// Posts to deliver, those included that are under way.
    pub outbox: i64,
    /// Calls of models and skills to make, those included that are under way.
    pub calls: i64,
    /// Events and posts that were put aside.
    pub dead: i64,
}

/// How much waits now.
///
/// # Errors
/// [`super::Error`]
pub async fn now(pool: &PgPool, org: Uuid) -> Result<Depths> {
    Ok(sqlx::query_as(
        "select (select count(*) from inbox where org = $1 and state = 'ready')
                  + (select count(*) from inbox where org = $1 and state = 'parked') as inbox,
                (select count(*) from outbox where org = $1 and state = 'ready')
                  + (select count(*) from outbox where org = $1 and state = 'running') as outbox,
                (select count(*) from calls where org = $1 and state = 'ready')
                  + (select count(*) from calls where org = $1 and state = 'running') as calls,
                (select count(*) from inbox where org = $1 and state = 'dead')
                  + (select count(*) from outbox where org = $1 and state = 'dead') as dead",
    )
    .bind(org)
    .fetch_one(pool)
    .await?)
}
