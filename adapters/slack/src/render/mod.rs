//! What the department says, as messages of Slack: Markdown as mrkdwn in sections, cards as Block Kit, cut to Slack's sizes.
//!
//! The same post always becomes the same parts, so that a post that stopped half-way can go on.
//!
//! **Architecture invariant:** nobody is pinged but those whom `Post::notify` names. Text of others is escaped, sections are
//! `verbatim`, and native mentions are made in [`literal`] alone.

mod card;
pub(crate) mod emoji;
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
pub(crate) use overview::{Surface, overview};
use span::{Atom, Line, Span, Style};
use unit::Unit;

/// Longest text of a section; Slack takes 3,000 characters.
const SECTION: usize = 2_900;
/// Longest fallback text, and longest message of plain text. Slack advises at most 4,000 characters.
const TEXT: usize = 3_800;

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
    let mut units = markdown::read(text, words);
    units.extend(unnamed(&units, words.mentions));
    let parts: Vec<Part> = unit::pack(units, TEXT, TEXT)
        .into_iter()
        .map(|units| Part { text: unit::mrkdwn(&units), blocks: sections(units) })
        .collect();
    if parts.is_empty() { vec![nothing()] } else { parts }
}

/// A message must say something.
fn nothing() -> Part {
    Part { text: "…".into(), blocks: vec![section("…")] }
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

fn sections(units: Vec<Unit>) -> Vec<Value> {
    unit::pack(units, SECTION, SECTION).into_iter().map(|units| section(&unit::mrkdwn(&units))).collect()
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
    format!("{}…", head[..at_word].trim_end())
}
