//! Whether a database is there, and which.

use sqlx::PgConnection;

/// The oldest Postgres that this program works with, as Postgres counts: 14.
pub const OLDEST: i32 = 140_000;

/// The server's version, as Postgres counts: 150018 is 15.18.
pub async fn version(conn: &mut PgConnection) -> sqlx::Result<i32> {
    sqlx::query_scalar("select current_setting('server_version_num')::integer").fetch_one(conn).await
}

/// Whether it answers.
pub async fn answers(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select 1").execute(conn).await.map(drop)
}
