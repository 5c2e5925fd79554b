//! The first answer to an interaction: read strictly, by its type.

use serde::Deserialize;
use serde_json::Value;

use super::Sort;
use crate::state::Refusal;

/// Most suggestions of an autocompletion.
const CHOICES: usize = 25;
/// Most inputs of a modal.
const INPUTS: usize = 5;
/// Longest title of a modal, and label of an input.
const TITLE: usize = 45;
/// Longest `custom_id`, placeholder, and name or value of a choice.
const NAME: usize = 100;
/// Longest text of an input.
const INPUT: u64 = 4000;

/// What an application answers at first.
#[derive(Debug, Clone)]
pub(super) enum Callback {
    /// Type 4, with the message as it was given.
    Message(Value),
    /// Type 5.
    Defer { ephemeral: bool },
    /// Type 6.
    DeferUpdate,
    /// Type 7, with the changes as they were given.
    Update(Value),
    /// Type 8: names and values.
    Choices(Vec<(String, Value)>),
    /// Type 9.
    Modal(Form),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deferred {
    #[serde(default)]
    flags: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suggestions {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    name: String,
    #[serde(default, rename = "name_localizations")]
    _name_localizations: Option<Value>,
    value: Value,
}

/// A modal as the application gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) custom_id: String,
    pub(super) title: String,
    pub(super) components: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(rename = "type")]
    _kind: u8,
    #[serde(default, rename = "id")]
    _id: Option<u32>,
    components: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    #[serde(rename = "type")]
    _kind: u8,
    #[serde(default, rename = "id")]
    _id: Option<u32>,
    label: String,
    #[serde(default)]
    description: Option<String>,
    component: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default, rename = "id")]
    _id: Option<u32>,
    custom_id: String,
    style: u8,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    min_length: Option<u64>,
    #[serde(default)]
    max_length: Option<u64>,
    #[serde(default)]
    required: Option<bool>,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    placeholder: Option<String>,
}

/// An input of a modal, as far as a person's hands need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) custom_id: String,
    pub(super) required: bool,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) value: Option<String>,
    /// Whether it stands below a label rather than in a row.
    pub(super) labelled: bool,
}

/// JSON that is not as it should be.
pub(super) fn typed<T: serde::de::DeserializeOwned>(path: &str, value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|why| Refusal::form(path, "MODEL_TYPE_CONVERT", why))
}

fn long(path: &str, text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let length = text.chars().count();
    if length < least {
        return Err(Refusal::required(path));
    }
    if length > most { Err(Refusal::too_long(path, most)) } else { Ok(()) }
}

/// Reads a callback for an interaction of this sort. `on_message` says whether it came from a component of a message.
pub(super) fn read(body: Value, sort: Sort, on_message: bool) -> Result<Callback, Refusal> {
    let Body { kind, data } = typed("", body)?;
    let allowed = match sort {
        Sort::Command => matches!(kind, 4 | 5 | 9),
        Sort::Component => matches!(kind, 4..=7 | 9),
        Sort::Complete => kind == 8,
        Sort::Modal => matches!(kind, 4 | 5) || (on_message && matches!(kind, 6 | 7)),
    };
    if !allowed {
        let why = format!("Value must not be {kind} for this kind of interaction.");
        return Err(Refusal::form("type", "BASE_TYPE_CHOICES", why));
    }
    match kind {
        4 if data.is_object() => Ok(Callback::Message(data)),
        4 => Err(Refusal::required("data")),
        5 => {
            let flags = if data.is_null() { 0 } else { typed::<Deferred>("data", data)?.flags.unwrap_or_default() };
            if flags & !64 != 0 {
                return Err(Refusal::form("data.flags", "BASE_TYPE_CHOICES", "Only EPHEMERAL (64) can be set."));
            }
            Ok(Callback::Defer { ephemeral: flags & 64 != 0 })
        }
        6 if data.is_null() || data.as_object().is_some_and(serde_json::Map::is_empty) => Ok(Callback::DeferUpdate),
        6 => Err(Refusal::form("data", "MODEL_TYPE_CONVERT", "A deferred update has no data.")),
        7 => Ok(Callback::Update(if data.is_null() { serde_json::json!({}) } else { data })),
        8 => choices(typed("data", data)?).map(Callback::Choices),
        _ => {
            let form: Form = typed("data", data)?;
            fields(&form)?;
            Ok(Callback::Modal(form))
        }
    }
}

fn choices(given: Suggestions) -> Result<Vec<(String, Value)>, Refusal> {
    if given.choices.len() > CHOICES {
        return Err(Refusal::too_long("data.choices", CHOICES));
    }
    for (i, choice) in given.choices.iter().enumerate() {
        long(&format!("data.choices.{i}.name"), &choice.name, 1, NAME)?;
        match &choice.value {
            Value::String(text) => long(&format!("data.choices.{i}.value"), text, 1, NAME)?,
            Value::Number(_) => {}
            _ => {
                return Err(Refusal::form(
                    &format!("data.choices.{i}.value"),
                    "MODEL_TYPE_CONVERT",
                    "Must be a text or number.",
                ));
            }
        }
    }
    Ok(given.choices.into_iter().map(|choice| (choice.name, choice.value)).collect())
}

