//! Rows of buttons and menus. Other components (layouts, texts, galleries) are refused: the stand-in does not draw them.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Id, address, length};
use crate::api::called::parse;
use crate::state::Refusal;

/// Most rows of a message.
const ROWS: usize = 5;
/// Most buttons of a row.
const BUTTONS: usize = 5;
/// Most options of a menu.
const OPTIONS: usize = 25;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(rename = "id")]
    _id: Option<u32>,
    components: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Button {
    #[serde(rename = "type")]
    _kind: u8,
    #[serde(rename = "id")]
    _id: Option<u32>,
    custom_id: Option<String>,
    style: u8,
    label: Option<String>,
    #[serde(rename = "disabled")]
    _disabled: Option<bool>,
    url: Option<String>,
    emoji: Option<Emoji>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Emoji {
    #[serde(rename = "id")]
    _id: Option<Id>,
    name: String,
    #[serde(rename = "animated")]
    _animated: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Menu {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(rename = "id")]
    _id: Option<u32>,
    custom_id: String,
    placeholder: Option<String>,
    min_values: Option<usize>,
    max_values: Option<usize>,
    #[serde(rename = "disabled")]
    _disabled: Option<bool>,
    options: Option<Vec<Choice>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    label: String,
    value: String,
    description: Option<String>,
    #[serde(rename = "default")]
    _default: Option<bool>,
    emoji: Option<Emoji>,
}

/// Judges rows and gives them back as they will stand, each component with a number.
pub(super) fn judge(rows: &[Value]) -> Result<Vec<Value>, Refusal> {
    if rows.len() > ROWS {
        return Err(Refusal::form(
            "components",
            "BASE_TYPE_BAD_LENGTH",
            format!("Must be between 1 and {ROWS} in length."),
        ));
    }
    let mut names = BTreeSet::new();
    for (i, row) in rows.iter().enumerate() {
        let path = format!("components.{i}");
        if row["type"].is_number() && row["type"] != 1 {
            let why = format!("The stand-in knows action rows (type 1) here, not type {}.", row["type"]);
            return Err(Refusal::form(&format!("{path}.type"), "UNION_TYPE_CHOICES", why));
        }
        let row: Row = parse(row).map_err(|refusal| refusal.below(&path))?;
        if row.kind != 1 || row.components.is_empty() || row.components.len() > BUTTONS {
            let why = format!("Must be between 1 and {BUTTONS} in length.");
            return Err(Refusal::form(&format!("{path}.components"), "BASE_TYPE_BAD_LENGTH", why));
        }
        for (j, component) in row.components.iter().enumerate() {
            let path = format!("{path}.components.{j}");
            let name = match component["type"].as_u64() {
                Some(2) => button(component, &path)?,
                Some(3 | 5..=8) if row.components.len() == 1 => Some(menu(component, &path)?),
                Some(3 | 5..=8) => {
                    return Err(Refusal::form(&path, "BASE_TYPE_BAD_LENGTH", "A menu stands alone in its row."));
                }
                _ => {
                    let why = "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).";
                    return Err(Refusal::form(&format!("{path}.type"), "UNION_TYPE_CHOICES", why));
                }
            };
            if name.is_some_and(|name| !names.insert(name)) {
                let why = "Component custom id cannot be duplicated";
                return Err(Refusal::form(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", why));
            }
        }
    }
    Ok(numbered(rows))
}

/// Judges a button and gives its `custom_id`, where it has one.
fn button(given: &Value, path: &str) -> Result<Option<String>, Refusal> {
    let button: Button = parse(given).map_err(|refusal| refusal.below(path))?;
    let at = |name: &str| format!("{path}.{name}");
    if let Some(label) = &button.label {
        length(&at("label"), label, 0, 80)?;
    }
    emoji(button.emoji.as_ref(), &at("emoji"))?;
    if button.label.as_ref().is_none_or(String::is_empty) && button.emoji.is_none() {
        let why = "A button has a label or an emoji.";
        return Err(Refusal::form(path, "BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI", why));
    }
    match (button.style, &button.custom_id, &button.url) {
        (1..=4, Some(name), None) => {
            length(&at("custom_id"), name, 1, 100)?;
            Ok(button.custom_id)
        }
        (1..=4, ..) => Err(Refusal::form(
            &at("custom_id"),
            "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
            "A custom id is required, and no url",
        )),
        (5, None, Some(url)) => address(&at("url"), url, 512, &["http", "https", "discord"]).map(|()| None),
        (5, ..) => {
            Err(Refusal::form(&at("url"), "BUTTON_COMPONENT_URL_REQUIRED", "A url is required, and no custom id"))
        }
        _ => Err(Refusal::form(&at("style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5}.")),
    }
}

/// Judges a menu and gives its `custom_id`.
fn menu(given: &Value, path: &str) -> Result<String, Refusal> {
    let menu: Menu = parse(given).map_err(|refusal| refusal.below(path))?;
    let at = |name: &str| format!("{path}.{name}");
    length(&at("custom_id"), &menu.custom_id, 1, 100)?;
    if let Some(placeholder) = &menu.placeholder {
        length(&at("placeholder"), placeholder, 0, 150)?;
    }
    let (least, most) = (menu.min_values.unwrap_or(1), menu.max_values.unwrap_or(1));
    if least > OPTIONS || !(1..=OPTIONS).contains(&most) || least > most {
        return Err(Refusal::form(
            &at("max_values"),
            "NUMBER_TYPE_MAX",
            "Values are between 0 and 25, the least below the most.",
        ));
    }
    let options = menu.options.as_deref().unwrap_or_default();
    if (menu.kind == 3) != (1..=OPTIONS).contains(&options.len()) {
        let why = "A menu of texts has 1 to 25 options, others have none.";
        return Err(Refusal::form(&at("options"), "BASE_TYPE_BAD_LENGTH", why));
    }
    let mut values = BTreeSet::new();
    for (i, option) in options.iter().enumerate() {
        let at = |name: &str| at(&format!("options.{i}.{name}"));
        length(&at("label"), &option.label, 1, 100)?;
        length(&at("value"), &option.value, 1, 100)?;
        length(&at("description"), option.description.as_deref().unwrap_or_default(), 0, 100)?;
        emoji(option.emoji.as_ref(), &at("emoji"))?;
        if !values.insert(&option.value) {
            let why = "The specified option value is already used";
            return Err(Refusal::form(&at("value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", why));
        }
    }
    Ok(menu.custom_id)
}

fn emoji(emoji: Option<&Emoji>, path: &str) -> Result<(), Refusal> {
    emoji.map_or(Ok(()), |emoji| length(&format!("{path}.name"), &emoji.name, 1, 32))
}

fn numbered(rows: &[Value]) -> Vec<Value> {
    let mut next = 0;
    let mut number = |component: &mut Value| {
        next += 1;
        if component["id"].as_u64().unwrap_or_default() == 0 {
            component["id"] = json!(next);
        }
    };
    let mut rows = rows.to_vec();
    for row in &mut rows {
        number(row);
        row["components"].as_array_mut().into_iter().flatten().for_each(&mut number);
    }
    rows
}
