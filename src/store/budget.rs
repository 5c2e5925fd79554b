//! The daily budget: reserved before a call, settled after it. Money in millionths of a US dollar; days in the organisation's zone.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

/// Reserves, if what is spent and reserved leaves room under `limit`. Returns whether it did. What costs nothing always
/// has room.
pub async fn reserve(
    conn: &mut PgConnection,
    org: Uuid,
    day: NaiveDate,
    micros: i64,
    limit: i64,
) -> sqlx::Result<bool> {
    if micros == 0 {
        return Ok(true);
    }
    sqlx::query("insert into budgets (org, day) values ($1, $2) on conflict do nothing")
        .bind(org)
        .bind(day)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query(
        "update budgets set reserved_micros = reserved_micros + $3
         where org = $1 and day = $2 and reserved_micros + spent_micros + $3 <= $4",
    )
    .bind(org)
    .bind(day)
    .bind(micros)
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Settles a reservation with what was spent (0 releases it).
pub async fn settle(conn: &mut PgConnection, org: Uuid, day: NaiveDate, reserved: i64, spent: i64) -> sqlx::Result<()> {
    if reserved == 0 && spent == 0 {
        return Ok(());
    }
    sqlx::query(
        "update budgets set reserved_micros = greatest(0, reserved_micros - $3), spent_micros = spent_micros + $4
         where org = $1 and day = $2",
    )
    .bind(org)
    .bind(day)
    .bind(reserved)
    .bind(spent)
    .execute(conn)
    .await?;
    Ok(())
}

/// What is spent and reserved on a day.
pub async fn on(conn: &mut PgConnection, org: Uuid, day: NaiveDate) -> sqlx::Result<(i64, i64)> {
    let row: Option<(i64, i64)> =
        sqlx::query_as("select spent_micros, reserved_micros from budgets where org = $1 and day = $2")
            .bind(org)
            .bind(day)
            .fetch_optional(conn)
            .await?;
    Ok(row.unwrap_or_default())
}
