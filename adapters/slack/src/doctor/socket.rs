//! The round trip by Socket Mode: connect, be greeted, react on a message of the app's own, hear of it.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::app::Standing;
use super::{Findings, State};
use crate::api::{Failure, TIMEOUT};
use crate::apps::App;
use crate::setup::pages::{self, Page};
use crate::setup::web::{Caller, Web};
use crate::setup::{APP_LEVEL_SCOPE, Variables};

type Connection = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// How long to wait for each event; Slack usually needs well under a second.
const PATIENCE: Duration = Duration::from_secs(3);
/// The reaction. It stands for nothing in the department.
const REACTION: &str = "eyes";

#[derive(Deserialize)]
struct Opened {
    url: SecretString,
}

#[derive(Deserialize)]
struct History {
    #[serde(default)]
    messages: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    ts: String,
    bot_id: Option<String>,
}

/// A message of the app's own.
struct Own {
    channel: String,
    ts: String,
}

pub(super) async fn check(
    web: &Web,
    app: &App,
    token: &SecretString,
    variables: &Variables,
    standing: &Standing,
    channels: &[String],
    findings: &mut Findings<'_>,
) {
    let id = standing.app_id.as_deref();
    let caller = Caller { app: app.name(), token };
    let opened = web.post(&caller, "apps.connections.open", &json!({})).await.and_then(|reply| reply.read::<Opened>());
    let url = match opened {
        Ok(opened) => opened.url,
        Err(failure) => {
            findings.add("events", State::Bad, not_opened(&failure, variables, id));
            return;
        }
    };
    let (mut connection, others) = match greeted(&url).await {
        Ok(greeted) => greeted,
        Err(why) => {
            let says = format!(
                "Slack lets the app connect, and the connection fails ({why}): see whether a proxy or firewall keeps \
                 this server from wss addresses of slack.com."
            );
            findings.add("events", State::Bad, says);
            return;
        }
    };
    let outcome = if others > 1 {
        // Slack gives each event to one connection, and what comes here comes late to the server.
        Err(Unheard::Beside)
    } else {
        round_trip(web, app, standing, channels, &mut connection).await
    };
    // Whether the good-bye arrives does not matter.
    let _ = connection.close(None).await;
    let (state, says) = match outcome {
        Ok(Some(took)) => {
            (State::Good, format!("Socket Mode works: an event came {} ms after its cause.", took.as_millis()))
        }
        Ok(None) => (
            State::Good,
            "Socket Mode connects. There is no message of the app's own yet to try the rest on; after the department's \
             first words there is."
                .to_owned(),
        ),
        Err(Unheard::Beside) => (
            State::Good,
            format!(
                "Socket Mode connects, and a server is connected already, which gets the events (Slack counts {others} \
                 connections). To see one go round, stop it and run this again."
            ),
        ),
        Err(Unheard::Refused(failure)) => {
            (State::Warning, format!("Socket Mode connects, and the rest could not be tried: {failure}."))
        }
        Err(Unheard::Silence) => (
            State::Bad,
            format!(
                "Socket Mode connects, and no event arrives: open {}, turn “Enable Events” on, “Subscribe to bot events”, \
                 add reaction_added and the others of docs/slack.md, “Save Changes”, then “reinstall your app” in the bar \
                 that appears.",
                Page::Events.of(id)
            ),
        ),
    };
    findings.add("events", state, says);
}

fn not_opened(failure: &Failure, variables: &Variables, id: Option<&str>) -> String {
    let variable = &variables.app_token;
    match failure.code() {
        Some("missing_scope" | "no_permission") => format!(
            "The token in {variable} lacks {APP_LEVEL_SCOPE}: open {}, “App-Level Tokens”, “Generate Token and \
             Scopes”, “Add Scope”, {APP_LEVEL_SCOPE}, “Generate”, and set {variable} to the new one.",
            Page::Basic.of(id)
        ),
        Some("invalid_auth" | "not_authed" | "not_allowed_token_type" | "token_revoked" | "account_inactive") => {
            format!(
                "Slack does not know the token in {variable}: open {}, “App-Level Tokens”, copy the one there (it \
             begins with xapp-), and set {variable} to it.",
                Page::Basic.of(id)
            )
        }
        Some(code) => pages::about_token(code, variable, id).unwrap_or_else(|| {
            format!(
                "Slack lets the app open no connection ({code}): open {}, turn “Enable Socket Mode” on.",
                Page::Socket.of(id)
            )
        }),
        None => format!("{failure}."),
    }
}

