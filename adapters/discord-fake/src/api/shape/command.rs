//! Commands as applications register them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Bits, Id, length};
use crate::api::called::parse;
use crate::state::Refusal;

/// Most options of a command or subcommand, and choices of an option.
const OPTIONS: usize = 25;
/// Most characters of names, descriptions and choices of one command together.
const TOTAL: usize = 8000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    #[serde(rename = "id")]
    _id: Option<Id>,
    name: String,
    name_localizations: Option<BTreeMap<String, String>>,
    description: Option<String>,
    description_localizations: Option<BTreeMap<String, String>>,
    options: Option<Vec<Choosable>>,
    default_member_permissions: Option<Bits>,
    #[serde(rename = "dm_permission")]
    _dm_permission: Option<bool>,
    contexts: Option<Vec<u8>>,
    integration_types: Option<Vec<u8>>,
    #[serde(rename = "type")]
    kind: Option<u8>,
    #[serde(rename = "nsfw")]
    _nsfw: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choosable {
    #[serde(rename = "type")]
    kind: u8,
    name: String,
    name_localizations: Option<BTreeMap<String, String>>,
    description: String,
    description_localizations: Option<BTreeMap<String, String>>,
    required: Option<bool>,
    autocomplete: Option<bool>,
    choices: Option<Vec<Choice>>,
    options: Option<Vec<Choosable>>,
    #[serde(rename = "channel_types")]
    _channel_types: Option<Vec<u8>>,
    min_length: Option<u32>,
    max_length: Option<u32>,
    #[serde(rename = "min_value")]
    _min_value: Option<f64>,
    #[serde(rename = "max_value")]
    _max_value: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    name: String,
    #[serde(rename = "name_localizations")]
    _names: Option<BTreeMap<String, String>>,
    value: Value,
}

/// Judges a command and gives it back as it will stand.
pub(crate) fn judge(given: &Value) -> Result<Value, Refusal> {
    let command: Command = parse(given)?;
    let kind = command.kind.unwrap_or(1);
    let description = command.description.clone().unwrap_or_default();
    match kind {
        1 => {
            name("name", &command.name)?;
            length("description", &description, 1, 100)?;
        }
        2 | 3 => {
            length("name", &command.name, 1, 32)?;
            if !description.is_empty() || command.options.is_some() {
                let why = "Context menu commands have no description and no options";
                return Err(Refusal::form("description", "APPLICATION_COMMAND_CONTEXT_MENU", why));
            }
        }
        _ => return Err(Refusal::form("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")),
    }
    for names in [&command.name_localizations, &command.description_localizations] {
        if names.as_ref().is_some_and(|n| n.values().any(|name| name.is_empty() || name.chars().count() > 100)) {
            return Err(Refusal::too_long("name_localizations", 100));
        }
    }
    for list in [&command.contexts, &command.integration_types] {
        if list.as_ref().is_some_and(|l| l.is_empty() || l.iter().any(|kind| *kind > 2)) {
            return Err(Refusal::form("contexts", "BASE_TYPE_CHOICES", "Value must be one of {0, 1, 2}."));
        }
    }
    let total = options(command.options.as_deref().unwrap_or_default(), "options", 0)?;
    if total + command.name.chars().count() + description.chars().count() > TOTAL {
        let why = format!("Command exceeds maximum size ({TOTAL})");
        return Err(Refusal::form("", "APPLICATION_COMMAND_TOO_LARGE", why));
    }
    let mut stands = given.as_object().cloned().unwrap_or_else(Map::new);
    stands.retain(|name, value| !value.is_null() && name != "id");
    stands.insert("type".into(), json!(kind));
    stands.insert("description".into(), json!(description));
    stands.entry("nsfw").or_insert(json!(false));
    let needed = command.default_member_permissions.map(|bits| bits.0.to_string());
    stands.insert("default_member_permissions".into(), json!(needed));
    Ok(Value::Object(stands))
}

/// Judges options and counts their characters. `of` is the type that has them: 0 the command itself, 1 a subcommand, 2 a group.
fn options(list: &[Choosable], path: &str, of: u8) -> Result<usize, Refusal> {
    if list.len() > OPTIONS {
        return Err(Refusal::too_long(path, OPTIONS));
    }
    let (mut names, mut total, mut optional) = (BTreeSet::new(), 0, false);
    let nested = |option: &Choosable| option.kind <= 2;
    if list.iter().any(nested) && !list.iter().all(nested) {
        let why = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        return Err(Refusal::form(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", why));
    }
    for (i, option) in list.iter().enumerate() {
        let at = |name: &str| format!("{path}.{i}.{name}");
        name(&at("name"), &option.name)?;
        length(&at("description"), &option.description, 1, 100)?;
        if !names.insert(&option.name) {
            let why = "Option names must be unique";
            return Err(Refusal::form(&at("name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", why));
        }
        if optional && option.required == Some(true) {
            let why = "Required options must be placed before non-required options";
            return Err(Refusal::form(&at("required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", why));
        }
        optional |= option.required != Some(true);
        let wrong = |name: &str, why: &str| Err(Refusal::form(&at(name), "APPLICATION_COMMAND_INVALID_OPTION", why));
        match option.kind {
            1 if of != 1 => {}
            2 if of == 0 => {}
            3..=11 if of != 2 => {}
            _ => return wrong("type", "There is no such type of an option here."),
        }
        if !nested(option) && option.options.is_some() {
            return wrong("options", "Only subcommands and groups have options.");
        }
        if option.autocomplete == Some(true) && !matches!(option.kind, 3 | 4 | 10) {
            return wrong("autocomplete", "Only texts and numbers are completed.");
        }
        if (option.min_length.is_some() || option.max_length.is_some()) && option.kind != 3 {
            return wrong("min_length", "Only texts have lengths.");
        }
        if option.autocomplete == Some(true) && option.choices.is_some() {
            return wrong("choices", "What is completed has no choices.");
        }
        let choices = option.choices.as_deref().unwrap_or_default();
        if choices.len() > OPTIONS {
            return Err(Refusal::too_long(&at("choices"), OPTIONS));
        }
        for (j, choice) in choices.iter().enumerate() {
            length(&at(&format!("choices.{j}.name")), &choice.name, 1, 100)?;
            if choice.value.is_string() != (option.kind == 3) {
                return wrong(&format!("choices.{j}.value"), "A choice has a value of its option's type.");
            }
            total += choice.name.chars().count();
        }
        for names in [&option.name_localizations, &option.description_localizations] {
            if names.as_ref().is_some_and(|n| n.values().any(|name| name.is_empty() || name.chars().count() > 100)) {
                return Err(Refusal::too_long(&at("name_localizations"), 100));
            }
        }
        total += option.name.chars().count() + option.description.chars().count();
        total += options(option.options.as_deref().unwrap_or_default(), &at("options"), option.kind)?;
    }
    Ok(total)
}

/// Refuses what is no name of a command or option: up to 32 small letters, digits, dashes and lines.
fn name(path: &str, name: &str) -> Result<(), Refusal> {
    length(path, name, 1, 32)?;
    let fits = |c: char| matches!(c, '-' | '_' | '\'') || (c.is_alphanumeric() && c.to_lowercase().eq([c]));
    if name.chars().all(fits) {
        return Ok(());
    }
    Err(Refusal::form(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"))
}
