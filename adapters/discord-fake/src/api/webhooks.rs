//! Webhooks, as bots manage them.

use serde::Deserialize;

use super::guilds::list as answer;
use super::shape::message::webhook_name;
use super::shape::{Id, picture, some};
use super::{Called, Reply};
use crate::bits::permissions as p;
use crate::state::{Kind, Refusal};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Creating {
    name: String,
    avatar: Option<String>,
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::MANAGE_WEBHOOKS)?;
    holds_webhooks(called, channel)?;
    let given: Creating = called.parse()?;
    webhook_name("name", &given.name)?;
    let avatar = face(called, given.avatar)?;
    let id = called.state.create_webhook(called.bot, channel, &given.name, avatar)?;
    Ok(Reply::Json(called.state.webhook_json(id, Some(called.bot))))
}

/// The hash of a picture that is given as a data URL.
fn face(called: &mut Called<'_>, given: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(given) = given else { return Ok(None) };
    picture("avatar", &given)?;
    Ok(Some(called.state.secret(32).to_lowercase()))
}

fn holds_webhooks(called: &Called<'_>, channel: u64) -> Result<(), Refusal> {
    if matches!(called.state.channel(channel)?.kind, Kind::Text | Kind::Announcement) {
        return Ok(());
    }
    Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"))
}

pub(super) fn of_channel(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::MANAGE_WEBHOOKS)?;
    holds_webhooks(called, channel)?;
    let webhooks = called.state.webhooks.values().filter(|w| w.channel == channel);
    Ok(answer(webhooks.map(|w| called.state.webhook_json(w.id, Some(called.bot)))))
}

pub(super) fn of_guild(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, p::MANAGE_WEBHOOKS)?;
    let webhooks = called.state.webhooks.values();
    Ok(answer(webhooks.map(|w| called.state.webhook_json(w.id, Some(called.bot)))))
}

/// The webhook in the path, of a channel whose webhooks the bot manages.
fn mine(called: &Called<'_>) -> Result<u64, Refusal> {
    let id = called.id("webhook_id")?;
    let webhook = called.state.webhook(id)?;
    called.state.need(called.bot, webhook.channel, p::MANAGE_WEBHOOKS)?;
    Ok(id)
}

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = mine(called)?;
    Ok(Reply::Json(called.state.webhook_json(id, Some(called.bot))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changing {
    name: Option<String>,
    #[serde(default, deserialize_with = "some")]
    avatar: Option<Option<String>>,
    channel_id: Option<Id>,
}

pub(super) fn change(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = mine(called)?;
    let given: Changing = called.parse()?;
    if let Some(name) = &given.name {
        webhook_name("name", name)?;
    }
    if let Some(Id(channel)) = given.channel_id {
        called.state.need(called.bot, channel, p::MANAGE_WEBHOOKS)?;
        holds_webhooks(called, channel)?;
    }
    let avatar = match given.avatar {
        Some(avatar) => Some(face(called, avatar)?),
        None => None,
    };
    let mut channels = vec![called.state.webhook(id)?.channel];
    if let Some(webhook) = called.state.webhooks.get_mut(&id) {
        webhook.name = given.name.unwrap_or_else(|| webhook.name.clone());
        webhook.avatar = avatar.unwrap_or_else(|| webhook.avatar.clone());
        webhook.channel = given.channel_id.map_or(webhook.channel, |id| id.0);
        channels.push(webhook.channel);
    }
    channels.dedup();
    for channel in channels {
        called.state.tell_webhooks(channel);
    }
    Ok(Reply::Json(called.state.webhook_json(id, Some(called.bot))))
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = mine(called)?;
    called.state.delete_webhook(id)?;
    Ok(Reply::Empty)
}
