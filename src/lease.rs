//! The number that this process holds leases under, and the connection that proves it lives.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::holder;

/// How often the connection is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The number, as those who lease under it see it.
#[derive(Debug, Clone)]
pub struct Holder(watch::Receiver<i32>);

impl Holder {
    /// The number.
    #[must_use]
    pub fn number(&self) -> i32 {
        *self.0.borrow()
    }
}

/// Takes a number and keeps its connection until `stop`; when the connection breaks, takes a new number. What was leased
/// under the old one may be taken over by others; its attempt number fences whoever comes late.
pub struct Life {
    options: PgConnectOptions,
    conn: PgConnection,
    holder: watch::Sender<i32>,
}

impl Life {
    /// Takes a number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(options: PgConnectOptions) -> sqlx::Result<(Self, Holder)> {
        let mut conn = PgConnection::connect_with(&options).await?;
        let (holder, seen) = watch::channel(holder::register(&mut conn).await?);
        Ok((Self { options, conn, holder }, Holder(seen)))
    }

    /// Keeps it.
    pub async fn keep(mut self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let alive = tokio::time::timeout(Duration::from_secs(5), holder::alive(&mut self.conn)).await;
            if !matches!(alive, Ok(Ok(()))) {
                self.renew(stop).await;
            }
        }
        // Closing the connection frees what was not handed back.
        let _ = self.conn.close().await;
    }

    async fn renew(&mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let fresh = async {
                let mut conn = PgConnection::connect_with(&self.options).await?;
                let number = holder::register(&mut conn).await?;
                Ok::<_, sqlx::Error>((conn, number))
            };
            match tokio::time::timeout(Duration::from_secs(5), fresh).await {
                Ok(Ok((conn, number))) => {
                    self.conn = conn;
                    self.holder.send_replace(number);
                    return;
                }
                _ => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }
}