/// Connects and waits for Slack's greeting. How many connections the app has then.
async fn greeted(url: &SecretString) -> Result<(Connection, u64), String> {
    let until = Instant::now() + TIMEOUT;
    // The address holds a ticket, so what is said of it must not repeat it.
    let connected = timeout_at(until, tokio_tungstenite::connect_async(url.expose_secret())).await;
    let (mut connection, _) = match connected {
        Ok(Ok(connected)) => connected,
        Ok(Err(tokio_tungstenite::tungstenite::Error::Io(error))) => return Err(error.to_string()),
        Ok(Err(_)) => return Err("it is refused".into()),
        Err(_) => return Err(format!("no answer within {} s", TIMEOUT.as_secs())),
    };
    while let Some(frame) = next(&mut connection, until).await {
        if frame["type"] == "hello" {
            return Ok((connection, frame["num_connections"].as_u64().unwrap_or(1)));
        }
    }
    Err("no greeting came".into())
}

/// The next thing that Slack says, until a moment.
async fn next(connection: &mut Connection, until: Instant) -> Option<Value> {
    loop {
        match timeout_at(until, connection.next()).await.ok()?? {
            Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
            Ok(Message::Close(_)) | Err(_) => return None,
            // Pings are answered by the library.
            Ok(_) => {}
        }
    }
}

/// Why no event was heard.
enum Unheard {
    /// A server is connected, and would miss what is heard here.
    Beside,
    /// The cause could not be set.
    Refused(Failure),
    /// It was, and no event came.
    Silence,
}

/// How long an event took; `None` where there was nothing to react on.
async fn round_trip(
    web: &Web,
    app: &App,
    standing: &Standing,
    channels: &[String],
    connection: &mut Connection,
) -> Result<Option<Duration>, Unheard> {
    let Some(own) = own(web, app, standing, channels).await.map_err(Unheard::Refused)? else { return Ok(None) };
    let began = Instant::now();
    set(web, app, &own, true).await.map_err(Unheard::Refused)?;
    let heard_of = heard(connection, standing, &own).await;
    set(web, app, &own, false).await.map_err(Unheard::Refused)?;
    match heard_of {
        Some(at) => Ok(Some(at - began)),
        None => Err(Unheard::Silence),
    }
}

/// The newest message that the app itself wrote in one of its channels.
async fn own(web: &Web, app: &App, standing: &Standing, channels: &[String]) -> Result<Option<Own>, Failure> {
    let caller = Caller { app: app.name(), token: &app.config.bot_token };
    for channel in channels {
        let query = [("channel", channel.as_str()), ("limit", "100")];
        let history: History = web.get(&caller, "conversations.history", &query).await?.read()?;
        let ours = |said: &Said| said.bot_id.as_ref() == Some(&standing.me.bot_id);
        if let Some(said) = history.messages.into_iter().find(ours) {
            return Ok(Some(Own { channel: channel.clone(), ts: said.ts }));
        }
    }
    Ok(None)
}

/// Sets the reaction or takes it back; that it is so already is as good.
async fn set(web: &Web, app: &App, own: &Own, set: bool) -> Result<(), Failure> {
    let caller = Caller { app: app.name(), token: &app.config.bot_token };
    let body = json!({ "channel": own.channel, "timestamp": own.ts, "name": REACTION });
    let method = if set { "reactions.add" } else { "reactions.remove" };
    match web.post(&caller, method, &body).await?.read::<Value>() {
        Err(failure) if !matches!(failure.code(), Some("already_reacted" | "no_reaction")) => Err(failure),
        _ => Ok(()),
    }
}

/// Waits for our own event. Only that one is acknowledged: whatever else comes is Slack's to give to the server.
async fn heard(connection: &mut Connection, standing: &Standing, own: &Own) -> Option<Instant> {
    let until = Instant::now() + PATIENCE;
    while let Some(frame) = next(connection, until).await {
        let event = &frame["payload"]["event"];
        let ours = event["type"] == "reaction_added"
            && event["user"] == standing.me.user_id.as_str()
            && event["item"]["channel"] == own.channel.as_str()
            && event["item"]["ts"] == own.ts.as_str();
        if ours {
            let ack = json!({ "envelope_id": frame["envelope_id"] }).to_string();
            // An ack that is lost makes Slack tell the server of a reaction of our own, which it leaves alone.
            let _ = connection.send(Message::text(ack)).await;
            return Some(Instant::now());
        }
    }
    None
}
