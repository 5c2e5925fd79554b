//! What crashes do: the server is killed at random moments, half of them with its Postgres, while ten pieces are in work.
//! Afterwards everything must be there, once, and in order.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;

use super::dice::Dice;
use super::folder::Folder;
use super::person::{LOOK_EVERY, Person};
use super::server::Place;
use super::verify::{self, Counts};

/// Latest moment of a kill, in milliseconds after the start of a server or after it was ready.
const LATEST_MS: u64 = 1_500;

/// How to try it.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program whose `up` is the server.
    pub executable: PathBuf,
    /// How often the server is killed.
    pub kills: u32,
    /// Pieces kept in work until the last kill.
    pub at_work: usize,
    /// What the random moments follow from.
    pub seed: u64,
}

/// What became of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// How often the server was killed.
    pub kills: u32,
    /// How often its Postgres was killed with it.
    pub with_postgres: u32,
    /// How often it was killed before it was ready.
    pub before_ready: u32,
    /// What the random moments followed from.
    pub seed: u64,
    /// Seconds in all.
    pub seconds: f64,
    /// What there was afterwards.
    pub counts: Counts,
    /// What was wrong afterwards; empty when everything held.
    pub faults: Vec<String>,
}

/// Kills and looks.
///
/// # Errors
/// When a server does not start, or pieces do not finish.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new()?;
    let place = Place::new(options.executable.clone(), folder.path())?;
    let begun = Instant::now();
    let mut dice = Dice::new(options.seed);
    let mut person = Person::new(place.clone());
    // The first start makes the database, which is no work of the department's.
    place.up().await?.0.stop().await?;
    let (mut with_postgres, mut before_ready) = (0, 0);
    for kill in 1..=options.kills {
        // One kill in four may hit the start; the others hit the work.
        let at_start = dice.below(4) == 0;
        let moment = Duration::from_millis(dice.below(LATEST_MS));
        let postgres = kill % 2 == 0;
        let mut server = place.start()?;
        let mut ready = false;
        if !at_start {
            server.ready().await.with_context(|| format!("after kill {} (seed {})", kill - 1, options.seed))?;
            ready = true;
        }
        let working = async {
            server.ready().await?;
            ready = true;
            keep_at_work(&mut person, options.at_work).await
        };
        if let Ok(ended) = tokio::time::timeout(moment, working).await {
            ended.with_context(|| format!("before kill {kill} (seed {})", options.seed))?;
        }
        before_ready += u32::from(!ready);
        with_postgres += u32::from(postgres);
        server.kill(postgres).await?;
        tracing::info!(kill, of = options.kills, postgres, ready, asked = person.asked(), "killed");
    }
    let (server, _) = place.up().await?;
    person.see_off().await?;
    server.stop().await?;
    let (counts, faults) = verify::run(&place.data(), person.asked()).await?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Report { kills: options.kills, with_postgres, before_ready, seed: options.seed, seconds, counts, faults })
}

/// Asks for a new piece whenever one is over, and approves what is up, until it is cancelled.
async fn keep_at_work(person: &mut Person, at_work: usize) -> anyhow::Result<()> {
    loop {
        if let Err(error) = person.round(at_work, u32::MAX).await {
            tracing::debug!(%error, "the server does not do what it is asked; again");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
