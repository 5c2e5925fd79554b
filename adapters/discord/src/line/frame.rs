//! The frames of Discord's gateway: what is read of one that comes, and those that we send.

use std::borrow::Cow;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::intents::Intents;

/// A frame as it comes: only its head is read.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    /// What it is.
    pub(super) op: u8,
    /// Its number in the session.
    #[serde(default)]
    pub(super) s: Option<u64>,
    /// The name of the event.
    #[serde(default, borrow)]
    pub(super) t: Option<Cow<'a, str>>,
    /// Its data.
    #[serde(default, borrow)]
    pub(super) d: Option<&'a RawValue>,
}

/// What a frame is.
pub(super) mod op {
    pub(in crate::line) const DISPATCH: u8 = 0;
    pub(in crate::line) const HEARTBEAT: u8 = 1;
    pub(in crate::line) const IDENTIFY: u8 = 2;
    pub(in crate::line) const RESUME: u8 = 6;
    pub(in crate::line) const RECONNECT: u8 = 7;
    pub(in crate::line) const INVALID_SESSION: u8 = 9;
    pub(in crate::line) const HELLO: u8 = 10;
    pub(in crate::line) const HEARTBEAT_ACK: u8 = 11;
}

/// What READY says of the session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Ready {
    pub(super) session_id: String,
    pub(super) resume_gateway_url: String,
}

/// `seq` is what is stored; `None` before anything is.
pub(super) fn heartbeat(seq: Option<u64>) -> String {
    json!({ "op": op::HEARTBEAT, "d": seq }).to_string()
}

pub(super) fn identify(token: &SecretString, intents: Intents, (shard, shards): (u32, u32)) -> String {
    let properties = json!({ "os": std::env::consts::OS, "browser": "bullpen", "device": "bullpen" });
    json!({
        "op": op::IDENTIFY,
        "d": {
            "token": token.expose_secret(),
            "intents": intents.bits(),
            "properties": properties,
            "shard": [shard, shards],
            "large_threshold": 50,
            "presence": { "since": null, "activities": [], "status": "online", "afk": false },
        }
    })
    .to_string()
}

pub(super) fn resume(token: &SecretString, session: &str, seq: u64) -> String {
    json!({ "op": op::RESUME, "d": { "token": token.expose_secret(), "session_id": session, "seq": seq } }).to_string()
}
