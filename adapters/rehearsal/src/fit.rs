//! What a step has to give, and the making sure that it is given: every field within its type and bounds.

use bullpen_model::ActSpec;
use serde_json::{Map, Value, json};

use crate::text;

/// The form of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One line or paragraph.
    Text,
    /// Markdown.
    Markdown,
    /// Lines.
    List,
    /// A whole number.
    Number,
}

/// A field that a step gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    /// Its name.
    pub(crate) name: String,
    /// Its form.
    pub(crate) form: Form,
    /// What it is for, in words; may be empty.
    pub(crate) about: String,
    /// Most characters, items, or the largest number.
    pub(crate) max: Option<f64>,
    /// The smallest number.
    pub(crate) min: Option<f64>,
}

impl Wanted {
    /// The bound as a count of characters or items.
    pub(crate) fn most(&self) -> usize {
        self.max.filter(|max| *max >= 0.0).map_or(usize::MAX, |max| max as usize)
    }

    /// `value` brought into this field's form and bounds; `None` where it says nothing.
    pub(crate) fn fit(&self, value: &Value) -> Option<Value> {
        match self.form {
            Form::Text | Form::Markdown => {
                let plain = match value {
                    Value::String(text) => text.clone(),
                    Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
                    Value::Number(number) => number.to_string(),
                    _ => String::new(),
                };
                let plain = text::clip(plain.trim(), self.most());
                (!plain.is_empty()).then(|| json!(plain))
            }
            Form::List => {
                let items: Vec<String> = match value {
                    Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    Value::String(text) => vec![text.clone()],
                    _ => Vec::new(),
                };
                let items: Vec<String> =
                    items.into_iter().filter(|item| !item.trim().is_empty()).take(self.most()).collect();
                (!items.is_empty()).then(|| json!(items))
            }
            Form::Number => {
                let number = value.as_f64()?;
                let number = number.min(self.max.unwrap_or(f64::MAX)).max(self.min.unwrap_or(f64::MIN));
                if number.fract() == 0.0 { Some(json!(number as i64)) } else { Some(json!(number)) }
            }
        }
    }
}

/// The fields that the answer must have: from the step, or else from the schema of the act.
pub(crate) fn wanted(gives: &Value, submit: Option<&ActSpec>) -> Vec<Wanted> {
    if let Some(fields) = gives["fields"].as_object() {
        return fields.iter().map(|(name, spec)| from_step(name, spec)).collect();
    }
    let properties = submit.and_then(|act| act.schema["properties"].as_object());
    properties.map(|fields| fields.iter().map(|(name, spec)| from_schema(name, spec)).collect()).unwrap_or_default()
}

fn from_step(name: &str, spec: &Value) -> Wanted {
    let form = match spec["type"].as_str() {
        Some("markdown") => Form::Markdown,
        Some("list") => Form::List,
        Some("number") => Form::Number,
        _ => Form::Text,
    };
    Wanted {
        name: name.to_owned(),
        form,
        about: spec["about"].as_str().unwrap_or_default().to_owned(),
        max: spec["max"].as_f64(),
        min: spec["min"].as_f64(),
    }
}

fn from_schema(name: &str, spec: &Value) -> Wanted {
    let (form, max) = match spec["type"].as_str() {
        Some("array") => (Form::List, &spec["maxItems"]),
        Some("number" | "integer") => (Form::Number, &spec["maximum"]),
        _ => (Form::Text, &spec["maxLength"]),
    };
    Wanted {
        name: name.to_owned(),
        form,
        about: spec["description"].as_str().unwrap_or_default().to_owned(),
        max: max.as_f64(),
        min: spec["minimum"].as_f64(),
    }
}

/// The answer: what was made, brought into form, and for each field that was not made what `otherwise` says.
pub(crate) fn filled(wanted: &[Wanted], made: Map<String, Value>, otherwise: impl Fn(&Wanted) -> Value) -> Value {
    if wanted.is_empty() {
        return Value::Object(made);
    }
    let fields = wanted.iter().filter_map(|field| {
        let value =
            made.get(&field.name).and_then(|value| field.fit(value)).or_else(|| field.fit(&otherwise(field)))?;
        Some((field.name.clone(), value))
    });
    Value::Object(fields.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_brought_into_its_bounds() {
        let gives = json!({"fields": {
            "t": {"type": "text", "max": 5}, "m": {"type": "markdown"}, "l": {"type": "list", "max": 2},
            "n": {"type": "number", "min": 3, "max": 9}, "odd": {"type": 7, "max": "x"}
        }});
        let wanted = wanted(&gives, None);
        let made = json!({"t": "one two three", "l": ["a", "b", "c"], "n": 100, "extra": true});
        let Value::Object(made) = made else { unreachable!() };
        let answer = filled(&wanted, made, |field| json!(format!("about {}", field.name)));
        assert_eq!(answer, json!({"t": "one", "l": ["a", "b"], "m": "about m", "n": 9, "odd": "about odd"}));
    }
}
