//! Reactions: set, taken away, and cleared by a moderator.

use std::collections::BTreeMap;
use std::sync::Arc;

use bullpen_chat::{Author, Event};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::message::is_direct;
use super::payload::Reaction;
use super::scene::author;
use super::{Fact, Stop, Told, first_of};
use crate::Discord;

/// Most reactions that one clearing takes back: 20 emoji of 100 people.
const MOST: i64 = 2_000;

pub(super) async fn changed(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<Told, Stop> {
    let reaction = Reaction::deserialize(fact.payload)?;
    let emoji = reaction.emoji.as_ref().and_then(super::payload::Emoji::folded);
    let (Some(user), Some(emoji), Some(id)) = (reaction.user_id, emoji, fact.message) else {
        return Ok(Told::Nothing);
    };
    if discord.bots.by_user(user.0).is_some() {
        return Ok(Told::Nothing);
    }
    let author = who(discord, user.0, reaction.member.as_ref())?;
    let message = if reaction.guild_id.is_none() {
        bullpen_chat::MessageRef { channel: fact.channel.to_string(), id: id.to_string() }
    } else {
        first_of(discord, fact.channel, id).await?
    };
    let set = fact.kind == "MESSAGE_REACTION_ADD";
    Ok(Told::Heard(vec![Event::Reacted { message, author, emoji, set, button: false }]))
}

fn who(discord: &Arc<Discord>, user: u64, member: Option<&Value>) -> Result<Author, Stop> {
    let itself = json!({ "id": user.to_string() });
    author(discord, member.and_then(|member| member.get("user")).unwrap_or(&itself), member)
}

/// Discord says that they are gone, and not whose they were: those that were heard before are taken back.
pub(super) async fn cleared(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<Told, Stop> {
    let Some(id) = fact.message else { return Ok(Told::Nothing) };
    let only = Reaction::deserialize(fact.payload)?.emoji.as_ref().and_then(super::payload::Emoji::folded);
    if only.is_none() && fact.kind == "MESSAGE_REACTION_REMOVE_EMOJI" {
        // Of an emoji of the guild's own that is gone too, only the id is told. It was no vote.
        return Ok(Told::Nothing);
    }
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select kind, payload from discord.received
         where org = $1 and channel = $2 and message = $3 and payload is not null
             and kind in ('MESSAGE_REACTION_ADD', 'MESSAGE_REACTION_REMOVE')
             and seq < (select seq from discord.received where org = $1 and key = $4)
         order by seq desc limit $5",
    )
    .bind(discord.org)
    .bind(fact.channel.cast_signed())
    .bind(id.cast_signed())
    .bind(fact.key)
    .bind(MOST)
    .fetch_all(&discord.pool)
    .await?;
    let mut standing: BTreeMap<(u64, String), bool> = BTreeMap::new();
    // The newest first: what came before it has passed.
    for (kind, payload) in rows {
        let Ok(payload) = serde_json::from_str::<Value>(&payload) else { continue };
        let Ok(reaction) = Reaction::deserialize(&payload) else { continue };
        let emoji = reaction.emoji.as_ref().and_then(super::payload::Emoji::folded);
        if let (Some(user), Some(emoji)) = (reaction.user_id, emoji) {
            standing.entry((user.0, emoji)).or_insert(kind == "MESSAGE_REACTION_ADD");
        }
    }
    let message = if is_direct(fact.payload) {
        bullpen_chat::MessageRef { channel: fact.channel.to_string(), id: id.to_string() }
    } else {
        first_of(discord, fact.channel, id).await?
    };
    let mut events = Vec::new();
    for ((user, emoji), _) in standing.into_iter().filter(|(_, set)| *set) {
        if only.as_ref().is_some_and(|only| *only != emoji) || discord.bots.by_user(user).is_some() {
            continue;
        }
        let author = author(discord, &json!({ "id": user.to_string() }), None)?;
        events.push(Event::Reacted { message: message.clone(), author, emoji, set: false, button: false });
    }
    Ok(if events.is_empty() { Told::Nothing } else { Told::Heard(events) })
}
