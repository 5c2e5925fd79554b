//! How soon a server is ready on a database that is there, and how much memory it keeps when nothing happens.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use super::folder::Folder;
use super::process;
use super::server::Place;

/// Starts that are measured.
const STARTS: usize = 5;
/// How long after the start memory is read.
const SETTLED: Duration = Duration::from_secs(60);

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The first start, which makes the database, in milliseconds until ready.
    pub first_ms: f64,
    /// The others, on the database that is there.
    pub warm_ms: Vec<f64>,
    /// The one in the middle of them.
    pub warm_median_ms: f64,
    /// Resident memory of the server a minute after it was ready, in bytes; Postgres is not counted.
    pub resident_bytes: Option<u64>,
}

/// Starts servers and looks at the last one after a minute.
///
/// # Errors
/// When one does not start or stop.
pub async fn run(executable: PathBuf) -> anyhow::Result<Report> {
    let folder = Folder::new()?;
    let place = Place::new(executable, folder.path())?;
    let (server, first) = place.up().await?;
    server.stop().await?;
    let mut warm = Vec::with_capacity(STARTS);
    for _ in 1..STARTS {
        let (server, took) = place.up().await?;
        warm.push(took);
        server.stop().await?;
    }
    let (server, took) = place.up().await?;
    warm.push(took);
    tokio::time::sleep(SETTLED).await;
    let resident_bytes = process::resident_bytes(server.pid().context("the server ended by itself")?);
    server.stop().await?;
    warm.sort_unstable();
    let ms = |took: &Duration| took.as_secs_f64() * 1_000.0;
    Ok(Report {
        first_ms: ms(&first),
        warm_median_ms: ms(&warm[warm.len() / 2]),
        warm_ms: warm.iter().map(ms).collect(),
        resident_bytes,
    })
}
