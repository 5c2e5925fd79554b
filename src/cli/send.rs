//! `bullpen send`: says something in the lobby.

use std::io::Read as _;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::client::Client;
use super::{Ending, out};
use crate::config::Config;

/// What to say, where and as whom.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("place").required(true).args(["channel", "direct"])))]
pub(super) struct Args {
    /// The channel, such as management
    #[arg(long)]
    channel: Option<String>,
    /// The persona to write to directly, by its handle
    #[arg(long, value_name = "PERSONA")]
    direct: Option<String>,
    /// Who speaks: a person of bullpen.yaml, or a guest
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// The message whose thread it belongs in, by its id
    #[arg(long, value_name = "ID")]
    thread: Option<String>,
    /// Print the whole message as JSON
    #[arg(long)]
    json: bool,
    /// What to say; - reads it from standard input
    #[arg(allow_hyphen_values = true)]
    text: String,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<Ending> {
    let client = Client::new(config, Some(&args.name))?;
    let text = if args.text == "-" { standard_input()? } else { args.text };
    let mut body = json!({ "as": client.name, "text": text });
    if let Some(thread) = args.thread {
        body["thread"] = Value::String(thread);
    }
    let message = match (&args.channel, &args.direct) {
        (Some(channel), _) => {
            client.post(&["api", "channels", channel.trim_start_matches('#'), "messages"], &body).await?
        }
        (None, persona) => {
            let persona = persona.as_deref().unwrap_or_default().trim_start_matches('@');
            client.post(&["api", "direct", persona, "messages"], &body).await?
        }
    };
    match message["id"].as_str() {
        Some(id) if !args.json => out::line(id)?,
        _ => out::line(&message)?,
    }
    Ok(Ending::Done)
}

fn standard_input() -> anyhow::Result<String> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.context("standard input cannot be read; pass text in UTF-8")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
