//! The round trip: how many sessions are left, a session of the doctor's own, a reaction, and the event of it.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::gateway::GatewayIntents;
use serenity::model::id::{ApplicationId, MessageId, UserId};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use url::Url;

use super::{Findings, State};
use crate::api::{Failure, TIMEOUT};
use crate::bots::Me;
use crate::provision::hand::Hand;
use crate::setup::pages::bot_page;
use crate::setup::{intents, unknown_token};

type Connection = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// How long to wait for the event; Discord usually needs well under a second.
const PATIENCE: Duration = Duration::from_secs(3);
/// The reaction, 👀, as an address has it. It stands for nothing in the department.
const REACTION: &str = "%F0%9F%91%80";
/// So many sessions are left to the server.
const SPARE: u64 = 20;

/// What `GET /gateway/bot` says.
#[derive(Deserialize)]
struct Entry {
    url: String,
    shards: u64,
    session_start_limit: Budget,
}

/// How many sessions a bot may begin.
#[derive(Deserialize)]
struct Budget {
    total: u64,
    remaining: u64,
    /// Until there are as many as at first, in milliseconds.
    reset_after: u64,
}

#[derive(Deserialize)]
struct Said {
    id: MessageId,
    author: Author,
    #[serde(default)]
    application_id: Option<ApplicationId>,
}

#[derive(Deserialize)]
struct Author {
    id: UserId,
}

/// What the gateway says.
enum Frame {
    /// Something happened.
    Event(String, Value),
    /// Hello, or another word of the protocol.
    Word(u64),
    /// It hung up.
    Closed(Option<u16>),
}

/// Why there is no session.
enum Shut {
    Closed(Option<u16>),
    /// Discord wants a pause before another session.
    Pause,
    Broken(String),
}

/// Looks at the gateway for a bot. `channels` are those of the department in which it may react.
pub(super) async fn check(hand: &Hand<'_>, me: &Me, guild: Option<u64>, channels: &[u64], findings: &mut Findings<'_>) {
    let entry: Entry = match hand.get("/gateway/bot").await {
        Ok(entry) => entry,
        Err(failure) => {
            findings.add("sessions", State::Bad, format!("Discord does not say where its gateway is: {failure}."));
            return;
        }
    };
    let Budget { total, remaining, reset_after } = entry.session_start_limit;
    let hours = Duration::from_millis(reset_after).as_secs_f64() / 3_600.0;
    if remaining <= SPARE {
        findings.add(
            "sessions",
            State::Bad,
            format!(
                "Only {remaining} of {total} sessions are left for the next {hours:.1} h; the round trip is left out. When \
                 they are used up, Discord resets the token. Something begins sessions over and over: look for a second \
                 server with this token, and at the server's log."
            ),
        );
        return;
    }
    let until = if reset_after == 0 { String::new() } else { format!(" for the next {hours:.1} h") };
    findings.add("sessions", State::Good, format!("{remaining} of {total} are left{until}."));
    let (state, says) = line(hand, me, guild, channels, &entry).await;
    findings.add("gateway", state, says);
}

async fn line(hand: &Hand<'_>, me: &Me, guild: Option<u64>, channels: &[u64], entry: &Entry) -> (State, String) {
    // The token goes over this line: it has to be one that nobody listens to.
    let Some(url) = address(&entry.url) else {
        return (
            State::Bad,
            format!(
                "Discord names {} as its gateway, which is no wss address: see what DISCORD_API_URL is.",
                entry.url
            ),
        );
    };
    let mut connection = match session(hand, guild, entry.shards, &url).await {
        Ok(connection) => connection,
        Err(shut) => return (shut.state(), shut.sentence(hand, me)),
    };
    let outcome = if hand.bot.is_shared() { round_trip(hand, me, channels, &mut connection).await } else { Ok(None) };
    // Whether the good-bye arrives does not matter.
    let _ = timeout_at(Instant::now() + PATIENCE, connection.close(None)).await;
    match outcome {
        Ok(Some(took)) => (State::Good, format!("works: an event came {} ms after its cause.", took.as_millis())),
        Ok(None) if !hand.bot.is_shared() => (State::Good, "lets it in; it hears what is said to it directly.".into()),
        Ok(None) => (
            State::Good,
            "lets it in. There is no message of the department's yet to try the rest on; after its first words there is."
                .into(),
        ),
        Err(Unheard::Refused(failure)) => {
            (State::Warning, format!("lets it in, and the rest could not be tried: {failure}."))
        }
        Err(Unheard::Silence) => (
            State::Bad,
            "lets it in, and no event arrives: see https://discordstatus.com, and whether a proxy holds back what comes \
             over a connection that stays open."
                .into(),
        ),
    }
}

