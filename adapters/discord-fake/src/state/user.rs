//! People and bots, and their membership of the guild.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Refusal, State};
use crate::bits::intents;
use crate::plan::UserPlan;

/// A person or a bot.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) global_name: Option<String>,
    pub(crate) bot: bool,
    pub(crate) avatar: Option<String>,
    pub(crate) closed: bool,
}

/// Somebody's membership.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) nick: Option<String>,
    /// Without `@everyone`.
    pub(crate) roles: BTreeSet<u64>,
    pub(crate) joined_at: DateTime<Utc>,
}

impl State {
    /// Adds somebody to Discord and to the guild.
    pub(crate) fn create_user(&mut self, plan: UserPlan) -> u64 {
        let id = self.add_user(&plan.name, plan.global_name.clone(), plan.bot);
        if let Some(user) = self.users.get_mut(&id) {
            user.closed = plan.closed;
        }
        self.join(id, plan.nick, plan.roles.into_iter().collect());
        id
    }

    /// Adds somebody to Discord.
    pub(crate) fn add_user(&mut self, name: &str, global_name: Option<String>, bot: bool) -> u64 {
        let id = self.id();
        self.users.insert(id, User { id, name: name.into(), global_name, bot, avatar: None, closed: false });
        id
    }

    /// Somebody comes into the guild.
    pub(crate) fn join(&mut self, user: u64, nick: Option<String>, roles: BTreeSet<u64>) {
        if self.members.contains_key(&user) {
            return;
        }
        let joined_at = self.now();
        self.members.insert(user, Member { nick, roles, joined_at });
        let mut data = self.member_json(user);
        data["guild_id"] = json!(self.guild.to_string());
        self.tell_guild("GUILD_MEMBER_ADD", intents::GUILD_MEMBERS, data);
    }

    /// Somebody leaves the guild.
    pub(crate) fn leave(&mut self, user: u64) -> Result<(), Refusal> {
        self.members.get(&user).ok_or_else(|| Refusal::unknown("Member"))?;
        if self.bots.contains_key(&user) {
            let data = json!({"id": self.guild.to_string()});
            self.tell_bot(user, "GUILD_DELETE", data);
        }
        self.members.remove(&user);
        let data = json!({"guild_id": self.guild.to_string(), "user": self.user_json(user)});
        self.tell_guild("GUILD_MEMBER_REMOVE", intents::GUILD_MEMBERS, data);
        let own: Vec<u64> = self.roles.values().filter(|r| r.bot == Some(user)).map(|r| r.id).collect();
        for role in own {
            self.remove_role(role);
        }
        Ok(())
    }

    pub(crate) fn member(&self, user: u64) -> Result<&Member, Refusal> {
        self.members.get(&user).ok_or_else(|| Refusal::unknown("Member"))
    }

    /// Changes a membership, or a user, and says so.
    pub(crate) fn change_member(&mut self, user: u64, change: impl FnOnce(&mut Member)) -> Result<(), Refusal> {
        let member = self.members.get_mut(&user).ok_or_else(|| Refusal::unknown("Member"))?;
        change(member);
        self.tell_member(user);
        Ok(())
    }

    /// Says that a member is as it now is. Of a bot's own membership it is told without the intent.
    pub(crate) fn tell_member(&mut self, user: u64) {
        let mut data = self.member_json(user);
        data["guild_id"] = json!(self.guild.to_string());
        let others = self.bots.keys().copied().filter(|b| *b != user && self.members.contains_key(b)).collect();
        self.bus.send(super::Dispatch {
            name: "GUILD_MEMBER_UPDATE",
            data: data.clone(),
            intent: intents::GUILD_MEMBERS,
            channel: None,
            to: others,
        });
        if self.bots.contains_key(&user) {
            self.tell_bot(user, "GUILD_MEMBER_UPDATE", data);
        }
    }

    /// The name that people see.
    pub(crate) fn shown_name(&self, user: u64) -> String {
        let nick = self.members.get(&user).and_then(|m| m.nick.clone());
        nick.or_else(|| self.users.get(&user).map(|u| u.global_name.clone().unwrap_or_else(|| u.name.clone())))
            .unwrap_or_default()
    }
}
