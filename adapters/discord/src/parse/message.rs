//! Messages: posted, edited, deleted.

use std::sync::Arc;

use bullpen_chat::{Author, Event, Message, MessageRef, Place};
use serde::Deserialize as _;
use serde_json::Value;

use super::payload::{self, Id};
use super::scene::{Scene, author};
use super::{Fact, Stop, Told, first_of, home, place, text};
use crate::Discord;
use crate::guild;

pub(super) async fn posted(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<Told, Stop> {
    let said = payload::Message::deserialize(fact.payload)?;
    Ok(match message(discord, fact, &said).await? {
        Some(message) => Told::Heard(vec![Event::Posted(message)]),
        None => Told::Nothing,
    })
}

pub(super) async fn edited(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<Told, Stop> {
    let said = payload::Message::deserialize(fact.payload)?;
    // Without the mark something else was changed: an embed arrived, or the message was pinned.
    let Some(version) = &said.edited_timestamp else { return Ok(Told::Nothing) };
    // The key says what the text was as well: two edits may have one time stamp.
    let own = format!("e:{}:{}:", said.channel_id.0, said.id.0);
    let version = fact.key.strip_prefix(&own).unwrap_or(version).to_owned();
    Ok(match message(discord, fact, &said).await? {
        Some(message) => Told::Heard(vec![Event::Edited { message, version }]),
        None => Told::Nothing,
    })
}

pub(super) fn deleted(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<Told, Stop> {
    let Some(id) = fact.message.or_else(|| guild::id(fact.payload, "id")) else { return Ok(Told::Nothing) };
    let channel = if is_direct(fact.payload) { fact.channel } else { home(discord, fact.channel)? };
    let message = MessageRef { channel: channel.to_string(), id: id.to_string() };
    Ok(Told::Heard(vec![Event::Deleted { message }]))
}

/// Whether it happened in a direct conversation.
pub(super) fn is_direct(payload: &Value) -> bool {
    guild::id(payload, "guild_id").is_none()
}

/// The message; `None` where it is ours, or nobody said it.
async fn message(discord: &Arc<Discord>, fact: Fact<'_>, said: &payload::Message) -> Result<Option<Message>, Stop> {
    if !said.is_said() || wrote(discord, &said.author, said.webhook_id, said.application_id) {
        return Ok(None);
    }
    let direct = said.guild_id.is_none();
    let author = match said.webhook_id {
        // Whatever it calls itself, and whoever it looks like.
        Some(webhook) => Author::Bot { id: webhook.0.to_string(), name: guild::user_name(&said.author) },
        None => author(discord, &said.author, said.member.as_ref())?,
    };
    let place = if direct {
        Place { channel: said.channel_id.0.to_string(), thread: None }
    } else {
        let place = place(discord, said.channel_id.0, Some(said.id.0))?;
        below(discord, said, place).await?
    };
    let own = discord.guild.roles_of(|user| discord.bots.by_user(user).is_some());
    let scene = Scene::new(discord, &said.mentions);
    let mut words = text::markdown(&said.content, &scene, Some(&said.mentioned(&own)));
    for extra in said.extras() {
        if !words.text.is_empty() {
            words.text.push_str("\n\n");
        }
        words.text.push_str(&extra);
    }
    let heard_by = discord.bots.named(fact.bot).unwrap_or_else(|| discord.bots.shared());
    Ok(Some(Message {
        place,
        id: said.id.0.to_string(),
        author,
        text: words.text,
        mentions: words.mentions,
        direct: direct.then(|| heard_by.handle().to_owned()),
    }))
}

/// A reply to something of ours at a channel's top level is in the thread of what it replies to: the answer goes there.
async fn below(discord: &Arc<Discord>, said: &payload::Message, mut place: Place) -> Result<Place, Stop> {
    let Some(replied_to) = said.replied_to().filter(|_| place.thread.is_none()) else { return Ok(place) };
    let first = first_of(discord, said.channel_id.0, replied_to).await?;
    let ours = match &said.referenced_message {
        Some(Value::Null) => false,
        Some(message) => {
            let author = message.get("author").unwrap_or(&Value::Null);
            let id = |field: &str| guild::id(message, field).map(Id);
            wrote(discord, author, id("webhook_id"), id("application_id"))
        }
        None => discord.posted(replied_to).await?.is_some(),
    };
    if ours {
        place.thread = Some(first.id);
    }
    Ok(place)
}

/// Whether one of our bots wrote it, or one of our webhooks: by their ids, and by the application that Discord names.
fn wrote(discord: &Discord, author: &Value, webhook: Option<Id>, application: Option<Id>) -> bool {
    let by_bot = guild::id(author, "id").is_some_and(|user| discord.bots.by_user(user).is_some());
    let is_our_application =
        |id: Id| discord.bots.iter().any(|bot| bot.known().is_some_and(|me| me.application == id.0));
    let by_webhook =
        webhook.is_some_and(|id| discord.webhooks.is_ours(id.0) || application.is_some_and(is_our_application));
    by_bot || by_webhook
}
