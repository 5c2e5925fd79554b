//! `GET /api/live`: the one socket that a browser holds.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::time::{Instant, interval_at, timeout};

use super::asked::Asked;
use super::problem::Problem;
use super::stream::patiently;
use crate::{Feed, Item, Kind, Lobby, Member};

/// How often a silent connection is tried.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How long a browser may say nothing, not even answer the heartbeat, before it counts as gone.
const SILENCE: Duration = Duration::from_secs(65);

/// How long it may take to hand over one message.
const SEND: Duration = Duration::from_secs(30);

/// A browser says that its member is writing no more often than this.
const TYPING: Duration = Duration::from_secs(1);

/// The most bytes of what a browser says.
const LIMIT: usize = 16 * 1024;

/// `GET /api/live?as=[&after=]`: first `{"type":"hello","seq"}`, then what happens after `after` (else from now on).
pub(super) async fn socket(
    State(lobby): State<Arc<Lobby>>,
    asked: Asked,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let member = asked.speaker(&lobby, None).await?;
    let after = asked.after()?;
    let upgrade = upgrade.map_err(|_| Problem::malformed("this address is for WebSocket connections"))?;
    let feed = lobby.feed(after, Some(member.clone())).await?;
    let browser = |socket| Browser { lobby, member, feed, socket, heard: Instant::now(), typed: None };
    Ok(upgrade.max_message_size(LIMIT).max_frame_size(LIMIT).on_upgrade(|socket| browser(socket).serve()))
}

struct Browser {
    lobby: Arc<Lobby>,
    member: Member,
    feed: Feed,
    socket: WebSocket,
    /// When it last said something, an answer to the heartbeat included.
    heard: Instant,
    /// When its member's writing was last passed on.
    typed: Option<Instant>,
}

/// The browser is gone, or is to go.
struct Gone;

impl Browser {
    async fn serve(mut self) {
        let hello = json!({ "type": "hello", "seq": self.feed.seq() });
        if self.send(Message::text(hello.to_string())).await.is_err() {
            return;
        }
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        loop {
            let done = tokio::select! {
                items = patiently(&mut self.feed) => match items {
                    Some(items) => self.tell(items).await,
                    None => {
                        // Whether the browser still hears it makes no difference.
                        let _ = self.send(Message::Close(None)).await;
                        Err(Gone)
                    }
                },
                said = self.socket.recv() => match said {
                    Some(Ok(said)) => self.hear(&said).await,
                    Some(Err(_)) | None => Err(Gone),
                },
                _ = heartbeat.tick() => {
                    if self.heard.elapsed() > SILENCE { Err(Gone) } else { self.send(Message::Ping("".into())).await }
                }
            };
            if done.is_err() {
                return;
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(SEND, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }

    async fn tell(&mut self, items: Vec<Item>) -> Result<(), Gone> {
        for item in items {
            self.send(Message::text(as_told(item).to_string())).await?;
        }
        Ok(())
    }

    /// What a browser says is `{"type":"typing","channel","thread"}`; anything else is not for us.
    async fn hear(&mut self, said: &Message) -> Result<(), Gone> {
        self.heard = Instant::now();
        let Message::Text(text) = said else { return Ok(()) };
        let Ok(said) = serde_json::from_str::<Value>(text) else { return Ok(()) };
        let (Some("typing"), Some(channel)) = (said["type"].as_str(), said["channel"].as_str()) else { return Ok(()) };
        if channel.contains('\0') || self.typed.is_some_and(|typed| typed.elapsed() < TYPING) {
            return Ok(());
        }
        let thread = said["thread"].as_str().map(str::to_owned);
        match self.lobby.member_types(channel, thread, &self.member).await {
            Ok(()) => self.typed = Some(Instant::now()),
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, channel, "a typing mark was not passed on");
            }
        }
        Ok(())
    }
}

fn as_told(item: Item) -> Value {
    let entry = match item {
        Item::Aside(aside) => return aside.to_json(),
        Item::Entry(entry) => entry,
    };
    let mut told = match entry.kind {
        Kind::Message | Kind::MessageEdited => json!({ "message": entry.data }),
        Kind::MessageDeleted | Kind::Reaction => entry.data,
    };
    told["seq"] = entry.seq.into();
    told["type"] = entry.kind.as_str().into();
    told
}
