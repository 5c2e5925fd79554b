//! What the department says, as messages of Slack: Markdown as mrkdwn in sections, cards as Block Kit, cut to Slack's sizes.
//!
//! The same post always becomes the same parts, so that a post that stopped half-way can go on.
//!
//! **Architecture invariant:** nobody is pinged but those whom `Post::notify` names. Text of others is escaped, sections are
//! `verbatim`, and native mentions are made in [`bullpen_markup::Mentions`] alone.

mod card;
mod dialect;
pub(crate) mod emoji;
mod overview;
#[cfg(test)]
mod tests;

use bullpen_chat::{Body, Post};
use bullpen_markup::{Unit, pack, read, written};
use serde_json::{Value, json};

pub(crate) use card::Shown;
use dialect::Mrkdwn;
pub(crate) use overview::{Surface, overview};

/// Longest text of a section; Slack takes 3,000 characters.
const SECTION: usize = 2_900;
/// Longest fallback text, and longest message of plain text. Slack advises at most 4,000 characters.
const TEXT: usize = 3_800;

/// Whom a post notifies, as Slack wants it.
pub(crate) type Mentions = bullpen_markup::Mentions<Mrkdwn>;
/// What plain text becomes in Slack.
pub(crate) type Words<'a> = bullpen_markup::Words<'a, Mrkdwn>;

/// One message of a post.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// What notifications and simple clients show.
    pub(crate) text: String,
    /// What is shown.
    pub(crate) blocks: Vec<Value>,
}

/// Renders a post: at least one part. `picture` is how a card's picture is shown.
pub(crate) fn post(post: &Post, words: Words<'_>, picture: Option<&Shown>) -> Vec<Part> {
    match &post.body {
        Body::Markdown { text } => article(text, words),
        Body::Card(card) => card::card(card, words, picture),
    }
}

fn article(text: &str, words: Words<'_>) -> Vec<Part> {
    let mut units = read(text, words);
    units.extend(words.mentions.unnamed(&units));
    let parts: Vec<Part> = pack(Mrkdwn, units, TEXT, TEXT)
        .into_iter()
        .map(|units| Part { text: written(Mrkdwn, &units), blocks: sections(units) })
        .collect();
    if parts.is_empty() { vec![nothing()] } else { parts }
}

/// A message must say something.
fn nothing() -> Part {
    Part { text: "…".into(), blocks: vec![section("…")] }
}

fn sections(units: Vec<Unit>) -> Vec<Value> {
    pack(Mrkdwn, units, SECTION, SECTION).into_iter().map(|units| section(&written(Mrkdwn, &units))).collect()
}

/// A section of ready mrkdwn, shown whole, without Slack's own ideas of what is a name or an address.
fn section(mrkdwn: &str) -> Value {
    json!({ "type": "section", "text": verbatim(mrkdwn), "expand": true })
}

fn verbatim(mrkdwn: &str) -> Value {
    json!({ "type": "mrkdwn", "text": mrkdwn, "verbatim": true })
}

fn context(mrkdwn: &str) -> Value {
    json!({ "type": "context", "elements": [verbatim(mrkdwn)] })
}

/// Text cut to `most` UTF-16 units, at a word where that is near, with an ellipsis.
fn shortened(text: &str, most: usize) -> String {
    bullpen_markup::shortened(Mrkdwn, text, most)
}
