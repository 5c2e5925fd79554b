//! Commands of applications, of the guild or for everywhere.

use serde_json::{Value, json};

use super::guilds::list as answer;
use super::shape::command::judge;
use super::{Called, Reply};
use crate::state::Refusal;

/// Most commands at one go.
const COMMANDS: usize = 100;

/// The application and guild in the path: the caller's own, and the one that its bot is in.
fn place(called: &Called<'_>) -> Result<(u64, Option<u64>), Refusal> {
    let application = called.id("application_id")?;
    if application != called.bot {
        return Err(Refusal::new(403, 20012, "You are not authorized to perform this action on this application"));
    }
    let guild = called.optional_id("guild_id")?;
    if let Some(guild) = guild
        && (guild != called.state.guild || !called.state.members.contains_key(&called.bot))
    {
        return Err(Refusal::missing_access());
    }
    Ok((application, guild))
}

fn find(called: &Called<'_>) -> Result<Value, Refusal> {
    let (application, guild) = place(called)?;
    let id = called.id("command_id")?.to_string();
    let found = called.state.commands_of(application, guild).iter().find(|c| c["id"] == *id);
    found.cloned().ok_or_else(|| Refusal::unknown("Application Command"))
}

pub(super) fn list(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["with_localizations"])?;
    let (application, guild) = place(called)?;
    Ok(answer(called.state.commands_of(application, guild).iter().cloned()))
}

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::Json(find(called)?))
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let (application, guild) = place(called)?;
    let command = judge(&called.body)?;
    let (command, new) = called.state.register(application, guild, command)?;
    Ok(if new { Reply::Created(command) } else { Reply::Json(command) })
}

pub(super) fn set_all(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let (application, guild) = place(called)?;
    let Some(given) = called.body.as_array() else {
        return Err(Refusal::form("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    if given.len() > COMMANDS {
        return Err(Refusal::too_long("", COMMANDS));
    }
    let mut commands: Vec<Value> = Vec::new();
    for (i, one) in given.iter().enumerate() {
        let command = judge(one).map_err(|refusal| refusal.below(&i.to_string()))?;
        if commands.iter().any(|c| c["name"] == command["name"] && c["type"] == command["type"]) {
            let why = "Application command names must be unique";
            return Err(Refusal::form(&i.to_string(), "APPLICATION_COMMANDS_DUPLICATE_NAME", why));
        }
        commands.push(command);
    }
    Ok(answer(called.state.register_all(application, guild, commands)?.into_iter()))
}

pub(super) fn change(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let (application, guild) = place(called)?;
    let old = find(called)?;
    let mut merged = old.clone();
    for (name, value) in called.body.as_object().into_iter().flatten() {
        merged[name] = value.clone();
    }
    if let Some(fields) = merged.as_object_mut() {
        for name in ["id", "application_id", "version", "guild_id"] {
            fields.remove(name);
        }
    }
    let mut command = judge(&merged)?;
    for name in ["id", "application_id", "guild_id"] {
        if !old[name].is_null() {
            command[name] = old[name].clone();
        }
    }
    command["version"] = json!(called.state.id().to_string());
    let all = called.state.commands.entry((application, guild)).or_default();
    if all.iter().any(|c| c["id"] != old["id"] && c["name"] == command["name"] && c["type"] == command["type"]) {
        let why = "Application command names must be unique";
        return Err(Refusal::form("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", why));
    }
    if let Some(known) = all.iter_mut().find(|c| c["id"] == old["id"]) {
        *known = command.clone();
    }
    Ok(Reply::Json(command))
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let place = place(called)?;
    let id = find(called)?["id"].clone();
    called.state.commands.entry(place).or_default().retain(|c| c["id"] != id);
    Ok(Reply::Empty)
}
