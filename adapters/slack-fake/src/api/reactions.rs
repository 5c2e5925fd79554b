//! Reactions.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{flag, number};
use super::page::page;
use crate::state::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct React {
    channel: String,
    timestamp: String,
    name: String,
}

fn react(called: &mut Called<'_>, set: bool) -> Result<Value, Refusal> {
    let asked: React = called.parse()?;
    let channel = called.state.visible(&called.bot_user, &asked.channel)?;
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if !channel.members.contains(&called.bot_user) {
        return Err(Refusal::new("not_in_channel"));
    }
    let bot = called.bot_user.clone();
    called.state.react(&bot, &asked.channel, &asked.timestamp, &asked.name, set)?;
    Ok(json!({}))
}

pub(super) fn add(called: &mut Called<'_>) -> Result<Value, Refusal> {
    react(called, true)
}

pub(super) fn remove(called: &mut Called<'_>) -> Result<Value, Refusal> {
    react(called, false)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Get {
    channel: String,
    timestamp: String,
    #[serde(default, rename = "full", deserialize_with = "flag")]
    _full: bool,
}

pub(super) fn get(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Get = called.parse()?;
    called.state.visible(&called.bot_user, &asked.channel)?;
    let message = called.state.message(&asked.channel, &asked.timestamp)?;
    let mut shown = called.state.message_json(message);
    shown["permalink"] = json!(called.state.permalink(message));
    Ok(json!({"type": "message", "channel": asked.channel, "message": shown}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    user: Option<String>,
    cursor: Option<String>,
    #[serde(default, deserialize_with = "number")]
    limit: Option<usize>,
    #[serde(default, rename = "full", deserialize_with = "flag")]
    _full: bool,
}

pub(super) fn list(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: List = called.parse()?;
    let user = asked.user.unwrap_or_else(|| called.bot_user.clone());
    let state = &called.state;
    let visible = state.channels.values().filter(|c| c.members.contains(&called.bot_user));
    let messages = visible.flat_map(|c| c.messages.values());
    let items = messages
        .filter(|m| m.reactions.iter().any(|r| r.users.contains(&user)))
        .map(|m| json!({"type": "message", "channel": m.channel, "message": state.message_json(m)}))
        .collect();
    let mut body = json!({});
    page(&mut body, "items", items, asked.cursor.as_deref(), asked.limit, 100)?;
    Ok(body)
}
