//! Of several servers on one database, one holds the lines: the one with the advisory lock.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::Discord;
use crate::error::Error;

/// How often the lock is tried, and looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Most time that the database may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// The connection whose session holds the lock, or is to get it.
pub(super) struct Only(Option<PgConnection>);

impl Only {
    /// Waits until this server is the one. `None` when it is to stop before.
    pub(super) async fn wait(discord: &Discord, stop: &CancellationToken) -> Option<Self> {
        let mut only = Self(None);
        loop {
            let got = tokio::select! {
                () = stop.cancelled() => return None,
                got = only.lock(discord) => got,
            };
            if got == Some(true) {
                return Some(only);
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Returns when another server holds the lines. While the database is away nobody does, and this one goes on: what it hears
    /// waits.
    pub(super) async fn lost(&mut self, discord: &Discord) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Some(conn) = &mut self.0
                && matches!(tokio::time::timeout(ANSWER, conn.ping()).await, Ok(Ok(())))
            {
                continue;
            }
            self.0 = None;
            if self.lock(discord).await == Some(false) {
                return;
            }
        }
    }

    /// Lets another server have them.
    pub(super) async fn leave(self) {
        if let Some(conn) = self.0 {
            // The lock goes with the session, at the latest when the socket is gone.
            let _ = tokio::time::timeout(ANSWER, conn.close()).await;
        }
    }

    /// Tries to get the lock. `None` where the database does not answer.
    async fn lock(&mut self, discord: &Discord) -> Option<bool> {
        let tried = tokio::time::timeout(ANSWER, async {
            let mut conn = match self.0.take() {
                Some(conn) => conn,
                None => quick_to_end(discord).await?,
            };
            let got = try_lock(&mut conn, discord).await?;
            self.0 = Some(conn);
            Ok::<bool, Error>(got)
        });
        match tried.await {
            Ok(Ok(got)) => Some(got),
            Ok(Err(error)) => {
                tracing::debug!(%error, "who holds the lines to Discord cannot be asked");
                None
            }
            Err(_) => None,
        }
    }
}

/// A connection of its own. Where this machine vanishes, the database ends its session within a minute.
async fn quick_to_end(discord: &Discord) -> Result<PgConnection, Error> {
    let mut conn = discord.pool.acquire().await?.detach();
    sqlx::raw_sql("set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3")
        .execute(&mut conn)
        .await?;
    Ok(conn)
}

async fn try_lock(conn: &mut PgConnection, discord: &Discord) -> Result<bool, Error> {
    let got = sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended('discord.lines ' || $1::text, 0))")
        .bind(discord.org)
        .fetch_one(conn)
        .await?;
    Ok(got)
}
