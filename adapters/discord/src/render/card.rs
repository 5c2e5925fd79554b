//! Cards as embeds: a title, fields side by side, the picture, the text, and a button for each thing that a person can do.

use std::collections::BTreeSet;

use bullpen_chat::{Action, Card, Identity, fold_emoji};
use bullpen_markup::{Line, Span, Style, Unit, length, named, one_line, pack, read, value, words, written};
use serde_json::{Value, json};

use super::dialect::{Discord, escape};
use super::{Part, Words, button, nothing, shortened};

/// Longest title of an embed.
const TITLE: usize = 256;
/// Longest description of an embed; Discord takes 4,096 characters.
const DESCRIPTION: usize = 4_000;
/// Most characters of all embeds of a message; Discord takes 6,000.
const MESSAGE: usize = 5_800;
/// Most fields; Discord takes 25.
const FIELDS: usize = 24;
/// Most characters of all fields, so that the text has room beside them.
const ALL_FIELDS: usize = 3_000;
/// Longest field, name and value, that stands beside others. A longer one gets a line of its own in the text.
const FIELD: usize = 240;
/// Longest footer that we write.
const FOOTER: usize = 200;
/// Longest label of a button; Discord takes 80.
const LABEL: usize = 75;
/// Most buttons of a row, and most rows.
const BUTTONS: usize = 5;
const ROWS: usize = 5;
/// Longest word about reactions that names the emoji.
const HINT: usize = 200;
/// Longest description that stands in the place of a picture.
const DESCRIBED: usize = 120;
/// The colour of a card that waits for somebody, and of one that only tells.
const WAITS: u32 = 0x00F0_B232;
const TELLS: u32 = 0x0058_65F2;

/// Most mentions before a card: they fit a message beside the name of who speaks.
const NOTIFIED: usize = 70;

/// How a picture is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It goes with the message as a file of this name.
    File(String),
    /// Discord cannot have it: its description is shown.
    Described,
}

pub(super) fn card(card: &Card, identity: &Identity, words: Words<'_>, picture: Option<&Shown>) -> Vec<Part> {
    let mut units = Vec::new();
    // A title shows no marks but is read for them; what is too long for it begins the text.
    let title = escape(&one_line(&card.title));
    let title = if length(&title) <= TITLE {
        title
    } else {
        units.extend(bullpen_markup::title(&card.title));
        String::new()
    };
    if matches!(picture, Some(Shown::Described)) {
        units.push(described(card));
    }
    let mut fields = Vec::new();
    let mut used = 0;
    for field in &card.fields {
        let name = escape(&one_line(&field.name));
        let value = value(&field.name, &field.value, words).written(Discord);
        let size = length(&name) + length(&value);
        if size <= FIELD && fields.len() < FIELDS && used + size <= ALL_FIELDS && !name.is_empty() {
            used += size;
            fields.push(json!({ "name": name, "value": value, "inline": true }));
        } else {
            units.push(Unit::Text(vec![named(&field.name, &field.value, words)]));
        }
    }
    units.extend(read(&card.text, words));
    let components = buttons(&card.actions);
    let hint = if components.is_empty() { String::new() } else { hint(&card.actions) };
    let footer = shortened(&one_line(&identity.role), FOOTER);
    // A line about what follows or about reactions is part of the description.
    let beside = length(&title) + used + length(&footer) + 64;
    let room = DESCRIPTION.min(MESSAGE - beside) - length(&hint) - 64;
    let mut pieces = pack(Discord, units, room, DESCRIPTION).into_iter();
    let mut description: Vec<String> = pieces.next().iter().map(|units| written(Discord, units)).collect();
    match pieces.len() {
        0 => {}
        1 => description.push("-# Continues in the next message.".into()),
        _ => description.push("-# Continues in the next messages.".into()),
    }
    description.extend((!hint.is_empty()).then_some(hint));

    let colour = if components.is_empty() { TELLS } else { WAITS };
    let mut embed = json!({ "color": colour });
    if !title.is_empty() {
        embed["title"] = title.into();
    }
    if !description.is_empty() {
        embed["description"] = description.join("\n\n").into();
    }
    if !fields.is_empty() {
        embed["fields"] = fields.into();
    }
    if let Some(Shown::File(name)) = picture {
        embed["image"] = json!({ "url": format!("attachment://{name}") });
    }
    let empty = embed.as_object().is_some_and(|fields| fields.len() == 1);
    if !footer.is_empty() {
        embed["footer"] = json!({ "text": footer });
    }
    // Nobody is notified by what stands in an embed.
    let content = words.mentions.natives().into_iter().take(NOTIFIED).collect::<Vec<_>>().join(" ");
    let embeds = if empty { Vec::new() } else { vec![embed] };
    let pictured = matches!(picture, Some(Shown::File(_)));
    let mut parts = vec![Part { content, embeds, components, pictured }];
    if parts[0].embeds.is_empty() && parts[0].content.is_empty() {
        parts[0].content = nothing().content;
    }
    parts.extend(pieces.map(|units| {
        let embed = json!({ "color": colour, "description": written(Discord, &units) });
        Part { embeds: vec![embed], ..Part::default() }
    }));
    parts
}

/// What a picture shows, where it cannot be shown.
fn described(card: &Card) -> Unit {
    let alt = card.picture.as_ref().map(|picture| one_line(&picture.alt)).filter(|alt| !alt.is_empty());
    let mut spans = vec![Span::word("🖼", Style::default()), Span::space()];
    let alt = shortened(alt.as_deref().unwrap_or("A picture"), DESCRIBED);
    words(&mut spans, &alt, Style { italic: true, ..Style::default() });
    Unit::Text(vec![Line::of(spans)])
}

/// A button for each action, in rows.
fn buttons(actions: &[Action]) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let buttons: Vec<Value> = actions
        .iter()
        .filter_map(|action| {
            let id = button::custom_id(action)?;
            seen.insert(fold_emoji(action.emoji.trim())).then(|| {
                let label = shortened(&one_line(&format!("{} {}", action.emoji, action.label)), LABEL);
                json!({ "type": 2, "style": style(&action.emoji), "label": label, "custom_id": id })
            })
        })
        .collect();
    buttons.chunks(BUTTONS).take(ROWS).map(|row| json!({ "type": 1, "components": row })).collect()
}

/// Success, danger, or neither.
fn style(emoji: &str) -> u8 {
    match fold_emoji(emoji.trim()).as_str() {
        "✅" => 3,
        "❌" => 4,
        _ => 2,
    }
}

/// A word that the reaction does the same as the button.
fn hint(actions: &[Action]) -> String {
    let mut seen = BTreeSet::new();
    let emoji: Vec<String> = actions
        .iter()
        .filter(|action| button::custom_id(action).is_some() && seen.insert(fold_emoji(action.emoji.trim())))
        .map(|action| escape(action.emoji.trim()))
        .collect();
    let any = match emoji.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => return String::new(),
    };
    let named = format!("-# Or react to this message with {any}: it does the same.");
    let unnamed = "-# Or react to this message with the emoji of a button: it does the same.";
    if length(&named) <= HINT { named } else { unnamed.into() }
}
