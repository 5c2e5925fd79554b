//! Slack's "no": a word for programs, and sometimes sentences for people.

use std::fmt;

use serde_json::{Map, Value, json};

/// An answer with `ok: false`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// Slack's word, e.g. `channel_not_found`.
    pub(crate) code: &'static str,
    /// For `response_metadata.messages`.
    pub(crate) messages: Vec<String>,
    /// Further fields of the answer.
    pub(crate) more: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str) -> Self {
        Self { code, messages: Vec::new(), more: Map::new() }
    }

    /// With one sentence, which Slack marks `[ERROR]`.
    pub(crate) fn because(code: &'static str, why: impl fmt::Display) -> Self {
        Self { messages: vec![format!("[ERROR] {why}")], ..Self::new(code) }
    }

    pub(crate) fn missing_scope(needed: &str, provided: &[String]) -> Self {
        Self::new("missing_scope").with("needed", needed).with("provided", provided.join(","))
    }

    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.more.insert(field.into(), value.into());
        self
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let mut body = self.more.clone();
        body.insert("ok".into(), false.into());
        body.insert("error".into(), self.code.into());
        if !self.messages.is_empty() {
            let plain: Vec<&str> = self.messages.iter().map(|m| m.trim_start_matches("[ERROR] ")).collect();
            if self.code == "invalid_blocks" {
                body.insert("errors".into(), json!(plain));
            }
            body.insert("response_metadata".into(), json!({"messages": self.messages}));
        }
        Value::Object(body)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        for message in &self.messages {
            write!(f, "; {message}")?;
        }
        for (field, value) in &self.more {
            write!(f, "; {field}: {value}")?;
        }
        Ok(())
    }
}
