//! Budgets: a day's, and each cause's. Reserved before a call, settled after it. Money in millionths of a US dollar; days
//! in the organisation's zone.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

/// What is set aside for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// How much.
    pub micros: i64,
    /// Of which day's budget.
    pub day: NaiveDate,
    /// Of which cause's allowance, where it has one.
    pub cause: Option<String>,
}

/// The most that may be spent.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In a day.
    pub day: i64,
    /// For one cause.
    pub cause: i64,
}

/// Which budget does not cover a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Short {
    /// The day's.
    Day,
    /// The cause's.
    Cause,
}

/// Reserves, if what is spent and reserved leaves room under both limits; else it reserves nothing. What costs nothing
/// always has room.
pub async fn reserve(
    conn: &mut PgConnection,
    org: Uuid,
    what: &Reservation,
    limits: Limits,
) -> sqlx::Result<Result<(), Short>> {
    if what.micros == 0 {
        return Ok(Ok(()));
    }
    // The day's row first, everywhere: whoever has it waits for no cause's.
    sqlx::query("insert into budgets (org, day) values ($1, $2) on conflict do nothing")
        .bind(org)
        .bind(what.day)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query(
        "update budgets set reserved_micros = reserved_micros + $3
         where org = $1 and day = $2 and reserved_micros + spent_micros + $3 <= $4",
    )
    .bind(org)
    .bind(what.day)
    .bind(what.micros)
    .bind(limits.day)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Err(Short::Day));
    }
    let Some(cause) = &what.cause else { return Ok(Ok(())) };
    let done = sqlx::query(
        "insert into allowances as a (org, cause, reserved_micros) select $1, $2, $3 where $3 <= $4
         on conflict (org, cause) do update set reserved_micros = a.reserved_micros + $3
         where a.reserved_micros + a.spent_micros + $3 <= $4",
    )
    .bind(org)
    .bind(cause)
    .bind(what.micros)
    .bind(limits.cause)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Ok(()));
    }
    settle(conn, org, &Reservation { cause: None, ..what.clone() }, 0).await?;
    Ok(Err(Short::Cause))
}

/// Settles a reservation with what was spent (0 releases it).
pub async fn settle(conn: &mut PgConnection, org: Uuid, what: &Reservation, spent: i64) -> sqlx::Result<()> {
    if what.micros == 0 && spent == 0 {
        return Ok(());
    }
    sqlx::query(
        "update budgets set reserved_micros = greatest(0, reserved_micros - $3), spent_micros = spent_micros + $4
         where org = $1 and day = $2",
    )
    .bind(org)
    .bind(what.day)
    .bind(what.micros)
    .bind(spent)
    .execute(&mut *conn)
    .await?;
    let Some(cause) = &what.cause else { return Ok(()) };
    sqlx::query(
        "update allowances set reserved_micros = greatest(0, reserved_micros - $3), spent_micros = spent_micros + $4
         where org = $1 and cause = $2",
    )
    .bind(org)
    .bind(cause)
    .bind(what.micros)
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
