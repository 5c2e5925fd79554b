//! What the page shows, as JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::Shared;
use crate::state::{Channel, Sort, State as Workspace};

/// How long a question for changes waits.
const PATIENCE: Duration = Duration::from_secs(25);

/// Whose eyes.
#[derive(Debug, Deserialize)]
pub(super) struct Viewer {
    #[serde(rename = "as")]
    viewer: String,
}

/// Whose eyes, where nobody may be named yet.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "as")]
    viewer: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct After {
    after: u64,
}

/// `GET /preview/changes?after=`: answers when there is something new.
pub(super) async fn changes(State(shared): State<Arc<Shared>>, Query(After { after }): Query<After>) -> Json<Value> {
    let mut versions = shared.version.subscribe();
    // Without news the page asks again.
    let _ = tokio::time::timeout(PATIENCE, versions.wait_for(|version| *version > after)).await;
    let version = *versions.borrow();
    Json(json!({"version": version}))
}

pub(super) async fn emoji() -> Json<Value> {
    Json(crate::emoji::all())
}

/// `GET /preview/workspace?as=`: people, apps, and the channels as one person sees them. Without a person, of the first.
pub(super) async fn workspace(State(shared): State<Arc<Shared>>, Query(asked): Query<Asked>) -> Json<Value> {
    let version = *shared.version.borrow();
    Json(shared.read(|state| {
        let first = || state.users.values().find(|u| !u.bot && u.id != "USLACKBOT").map(|u| u.id.clone());
        let named =
            asked.viewer.and_then(|a| state.users.values().find(|u| u.id == a || u.name == a).map(|u| u.id.clone()));
        let viewer = named.or_else(first).unwrap_or_default();
        let users: Vec<Value> = state
            .users
            .values()
            .map(|u| {
                json!({"id": u.id, "name": u.name, "real_name": u.real_name, "bot": u.bot, "guest": u.guest,
                    "stranger": u.stranger, "deleted": u.deleted, "app": u.app})
            })
            .collect();
        let apps: Vec<Value> = state.apps.values().filter(|a| a.installed).map(|a| app(state, a, &viewer)).collect();
        let seen = |c: &&Channel| c.sort == Sort::Public || c.members.contains(&viewer);
        let channels: Vec<Value> = state.channels.values().filter(seen).map(|c| channel_line(c, &viewer)).collect();
        let groups: Vec<Value> =
            state.groups.values().map(|g| json!({"id": g.id, "handle": g.handle, "users": g.users})).collect();
        let modals: Vec<Value> = state
            .modals
            .iter()
            .filter(|m| m.user == viewer)
            .map(|m| json!({"id": m.id, "app": m.app, "view": m.view}))
            .collect();
        json!({
            "version": version, "team": state.settings.team, "viewer": viewer, "users": users, "apps": apps,
            "channels": channels, "groups": groups, "modals": modals,
        })
    }))
}

fn app(state: &Workspace, app: &crate::state::App, viewer: &str) -> Value {
    let home = state.homes.contains_key(&(viewer.to_owned(), app.id.clone()));
    json!({
        "id": app.id, "name": app.name, "display_name": app.display_name, "bot_user": app.bot_user, "commands": app.commands,
        "home": home, "connections": state.post.connections(&app.id), "by_http": app.by_http || !app.socket,
    })
}

fn channel_line(channel: &Channel, viewer: &str) -> Value {
    let latest = channel.messages.values().rev().find(|m| !m.subtype.as_deref().is_some_and(crate::state::is_notice));
    json!({
        "id": channel.id, "name": channel.name, "sort": channel.sort.name(), "topic": channel.topic,
        "purpose": channel.purpose, "archived": channel.archived, "shared": channel.shared,
        "member": channel.members.contains(viewer), "members": channel.members,
        "with": (channel.sort == Sort::Direct).then(|| channel.other(viewer)),
        "latest": latest.map(|m| &m.ts), "latest_by": latest.and_then(|m| m.user.as_ref()),
    })
}

/// `GET /preview/channels/{id}?as=`: everything that stands in it, and what only this person sees.
pub(super) async fn channel(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(Viewer { viewer }): Query<Viewer>,
) -> Result<Json<Value>, StatusCode> {
    shared.read(|state| {
        let channel = state.visible(&viewer, &id).map_err(|_| StatusCode::NOT_FOUND)?;
        let mut messages: Vec<Value> = channel.messages.values().map(|m| state.message_json(m)).collect();
        for ephemeral in state.ephemerals.iter().filter(|e| e.user == viewer && e.message.channel == id) {
            let mut shown = state.message_json(&ephemeral.message);
            shown["is_ephemeral"] = json!(true);
            messages.push(shown);
        }
        let statuses: Vec<Value> = state
            .statuses
            .iter()
            .filter(|((channel, _), _)| *channel == id)
            .map(|((_, thread), status)| json!({"thread": thread, "status": status}))
            .collect();
        Ok(Json(json!({"messages": messages, "statuses": statuses})))
    })
}

/// `GET /preview/home/{app}?as=`: an app's Home for a person, or `null`.
pub(super) async fn home(
    State(shared): State<Arc<Shared>>,
    Path(app): Path<String>,
    Query(Viewer { viewer }): Query<Viewer>,
) -> Json<Value> {
    Json(shared.read(|state| state.homes.get(&(viewer, app)).map_or(Value::Null, |home| home.view.clone())))
}