/// The gateway's address with what Discord wants in it; plain `ws` on loopback alone.
fn address(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok()?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "wss" && !(url.scheme() == "ws" && loopback) {
        return None;
    }
    url.set_query(Some("v=10&encoding=json"));
    Some(url)
}

/// Opens a session, as the server does, up to READY.
async fn session(hand: &Hand<'_>, guild: Option<u64>, shards: u64, url: &Url) -> Result<Connection, Shut> {
    let until = Instant::now() + TIMEOUT;
    let late = || Shut::Broken(format!("no answer within {} s", TIMEOUT.as_secs()));
    let connected = timeout_at(until, tokio_tungstenite::connect_async(url.as_str())).await;
    let (mut connection, _) = match connected {
        Ok(Ok(connected)) => connected,
        Ok(Err(error)) => return Err(Shut::Broken(error.to_string())),
        Err(_) => return Err(late()),
    };
    loop {
        match next(&mut connection, until).await.ok_or_else(late)? {
            Frame::Word(10) => break,
            Frame::Closed(code) => return Err(Shut::Closed(code)),
            _ => {}
        }
    }
    let wanted = if hand.bot.is_shared() {
        GatewayIntents::GUILDS
            | GatewayIntents::GUILD_MEMBERS
            | GatewayIntents::GUILD_MESSAGES
            | GatewayIntents::GUILD_MESSAGE_REACTIONS
            | GatewayIntents::DIRECT_MESSAGES
            | GatewayIntents::DIRECT_MESSAGE_REACTIONS
            | GatewayIntents::MESSAGE_CONTENT
    } else {
        GatewayIntents::DIRECT_MESSAGES | GatewayIntents::DIRECT_MESSAGE_REACTIONS
    };
    let shards = shards.max(1);
    // Events of a guild go to one shard, which its id says.
    let shard = guild.map_or(0, |guild| (guild >> 22) % shards);
    let identify = json!({ "op": 2, "d": {
        "token": hand.bot.config.token.expose_secret(),
        "intents": wanted.bits(),
        "properties": { "os": std::env::consts::OS, "browser": "bullpen", "device": "bullpen" },
        "shard": [shard, shards],
    } });
    say(&mut connection, &identify).await?;
    loop {
        match next(&mut connection, until).await.ok_or_else(late)? {
            Frame::Event(name, _) if name == "READY" => return Ok(connection),
            Frame::Word(9) => return Err(Shut::Pause),
            Frame::Closed(code) => return Err(Shut::Closed(code)),
            Frame::Word(1) => say(&mut connection, &json!({ "op": 1, "d": null })).await?,
            _ => {}
        }
    }
}

async fn say(connection: &mut Connection, frame: &Value) -> Result<(), Shut> {
    let said = connection.send(Message::text(frame.to_string())).await;
    said.map_err(|_| Shut::Broken("the connection broke".into()))
}

/// The next thing that the gateway says, until a moment.
async fn next(connection: &mut Connection, until: Instant) -> Option<Frame> {
    loop {
        match timeout_at(until, connection.next()).await.ok()? {
            Some(Ok(Message::Text(text))) => {
                let Ok(frame) = serde_json::from_str::<Value>(&text) else { continue };
                return Some(match (frame["op"].as_u64(), frame["t"].as_str()) {
                    (Some(0), Some(name)) => Frame::Event(name.to_owned(), frame["d"].clone()),
                    (op, _) => Frame::Word(op.unwrap_or_default()),
                });
            }
            Some(Ok(Message::Close(frame))) => return Some(Frame::Closed(frame.map(|frame| frame.code.into()))),
            None | Some(Err(_)) => return Some(Frame::Closed(None)),
            // Pings are answered by the library.
            Some(Ok(_)) => {}
        }
    }
}

