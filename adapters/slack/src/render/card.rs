//! Cards as Block Kit: a header, fields, the picture, the text, and a button for each thing that a person can do.

use bullpen_chat::{Action, Card};
use bullpen_markup::{Atom, Line, Unit, length, named, one_line, pack, read, value, written};
use serde_json::{Value, json};

use super::dialect::{Mrkdwn, escape};
use super::{Part, TEXT, Words, context, nothing, sections, shortened, verbatim};

/// Longest header that Slack takes.
const HEADER: usize = 150;
/// Longest title that stands above the fields in a section of its own.
const TITLE: usize = 700;
/// Most fields of a section.
const FIELDS: usize = 10;
/// Longest field, name and value with their marks, that stands beside others. A longer one gets a line of its own.
const FIELD: usize = 240;
/// Most text in the blocks of one message. Slack refuses somewhere between 11,000 and 13,200 characters and says nowhere
/// where.
const MESSAGE: usize = 9_000;
/// Text from this length on is set apart by a line.
const LONG: usize = 600;
/// Most buttons of a row.
const BUTTONS: usize = 25;
/// Most rows of buttons.
const ROWS: usize = 2;
/// Longest label of a button.
const LABEL: usize = 75;
/// Longest description that stands in the place of a picture.
const DESCRIBED: usize = 120;
/// How much longer a character can become when it is escaped (`&amp;`).
const ESCAPED: usize = 5;
/// Longest word about reactions that names the emoji.
const HINT: usize = 200;
/// Longest description of a picture.
const ALT: usize = 2_000;

/// How a picture is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Slack fetches it from this address.
    Url(String),
    /// It was uploaded: `F…`.
    File(String),
    /// Slack cannot have it: its description is shown.
    Described,
}

