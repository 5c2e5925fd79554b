//! `bullpen setup`: connects a chat platform.

use anyhow::bail;

use super::Ending;

/// Which platform.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    platform: Platform,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Platform {
    Slack,
    Discord,
}

pub(super) fn run(args: Args) -> anyhow::Result<Ending> {
    let name = match args.platform {
        Platform::Slack => "Slack",
        Platform::Discord => "Discord",
    };
    bail!("{name} cannot be connected in this version: meet the department in the lobby, which `bullpen up` opens.")
}
