//! What a member sees of the department in answer to a command: one embed.

use std::collections::BTreeMap;

use bullpen_chat::{Item, MessageRef, Overview, Section};
use serde_json::{Value, json};

use super::literal::{Mentions, Words, words};
use super::span::{Atom, Line, Span, Style, length};
use super::unit::{self, Unit};
use super::{markdown, one_line, shortened};

/// Longest line that a title or a detail may be.
const LINE: usize = 200;
/// Longest summary.
const SUMMARY: usize = 1_000;
/// Longest value of a field; Discord takes 1,024 characters.
const VALUE: usize = 1_000;
/// Most characters of the embed; Discord takes 6,000.
const ALL: usize = 5_700;
/// Most fields; Discord takes 25.
const FIELDS: usize = 24;
/// Most items of a section.
const ITEMS: usize = 20;
/// The colour of the department's word.
const COLOUR: u32 = 0x0058_65F2;

/// Renders an overview as an embed. `links` are the addresses of messages, where they are known.
pub(crate) fn overview(overview: &Overview, links: &BTreeMap<MessageRef, String>) -> Value {
    let nobody = Mentions::default();
    let plain = Words { mentions: &nobody, public_url: None };
    let summary = markdown::read(&overview.summary, plain);
    let summary = unit::pack(summary, SUMMARY, SUMMARY).first().map(|units| unit::markdown(units)).unwrap_or_default();
    let (mut fields, mut used, mut left_out) = (Vec::new(), length(&summary), false);
    for section in &overview.sections {
        for (name, value) in section_fields(section, plain, links) {
            let size = length(&name) + length(&value);
            if fields.len() < FIELDS && used + size <= ALL && !left_out {
                used += size;
                fields.push(json!({ "name": name, "value": value, "inline": false }));
            } else {
                left_out = true;
            }
        }
    }
    let summary = if summary.is_empty() && fields.is_empty() { "Nothing to show yet.".to_owned() } else { summary };
    let mut embed = json!({ "color": COLOUR, "fields": fields });
    if !summary.is_empty() {
        embed["description"] = summary.into();
    }
    if left_out {
        embed["footer"] = json!({ "text": "There is more than fits here." });
    }
    embed
}

/// A section as fields: its first one has its title.
fn section_fields(section: &Section, plain: Words<'_>, links: &BTreeMap<MessageRef, String>) -> Vec<(String, String)> {
    const UNNAMED: &str = "\u{200b}";
    let title = shortened(&super::span::escape(&one_line(&section.title)), 200);
    let title = if title.is_empty() { UNNAMED.to_owned() } else { title };
    if section.items.is_empty() {
        let empty = shortened(&super::span::escape(&one_line(&section.empty)), LINE);
        return vec![(title, if empty.is_empty() { "Nothing.".into() } else { empty })];
    }
    let items = section.items.iter().take(ITEMS);
    let mut units: Vec<Unit> = items.map(|item| Unit::Text(lines(item, plain, links))).collect();
    let more = section.items.len().saturating_sub(ITEMS);
    if more > 0 {
        let spans = vec![Span::word(format!("and {more} more"), Style::default())];
        units.push(Unit::Text(vec![Line { spans, ..Line::default() }]));
    }
    units.retain(|unit| unit.lines().is_some_and(|lines| !lines.is_empty()));
    let pieces = unit::pack(units, VALUE, VALUE);
    let names = std::iter::once(title).chain(std::iter::repeat(UNNAMED.to_owned()));
    names.zip(pieces).map(|(name, units)| (name, unit::markdown(&units))).collect()
}

fn lines(item: &Item, plain: Words<'_>, links: &BTreeMap<MessageRef, String>) -> Vec<Line> {
    let title = shortened(&one_line(&item.title), LINE);
    let mut first = Vec::new();
    match item.message.as_ref().and_then(|message| links.get(message)) {
        Some(url) if !title.is_empty() => {
            first.push(Span { style: Style::BOLD, atom: Atom::Link { url: url.clone(), label: title } });
        }
        _ => words(&mut first, &title, Style::BOLD),
    }
    let mut second = Vec::new();
    plain.text(&mut second, &shortened(&one_line(&item.detail), LINE), Style::default());
    [first, second]
        .into_iter()
        .filter(|spans| !spans.is_empty())
        .map(|spans| Line { spans, ..Line::default() })
        .collect()
}
