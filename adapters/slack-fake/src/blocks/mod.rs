//! Judges Block Kit as Slack does: what it refuses, and in its words, with a pointer to the spot.

mod element;
mod judge;
mod text;
mod view;

use fastrand::Rng;
use serde_json::{Value, json};

pub(crate) use judge::Context;
use judge::{Judge, Object};
pub(crate) use view::{home, modal};

use crate::state::Refusal;
use element::Within;

/// Where blocks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    Message,
    Home,
    Modal,
}

impl Surface {
    /// How many blocks it takes.
    fn most(self) -> usize {
        match self {
            Self::Message => 50,
            Self::Home | Self::Modal => 100,
        }
    }
}

/// Checks the blocks of a message.
pub(crate) fn message(blocks: &[Value], context: &Context) -> Result<(), Refusal> {
    let mut judge = Judge::new(context);
    all(&mut judge, blocks, "/blocks", Surface::Message);
    judge.verdict("invalid_blocks")
}

/// Gives blocks and elements without an id one, as Slack does.
pub(crate) fn fill_ids(blocks: &mut [Value], rng: &mut Rng) {
    let mut id = || Value::from(std::iter::repeat_with(|| rng.alphanumeric()).take(5).collect::<String>());
    for block in blocks {
        if block.get("block_id").is_none_or(|id| id == "") {
            block["block_id"] = id();
        }
        let mut elements: Vec<&mut Value> = Vec::new();
        if let Some(Value::Object(map)) = Some(block) {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), value) {
                    ("elements", Value::Array(list)) => elements.extend(list),
                    ("accessory" | "element", one @ Value::Object(_)) => elements.push(one),
                    _ => {}
                }
            }
        }
        for element in elements {
            let kind = element["type"].as_str().unwrap_or_default();
            let acts = !matches!(kind, "image" | "mrkdwn" | "plain_text") && !kind.starts_with("rich_text_");
            if acts && element.get("action_id").is_none() {
                element["action_id"] = id();
            }
        }
    }
}

