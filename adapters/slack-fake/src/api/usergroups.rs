//! User groups.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{flag, ids};
use crate::state::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default, deserialize_with = "flag")]
    include_users: bool,
    #[serde(default, rename = "include_count", deserialize_with = "flag")]
    _include_count: bool,
    #[serde(default, rename = "include_disabled", deserialize_with = "flag")]
    _include_disabled: bool,
}

pub(super) fn list(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: List = called.parse()?;
    let state = &called.state;
    let groups: Vec<Value> = state.groups.values().map(|g| state.group_json(g, asked.include_users)).collect();
    Ok(json!({"usergroups": groups}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    handle: Option<String>,
    description: Option<String>,
    #[serde(default, rename = "channels", deserialize_with = "ids")]
    _channels: Vec<String>,
    #[serde(default, rename = "include_count", deserialize_with = "flag")]
    _include_count: bool,
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Create = called.parse()?;
    let handle = asked.handle.unwrap_or_else(|| asked.name.to_lowercase().replace(' ', "-"));
    if handle.is_empty() || handle.chars().any(|c| c.is_uppercase() || c.is_whitespace()) {
        return Err(Refusal::new("invalid_handle"));
    }
    let id = called.state.create_group(&asked.name, &handle, &asked.description.unwrap_or_default())?;
    Ok(json!({"usergroup": called.state.group_json(&called.state.groups[&id], false)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    usergroup: String,
    #[serde(default, rename = "include_disabled", deserialize_with = "flag")]
    _include_disabled: bool,
}

pub(super) fn users(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Users = called.parse()?;
    let group = called.state.groups.get(&asked.usergroup).ok_or(Refusal::new("no_such_subteam"))?;
    Ok(json!({"users": group.users}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UpdateUsers {
    usergroup: String,
    #[serde(deserialize_with = "ids")]
    users: Vec<String>,
    #[serde(default, rename = "include_count", deserialize_with = "flag")]
    _include_count: bool,
}

pub(super) fn update_users(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: UpdateUsers = called.parse()?;
    if asked.users.is_empty() {
        return Err(Refusal::new("no_users_provided"));
    }
    called.state.set_group_users(&asked.usergroup, asked.users)?;
    Ok(json!({"usergroup": called.state.group_json(&called.state.groups[&asked.usergroup], true)}))
}
