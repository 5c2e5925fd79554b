//! What the department says, as messages of Discord: Markdown as Discord reads it, cards as embeds with buttons, cut to
//! Discord's sizes.
//!
//! The same post always becomes the same parts, so that a post that stopped half-way can go on.
//!
//! **Architecture invariant:** nobody is pinged but those whom `Post::notify` names. Text of others is escaped, native
//! mentions are made in [`literal`] alone, and every message lists whom it may notify.

pub(crate) mod button;
mod card;
mod literal;
mod markdown;
mod overview;
mod span;
mod table;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::BTreeSet;

use bullpen_chat::{Body, Post};
use serde_json::{Value, json};

pub(crate) use card::Shown;
pub(crate) use literal::{Mentions, Words};
pub(crate) use overview::overview;
use span::{Atom, Line, Span, Style};
use unit::Unit;

/// Longest text of a message; Discord takes 2,000 characters.
const TEXT: usize = 1_950;
/// Longest name that stands before a text.
const SPEAKER: usize = 100;
/// Keeps Discord from unfurling links in a message (`SUPPRESS_EMBEDS`).
const SUPPRESS_EMBEDS: u64 = 1 << 2;

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
            "allowed_mentions": mentions.allowed(),
            "flags": flags,
        })
    }
}

/// Renders a post: at least one part. `picture` is how a card's picture is shown; `speaker` the name that stands in bold at
/// the beginning of each part where nothing else says who speaks.
pub(crate) fn post(post: &Post, words: Words<'_>, picture: Option<&Shown>, speaker: Option<&str>) -> Vec<Part> {
    let speaker =
        speaker.map(|name| shortened(&span::escape(&one_line(name)), SPEAKER)).filter(|name| !name.is_empty());
    let head = speaker.map(|name| format!("**{name}**"));
    let mut parts = match &post.body {
        Body::Markdown { text } => {
            let room = TEXT - head.as_ref().map_or(0, |head| span::length(head) + 1);
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
    let mut units = markdown::read(text, words);
    units.extend(unnamed(&units, words.mentions));
    let parts: Vec<Part> = unit::pack(units, room, room)
        .into_iter()
        .map(|units| Part { content: unit::markdown(&units), ..Part::default() })
        .collect();
    if parts.is_empty() { vec![nothing()] } else { parts }
}

/// A message must say something.
fn nothing() -> Part {
    Part { content: "…".into(), ..Part::default() }
}

/// The native mentions in a text.
fn mentioned(units: &[Unit]) -> BTreeSet<String> {
    let lines = units.iter().flat_map(|unit| unit.lines().unwrap_or_default());
    let mentions = lines.flat_map(|line| &line.spans).filter_map(|span| match &span.atom {
        Atom::Mention(native) => Some(native.clone()),
        _ => None,
    });
    mentions.collect()
}

/// A line for those who are notified and not named.
fn unnamed(units: &[Unit], mentions: &Mentions) -> Option<Unit> {
    let mut spans = Vec::new();
    for native in mentions.missing(&mentioned(units)) {
        if !spans.is_empty() {
            spans.push(Span::space());
        }
        spans.push(Span { style: Style::default(), atom: Atom::Mention(native) });
    }
    (!spans.is_empty()).then(|| Unit::Text(vec![Line { spans, ..Line::default() }]))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text cut to `most` UTF-16 units, at a word where that is near, with an ellipsis.
fn shortened(text: &str, most: usize) -> String {
    if span::length(text) <= most {
        return text.to_owned();
    }
    let mut used = 1;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > most {
            break;
        }
        end = at + c.len_utf8();
    }
    let head = &text[..end];
    let at_word = head.rfind(char::is_whitespace).filter(|at| at * 4 > end * 3).unwrap_or(end);
    // No backslash is left that would escape the ellipsis.
    format!("{}…", head[..at_word].trim_end().trim_end_matches('\\'))
}