/// The inputs of a modal, judged.
pub(super) fn fields(form: &Form) -> Result<Vec<Field>, Refusal> {
    long("data.custom_id", &form.custom_id, 1, NAME)?;
    long("data.title", &form.title, 1, TITLE)?;
    if form.components.is_empty() || form.components.len() > INPUTS {
        let why = format!("Must be between 1 and {INPUTS} in length.");
        return Err(Refusal::form("data.components", "BASE_TYPE_BAD_LENGTH", why));
    }
    let mut found: Vec<Field> = Vec::new();
    for (i, component) in form.components.iter().enumerate() {
        let path = format!("data.components.{i}");
        let field = match component["type"].as_u64() {
            Some(1) => {
                let mut row: Row = typed(&path, component.clone())?;
                let (Some(inner), true) = (row.components.pop(), row.components.is_empty()) else {
                    let path = format!("{path}.components");
                    return Err(Refusal::form(&path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length."));
                };
                input(&format!("{path}.components.0"), inner, false)?
            }
            Some(18) => {
                let label: Label = typed(&path, component.clone())?;
                long(&format!("{path}.label"), &label.label, 1, TITLE)?;
                long(&format!("{path}.description"), label.description.as_deref().unwrap_or_default(), 0, NAME)?;
                input(&format!("{path}.component"), label.component, true)?
            }
            // A text display has nothing to fill in.
            Some(10) => continue,
            _ => {
                let why = "A modal holds rows (1), labels (18) and texts (10); the stand-in knows no others.";
                return Err(Refusal::form(&format!("{path}.type"), "BASE_TYPE_CHOICES", why));
            }
        };
        if found.iter().any(|other| other.custom_id == field.custom_id) {
            let why = "Component custom id cannot be duplicated";
            return Err(Refusal::form(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", why));
        }
        found.push(field);
    }
    Ok(found)
}

fn input(path: &str, given: Value, labelled: bool) -> Result<Field, Refusal> {
    let input: Input = typed(path, given)?;
    if input.kind != 4 {
        let why = "The stand-in knows text inputs (4) in modals.";
        return Err(Refusal::form(&format!("{path}.type"), "BASE_TYPE_CHOICES", why));
    }
    if !matches!(input.style, 1 | 2) {
        return Err(Refusal::form(&format!("{path}.style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}."));
    }
    long(&format!("{path}.custom_id"), &input.custom_id, 1, NAME)?;
    match (&input.label, labelled) {
        (Some(label), false) => long(&format!("{path}.label"), label, 1, TITLE)?,
        (None, false) => return Err(Refusal::required(&format!("{path}.label"))),
        (Some(_), true) => {
            let why = "The label stands in the component around the input.";
            return Err(Refusal::form(&format!("{path}.label"), "BASE_TYPE_CHOICES", why));
        }
        (None, true) => {}
    }
    long(&format!("{path}.placeholder"), input.placeholder.as_deref().unwrap_or_default(), 0, NAME)?;
    let (least, most) = (input.min_length.unwrap_or_default(), input.max_length.unwrap_or(INPUT));
    if least > INPUT || most == 0 || most > INPUT || least > most {
        let why = "`min_length` is from 0 to 4000, `max_length` from 1 to 4000, and not below it.";
        return Err(Refusal::form(&format!("{path}.max_length"), "NUMBER_TYPE_MAX", why));
    }
    let (least, most) = (least as usize, most as usize);
    long(&format!("{path}.value"), input.value.as_deref().unwrap_or_default(), 0, most)?;
    Ok(Field {
        custom_id: input.custom_id,
        required: input.required.unwrap_or(true),
        least,
        most,
        value: input.value,
        labelled,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Sort;
    use super::{Callback, read};

    fn refused(body: Value, sort: Sort) -> String {
        read(body, sort, true).unwrap_err().to_string()
    }

    #[test]
    fn each_kind_of_interaction_takes_its_own_answers() {
        let message = json!({"type": 4, "data": {"content": "hello"}});
        assert!(matches!(read(message.clone(), Sort::Command, false), Ok(Callback::Message(_))));
        assert!(refused(message, Sort::Complete).contains("type"));
        assert!(refused(json!({"type": 6}), Sort::Command).contains("type"));
        assert!(matches!(read(json!({"type": 6}), Sort::Component, true), Ok(Callback::DeferUpdate)));
        assert!(refused(json!({"type": 6, "data": {"flags": 64}}), Sort::Component).contains("data"));
        assert!(refused(json!({"type": 9, "data": {}}), Sort::Modal).contains("type"));
        assert!(refused(json!({"type": 5, "data": {"flag": 64}}), Sort::Command).contains("flag"));
        assert!(read(json!({"type": 6}), Sort::Modal, false).is_err(), "there is no message to update");
    }

    #[test]
    fn modals_and_choices_have_limits() {
        let modal = |title: &str, label: &str, rows: usize| {
            let row = |i: usize| {
                let input = json!({"type": 4, "custom_id": format!("i{i}"), "style": 2, "label": label});
                json!({"type": 1, "components": [input]})
            };
            json!({"type": 9, "data": {"custom_id": "m", "title": title, "components": (0..rows).map(row).collect::<Vec<_>>()}})
        };
        assert!(matches!(read(modal("Why?", "Reason", 1), Sort::Component, true), Ok(Callback::Modal(_))));
        assert!(refused(modal(&"t".repeat(46), "Reason", 1), Sort::Component).contains("title"));
        assert!(refused(modal("Why?", &"l".repeat(46), 1), Sort::Component).contains("label"));
        assert!(refused(modal("Why?", "Reason", 6), Sort::Component).contains("components"));
        let choices = |many: usize| {
            let choice = |i: usize| json!({"name": format!("c{i}"), "value": format!("{i}")});
            json!({"type": 8, "data": {"choices": (0..many).map(choice).collect::<Vec<_>>()}})
        };
        assert!(matches!(read(choices(25), Sort::Complete, false), Ok(Callback::Choices(list)) if list.len() == 25));
        assert!(refused(choices(26), Sort::Complete).contains("choices"));
    }
}
