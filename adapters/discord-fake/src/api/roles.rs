//! Roles.

use serde::Deserialize;
use serde_json::Value;

use super::guilds::list as answer;
use super::shape::{Bits, Id, length};
use super::{Called, Reply};
use crate::bits::permissions;
use crate::state::{Refusal, Role};

/// Most roles of a guild.
const ROLES: usize = 250;

pub(super) fn list(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    Ok(answer(called.state.roles_json().into_iter()))
}

/// How many members hold each role; that of everybody is left out.
pub(super) fn counts(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    let state = &called.state;
    let held = |role: u64| state.members.values().filter(|member| member.roles.contains(&role)).count();
    let roles = state.roles.keys().filter(|role| **role != state.guild);
    Ok(Reply::Json(roles.map(|role| (role.to_string(), Value::from(held(*role)))).collect()))
}

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    let id = called.id("role_id")?;
    called.state.role(id)?;
    Ok(Reply::Json(called.state.role_json(id)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    name: Option<String>,
    permissions: Option<Bits>,
    color: Option<u32>,
    colors: Option<Colors>,
    hoist: Option<bool>,
    mentionable: Option<bool>,
    unicode_emoji: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Colors {
    primary_color: u32,
    #[serde(rename = "secondary_color")]
    _secondary: Option<u32>,
    #[serde(rename = "tertiary_color")]
    _tertiary: Option<u32>,
}

impl Given {
    fn judge(&self, called: &Called<'_>) -> Result<(), Refusal> {
        if let Some(name) = &self.name {
            length("name", name, 1, 100)?;
        }
        let color = self.colors.as_ref().map(|c| c.primary_color).or(self.color).unwrap_or_default();
        if color > 0xff_ffff {
            let why = "int value should be less than or equal to 16777215.";
            return Err(Refusal::form("color", "NUMBER_TYPE_MAX", why));
        }
        if self.unicode_emoji.is_some() {
            return Err(Refusal::new(403, 50101, "This server needs more boosts to perform this action"));
        }
        called.grants(self.permissions.unwrap_or_default().0)
    }

    fn onto(self, role: &mut Role) {
        role.name = self.name.unwrap_or_else(|| role.name.clone());
        role.permissions = self.permissions.map_or(role.permissions, |bits| bits.0);
        role.color = self.colors.map(|c| c.primary_color).or(self.color).unwrap_or(role.color);
        role.hoist = self.hoist.unwrap_or(role.hoist);
        role.mentionable = self.mentionable.unwrap_or(role.mentionable);
    }
}

impl Called<'_> {
    /// Refuses roles that are not below the bot's own.
    pub(super) fn below_me(&self, role: u64) -> Result<(), Refusal> {
        let role = self.state.role(role)?;
        if role.position < self.state.rank(self.bot) { Ok(()) } else { Err(Refusal::missing_permissions()) }
    }
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_ROLES)?;
    let given: Given = called.parse()?;
    given.judge(called)?;
    if called.state.roles.len() > ROLES {
        return Err(Refusal::new(400, 30005, "Maximum number of server roles reached (250)"));
    }
    let name = given.name.clone().unwrap_or_else(|| "new role".into());
    // Without permissions of its own a role gets those of @everyone.
    let everyone = called.state.role(called.state.guild)?.permissions;
    let id = called.state.create_role_with(&name, |role| {
        role.permissions = everyone;
        given.onto(role);
    });
    Ok(Reply::Json(called.state.role_json(id)))
}

pub(super) fn change(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_ROLES)?;
    let id = called.id("role_id")?;
    called.below_me(id)?;
    let given: Given = called.parse()?;
    given.judge(called)?;
    called.state.change_role(id, |role| given.onto(role))?;
    Ok(Reply::Json(called.state.role_json(id)))
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_ROLES)?;
    let id = called.id("role_id")?;
    called.below_me(id)?;
    if id == called.state.guild || called.state.role(id)?.bot.is_some() {
        return Err(Refusal::new(400, 50028, "Invalid role"));
    }
    called.state.remove_role(id);
    Ok(Reply::Empty)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moving {
    id: Id,
    position: Option<u32>,
}

pub(super) fn arrange(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_ROLES)?;
    let moves: Vec<Moving> = called.parse()?;
    let rank = called.state.rank(called.bot);
    for moved in &moves {
        called.below_me(moved.id.0)?;
        if moved.position.is_some_and(|position| position >= rank) {
            return Err(Refusal::missing_permissions());
        }
    }
    for moved in moves {
        if let Some(position) = moved.position {
            called.state.move_role(moved.id.0, position)?;
        }
    }
    let roles: Vec<Value> = called.state.roles_json();
    Ok(answer(roles.into_iter()))
}
