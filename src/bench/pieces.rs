//! Many pieces at once: all must finish, none twice, and the server must not grow with them.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use serde::Serialize;

use super::folder::Folder;
use super::person::{LOOK_EVERY, Person};
use super::process;
use super::server::Place;
use super::verify::{self, Counts};

/// How many are asked for at once, and kept in work.
const AT_ONCE: usize = 100;

/// What became of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Pieces kept in work at once.
    pub at_once: usize,
    /// Seconds in all.
    pub seconds: f64,
    /// Resident memory of the server in bytes when the hundredth piece was over.
    pub resident_at_100: Option<u64>,
    /// The same when the last one was.
    pub resident_at_end: Option<u64>,
    /// How much more or less that is, in percent.
    pub growth_percent: Option<f64>,
    /// What there was afterwards.
    pub counts: Counts,
    /// What was wrong afterwards; empty when everything held.
    pub faults: Vec<String>,
}

/// Asks for `pieces` pieces and sees them through.
///
/// # Errors
/// When the server does not start, or pieces do not finish.
pub async fn run(executable: PathBuf, pieces: u32) -> anyhow::Result<Report> {
    let folder = Folder::new()?;
    let place = Place::new(executable, folder.path())?;
    let (server, _) = place.up().await?;
    let pid = server.pid().context("the server ended")?;
    let begun = Instant::now();
    let mut person = Person::new(place.clone());
    let mut resident_at_100 = None;
    let mut over = 0;
    while person.asked() < pieces {
        over = person.round(AT_ONCE, pieces).await?;
        if over >= AT_ONCE && resident_at_100.is_none() {
            resident_at_100 = process::resident_bytes(pid);
        }
        tracing::info!(asked = person.asked(), over, "at work");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    tracing::info!(over, "all are asked for");
    person.see_off().await?;
    let resident_at_end = process::resident_bytes(pid);
    let seconds = begun.elapsed().as_secs_f64();
    server.stop().await?;
    let (counts, faults) = verify::run(&place.data(), pieces).await?;
    let resident_at_100 = resident_at_100.or(resident_at_end);
    let growth_percent =
        resident_at_100.zip(resident_at_end).map(|(at_100, end)| (end as f64 / at_100 as f64 - 1.0) * 100.0);
    Ok(Report { at_once: AT_ONCE, seconds, resident_at_100, resident_at_end, growth_percent, counts, faults })
}
