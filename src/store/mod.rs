//! SQL of the department, one file per aggregate. Functions take `&mut PgConnection`; the caller owns the transaction.
//!
//! **Architecture invariant:** the store knows the domain and no platform; nothing outside of it (but the lobby, which is
//! a platform) holds SQL.

pub mod approvals;
pub mod audit;
pub mod budget;
pub mod bundles;
pub mod calls;
pub mod dead;
pub mod definitions;
pub mod delegations;
pub mod files;
pub mod holder;
pub mod inbox;
pub mod lanes;
pub mod letters;
pub mod messages;
pub mod noise;
pub mod organisations;
pub mod outbox;
pub mod probe;
pub mod publications;
pub mod refusals;
pub mod rooms;
pub mod statistics;
pub mod takeovers;
pub mod talk;
pub mod timers;
pub mod views;
pub mod workload;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool, PgTransaction};

/// Longest that a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection that was in order is believed to be.
const BELIEVED: Duration = Duration::from_millis(250);

/// At most that many connections of the department, made when they are needed.
///
/// A statement is planned once for each of them, not at each call: left to itself, Postgres plans most statements that
/// take arrays anew every time, which cost as much as to run them (`bullpen bench`: of 6.7 ms of the database's time for
/// a question and its answer, 2.8 ms). So no statement may need a plan that depends on its values.
///
/// A connection that was used a moment ago is not asked whether it stands before it is used again: that would be one more
/// way to the database for every transaction. Workers wait longer than that after an error.
#[must_use]
pub fn connections(options: PgConnectOptions, most: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                if used.idle_for > BELIEVED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query("set plan_cache_mode = force_generic_plan").execute(connection).await.map(drop)
            })
        })
        .connect_lazy_with(options)
}

/// Brings the schema up to date, and what is in it. Several servers may try at once: advisory locks let them do it in turn.
///
/// # Errors
/// When a migration fails or the database holds a newer schema than this program knows.
pub async fn migrate(pool: &PgPool) -> Result<(), sqlx::migrate::MigrateError> {
    sqlx::migrate!("./migrations").run(pool).await?;
    Ok(audit::begin(pool).await?)
}

/// Takes the enqueue locks of these keys, held until the end of the transaction: what is numbered later is committed later.
/// `inbox::insert` and `outbox::insert` take those of what they insert in the same statement, by the same rule: last in a
/// transaction, those of conversations before those of lanes, each sorted, so that two writers never wait for each other in
/// a ring. This is for who has to look at something under the lock first.
pub(crate) async fn lock_queues(conn: &mut PgConnection, keys: &[String]) -> sqlx::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "select pg_advisory_xact_lock(k) from (
             select distinct hashtextextended('queue:' || key, 0) as k from unnest($1::text[]) as key order by 1
         ) as sorted",
    )
    .bind(keys)
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins a transaction whose commit returns before it is on disk. It is there with the next commit that waits, at the
/// latest.
///
/// For what may be lost with a crash of Postgres itself because it is then simply done again: decisions (their events are
/// still there, and ids repeat) and receipts (their posts are still leased, and looked for before they are sent again).
/// Nothing leaves the department before a lease on it, and leases wait for the disk: what they follow from is there too. Only
/// those of the stand-in's turns ride along, which leave nothing behind.
pub(crate) async fn begin_riding_along(pool: &PgPool) -> sqlx::Result<PgTransaction<'static>> {
    pool.begin_with("begin; set local synchronous_commit = off").await
}

/// Lets the commit of this transaction wait until it is on disk, after all.
pub(crate) async fn wait_for_disk(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("set local synchronous_commit to default").execute(conn).await.map(drop)
}

/// Whether the database is away, rather than the data wrong.
pub(crate) fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        // Class 57: the server is shutting down or starting up. 40001 and 40P01: try again. 53: out of resources. 08: connection.
        sqlx::Error::Database(db) => db.code().is_some_and(|code| {
            ["57", "53", "08"].iter().any(|class| code.starts_with(class)) || code == "40001" || code == "40P01"
        }),
        _ => false,
    }
}
