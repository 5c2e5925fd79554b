//! What the department says, as messages of Discord: Markdown as Discord reads it, cards as embeds with buttons, cut to
//! Discord's sizes.
//!
//! The same post always becomes the same parts, so that a post that stopped half-way can go on.
//!
//! **Architecture invariant:** nobody is pinged but those whom `Post::notify` names. Text of others is escaped, native
//! mentions are made in [`bullpen_markup::Mentions`] alone, and every message lists whom it may notify.

pub(crate) mod button;
mod card;
mod dialect;
mod overview;
#[cfg(test)]
mod tests;

use bullpen_chat::{Body, Post};
use bullpen_markup::{length, one_line, pack, read, written};
use serde_json::{Value, json};

pub(crate) use card::Shown;
use dialect::Discord;
pub(crate) use overview::overview;

/// Longest text of a message; Discord takes 2,000 characters.
const TEXT: usize = 1_950;
/// Longest name that stands before a text.
const SPEAKER: usize = 100;
/// Keeps Discord from unfurling links in a message (`SUPPRESS_EMBEDS`).
const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// Whom a post notifies, as Discord wants it.
pub(crate) type Mentions = bullpen_markup::Mentions<Discord>;
/// What plain text becomes in Discord.
pub(crate) type Words<'a> = bullpen_markup::Words<'a, Discord>;

/// One message of a post.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Part {
    /// Its text; may be empty where there are embeds.
    pub(crate) content: String,
    /// Its embeds.
    pub(crate) embeds: Vec<Value>,
    /// Its rows of buttons.
    pub(crate) components: Vec<Value>,
    /// Whether the picture goes with this one as a file.
    pub(crate) pictured: bool,
}

impl Part {
    /// The message's fields for a send or an edit. An edit says all of them, so that what is gone vanishes.
    pub(crate) fn body(&self, mentions: &Mentions) -> Value {
        let flags = if self.embeds.is_empty() { SUPPRESS_EMBEDS } else { 0 };
        json!({
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "allowed_mentions": dialect::allowed(mentions),
            "flags": flags,
        })
    }
}

/// Renders a post: at least one part. `picture` is how a card's picture is shown; `speaker` the name that stands in bold at
/// the beginning of each part where nothing else says who speaks.
pub(crate) fn post(post: &Post, words: Words<'_>, picture: Option<&Shown>, speaker: Option<&str>) -> Vec<Part> {
    let speaker =
        speaker.map(|name| shortened(&dialect::escape(&one_line(name)), SPEAKER)).filter(|name| !name.is_empty());
    let head = speaker.map(|name| format!("**{name}**"));
    let mut parts = match &post.body {
        Body::Markdown { text } => {
            let room = TEXT - head.as_ref().map_or(0, |head| length(head) + 1);
            article(text, words, room)
        }
        Body::Card(card) => card::card(card, &post.identity, words, picture),
    };
    if let Some(head) = head {
        for part in &mut parts {
            part.content = if part.content.is_empty() { head.clone() } else { format!("{head}\n{}", part.content) };
        }
    }
    parts
}

fn article(text: &str, words: Words<'_>, room: usize) -> Vec<Part> {
    let mut units = read(text, words);
    units.extend(words.mentions.unnamed(&units));
    let parts: Vec<Part> = pack(Discord, units, room, room)
        .into_iter()
        .map(|units| Part { content: written(Discord, &units), ..Part::default() })
        .collect();
    if parts.is_empty() { vec![nothing()] } else { parts }
}

/// A message must say something.
fn nothing() -> Part {
    Part { content: "…".into(), ..Part::default() }
}

/// Text cut to `most` UTF-16 units, at a word where that is near, with an ellipsis.
fn shortened(text: &str, most: usize) -> String {
    bullpen_markup::shortened(Discord, text, most)
}
