//! `bullpen tail`: follows what is said, through restarts of the server.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures::StreamExt as _;
use serde_json::Value;

use super::client::{Client, Nobody};
use super::sse::{Event, Events};
use super::{Ending, out};
use crate::config::Config;

/// How long to wait before the server is looked for again.
const PAUSE: Duration = Duration::from_secs(1);

/// What to follow.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this channel
    #[arg(long)]
    channel: Option<String>,
    /// Print each event as a line of JSON
    #[arg(long)]
    json: bool,
    /// Who looks: direct messages of others are left out
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<Ending> {
    let client = Client::new(config, args.name.as_deref())?;
    let query: Vec<(&str, &str)> = client.name.as_deref().map(|name| ("as", name)).into_iter().collect();
    let channel = args.channel.as_deref().map(|channel| channel.trim_start_matches('#'));
    let mut last: Option<String> = None;
    let mut connected = false;
    loop {
        match client.stream(&query, last.as_deref()).await {
            Ok(response) => {
                connected = true;
                let (mut pieces, mut events) = (response.bytes_stream(), Events::default());
                // An error is the end of this connection, as is its end.
                while let Some(Ok(piece)) = pieces.next().await {
                    for event in events.take(&piece) {
                        last = event.id.clone().or(last);
                        show(&event, channel, args.json, config.organisation.zone)?;
                    }
                }
            }
            // A server that was there comes back; one that never was should be started.
            Err(error) if !(connected && error.is::<Nobody>()) => return Err(error),
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn show(event: &Event, channel: Option<&str>, json: bool, zone: Tz) -> std::io::Result<()> {
    let Ok(data) = serde_json::from_str::<Value>(&event.data) else { return Ok(()) };
    if channel.is_some_and(|channel| data["channel"] != channel) {
        return Ok(());
    }
    if json {
        return out::line(serde_json::json!({ "id": event.id, "event": event.kind, "data": data }));
    }
    match told(&event.kind, &data, zone) {
        Some(line) => out::line(line),
        None => Ok(()),
    }
}

/// What happened, for people; none where it is not worth a line.
fn told(kind: &str, data: &Value, zone: Tz) -> Option<String> {
    let text = |value: &Value| out::plain(value.as_str().unwrap_or_default());
    let place = match (&data["direct"], text(&data["channel"])) {
        (Value::String(persona), _) => format!("to @{persona}"),
        (_, channel) => format!("#{channel}"),
    };
    let place = if data["thread"].is_null() { place } else { format!("{place} ↳") };
    let at = |field: &str| {
        let at = data[field].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        at.map_or_else(|| " ".repeat(8), |at| at.with_timezone(&zone).format("%H:%M:%S").to_string())
    };
    // Further lines stand below the first, set in.
    let body = || text(&data["text"]).trim_end().replace('\n', "\n          ");
    let author = || text(&data["author"]["name"]);
    match kind {
        "message" => Some(format!("{}  {place}  {}: {}", at("created_at"), author(), body())),
        "message_edited" => Some(format!("{}  {place}  {} (edited): {}", at("edited_at"), author(), body())),
        "message_deleted" => Some(format!("{}  {place}  a message was deleted", at("at"))),
        "reaction" => {
            let done = if data["set"] == true { "reacts with" } else { "takes back" };
            Some(format!("{}  {place}  {} {done} {}", at("at"), text(&data["by"]), text(&data["emoji"])))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_happens_is_told_in_a_line() {
        let zone = Tz::Europe__Berlin;
        let mut message = json!({
            "channel": "management", "thread": null, "author": { "name": "Marta \u{1b}[31mVale" },
            "text": "First\nSecond\n", "created_at": "2026-11-20T10:00:00.123Z", "edited_at": null,
        });
        assert_eq!(
            told("message", &message, zone).expect("a line"),
            "11:00:00  #management  Marta [31mVale: First\n          Second"
        );
        message["thread"] = json!("1");
        message["edited_at"] = json!("2026-11-20T10:00:05Z");
        assert!(told("message_edited", &message, zone).expect("a line").starts_with("11:00:05  #management ↳  Marta"));
        let reaction = json!({ "channel": "c", "thread": null, "by": "you", "emoji": "✅", "set": false });
        assert_eq!(told("reaction", &reaction, zone).expect("a line"), "          #c  you takes back ✅");
        assert_eq!(told("typing", &json!({ "channel": "c" }), zone), None);
    }
}
