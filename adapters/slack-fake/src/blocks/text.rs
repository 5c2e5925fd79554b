//! Text objects.

use serde_json::Value;

use super::judge::{Judge, Object};

/// Which writing a place allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Any,
}

pub(super) fn required(judge: &mut Judge<'_>, object: &Object<'_>, field: &str, kind: Kind, most: usize) {
    match object.get(field) {
        Some(text) => check(judge, text, &object.below(field), kind, most),
        None => judge.fault(&object.at, format!("missing required field: {field}")),
    }
}

pub(super) fn optional(judge: &mut Judge<'_>, object: &Object<'_>, field: &str, kind: Kind, most: usize) {
    if let Some(text) = object.get(field) {
        check(judge, text, &object.below(field), kind, most);
    }
}

/// A text object of 1 to `most` characters.
pub(super) fn check(judge: &mut Judge<'_>, value: &Value, at: &str, kind: Kind, most: usize) {
    let before = judge.count();
    let fields: &[&str] = match value["type"].as_str() {
        Some("plain_text") => &["text", "emoji"],
        Some("mrkdwn") if kind == Kind::Any => &["text", "verbatim"],
        Some(other) => {
            let allowed = if kind == Kind::Any { "mrkdwn, plain_text" } else { "plain_text" };
            judge.fault(&format!("{at}/type"), format!("value must be one of: {allowed} (it is {other})"));
            return judge.summarise(before, at);
        }
        None if value.is_object() => return judge.fault(at, "missing required field: type".into()),
        None => return judge.fault(at, "must provide an object".into()),
    };
    if let Some(object) = judge.object(value, at, fields) {
        judge.string(&object, "text", true, most);
        judge.flag(&object, "emoji");
        judge.flag(&object, "verbatim");
    }
    judge.summarise(before, at);
}
