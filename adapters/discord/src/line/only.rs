//! Of several servers on one database, one holds the lines, and reads what came through them: the one with the advisory lock.
//! What it knows of the guild is told by its lines; what another server knows grows old.
//!
//! Each that gets the lock gets a number, greater than all before it. What is received is read under the newest alone, so that
//! a server that has lost the lock reads no more, even before it has noticed.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::Discord;
use crate::error::Error;

/// How often the lock is tried, and looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Most time that the database may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// A turn at the lines.
pub(super) struct Only {
    /// The connection whose session holds the lock, or is to get it.
    held: Option<PgConnection>,
    /// The number of the turn.
    turn: i64,
}

impl Only {
    /// Waits until this server is the one. `None` when it is to stop before.
    pub(super) async fn wait(discord: &Discord, stop: &CancellationToken) -> Option<Self> {
        let mut only = Self { held: None, turn: 0 };
        loop {
            let got = tokio::select! {
                () = stop.cancelled() => return None,
                got = only.begin(discord) => got,
            };
            if got {
                return Some(only);
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// The number of the turn.
    pub(super) fn turn(&self) -> i64 {
        self.turn
    }

    /// Returns when another server holds the lines, or has held them meanwhile. While the database is away nobody does, and
    /// this one goes on: what it hears waits.
    pub(super) async fn lost(&mut self, discord: &Discord) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Some(conn) = &mut self.held
                && let Ok(Ok(newest)) = tokio::time::timeout(ANSWER, newest(conn, discord)).await
            {
                if newest == self.turn {
                    continue;
                }
                return;
            }
            self.held = None;
            if self.lock(discord).await == Some(false) {
                return;
            }
        }
    }

    /// Lets another server have them.
    pub(super) async fn leave(self) {
        if let Some(conn) = self.held {
            // The lock goes with the session, at the latest when the socket is gone.
            let _ = tokio::time::timeout(ANSWER, conn.close()).await;
        }
    }

    /// Tries to begin a turn.
    async fn begin(&mut self, discord: &Discord) -> bool {
        if self.lock(discord).await != Some(true) {
            return false;
        }
        let Some(conn) = &mut self.held else { return false };
        match tokio::time::timeout(ANSWER, next(conn, discord)).await {
            Ok(Ok(turn)) => self.turn = turn,
            Ok(Err(_)) | Err(_) => self.held = None,
        }
        self.held.is_some()
    }

    /// Tries to get the lock. `None` where the database does not answer.
    async fn lock(&mut self, discord: &Discord) -> Option<bool> {
        let tried = tokio::time::timeout(ANSWER, async {
            let mut conn = match self.held.take() {
                Some(conn) => conn,
                None => quick_to_end(discord).await?,
            };
            let got = try_lock(&mut conn, discord).await?;
            self.held = Some(conn);
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

/// The number of a new turn.
async fn next(conn: &mut PgConnection, discord: &Discord) -> Result<i64, Error> {
    let next = sqlx::query_scalar(
        "insert into discord.turns (org, number) values ($1, 1)
         on conflict (org) do update set number = turns.number + 1 returning number",
    )
    .bind(discord.org)
    .fetch_one(conn)
    .await?;
    Ok(next)
}

/// The number of the newest turn.
async fn newest(conn: &mut PgConnection, discord: &Discord) -> Result<i64, Error> {
    let newest =
        sqlx::query_scalar("select number from discord.turns where org = $1").bind(discord.org).fetch_one(conn).await?;
    Ok(newest)
}
