//! `bullpen react`: sets a reaction or takes it back.

use reqwest::Method;

use super::Ending;
use super::client::Client;
use crate::config::Config;

/// What to react with, to what and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The message, by its id
    #[arg(long, value_name = "ID")]
    message: String,
    /// Who reacts: a person of bullpen.yaml, or a guest
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// Take the reaction back
    #[arg(long)]
    remove: bool,
    /// The emoji, such as ✅
    emoji: String,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<Ending> {
    let client = Client::new(config, Some(&args.name))?;
    let method = if args.remove { Method::DELETE } else { Method::PUT };
    let name = client.name.as_deref().unwrap_or(&args.name);
    client.change(method, &["api", "messages", &args.message, "reactions", &args.emoji], &[("as", name)]).await?;
    Ok(Ending::Done)
}
