//! Collects what is wrong with a payload, each with a JSON pointer.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::state::Refusal;

/// What the workspace knows that matters for blocks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// Whether pictures may be fetched from loopback and private addresses.
    pub(crate) private_pictures: bool,
    /// Ids and addresses of pictures that were uploaded.
    pub(crate) pictures: BTreeSet<String>,
}

/// Collects faults.
pub(crate) struct Judge<'a> {
    pub(super) context: &'a Context,
    faults: Vec<String>,
}

/// A JSON object whose fields are known to be allowed, and where it stands.
pub(crate) struct Object<'a> {
    map: &'a Map<String, Value>,
    pub(super) at: String,
}

impl<'a> Object<'a> {
    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field)
    }

    pub(super) fn kind(&self) -> &'a str {
        self.map.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn below(&self, field: &str) -> String {
        format!("{}/{field}", self.at)
    }
}

impl<'a> Judge<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, faults: Vec::new() }
    }

    pub(super) fn fault(&mut self, at: &str, what: String) {
        self.faults.push(format!("[ERROR] {what} [json-pointer:{at}]"));
    }

    pub(super) fn count(&self) -> usize {
        self.faults.len()
    }

    /// Puts the summary that Slack gives of a text before the faults from `from` on.
    pub(super) fn summarise(&mut self, from: usize, at: &str) {
        if self.faults.len() > from {
            self.faults.insert(from, format!("[ERROR] failed to match all allowed schemas [json-pointer:{at}]"));
        }
    }

    pub(super) fn verdict(self, code: &'static str) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal { messages: self.faults, ..Refusal::new(code) }) }
    }

    /// An object with no other fields than these; `type` and the ids are always allowed where blocks and elements are
    /// meant.
    pub(super) fn object<'v>(&mut self, value: &'v Value, at: &str, fields: &[&str]) -> Option<Object<'v>> {
        let Value::Object(map) = value else {
            self.fault(at, "must provide an object".into());
            return None;
        };
        for field in map.keys() {
            if !matches!(field.as_str(), "type" | "block_id") && !fields.contains(&field.as_str()) {
                self.fault(at, format!("invalid additional property: {field}"));
            }
        }
        Some(Object { map, at: at.to_owned() })
    }

    pub(super) fn list<'v>(&mut self, value: &'v Value, at: &str, least: usize, most: usize) -> Option<&'v Vec<Value>> {
        let Value::Array(list) = value else {
            self.fault(at, "must provide an array".into());
            return None;
        };
        if list.len() < least {
            self.fault(at, format!("no fewer than {least} items allowed"));
            return None;
        }
        if list.len() > most {
            self.fault(at, format!("no more than {most} items allowed"));
            return None;
        }
        Some(list)
    }

    pub(super) fn string(&mut self, object: &Object<'_>, field: &str, required: bool, most: usize) {
        let at = object.below(field);
        match object.get(field) {
            None if required => self.fault(&object.at, format!("missing required field: {field}")),
            None => {}
            Some(Value::String(text)) => {
                if text.is_empty() && required {
                    self.fault(&at, "must be more than 0 characters".into());
                }
                if text.chars().count() > most {
                    self.fault(&at, format!("must be less than {} characters", most + 1));
                }
            }
            Some(_) => self.fault(&at, "must provide a string".into()),
        }
    }

    pub(super) fn flag(&mut self, object: &Object<'_>, field: &str) {
        if object.get(field).is_some_and(|v| !v.is_boolean()) {
            self.fault(&object.below(field), "must provide a boolean".into());
        }
    }

    pub(super) fn one_of(&mut self, object: &Object<'_>, field: &str, allowed: &[&str]) {
        if let Some(value) = object.get(field)
            && !value.as_str().is_some_and(|v| allowed.contains(&v))
        {
            self.fault(&object.below(field), format!("value must be one of: {}", allowed.join(", ")));
        }
    }
}
