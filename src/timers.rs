//! Timers and housekeeping: due timers enter the inbox, leases of the dead are freed, old payloads are trimmed.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::health::{Health, away};
use crate::store::{calls, definitions, holder, inbox, statistics, timers};
use crate::wake::{LOOK_EVERY, Wakes};

/// How long inbox payloads and prompts are kept.
const KEEP: TimeDelta = TimeDelta::days(30);
/// How often old payloads are looked for.
const TRIM_EVERY: Duration = Duration::from_secs(3_600);

/// Looks after time.
pub struct Timers {
    /// The database.
    pub pool: PgPool,
    /// The organisation.
    pub org: Uuid,
    /// The clock.
    pub clock: clock::Shared,
    /// Rings for the workers.
    pub wakes: Arc<Wakes>,
    /// How this worker stands.
    pub health: Arc<Health>,
}

impl Timers {
    /// Looks every [`LOOK_EVERY`] until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut trimmed: Option<tokio::time::Instant> = None;
        while !stop.is_cancelled() {
            let looked = self.look().await;
            self.health.set("timers", looked.map_err(|error| away(&error)));
            if trimmed.is_none_or(|at| at.elapsed() >= TRIM_EVERY) {
                trimmed = Some(tokio::time::Instant::now());
                if let Err(error) = self.trim().await {
                    tracing::warn!(%error, "old payloads could not be trimmed; in an hour again");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Looks once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look(&self) -> sqlx::Result<()> {
        let mut conn = self.pool.acquire().await?;
        let freed = holder::reap(&mut conn, self.org).await?;
        if freed > 0 {
            tracing::info!(freed, "work of a server that is gone was taken up");
            self.wakes.calls.notify_one();
            self.wakes.outbox.ring_for_all();
        }
        if inbox::unpark(&mut conn, self.org).await? > 0 {
            self.wakes.inbox.ring_for_all();
        }
        statistics::refresh(&mut conn).await?;
        drop(conn);
        let mut tx = self.pool.begin().await?;
        let fired = timers::fire(&mut tx, self.org, self.clock.now()).await?;
        tx.commit().await?;
        if fired > 0 {
            self.wakes.inbox.ring_for_all();
        }
        Ok(())
    }

    async fn trim(&self) -> sqlx::Result<()> {
        let before = self.clock.now() - KEEP;
        let mut conn = self.pool.acquire().await?;
        inbox::trim(&mut conn, self.org, before).await?;
        calls::trim(&mut conn, self.org, before).await?;
        // Later than the prompts that name them.
        definitions::trim(&mut conn, self.org, before - KEEP).await?;
        Ok(())
    }
}
