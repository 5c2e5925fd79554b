//! Socket Mode: one task per connection.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::post::Frame;
use crate::seen::How;
use crate::server::Shared;

/// How long Slack says that a connection will live.
const LIFE_S: u32 = 18_060;

/// The parameters of the address that `apps.connections.open` gave.
#[derive(Debug, Deserialize)]
pub(crate) struct Ticketed {
    ticket: String,
}

/// `GET /link`: a ticket opens one connection.
pub(crate) async fn link(
    State(shared): State<Arc<Shared>>,
    Query(ticketed): Query<Ticketed>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(app) = shared.change(|state| state.use_ticket(&ticketed.ticket)) else {
        return (StatusCode::UNAUTHORIZED, "the ticket is not valid, or was used").into_response();
    };
    upgrade.on_upgrade(move |socket| serve(shared, app, socket))
}

async fn serve(shared: Arc<Shared>, app: String, mut socket: WebSocket) {
    if !shared.read(|state| state.apps.get(&app).is_some_and(|app| app.socket)) {
        // Socket Mode is switched off in the app's settings.
        let _ = socket.send(Message::text(disconnect("link_disabled"))).await;
        return close(&mut socket).await;
    }
    let (frames, mut told) = unbounded_channel();
    let count = shared.read(|state| state.post.connections(&app)) + 1;
    let hello = json!({
        "type": "hello", "num_connections": count, "connection_info": {"app_id": app},
        "debug_info": {"host": "applink-standin", "started": shared.read(|s| s.now()).to_rfc3339(), "build_number": 1,
            "approximate_connection_time": LIFE_S},
    });
    // Slack greets before it sends anything else.
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let id = shared.change(|state| state.post.connect(&app, frames));
    let silence = tokio::select! {
        () = shared.stop.cancelled() => None,
        silence = talk(&shared, &mut socket, &mut told) => silence,
    };
    if silence == Some(How::Deaf) {
        // Open and silent, until the client loses patience or the workspace ends. What it sends is never read.
        deaf(&shared, &mut told).await;
    }
    shared.change(|state| state.post.disconnected(id));
}

/// Until the connection ends. Returns how, where it did not just break.
async fn talk(shared: &Shared, socket: &mut WebSocket, told: &mut UnboundedReceiver<Frame>) -> Option<How> {
    let every = shared.read(|state| state.settings.ping_every);
    let mut pings = interval_at(Instant::now() + every, every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ends: Option<Instant> = None;
    loop {
        let far = Instant::now() + every * 1000;
        tokio::select! {
            _ = pings.tick() => socket.send(Message::Ping("Ping from the stand-in".into())).await.ok()?,
            () = tokio::time::sleep_until(ends.unwrap_or(far)), if ends.is_some() => {
                socket.send(Message::text(disconnect("refresh_requested"))).await.ok()?;
                close(socket).await;
                return Some(How::Warned);
            }
            frame = told.recv() => match frame? {
                Frame::Text(text) => socket.send(Message::text(text)).await.ok()?,
                Frame::End(How::Close) => {
                    close(socket).await;
                    return Some(How::Close);
                }
                Frame::End(How::Warned) => {
                    socket.send(Message::text(disconnect("warning"))).await.ok()?;
                    ends = Some(Instant::now() + shared.read(|state| state.settings.warning));
                }
                Frame::End(how) => return Some(how),
            },
            message = socket.recv() => match message?.ok()? {
                Message::Text(text) => heard(shared, &text),
                Message::Close(_) => {
                    // Reading on sends the answer to the client's farewell.
                    let _ = socket.recv().await;
                    return None;
                }
                _ => {}
            },
        }
    }
}

async fn close(socket: &mut WebSocket) {
    // The client may be gone already.
    let _ = socket.send(Message::Close(Some(CloseFrame { code: 1000, reason: "".into() }))).await;
}

async fn deaf(shared: &Shared, told: &mut UnboundedReceiver<Frame>) {
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            frame = told.recv() => match frame {
                None | Some(Frame::End(How::Close | How::Cut | How::Warned)) => return,
                Some(_) => {}
            },
        }
    }
}

fn disconnect(reason: &str) -> String {
    json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-standin"}}).to_string()
}

/// What a client says: acknowledgements, with an answer where one is awaited.
fn heard(shared: &Shared, text: &str) {
    let Ok(said) = serde_json::from_str::<Value>(text) else {
        return tracing::warn!("a Socket Mode client sent what is no JSON; Slack passes over it");
    };
    let Some(envelope) = said["envelope_id"].as_str() else {
        return tracing::warn!("a Socket Mode client sent something without envelope_id; Slack passes over it");
    };
    let answer = said["payload"].clone();
    let known = shared.change(|state| {
        let crate::state::State { post, dice, .. } = state;
        post.acknowledged(envelope, answer, dice)
    });
    if !known {
        tracing::warn!(envelope, "a Socket Mode client acknowledged an envelope that was never sent");
    }
}
