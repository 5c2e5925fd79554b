//! Leases are tied to the life of their holder: a number whose session lock a process holds for as long as it lives. When
//! the process dies, its connection goes, the lock with it, and its work is free at once.

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// First key of the session locks of holders, so that they do not meet other advisory locks.
const CLASS: i32 = 0x0062_756c;

/// Takes a fresh number and its session lock on this connection, which must be kept open.
pub async fn register(conn: &mut PgConnection) -> sqlx::Result<i32> {
    let holder: i32 = sqlx::query_scalar("select nextval('holders')::integer").fetch_one(&mut *conn).await?;
    sqlx::query("select pg_advisory_lock($1, $2)").bind(CLASS).bind(holder).execute(conn).await?;
    Ok(holder)
}

/// Whether the connection that proves our life still stands.
pub async fn alive(conn: &mut PgConnection) -> sqlx::Result<()> {
    conn.ping().await
}

/// Frees what holders that live no more have left. Returns how many calls and posts that were.
///
/// Whoever gets the lock of a holder knows that it is dead: the living keep theirs in a session of its own. Numbers are
/// given once, so the lock is in nobody's way until the end of the statement.
pub async fn reap(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<u64> {
    let mut freed = 0;
    for sql in [
        "update calls set state = 'ready', holder = null
         where org = $1 and state = 'running' and holder = any(array(
             select holder from (select distinct holder from calls where org = $1 and state = 'running') as held
             where pg_try_advisory_xact_lock($2, holder)))",
        "update outbox set state = 'ready', holder = null
         where org = $1 and state = 'running' and holder = any(array(
             select holder from (select distinct holder from outbox where org = $1 and state = 'running') as held
             where pg_try_advisory_xact_lock($2, holder)))",
    ] {
        freed += sqlx::query(sql).bind(org).bind(CLASS).execute(&mut *conn).await?.rows_affected();
    }
    Ok(freed)
}
