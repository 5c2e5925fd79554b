//! Measures of the whole department on this machine, and trials of what it promises.
//!
//! - [`pipeline`] beside [`commits`]: messages a second, against the bare commits of the same Postgres.
//! - [`answers`]: from a mention to the first post. [`start`]: until ready, and memory when idle.
//! - [`ingest`]: messages of a community a second, until they are durable.
//! - [`kill`]: what crashes do. [`pieces`]: many pieces at once, and memory as they go by.
//!
//! **Architecture invariant:** everything happens in temporary folders, on Postgres clusters of our own that are as durable
//! as the department's; the user's data and database are not touched.

pub mod answers;
pub mod commits;
mod dice;
mod folder;
pub mod ingest;
pub mod kill;
mod person;
pub mod pieces;
pub mod pipeline;
pub mod process;
mod report;
mod server;
mod source;
pub mod start;
pub mod verify;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::BenchArgs;
use crate::config::Config;
use folder::Folder;

/// Threads that status questions are spread over.
const QUESTIONED: usize = 200;
/// Pieces kept in work while the server is killed.
const AT_WORK: usize = 10;

/// Everything that one run measures.
#[derive(Debug, Serialize)]
pub struct Measures {
    /// Messages a second.
    pub pipeline: pipeline::Report,
    /// From a mention to the first post.
    pub answers: answers::Report,
    /// Until ready, and memory when idle.
    pub start: start::Report,
}

/// Measures, or kills, or has pieces made, as the arguments say. True when all that was promised held.
///
/// # Errors
/// When something could not be measured.
pub async fn run(args: BenchArgs) -> anyhow::Result<bool> {
    let executable = std::env::current_exe().context("the program does not know where it is")?;
    if let Some(kills) = args.kill {
        let seed = args.seed.unwrap_or_else(any_seed);
        let report = kill::run(&kill::Options { executable, kills, at_work: AT_WORK, seed }).await?;
        report::show(args.json, &report, report::kill)?;
        return Ok(report.faults.is_empty());
    }
    if let Some(messages) = args.ingest {
        let folder = Folder::new()?;
        let report = ingest::run(folder.path(), messages.into()).await?;
        report::show(args.json, &report, report::ingest)?;
        return Ok(report.faults.is_empty());
    }
    if let Some(pieces) = args.pieces {
        let report = pieces::run(executable, pieces).await?;
        report::show(args.json, &report, report::pieces)?;
        return Ok(report.faults.is_empty());
    }
    let through = pipeline::Options { messages: args.messages as usize, conversations: args.conversations as usize };
    let asked = answers::Options { rate: args.rate, seconds: args.seconds, conversations: QUESTIONED };
    let pipeline = {
        let folder = Folder::new()?;
        pipeline::run(folder.path(), through).await?
    };
    tracing::info!(
        per_second = pipeline.per_second as u64,
        ratio = pipeline.ratio,
        cpu_s = pipeline.cpu.total_s(),
        postgres_cpu_s = pipeline.postgres_cpu.total_s(),
        "measured the pipeline"
    );
    let answers = answers::run(executable.clone(), asked).await?;
    tracing::info!(arrived = ?answers.arrived_ms, stored = ?answers.stored_ms, "measured answers");
    let start = start::run(executable).await?;
    let measures = Measures { pipeline, answers, start };
    report::show(args.json, &measures, report::measures)?;
    Ok(measures.pipeline.faults.is_empty())
}

/// A seed that nobody chose.
fn any_seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_micros() as u64)
}

/// The defaults, with everything below `folder` and nothing taken from the environment.
fn config_in(folder: &Path) -> anyhow::Result<Config> {
    let data = folder.join("data").display().to_string();
    let only_data = move |name: &str| (name == "BULLPEN_DATA").then(|| data.clone());
    Ok(Config::load(&only_data, folder)?)
}
