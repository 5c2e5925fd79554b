//! From Discord's payloads to the events of the chat port.
//!
//! **Architecture invariant:** who somebody is comes from ids alone. A name, a webhook's look or a word in a text never makes
//! anybody ours, and never makes a member somebody else.

mod message;
mod payload;
mod reaction;
mod scene;
pub(crate) mod text;

use std::sync::Arc;

use bullpen_chat::{Event, MessageRef, Place};
use serde_json::Value;

use crate::Discord;
use crate::guild::{self, lookup};
use crate::interact;
pub(crate) use payload::Id;
pub(crate) use scene::{Scene, author};

/// A row of `discord.received`, as far as it is read here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact<'a> {
    /// Its unique key; the first letter says what it is (`m`, `e`, `d`, `r`, `i`).
    pub(crate) key: &'a str,
    /// The event's name (`MESSAGE_CREATE`, `MESSAGE_REACTION_ADD`, `INTERACTION_CREATE`, …).
    pub(crate) kind: &'a str,
    /// The channel or thread that it happened in.
    pub(crate) channel: u64,
    /// The message that it is about; of a bulk deletion one of them.
    pub(crate) message: Option<u64>,
    /// Discord's payload (`d` of the frame), or that of `interact`.
    pub(crate) payload: &'a Value,
    /// The name of the bot that heard it.
    pub(crate) bot: &'a str,
}

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// These events, at least one (a reset of reactions is many).
    Heard(Vec<Event>),
    /// Nothing, and nobody needs to read it again.
    Nothing,
    /// It waits for somebody's name; the rest of its channel waits with it. [`Discord::arrived`] rings.
    Waits,
    /// It waits by itself. [`Discord::arrived`] rings.
    Later,
}

/// What a row comes to: for the queue's reader, which tells the rows of a channel in their order.
pub(crate) async fn event(discord: &Arc<Discord>, fact: Fact<'_>) -> Told {
    // What is ours can only be told when it is known who we are.
    if !lookup::bots(discord).await {
        return Told::Waits;
    }
    // And roles and threads by name and place only when it is known what the guild holds.
    let in_guild = guild::id(fact.payload, "guild_id").is_some();
    if in_guild && !lookup::filled(discord) {
        return Told::Waits;
    }
    let told = match fact.kind {
        "MESSAGE_CREATE" => message::posted(discord, fact).await,
        "MESSAGE_UPDATE" => message::edited(discord, fact).await,
        "MESSAGE_DELETE" => message::deleted(discord, fact),
        "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => reaction::changed(discord, fact).await,
        "MESSAGE_REACTION_REMOVE_ALL" | "MESSAGE_REACTION_REMOVE_EMOJI" => reaction::cleared(discord, fact).await,
        interact::KIND => interact::told(discord, fact).await,
        _ => Ok(Told::Nothing),
    };
    told.unwrap_or_else(|stop| match stop {
        Stop::Waits => Told::Waits,
        Stop::Broken(why) => {
            metrics::counter!("bullpen_discord_unread_total", "kind" => fact.kind.to_owned()).increment(1);
            tracing::warn!(key = fact.key, kind = fact.kind, %why, "an event of Discord's cannot be understood; it is left out");
            Told::Nothing
        }
    })
}

/// Why a row is not told now.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is being asked of Discord, or of the database.
    Waits,
    /// It cannot be understood.
    Broken(serde_json::Error),
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        tracing::debug!(%error, "it is read again");
        Self::Waits
    }
}

/// The place of what is said in a channel or thread. The first message of a post in a forum is the root of its thread.
pub(crate) fn place(discord: &Arc<Discord>, channel: u64, message: Option<u64>) -> Result<Place, Stop> {
    let parent = home(discord, channel)?;
    let thread = (parent != channel && message != Some(channel)).then(|| channel.to_string());
    Ok(Place { channel: parent.to_string(), thread })
}

/// The channel that the port names: of a thread, the one that it is in.
fn home(discord: &Arc<Discord>, channel: u64) -> Result<u64, Stop> {
    let parent = discord.guild.parent_of(channel);
    if parent != channel {
        return Ok(parent);
    }
    match lookup::channel(discord, channel) {
        None => Err(Stop::Waits),
        Some(_) => Ok(discord.guild.parent_of(channel)),
    }
}

/// A message as the port names it: of a post that was cut in several, the first.
pub(crate) async fn first_of(discord: &Arc<Discord>, channel: u64, message: u64) -> Result<MessageRef, Stop> {
    if let Some((key, row)) = discord.posted(message).await? {
        let first = match row.part {
            0 => Some(row),
            _ => discord.rows(key).await?.remove(&0),
        };
        if let Some(first) = first.and_then(|row| row.reference()) {
            return Ok(first);
        }
    }
    Ok(MessageRef { channel: home(discord, channel)?.to_string(), id: message.to_string() })
}

#[cfg(test)]
pub(crate) mod tests;