impl Shut {
    fn state(&self) -> State {
        match self {
            Self::Pause => State::Warning,
            Self::Closed(_) | Self::Broken(_) => State::Bad,
        }
    }

    /// What happened, and what to do.
    fn sentence(&self, hand: &Hand<'_>, me: &Me) -> String {
        match self {
            Self::Closed(Some(4004)) => unknown_token(&hand.bot.config.variable, Some(me.application)),
            Self::Closed(Some(4013 | 4014)) => {
                let names: Vec<String> = intents::INTENTS.iter().map(|intent| format!("“{}”", intent.name)).collect();
                format!(
                    "Discord refuses what it asks to hear: open {}, below “Privileged Gateway Intents” turn {} on, then \
                     “Save Changes”.",
                    bot_page(Some(me.application)),
                    names.join(" and ")
                )
            }
            Self::Closed(Some(code)) => {
                format!("Discord hangs up (code {code}): run this again; then see the server's log.")
            }
            Self::Closed(None) => "Discord hangs up without a word: run this again.".into(),
            Self::Pause => {
                "Discord wants a few seconds between two sessions, and the server has just begun one: run this \
                            again."
                    .into()
            }
            Self::Broken(why) => format!(
                "Discord names its gateway, and the connection fails ({why}): see whether a proxy or firewall keeps this \
                 server from wss addresses of discord.gg."
            ),
        }
    }
}

/// Why no event was heard.
enum Unheard {
    /// The cause could not be set.
    Refused(Failure),
    /// It was, and no event came.
    Silence,
}

/// How long an event took; `None` where there was nothing to react on.
async fn round_trip(
    hand: &Hand<'_>,
    me: &Me,
    channels: &[u64],
    connection: &mut Connection,
) -> Result<Option<Duration>, Unheard> {
    let Some((channel, message)) = own(hand, me, channels).await.map_err(Unheard::Refused)? else { return Ok(None) };
    let path = format!("/channels/{channel}/messages/{message}/reactions/{REACTION}/@me");
    let began = Instant::now();
    hand.bare(Method::PUT, &path).await.map_err(Unheard::Refused)?;
    let heard = heard(connection, me, message).await;
    hand.bare(Method::DELETE, &path).await.map_err(Unheard::Refused)?;
    heard.map(|at| Some(at - began)).ok_or(Unheard::Silence)
}

/// The newest message of ours in one of the channels: of the bot, or of a webhook of its application.
async fn own(hand: &Hand<'_>, me: &Me, channels: &[u64]) -> Result<Option<(u64, u64)>, Failure> {
    for channel in channels {
        let said: Vec<Said> = hand.get(&format!("/channels/{channel}/messages?limit=50")).await?;
        let ours = |said: &Said| {
            said.author.id.get() == me.user || said.application_id.is_some_and(|id| id.get() == me.application)
        };
        if let Some(said) = said.iter().find(|said| ours(said)) {
            return Ok(Some((*channel, said.id.get())));
        }
    }
    Ok(None)
}

/// Waits for the event of our own reaction.
async fn heard(connection: &mut Connection, me: &Me, message: u64) -> Option<Instant> {
    let until = Instant::now() + PATIENCE;
    let is = |value: &Value, id: u64| value.as_str() == Some(id.to_string().as_str());
    loop {
        match next(connection, until).await? {
            Frame::Event(name, data)
                if name == "MESSAGE_REACTION_ADD"
                    && is(&data["user_id"], me.user)
                    && is(&data["message_id"], message) =>
            {
                return Some(Instant::now());
            }
            Frame::Word(1) => say(connection, &json!({ "op": 1, "d": null })).await.ok()?,
            Frame::Closed(_) => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_token_goes_over_lines_that_nobody_listens_to() {
        let full = |url| address(url).map(String::from);
        assert_eq!(full("wss://gateway.discord.gg").as_deref(), Some("wss://gateway.discord.gg/?v=10&encoding=json"));
        assert_eq!(full("ws://127.0.0.1:9/x").as_deref(), Some("ws://127.0.0.1:9/x?v=10&encoding=json"));
        assert_eq!(full("ws://gateway.example"), None);
        assert_eq!(full("https://gateway.example"), None);
    }
}
