//! The gateway: lines over WebSocket, sessions, and who is told what.
//!
//! `state/` says what happened ([`crate::state::Dispatch`]); [`tell`] decides which sessions hear it and in which shape; a
//! [`session`] numbers and keeps it; the task of a line ([`socket`]) writes it. Everything but the writing happens under the
//! guild's lock, so that the order of events is the order of what happened.

mod hands;
pub(crate) mod hub;
mod payload;
mod ready;
pub(crate) mod session;
pub(crate) mod socket;
mod tell;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::Value;

pub(crate) use hub::Hub;

use crate::server::Shared;

/// What is done to a bot's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Closed with a code, e.g. 4000 (go on) or 4004 (the token is bad).
    Close(u16),
    /// Closed by a frame without a code.
    Bare,
    /// Op 7: the client is to reconnect and resume.
    Reconnect,
    /// Op 9: the session is invalid.
    Invalid {
        /// Whether it may be resumed all the same.
        resumable: bool,
    },
    /// Op 1: the client is to send a heartbeat at once.
    Beat,
    /// The connection is cut without a word.
    Cut,
    /// Nothing is said on it any more, heartbeats are not acknowledged.
    Deaf,
}

/// A presence that a bot has set.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    /// The bot's user.
    pub bot: u64,
    /// `since`, `activities`, `status` and `afk`, as they were sent.
    pub presence: Value,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/gateway", get(socket::gateway))
        .route("/gateway/", get(socket::gateway))
        .route("/resume/{session}", get(socket::resume))
        .route("/resume/{session}/", get(socket::resume))
}

/// Runs for as long as the guild: tells what was held back, and ends sessions that nobody came back for.
pub(crate) async fn watch(shared: Arc<Shared>) {
    loop {
        let next = shared.round();
        let next = next.unwrap_or_else(|| std::time::Instant::now() + std::time::Duration::from_mins(1));
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.wake.notified() => {}
            () = tokio::time::sleep_until(next.into()) => {}
        }
    }
}
