//! Socket Mode's addresses, and apps from manifests.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use crate::state::{Refusal, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// `apps.connections.open`: an address that opens one connection.
pub(super) fn open(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Nothing {} = called.parse()?;
    let app = called.app().to_owned();
    if called.state.post.connections(&app) >= called.state.settings.connections {
        return Err(Refusal::new("too_many_websockets"));
    }
    let ticket = called.state.ticket(&app);
    let base = called.state.base.replacen("http", "ws", 1);
    Ok(json!({"url": format!("{base}/link?ticket={ticket}&app_id={app}")}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    manifest: String,
    app_id: Option<String>,
}

impl Called<'_> {
    /// A manifest without faults. It is JSON, written as text.
    fn manifest(&self) -> Result<(Option<String>, Value), Refusal> {
        let asked: Manifest = self.parse()?;
        let manifest: Value = serde_json::from_str(&asked.manifest)
            .map_err(|_| faulty(&json!([{"message": "must be JSON written as text", "pointer": ""}])))?;
        let faults = State::manifest_faults(&manifest);
        if faults.is_empty() {
            return Ok((asked.app_id, manifest));
        }
        let faults: Vec<Value> =
            faults.into_iter().map(|f| json!({"message": f.message, "pointer": f.pointer})).collect();
        Err(faulty(&json!(faults)))
    }

    /// An app that exists.
    fn existing(&self, id: Option<String>) -> Result<String, Refusal> {
        let id = id.ok_or(Refusal::because("invalid_arguments", "missing required field: app_id"))?;
        if self.state.apps.contains_key(&id) { Ok(id) } else { Err(Refusal::new("app_not_found")) }
    }
}

fn faulty(errors: &Value) -> Refusal {
    Refusal::new("invalid_manifest").with("errors", errors.clone())
}

pub(super) fn validate(called: &mut Called<'_>) -> Result<Value, Refusal> {
    called.manifest().map(|_| json!({}))
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let (id, manifest) = called.manifest()?;
    if id.is_some() {
        return Err(Refusal::because("invalid_arguments", "no such argument: app_id"));
    }
    let id = called.state.create_from_manifest(manifest);
    Ok(called.state.created_json(&id))
}

pub(super) fn update(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let (id, manifest) = called.manifest()?;
    let id = called.existing(id)?;
    let permissions_updated = called.state.apply_manifest(&id, manifest)?;
    Ok(json!({"app_id": id, "permissions_updated": permissions_updated}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    app_id: Option<String>,
}

pub(super) fn export(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let One { app_id } = called.parse()?;
    let id = called.existing(app_id)?;
    Ok(json!({"manifest": called.state.apps[&id].manifest}))
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let One { app_id } = called.parse()?;
    let id = called.existing(app_id)?;
    called.state.apps.remove(&id);
    called.state.tokens.retain(|_, token| token.app != id);
    Ok(json!({}))
}
