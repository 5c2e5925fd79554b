//! What a member sees of the department: on the App Home, or in answer to a command.

use bullpen_chat::{MessageRef, Overview, Section};
use bullpen_markup::{Unit, item, one_line, pack, read, written};
use serde_json::{Value, json};

use super::dialect::{Mrkdwn, escape};
use super::{Mentions, Words, context, section, shortened};

/// Longest line that a title or a detail may be.
const LINE: usize = 300;
/// Longest summary.
const SUMMARY: usize = 2_500;
/// Most items of a section.
const ITEMS: usize = 20;
/// Most characters of one section block; several items share one.
const BLOCK: usize = 2_900;

/// Where an overview stands, and so how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// App Home: 100 blocks.
    Home,
    /// A message: 50 blocks.
    Message,
}

impl Surface {
    const fn blocks(self) -> usize {
        match self {
            Self::Home => 100,
            Self::Message => 50,
        }
    }
}

/// Renders an overview. `link` knows the address of a message.
pub(crate) fn overview(
    overview: &Overview,
    surface: Surface,
    link: impl Fn(&MessageRef) -> Option<String>,
) -> Vec<Value> {
    let nobody = Mentions::default();
    let plain = Words { mentions: &nobody, public_url: None };
    let mut blocks = Vec::new();
    let summary = read(&overview.summary, plain);
    if let Some(first) = pack(Mrkdwn, summary, SUMMARY, SUMMARY).first() {
        blocks.push(section(&written(Mrkdwn, first)));
    }
    let mut left_out = 0;
    for part in &overview.sections {
        let mut more = section_blocks(part, plain, &link);
        if !blocks.is_empty() {
            more.insert(0, json!({ "type": "divider" }));
        }
        if blocks.len() + more.len() < surface.blocks() {
            blocks.append(&mut more);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        blocks.push(context("_There is more than fits here._"));
    }
    if blocks.is_empty() {
        blocks.push(section("Nothing to show yet."));
    }
    blocks
}

fn section_blocks(part: &Section, plain: Words<'_>, link: &impl Fn(&MessageRef) -> Option<String>) -> Vec<Value> {
    let title = shortened(&one_line(&part.title), 150);
    let mut blocks = Vec::new();
    if !title.is_empty() {
        blocks.push(json!({ "type": "header", "text": { "type": "plain_text", "text": title, "emoji": true } }));
    }
    if part.items.is_empty() {
        let empty = escape(&shortened(&one_line(&part.empty), LINE));
        blocks.push(context(if empty.is_empty() { "Nothing." } else { &empty }));
        return blocks;
    }
    let items = part.items.iter().take(ITEMS);
    let units: Vec<Unit> =
        items.map(|of| item(&of.title, of.message.as_ref().and_then(link), &of.detail, LINE, plain)).collect();
    blocks.extend(pack(Mrkdwn, units, BLOCK, BLOCK).iter().map(|units| section(&written(Mrkdwn, units))));
    let more = part.items.len().saturating_sub(ITEMS);
    if more > 0 {
        blocks.push(context(&format!("and {more} more")));
    }
    blocks
}
