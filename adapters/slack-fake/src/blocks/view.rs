//! Views: an app's Home, and modals.

use serde_json::Value;

use super::judge::{Context, Judge};
use super::text::{self, Kind};
use super::{Surface, all};
use crate::state::Refusal;

/// Checks a view for `views.publish`.
pub(crate) fn home(view: &Value, context: &Context) -> Result<(), Refusal> {
    let mut judge = Judge::new(context);
    let fields = ["blocks", "private_metadata", "callback_id", "external_id"];
    check(&mut judge, view, "home", &fields, Surface::Home);
    judge.verdict("invalid_arguments")
}

/// Checks a view for `views.open`, `views.update`, and answers to submissions.
pub(crate) fn modal(view: &Value, context: &Context) -> Result<(), Refusal> {
    let mut judge = Judge::new(context);
    let fields = [
        "blocks",
        "title",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
        "external_id",
        "clear_on_close",
        "notify_on_close",
        "submit_disabled",
    ];
    check(&mut judge, view, "modal", &fields, Surface::Modal);
    if let Some(view) = judge.object(view, "/view", &fields) {
        text::required(&mut judge, &view, "title", Kind::Plain, 24);
        text::optional(&mut judge, &view, "close", Kind::Plain, 24);
        text::optional(&mut judge, &view, "submit", Kind::Plain, 24);
        let asks = view.get("blocks").and_then(Value::as_array).is_some_and(|b| b.iter().any(|b| b["type"] == "input"));
        if asks && view.get("submit").is_none() {
            judge.fault("/view", "missing required field: submit (there are inputs)".into());
        }
    }
    judge.verdict("invalid_arguments")
}

fn check(judge: &mut Judge<'_>, view: &Value, kind: &str, fields: &[&str], surface: Surface) {
    let Some(object) = judge.object(view, "/view", fields) else { return };
    if object.kind() != kind {
        judge.fault("/view/type", format!("value must be one of: {kind}"));
    }
    judge.string(&object, "private_metadata", false, 3000);
    judge.string(&object, "callback_id", false, 255);
    judge.string(&object, "external_id", false, 255);
    match object.get("blocks") {
        Some(Value::Array(blocks)) => all(judge, blocks, "/view/blocks", surface),
        Some(_) => judge.fault("/view/blocks", "must provide an array".into()),
        None => judge.fault("/view", "missing required field: blocks".into()),
    }
}
