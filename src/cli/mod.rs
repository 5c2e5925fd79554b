//! The command line, one file for each command.
//!
//! Commands that speak of a running server ask it over HTTP, as any program could; the others need none. Exit codes: 0
//! done, 1 failed, 2 not understood. What was asked for goes to standard output, everything else to standard error.

mod audit;
mod client;
mod doctor;
mod out;
mod personas;
mod react;
mod report;
mod send;
mod setup;
pub(crate) mod sse;
mod tail;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config};

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All is well.
    Done,
    /// It has said what is not.
    Failed,
}

/// A department of AI agents that works in your chat.
#[derive(Debug, Parser)]
#[command(name = "bullpen", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (what happens without a command)
    Up,
    /// Look whether everything is there that the server needs, and say what to do
    Doctor(doctor::Args),
    /// Connect a chat platform
    Setup(setup::Args),
    /// Check the persona files, or try the personas out
    #[command(subcommand)]
    Personas(personas::Command),
    /// Say something in a channel or to a persona; prints the message's id
    Send(send::Args),
    /// React to a message
    React(react::Args),
    /// Follow what is said
    Tail(tail::Args),
    /// Summarise work, approvals and costs
    Report(report::Args),
    /// Check the record of decisions
    #[command(subcommand)]
    Audit(audit::Command),
    /// Measure this machine, or try what crashes do
    Bench(BenchArgs),
}

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Print the results as JSON
    #[arg(long)]
    pub json: bool,
    /// Instead of measuring, kill the server this many times while it works
    #[arg(long, value_name = "TIMES")]
    pub kill: Option<u32>,
    /// What the random moments of kills follow from; chosen and printed where it is left out
    #[arg(long, value_name = "NUMBER", requires = "kill")]
    pub seed: Option<u64>,
    /// Instead of measuring, have this many pieces made, a hundred at once
    #[arg(long, value_name = "COUNT", conflicts_with = "kill", value_parser = clap::value_parser!(u32).range(1..))]
    pub pieces: Option<u32>,
    /// Instead of measuring, have this many messages of a community told by a stand-in for Discord and see them stored
    #[arg(
        long,
        value_name = "MESSAGES",
        num_args = 0..=1,
        default_missing_value = "1000000",
        conflicts_with_all = ["kill", "pieces"],
        value_parser = clap::value_parser!(u32).range(1_000..),
    )]
    pub ingest: Option<u32>,
    /// Questions a second, for the time until an answer
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// For how many seconds they are asked
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
    /// Messages, for how many go through in a second
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub messages: u32,
    /// Conversations that they are spread over
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub conversations: u32,
}

impl Cli {
    /// Whether this is the server itself, and not a command that is soon over.
    #[must_use]
    pub fn serves(&self) -> bool {
        matches!(self.command, None | Some(Command::Up))
    }

    /// Whether this needs a runtime with several threads.
    #[must_use]
    pub fn works_hard(&self) -> bool {
        self.serves() || matches!(self.command, Some(Command::Bench(_)))
    }
}

/// Carries out a command.
///
/// # Errors
/// What made it impossible, as a sentence that says what to do.
pub async fn run(cli: Cli, config: Result<Config, config::Error>) -> anyhow::Result<Ending> {
    match cli.command.unwrap_or(Command::Up) {
        Command::Up => crate::up::up(config?).await.map(|()| Ending::Done),
        Command::Doctor(args) => doctor::run(args, config).await,
        Command::Setup(args) => setup::run(args, &config?).await,
        Command::Personas(command) => personas::run(command, &config?).await,
        Command::Send(args) => send::run(args, &config?).await,
        Command::React(args) => react::run(args, &config?).await,
        Command::Tail(args) => tail::run(args, &config?).await,
        Command::Report(args) => report::run(args, &config?).await,
        Command::Audit(command) => audit::run(command, &config?).await,
        Command::Bench(args) => Ok(if crate::bench::run(args).await? { Ending::Done } else { Ending::Failed }),
    }
}

#[cfg(test)]
mod tests;
