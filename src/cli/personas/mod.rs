//! `bullpen personas`: checks the department's files, shows what they allow, and tries the personas out.

mod check;
mod may;
mod test;

use super::Ending;
use crate::config::Config;

/// What to do with the personas.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check the files: each fault by file, line and field, and what to do
    Check(check::Args),
    /// Show what a persona may do by the rules as they are; nothing is done
    May(may::Args),
    /// Put the test cases of the files to the model, and check its answers
    Test(test::Args),
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<Ending> {
    match command {
        Command::Check(args) => check::run(&args, config),
        Command::May(args) => may::run(&args, config),
        Command::Test(args) => test::run(&args, config).await,
    }
}
