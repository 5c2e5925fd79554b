//! What an app is doing, under a thread.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use crate::state::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    channel_id: String,
    thread_ts: String,
    status: String,
    #[serde(default, rename = "loading_messages")]
    _loading_messages: Vec<String>,
}

pub(super) fn set_status(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Status = called.parse()?;
    let channel = called.state.visible(&called.bot_user, &asked.channel_id)?;
    if !channel.members.contains(&called.bot_user) {
        return Err(Refusal::new("not_in_channel"));
    }
    if channel.messages.get(&asked.thread_ts).is_none_or(crate::seen::Message::is_reply) {
        return Err(Refusal::new("invalid_thread_ts"));
    }
    let key = (asked.channel_id, asked.thread_ts);
    if asked.status.is_empty() {
        called.state.statuses.remove(&key);
    } else {
        called.state.statuses.insert(key, asked.status);
    }
    Ok(json!({}))
}
