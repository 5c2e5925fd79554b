//! Roles, from `@everyone` at the bottom up.

use serde_json::{Value, json};

use super::{Refusal, State};
use crate::bits::{intents, permissions};

/// A role.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) position: u32,
    pub(crate) color: u32,
    pub(crate) hoist: bool,
    pub(crate) mentionable: bool,
    /// The bot whose own role it is: nobody gives, takes or deletes it.
    pub(crate) bot: Option<u64>,
}

impl State {
    pub(super) fn add_everyone(&mut self) {
        let role = Role {
            id: self.guild,
            name: "@everyone".into(),
            permissions: permissions::EVERYONE,
            position: 0,
            color: 0,
            hoist: false,
            mentionable: false,
            bot: None,
        };
        self.roles.insert(role.id, role);
    }

    pub(crate) fn role(&self, id: u64) -> Result<&Role, Refusal> {
        self.roles.get(&id).ok_or_else(|| Refusal::unknown("Role"))
    }

    /// A new role, just above `@everyone`; the others move up.
    pub(crate) fn create_role(&mut self, name: &str, permissions: u64) -> u64 {
        self.create_role_with(name, |role| role.permissions = permissions)
    }

    pub(crate) fn create_role_with(&mut self, name: &str, fill: impl FnOnce(&mut Role)) -> u64 {
        let id = self.id();
        for role in self.roles.values_mut().filter(|role| role.position > 0) {
            role.position += 1;
        }
        let mut role = Role {
            id,
            name: name.into(),
            permissions: 0,
            position: 1,
            color: 0,
            hoist: false,
            mentionable: false,
            bot: None,
        };
        fill(&mut role);
        self.roles.insert(id, role);
        self.tell_role("GUILD_ROLE_CREATE", id);
        id
    }

    pub(crate) fn change_role(&mut self, id: u64, change: impl FnOnce(&mut Role)) -> Result<(), Refusal> {
        change(self.roles.get_mut(&id).ok_or_else(|| Refusal::unknown("Role"))?);
        self.tell_role("GUILD_ROLE_UPDATE", id);
        Ok(())
    }

    pub(crate) fn remove_role(&mut self, id: u64) {
        if self.roles.remove(&id).is_none() {
            return;
        }
        for member in self.members.values_mut() {
            member.roles.remove(&id);
        }
        for channel in self.channels.values_mut() {
            channel.overwrites.remove(&id);
        }
        let data = json!({"guild_id": self.guild.to_string(), "role_id": id.to_string()});
        self.tell_guild("GUILD_ROLE_DELETE", intents::GUILDS, data);
    }

    /// Puts a role at a position; the others close up, in their order.
    pub(crate) fn move_role(&mut self, id: u64, position: u32) -> Result<(), Refusal> {
        self.role(id)?;
        let mut order: Vec<u64> = self.roles.values().filter(|r| r.position > 0 && r.id != id).map(|r| r.id).collect();
        order.sort_by_key(|other| self.roles[other].position);
        let at = usize::try_from(position.max(1)).unwrap_or(1) - 1;
        order.insert(at.min(order.len()), id);
        for (position, id) in (1..).zip(order) {
            if self.roles[&id].position != position {
                self.change_role(id, |role| role.position = position)?;
            }
        }
        Ok(())
    }

    fn tell_role(&mut self, name: &'static str, id: u64) {
        let data = json!({"guild_id": self.guild.to_string(), "role": self.role_json(id)});
        self.tell_guild(name, intents::GUILDS, data);
    }

    pub(crate) fn role_json(&self, id: u64) -> Value {
        let Some(role) = self.roles.get(&id) else { return Value::Null };
        let mut data = json!({
            "id": id.to_string(),
            "name": role.name,
            "description": null,
            "permissions": role.permissions.to_string(),
            "position": role.position,
            "color": role.color,
            "colors": {"primary_color": role.color, "secondary_color": null, "tertiary_color": null},
            "hoist": role.hoist,
            "managed": role.bot.is_some(),
            "mentionable": role.mentionable,
            "icon": null,
            "unicode_emoji": null,
            "flags": 0,
        });
        if let Some(bot) = role.bot {
            data["tags"] = json!({"bot_id": bot.to_string()});
        }
        data
    }
}