/// A message's list of blocks, as the argument was sent.
pub(super) fn all(judge: &mut Judge<'_>, blocks: &[Value], at: &str, surface: Surface) {
    if blocks.len() > surface.most() {
        judge.fault(at, format!("no more than {} items allowed", surface.most()));
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut tables = 0;
    let mut markdown = 0;
    for (i, block) in blocks.iter().enumerate() {
        let at = format!("{at}/{i}");
        let kind = block["type"].as_str().unwrap_or_default();
        if let Some(id) = block["block_id"].as_str().filter(|id| !id.is_empty()) {
            if seen.contains(&id) {
                judge.fault(&format!("{at}/block_id"), format!("`block_id` `{id}` already exists"));
            }
            seen.push(id);
        }
        tables += usize::from(kind == "table");
        markdown += if kind == "markdown" { block["text"].as_str().map_or(0, |t| t.chars().count()) } else { 0 };
        one(judge, block, &at, surface);
    }
    if tables > 1 {
        judge.fault(at, "only one table is allowed".into());
    }
    if markdown > 12_000 {
        judge.fault(at, "must be less than 12001 characters in all markdown blocks".into());
    }
}

fn one(judge: &mut Judge<'_>, block: &Value, at: &str, surface: Surface) {
    let fields: &[&str] = match block["type"].as_str() {
        Some("section") => &["text", "fields", "accessory", "expand"],
        Some("header") => &["text"],
        Some("divider") => &[],
        Some("image") => &["alt_text", "image_url", "slack_file", "title"],
        Some("actions" | "context" | "rich_text") => &["elements"],
        Some("input") => &["label", "element", "dispatch_action", "hint", "optional"],
        Some("markdown") if surface == Surface::Message => &["text"],
        Some("table") if surface == Surface::Message => &["rows", "column_settings"],
        Some(kind) => return judge.fault(&format!("{at}/type"), format!("unsupported type: {kind}")),
        None if block.is_object() => return judge.fault(at, "missing required field: type".into()),
        None => return judge.fault(at, "must provide an object".into()),
    };
    let Some(object) = judge.object(block, at, fields) else { return };
    judge.string(&object, "block_id", false, 255);
    match object.kind() {
        "section" => section(judge, &object),
        "header" => text::required(judge, &object, "text", text::Kind::Plain, 150),
        "image" => element::image(judge, &object),
        "actions" => elements(judge, &object, 25, Within::Actions),
        "context" => elements(judge, &object, 10, Within::Context),
        "rich_text" => rich(judge, &object),
        "input" => input(judge, &object),
        "markdown" => judge.string(&object, "text", true, 12_000),
        "table" => table(judge, &object),
        _ => {}
    }
}

fn section(judge: &mut Judge<'_>, block: &Object<'_>) {
    text::optional(judge, block, "text", text::Kind::Any, 3000);
    if let Some(fields) = block.get("fields") {
        let at = block.below("fields");
        if let Some(fields) = judge.list(fields, &at, 1, 10) {
            for (i, field) in fields.iter().enumerate() {
                text::check(judge, field, &format!("{at}/{i}"), text::Kind::Any, 2000);
            }
        }
    } else if block.get("text").is_none() {
        judge.fault(&block.at, "missing required field: fields".into());
    }
    if let Some(accessory) = block.get("accessory") {
        element::check(judge, accessory, &block.below("accessory"), Within::Section);
    }
}

fn elements(judge: &mut Judge<'_>, block: &Object<'_>, most: usize, within: Within) {
    let at = block.below("elements");
    let Some(elements) = block.get("elements") else {
        return judge.fault(&block.at, "missing required field: elements".into());
    };
    let Some(elements) = judge.list(elements, &at, 1, most) else { return };
    let mut seen: Vec<&str> = Vec::new();
    for (i, element) in elements.iter().enumerate() {
        let at = format!("{at}/{i}");
        if let Some(id) = element["action_id"].as_str() {
            if seen.contains(&id) {
                judge.fault(&format!("{at}/action_id"), format!("`action_id` `{id}` already exists in this block"));
            }
            seen.push(id);
        }
        element::check(judge, element, &at, within);
    }
}

fn rich(judge: &mut Judge<'_>, block: &Object<'_>) {
    let at = block.below("elements");
    let Some(elements) = block.get("elements").and_then(|e| judge.list(e, &at, 1, usize::MAX)) else {
        return judge.fault(&block.at, "missing required field: elements".into());
    };
    for (i, element) in elements.iter().enumerate() {
        let kind = element["type"].as_str().unwrap_or_default();
        let known = ["rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"];
        if !known.contains(&kind) {
            judge.fault(&format!("{at}/{i}/type"), format!("unsupported type: {kind}"));
        }
    }
}

fn input(judge: &mut Judge<'_>, block: &Object<'_>) {
    text::required(judge, block, "label", text::Kind::Plain, 2000);
    text::optional(judge, block, "hint", text::Kind::Plain, 2000);
    judge.flag(block, "optional");
    judge.flag(block, "dispatch_action");
    match block.get("element") {
        Some(element) => element::check(judge, element, &block.below("element"), Within::Input),
        None => judge.fault(&block.at, "missing required field: element".into()),
    }
}

fn table(judge: &mut Judge<'_>, block: &Object<'_>) {
    let at = block.below("rows");
    let Some(rows) = block.get("rows").and_then(|rows| judge.list(rows, &at, 1, 100)) else { return };
    for (i, row) in rows.iter().enumerate() {
        let at = format!("{at}/{i}");
        let Some(cells) = judge.list(row, &at, 1, 20) else { continue };
        for (j, cell) in cells.iter().enumerate() {
            let kind = cell["type"].as_str().unwrap_or_default();
            if !["raw_text", "rich_text"].contains(&kind) {
                judge.fault(&format!("{at}/{j}/type"), format!("unsupported type: {kind}"));
            } else if kind == "raw_text" && cell["text"].as_str().is_none_or(str::is_empty) {
                judge.fault(&format!("{at}/{j}/text"), "must be more than 0 characters".into());
            }
        }
    }
}

/// What Slack accepts where blocks are an argument: a list, or a list written as text.
pub(crate) fn list(value: &Value) -> Result<Vec<Value>, Refusal> {
    let parsed = match value {
        Value::String(text) if text.is_empty() => json!([]),
        Value::String(text) => serde_json::from_str(text).map_err(|_| Refusal::new("invalid_blocks_format"))?,
        other => other.clone(),
    };
    match parsed {
        Value::Array(blocks) => Ok(blocks),
        _ => Err(Refusal::new("invalid_blocks_format")),
    }
}

#[cfg(test)]
mod tests;