pub(super) fn card(card: &Card, words: Words<'_>, picture: Option<&Shown>) -> Vec<Part> {
    let mut units = Vec::new();
    let title = bullpen_markup::title(&card.title);
    let header = title.as_ref().map(|_| one_line(&card.title)).filter(|title| length(title) <= HEADER);
    // A title that is too long for a header, and what is too long even for a section.
    let (top, title) = match title.filter(|_| header.is_none()) {
        Some(title) if length(&title.written(Mrkdwn)) <= TITLE => (Some(super::section(&title.written(Mrkdwn))), None),
        title => (None, title),
    };
    units.extend(title);
    let mut fields: Vec<String> = Vec::new();
    for field in &card.fields {
        let line = value(&field.name, &field.value, words);
        let beside = format!("*{}*\n{}", escape(&one_line(&field.name)), line.written(Mrkdwn));
        let short = length(&beside) <= FIELD && !has_mention(&line) && !field.name.contains(['*', '`']);
        if short && fields.len() < FIELDS && !field.name.trim().is_empty() {
            fields.push(beside);
        } else {
            units.push(Unit::Text(vec![named(&field.name, &field.value, words)]));
        }
    }
    let text = read(&card.text, words);
    let is_long = text.iter().map(|unit| length(&unit.written(Mrkdwn))).sum::<usize>() > LONG;
    let before_text = units.len();
    units.extend(text);
    // Above the text, which may be long.
    if let Some(line) = words.mentions.unnamed(&units) {
        units.insert(before_text, line);
    }

    let fallback =
        fallback(header.as_deref().or(top.as_ref().map(|_| card.title.as_str())), &fields, &units, &card.actions);
    let buttons = buttons(&card.actions);
    let labels = card.actions.len().min(ROWS * BUTTONS) * LABEL;
    let above = if top.is_some() { TITLE } else { HEADER };
    let described = if matches!(picture, Some(Shown::Described)) { DESCRIBED * ESCAPED } else { 0 };
    let beside = above + fields.iter().map(|f| length(f)).sum::<usize>() + labels + described;
    // All this takes 7,450 at most.
    let mut pieces = pack(Mrkdwn, units, MESSAGE - beside, MESSAGE).into_iter();
    let first = pieces.next().unwrap_or_default();

    let mut blocks = Vec::new();
    blocks.extend(header.map(|title| json!({ "type": "header", "text": plain(&title) })));
    blocks.extend(top);
    if !fields.is_empty() {
        let fields: Vec<Value> = fields.iter().map(|field| verbatim(field)).collect();
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    blocks.extend(image(card, picture));
    if is_long && !blocks.is_empty() {
        blocks.push(json!({ "type": "divider" }));
    }
    blocks.extend(sections(first));
    let more = pieces.len();
    if more > 0 {
        blocks.push(context(if more == 1 {
            "_Continues in the next message._"
        } else {
            "_Continues in the next messages._"
        }));
    }
    blocks.extend(buttons);
    let mut parts = vec![Part { text: fallback, blocks }];
    parts.extend(pieces.map(|units| Part { text: shortened(&written(Mrkdwn, &units), TEXT), blocks: sections(units) }));
    if parts[0].blocks.is_empty() {
        parts[0] = nothing();
    }
    parts
}

/// What notifications show: all of it in a few lines, as far as it fits.
fn fallback(header: Option<&str>, fields: &[String], units: &[Unit], actions: &[Action]) -> String {
    let mut lines: Vec<String> = header.map(|title| format!("*{}*", escape(title))).into_iter().collect();
    lines.extend(fields.iter().map(|field| field.replacen('\n', ": ", 1)));
    let actions: Vec<String> = actions.iter().map(|a| escape(&format!("{} {}", a.emoji, a.label))).collect();
    let actions = actions.join("  ");
    let text = written(Mrkdwn, units);
    if !text.is_empty() {
        let room = TEXT.saturating_sub(lines.iter().map(|l| length(l) + 1).sum::<usize>() + length(&actions) + 2);
        lines.push(shortened(&text, room));
    }
    lines.extend((!actions.is_empty()).then_some(actions));
    let all = shortened(&lines.join("\n"), TEXT);
    if all.trim().is_empty() { "…".into() } else { all }
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": true })
}

/// Mentions in fields beside each other notify nobody for certain; they are set in running text.
fn has_mention(line: &Line) -> bool {
    line.spans.iter().any(|span| matches!(span.atom, Atom::Mention(_)))
}

fn image(card: &Card, picture: Option<&Shown>) -> Option<Value> {
    let alt =
        card.picture.as_ref().map(|picture| shortened(&one_line(&picture.alt), ALT)).filter(|alt| !alt.is_empty());
    let alt = alt.unwrap_or_else(|| "A picture".into());
    match picture? {
        Shown::Url(url) => Some(json!({ "type": "image", "image_url": url, "alt_text": alt })),
        Shown::File(id) => Some(json!({ "type": "image", "slack_file": { "id": id }, "alt_text": alt })),
        Shown::Described => Some(context(&format!("🖼 _{}_", escape(&shortened(&alt, DESCRIBED))))),
    }
}

/// A button for each action, and a word that the reaction does the same.
fn buttons(actions: &[Action]) -> Vec<Value> {
    let mut seen = std::collections::BTreeSet::new();
    let buttons: Vec<Value> = actions
        .iter()
        .filter(|action| seen.insert(action.emoji.as_str()))
        .map(|action| {
            let label = shortened(&one_line(&format!("{} {}", action.emoji, action.label)), LABEL);
            let mut button = json!({ "type": "button", "action_id": action_id(&action.emoji), "text": plain(&label) });
            if let Some(style) = style(&action.emoji) {
                button["style"] = style.into();
            }
            button
        })
        .collect();
    if buttons.is_empty() {
        return Vec::new();
    }
    let mut blocks: Vec<Value> =
        buttons.chunks(BUTTONS).take(ROWS).map(|row| json!({ "type": "actions", "elements": row })).collect();
    let mut seen = std::collections::BTreeSet::new();
    let emoji: Vec<String> =
        actions.iter().filter(|action| seen.insert(action.emoji.as_str())).map(|a| escape(&a.emoji)).collect();
    let any = match emoji.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => return Vec::new(),
    };
    let named = format!("Or react to this message with {any}: it does the same.");
    let unnamed = "Or react to this message with the emoji of a button: it does the same.";
    blocks.push(context(if length(&named) <= HINT { &named } else { unnamed }));
    blocks
}

/// What a click on a button reports: the reaction that the button stands for. At most 255 characters.
fn action_id(emoji: &str) -> String {
    shortened(&format!("react:{emoji}"), 255)
}

fn style(emoji: &str) -> Option<&'static str> {
    match bullpen_chat::fold_emoji(emoji).as_str() {
        "✅" => Some("primary"),
        "❌" => Some("danger"),
        _ => None,
    }
}
