//! The planner's statistics of tables that have just grown.
//!
//! A plan that was made for an empty table reads the whole of it at every step, and is kept until the table is analysed.
//! Autovacuum does that too, but up to a minute later, and a new department is busy in its first minute.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// Fewest rows that are worth a look.
const FEW: i64 = 200;

/// Analyses tables of this program that have doubled since the last time. Returns how many.
pub async fn refresh(conn: &mut PgConnection) -> sqlx::Result<usize> {
    let grown: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', s.schemaname, s.relname)
         from pg_stat_user_tables as s join pg_class as c on c.oid = s.relid
         where s.n_live_tup > $1 + 2 * greatest(c.reltuples, 0)
           and pg_has_role(c.relowner, 'usage')
           and s.schemaname in (current_schema(), 'lobby', 'slack', 'discord')",
    )
    .bind(FEW)
    .fetch_all(&mut *conn)
    .await?;
    if grown.is_empty() {
        return Ok(0);
    }
    let mut tx = conn.begin().await?;
    // A rough picture is enough, and ten times as quick; autovacuum paints a better one later.
    sqlx::raw_sql("set local default_statistics_target = 10").execute(&mut *tx).await?;
    for table in &grown {
        // The name comes from the catalogue, quoted by Postgres itself. Who holds the table now analyses it, or is soon done.
        sqlx::raw_sql(AssertSqlSafe(format!("analyze (skip_locked) {table}"))).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(grown.len())
}
