//! What a member sees of the department in answer to a command: one embed.

use std::collections::BTreeMap;

use bullpen_chat::{MessageRef, Overview, Section};
use bullpen_markup::{Line, Span, Style, Unit, item, length, one_line, pack, read, written};
use serde_json::{Value, json};

use super::dialect::{Discord, escape};
use super::{Mentions, Words, shortened};

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
    let summary = read(&overview.summary, plain);
    let summary =
        pack(Discord, summary, SUMMARY, SUMMARY).first().map(|units| written(Discord, units)).unwrap_or_default();
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
    let title = shortened(&escape(&one_line(&section.title)), 200);
    let title = if title.is_empty() { UNNAMED.to_owned() } else { title };
    if section.items.is_empty() {
        let empty = shortened(&escape(&one_line(&section.empty)), LINE);
        return vec![(title, if empty.is_empty() { "Nothing.".into() } else { empty })];
    }
    let link = |message: &Option<MessageRef>| links.get(message.as_ref()?).cloned();
    let items = section.items.iter().take(ITEMS);
    let mut units: Vec<Unit> = items.map(|of| item(&of.title, link(&of.message), &of.detail, LINE, plain)).collect();
    let more = section.items.len().saturating_sub(ITEMS);
    if more > 0 {
        let spans = vec![Span::word(format!("and {more} more"), Style::default())];
        units.push(Unit::Text(vec![Line::of(spans)]));
    }
    units.retain(|unit| unit.lines().is_some_and(|lines| !lines.is_empty()));
    let pieces = pack(Discord, units, VALUE, VALUE);
    let names = std::iter::once(title).chain(std::iter::repeat(UNNAMED.to_owned()));
    names.zip(pieces).map(|(name, units)| (name, written(Discord, &units))).collect()
}
