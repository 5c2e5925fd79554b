//! Members of the guild.

use serde::Deserialize;

use super::guilds::list as answer;
use super::shape::length;
use super::{Called, Reply};
use crate::bits::{intents, permissions};
use crate::state::Refusal;

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    let id = called.id("user_id")?;
    if !called.state.users.contains_key(&id) {
        return Err(Refusal::unknown("User"));
    }
    called.state.member(id)?;
    Ok(Reply::Json(called.state.member_json(id)))
}

/// All members, in the order of their ids. Needs the toggle of the intent.
pub(super) fn list(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["limit", "after"])?;
    called.guild()?;
    if called.state.bots.get(&called.bot).is_none_or(|b| b.intents & intents::GUILD_MEMBERS == 0) {
        return Err(Refusal::missing_access());
    }
    let (limit, after) = (called.limit(1, 1000)?, called.argument_id("after")?.unwrap_or_default());
    let ids = called.state.members.keys().filter(|id| **id > after).take(limit);
    Ok(answer(ids.map(|id| called.state.member_json(*id))))
}

/// Members whose name or nick begins with a text.
pub(super) fn search(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["limit", "query"])?;
    called.guild()?;
    let limit = called.limit(1, 1000)?;
    let Some(query) = called.query.get("query").map(|q| q.to_lowercase()) else {
        return Err(Refusal::required("query"));
    };
    let begins = |name: Option<&String>| name.is_some_and(|name| name.to_lowercase().starts_with(&query));
    let found = called.state.members.iter().filter(|(id, member)| {
        let user = called.state.users.get(id);
        begins(member.nick.as_ref())
            || begins(user.map(|u| &u.name))
            || begins(user.and_then(|u| u.global_name.as_ref()))
    });
    Ok(answer(found.take(limit).map(|(id, _)| called.state.member_json(*id))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Renaming {
    #[serde(default, deserialize_with = "super::shape::some")]
    nick: Option<Option<String>>,
}

pub(super) fn rename_me(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::CHANGE_NICKNAME)?;
    let Renaming { nick } = called.parse()?;
    if let Some(nick) = nick {
        length("nick", nick.as_deref().unwrap_or_default(), 0, 32)?;
        let nick = nick.filter(|nick| !nick.is_empty());
        called.state.change_member(called.bot, |member| member.nick = nick)?;
    }
    Ok(Reply::Json(called.state.member_json(called.bot)))
}

pub(super) fn give(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    set_role(called, true)
}

pub(super) fn take(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    set_role(called, false)
}

fn set_role(called: &mut Called<'_>, set: bool) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_ROLES)?;
    let (user, role) = (called.id("user_id")?, called.id("role_id")?);
    let member = called.state.member(user)?;
    let has = member.roles.contains(&role);
    called.below_me(role)?;
    if called.state.role(role)?.bot.is_some() || role == called.state.guild {
        return Err(Refusal::new(400, 50028, "Invalid role"));
    }
    if has != set {
        called.state.change_member(user, |member| {
            if set {
                member.roles.insert(role)
            } else {
                member.roles.remove(&role)
            };
        })?;
    }
    Ok(Reply::Empty)
}
