//! Homes and modals.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::nested;
use crate::state::Refusal;

fn view(given: Option<Value>) -> Result<Value, Refusal> {
    match given {
        Some(view @ Value::Object(_)) => Ok(view),
        Some(_) => Err(Refusal::because("invalid_arguments", "must provide an object [json-pointer:/view]")),
        None => Err(Refusal::because("invalid_arguments", "missing required field: view")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    user_id: String,
    #[serde(default, deserialize_with = "nested")]
    view: Option<Value>,
    hash: Option<String>,
}

pub(super) fn publish(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Publish = called.parse()?;
    let app = called.app().to_owned();
    let shown = called.state.publish(&app, &asked.user_id, view(asked.view)?, asked.hash.as_deref())?;
    Ok(json!({"view": shown}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    trigger_id: String,
    #[serde(default, deserialize_with = "nested")]
    view: Option<Value>,
}

fn opened(called: &mut Called<'_>, push: bool) -> Result<Value, Refusal> {
    let asked: Open = called.parse()?;
    let app = called.app().to_owned();
    let shown = called.state.open_modal(&app, &asked.trigger_id, view(asked.view)?, push)?;
    Ok(json!({"view": shown}))
}

pub(super) fn open(called: &mut Called<'_>) -> Result<Value, Refusal> {
    opened(called, false)
}

pub(super) fn push(called: &mut Called<'_>) -> Result<Value, Refusal> {
    opened(called, true)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    view_id: Option<String>,
    external_id: Option<String>,
    #[serde(default, deserialize_with = "nested")]
    view: Option<Value>,
    hash: Option<String>,
}

pub(super) fn update(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Update = called.parse()?;
    let app = called.app().to_owned();
    let (id, external, hash) = (asked.view_id.as_deref(), asked.external_id.as_deref(), asked.hash.as_deref());
    let shown = called.state.update_modal(&app, id, external, view(asked.view)?, hash)?;
    Ok(json!({"view": shown}))
}
