//! What the rows that are written here come to.

use std::sync::Arc;

use bullpen_chat::{Event, Message, MessageRef, Place};
use serde::Deserialize;
use serde_json::Value;

use super::put::{self, Put, Shown, escaped};
use crate::Discord;
use crate::guild;
use crate::parse::{Fact, Scene, Stop, Told, author, first_of, place, text};

/// A row's payload.
#[derive(Debug, Deserialize)]
struct Asked {
    what: String,
    user: Value,
    member: Option<Value>,
    #[serde(default)]
    emoji: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    words: String,
    /// Of a form, the card's heading.
    title: Option<String>,
}

/// What a row comes to: a click is a reaction; a question and the words of a form are shown first.
pub(crate) async fn told(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<Told, Stop> {
    let asked = Asked::deserialize(fact.payload)?;
    match asked.what.as_str() {
        "click" => {
            let (emoji, set) = (asked.emoji.clone(), true);
            let author = author(discord, &asked.user, asked.member.as_ref())?;
            let message = card(discord, fact).await?;
            Ok(Told::Heard(vec![Event::Reacted { message, author, emoji, set, button: true }]))
        }
        "form" => form(discord, fact, &asked).await,
        "question" => question(discord, fact, &asked).await,
        _ => Ok(Told::Nothing),
    }
}

fn is_direct(fact: Fact<'_>) -> bool {
    guild::id(fact.payload, "guild_id").is_none()
}

/// The card that a button or a form belongs to.
async fn card(discord: &Arc<Discord>, fact: Fact<'_>) -> Result<MessageRef, Stop> {
    let message = fact.message.unwrap_or_default();
    if is_direct(fact) {
        return Ok(MessageRef { channel: fact.channel.to_string(), id: message.to_string() });
    }
    first_of(discord, fact.channel, message).await
}

async fn form(discord: &Arc<Discord>, fact: Fact<'_>, asked: &Asked) -> Result<Told, Stop> {
    let author = author(discord, &asked.user, asked.member.as_ref())?;
    let card = card(discord, fact).await?;
    let (place, into, opens) = if is_direct(fact) {
        (Place { channel: card.channel.clone(), thread: None }, fact.channel, None)
    } else {
        match place(discord, fact.channel, None)? {
            place @ Place { thread: Some(_), .. } => (place, fact.channel, None),
            // The card stands in the channel: what is said about it goes into its thread.
            Place { channel, .. } => {
                let root: u64 = card.id.parse().unwrap_or_default();
                (Place { channel, thread: Some(card.id.clone()) }, root, Some((fact.channel, root)))
            }
        }
    };
    let shown = if asked.words.is_empty() {
        None
    } else {
        let words = format!("**{}**: {}", escaped(&super::name(fact.payload)), asked.words);
        let put = Put { into, opens, title: asked.title.clone().unwrap_or_default(), words };
        match put::shown(discord, fact, put) {
            Shown::At(id) => Some(id),
            // It cannot be shown, and counts all the same.
            Shown::Never => Some(interaction_id(fact)),
            Shown::NotYet => return Ok(Told::Later),
        }
    };
    let (emoji, set) = (asked.emoji.clone(), true);
    let mut events = vec![Event::Reacted { message: card, author: author.clone(), emoji, set, button: true }];
    events.extend(shown.map(|id| {
        let words = text::markdown(&asked.words, &Scene::new(discord, &[]), None);
        let (text, mentions) = (words.text, words.mentions);
        let direct = heard_by(discord, fact);
        Event::Posted(Message { place, id: id.to_string(), author, text, mentions, direct })
    }));
    Ok(Told::Heard(events))
}

async fn question(discord: &Arc<Discord>, fact: Fact<'_>, asked: &Asked) -> Result<Told, Stop> {
    let author = author(discord, &asked.user, asked.member.as_ref())?;
    let place = if is_direct(fact) {
        Place { channel: fact.channel.to_string(), thread: None }
    } else {
        place(discord, fact.channel, None)?
    };
    let words = format!("**{}** asks @{}: {}", escaped(&super::name(fact.payload)), asked.handle, asked.words);
    let put = Put { into: fact.channel, opens: None, title: String::new(), words };
    let id = match put::shown(discord, fact, put) {
        Shown::At(id) => id,
        Shown::NotYet => return Ok(Told::Later),
        Shown::Never => {
            tracing::warn!(key = fact.key, "a question could not be put into its channel; it is dropped");
            return Ok(Told::Nothing);
        }
    };
    let said = text::markdown(&asked.words, &Scene::new(discord, &[]), None);
    let mut mentions = vec![asked.handle.clone()];
    mentions.extend(said.mentions.into_iter().filter(|handle| *handle != asked.handle));
    Ok(Told::Heard(vec![Event::Posted(Message {
        place,
        id: id.to_string(),
        author,
        text: format!("@{} {}", asked.handle, said.text).trim_end().to_owned(),
        mentions,
        direct: heard_by(discord, fact),
    })]))
}

/// In a direct conversation, whom it is held with.
fn heard_by(discord: &Discord, fact: Fact<'_>) -> Option<String> {
    let bot = discord.bots.named(fact.bot).unwrap_or_else(|| discord.bots.shared());
    is_direct(fact).then(|| bot.handle().to_owned())
}

/// Discord's id of the interaction: younger than everything that was said before it.
fn interaction_id(fact: Fact<'_>) -> u64 {
    fact.key.strip_prefix("i:").and_then(|id| id.parse().ok()).unwrap_or_default()
}
