//! What the machine can do at best: single-row inserts, each committed on its own, over a number of connections. The
//! yardstick for the pipeline, on the same Postgres.

use std::time::{Duration, Instant};

use serde::Serialize;
use sqlx::PgPool;

/// Commits that were measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Connections that committed side by side.
    pub connections: u32,
    /// Rows, each with a commit of its own.
    pub commits: u64,
    /// Measured time in seconds.
    pub seconds: f64,
    /// Commits per second.
    pub per_second: f64,
}

/// Commits single rows for about `length`. All connections of the pool take part.
///
/// # Errors
/// When the database does.
pub async fn run(pool: &PgPool, connections: u32, length: Duration) -> anyhow::Result<Report> {
    sqlx::query("create table if not exists bench_rows (id bigint generated always as identity primary key, body text not null)")
        .execute(pool)
        .await?;
    let begun = Instant::now();
    let writers = (0..connections).map(|_| {
        let pool = pool.clone();
        tokio::spawn(async move {
            let mut conn = pool.acquire().await?;
            let mut rows = 0_u64;
            while begun.elapsed() < length {
                sqlx::query("insert into bench_rows (body) values ($1)")
                    .bind("a single row")
                    .execute(&mut *conn)
                    .await?;
                rows += 1;
            }
            Ok::<_, sqlx::Error>(rows)
        })
    });
    let mut commits = 0;
    for writer in futures::future::join_all(writers).await {
        commits += writer??;
    }
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Report { connections, commits, seconds, per_second: commits as f64 / seconds })
}
