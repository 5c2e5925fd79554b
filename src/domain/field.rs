//! Fields that a request carries or a step gives: declared in a playbook, described to models, checked on every answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::legible;

/// Fields by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, Field>);

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Most characters of a text, most entries of a list, or the greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// The least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// Whether it must be there.
    #[serde(default = "yes")]
    pub required: bool,
    /// What it is, for the model and for people.
    pub about: String,
}

fn yes() -> bool {
    true
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A list of texts.
    List,
    /// A number.
    Number,
}

/// Most characters of one entry of a list.
const ENTRY_MAX: u32 = 1_000;

/// JSON Schema of an object with these fields.
#[must_use]
pub fn schema(fields: &Fields) -> Value {
    let properties: Map<String, Value> = fields.0.iter().map(|(name, f)| (name.clone(), property(f))).collect();
    let required: Vec<&String> = fields.0.iter().filter(|(_, f)| f.required).map(|(name, _)| name).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

/// JSON Schema of one field.
#[must_use]
pub fn property(field: &Field) -> Value {
    match field.kind {
        Kind::Text | Kind::Markdown => {
            json!({ "type": "string", "maxLength": field.max.unwrap_or(4_000), "description": field.about })
        }
        Kind::List => json!({
            "type": "array", "maxItems": field.max.unwrap_or(20), "description": field.about,
            "items": { "type": "string", "maxLength": ENTRY_MAX },
        }),
        Kind::Number => {
            let mut property = json!({ "type": "number", "description": field.about });
            if let Some(min) = field.min {
                property["minimum"] = json!(min);
            }
            if let Some(max) = field.max {
                property["maximum"] = json!(max);
            }
            property
        }
    }
}

/// Checks values against their fields and gives them back trimmed, without those that are empty and not required.
///
/// # Errors
/// A sentence that names the field and says what does not fit.
pub fn validate(fields: &Fields, values: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    if let Some(unknown) = values.keys().find(|name| !fields.0.contains_key(*name)) {
        let known: Vec<&str> = fields.0.keys().map(String::as_str).collect();
        let unknown: String = legible::name(unknown).chars().take(60).collect();
        return Err(format!("\"{unknown}\" is not a field here; there are: {}", known.join(", ")));
    }
    let mut checked = Map::new();
    for (name, field) in &fields.0 {
        let value = values.get(name).filter(|v| !is_empty(v));
        match value {
            None if field.required => return Err(format!("\"{name}\" is missing: {}", field.about)),
            None => {}
            Some(value) => {
                let value = one(field, value).map_err(|problem| format!("\"{name}\" {problem}"))?;
                checked.insert(name.clone(), value);
            }
        }
    }
    Ok(checked)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn one(field: &Field, value: &Value) -> Result<Value, String> {
    match (field.kind, value) {
        (Kind::Text | Kind::Markdown, Value::String(content)) => {
            text(content, field.max.or(Some(4_000))).map(Value::from)
        }
        (Kind::List, Value::Array(entries)) => {
            let max = field.max.unwrap_or(20) as usize;
            if entries.len() > max {
                return Err(format!("has {} entries; at most {max} fit", entries.len()));
            }
            let entries: Result<Vec<Value>, String> = entries
                .iter()
                .map(|entry| match entry {
                    Value::String(content) => text(content, Some(ENTRY_MAX)).map(Value::from),
                    _ => Err("must hold texts only".to_owned()),
                })
                .collect();
            entries.map(Value::Array)
        }
        (Kind::Number, Value::Number(number)) => {
            let n = number.as_f64().unwrap_or(f64::NAN);
            let (min, max) = (field.min.map_or(f64::MIN, f64::from), field.max.map_or(f64::MAX, f64::from));
            if (min..=max).contains(&n) { Ok(value.clone()) } else { Err(format!("is {n}; it must be {min} to {max}")) }
        }
        (Kind::Text | Kind::Markdown, _) => Err("must be a text".into()),
        (Kind::List, _) => Err("must be a list of texts".into()),
        (Kind::Number, _) => Err("must be a number".into()),
    }
}

/// Leaves out what nobody sees ([`legible::text`]), trims a text and checks that it is there, fits (`max` characters), and holds
/// no NUL.
///
/// # Errors
/// What does not fit, to be put behind the field's name.
pub fn text(content: &str, max: Option<u32>) -> Result<String, String> {
    if content.contains('\0') {
        return Err("holds a NUL character".into());
    }
    let content = content.trim();
    let length = content.chars().count();
    match max {
        Some(max) if length > max as usize => Err(format!("has {length} characters; at most {max} fit")),
        _ => match legible::text(content).trim() {
            "" => Err("is empty".into()),
            shown => Ok(shown.to_owned()),
        },
    }
}

/// Reads what an older version of this program did not write: absent or null is the default.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields {
        let field = |kind, max, required| Field { kind, max, min: None, required, about: "what it is".into() };
        Fields(BTreeMap::from([
            ("title".into(), field(Kind::Text, Some(10), true)),
            ("tags".into(), field(Kind::List, Some(2), false)),
            ("words".into(), field(Kind::Number, Some(3000), false)),
        ]))
    }

    fn check(values: Value) -> Result<Map<String, Value>, String> {
        validate(&fields(), values.as_object().expect("an object"))
    }

    #[test]
    fn what_fits_is_given_back_trimmed() {
        let checked = check(json!({ "title": "  Costs ", "tags": ["a"], "words": null })).expect("fits");
        assert_eq!(Value::Object(checked), json!({ "title": "Costs", "tags": ["a"] }));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (values, problem) in [
            (json!({}), "\"title\" is missing: what it is"),
            (json!({ "title": "x", "size": 1 }), "\"size\" is not a field here; there are: tags, title, words"),
            (json!({ "title": "more than ten" }), "\"title\" has 13 characters; at most 10 fit"),
            (json!({ "title": 5 }), "\"title\" must be a text"),
            (json!({ "title": "a\u{0}b" }), "\"title\" holds a NUL character"),
            (json!({ "title": "x", "tags": ["a", "b", "c"] }), "\"tags\" has 3 entries; at most 2 fit"),
            (json!({ "title": "x", "tags": [1] }), "\"tags\" must hold texts only"),
        ] {
            assert_eq!(check(values), Err(problem.to_owned()));
        }
    }
}
