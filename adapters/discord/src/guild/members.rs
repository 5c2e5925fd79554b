//! The members of the guild, as far as Discord has told.

use std::sync::Arc;
use std::time::Duration;

use bullpen_chat::Author;
use moka::sync::Cache;
use serde_json::Value;

use super::Guild;
use super::known::id;
use super::name::clean;

/// How long what Discord said of a member is believed. Rights hang on roles, and the events that tell of a change may be
/// missing (without the intent for members), so it is minutes, not hours.
const BELIEVED: Duration = Duration::from_secs(10 * 60);
/// Most members that are kept.
const KEPT: u64 = 50_000;

/// Somebody in the guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: u64,
    /// The name that people see in the guild, on one line.
    pub(crate) name: String,
    /// Their roles, without `@everyone`.
    pub(crate) roles: Vec<u64>,
    /// Whether it is a bot.
    pub(crate) bot: bool,
}

/// What is known of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// They are in the guild.
    Member(Arc<Member>),
    /// They are not in the guild (any more).
    Gone,
}

/// What is known of the guild's members.
#[derive(Debug)]
pub(crate) struct Members(Cache<u64, Seen>);

impl Default for Members {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(KEPT).time_to_live(BELIEVED).build())
    }
}

impl Members {
    pub(crate) fn seen(&self, user: u64) -> Option<Seen> {
        self.0.get(&user)
    }

    pub(crate) fn put(&self, member: Member) {
        self.0.insert(member.id, Seen::Member(Arc::new(member)));
    }

    pub(crate) fn gone(&self, user: u64) {
        self.0.insert(user, Seen::Gone);
    }

    /// Events were missed: everybody is asked for anew.
    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
    }
}

impl Member {
    /// A member object of Discord's, with its user inside or beside it (`author` of a message).
    pub(crate) fn read(member: &Value, user: Option<&Value>) -> Option<Self> {
        let user = member.get("user").or(user)?;
        let roles = member.get("roles").and_then(Value::as_array).into_iter().flatten();
        let nick = member.get("nick").and_then(Value::as_str).map(clean).filter(|nick| !nick.is_empty());
        Some(Self {
            id: id(user, "id")?,
            name: nick.unwrap_or_else(|| user_name(user)),
            roles: roles.filter_map(super::known::number).collect(),
            bot: user.get("bot").and_then(Value::as_bool).unwrap_or_default(),
        })
    }
}

/// The name that a user goes by outside of guilds, on one line; their id where nothing of it can be shown.
pub(crate) fn user_name(user: &Value) -> String {
    let name = |field: &str| user.get(field).and_then(Value::as_str).map(clean).filter(|name| !name.is_empty());
    name("global_name")
        .or_else(|| name("username"))
        .unwrap_or_else(|| id(user, "id").map_or_else(|| "somebody".to_owned(), |id| id.to_string()))
}

impl Guild {
    /// A member in the words of the port: with the ids and names of their roles, never `@everyone`.
    pub(crate) fn author(&self, member: &Member) -> Author {
        let (id, name) = (member.id.to_string(), member.name.clone());
        if member.bot {
            return Author::Bot { id, name };
        }
        let guild = self.id();
        let mut groups = Vec::new();
        for role in member.roles.iter().filter(|role| Some(**role) != guild) {
            groups.push(role.to_string());
            // A role that is called like the id of another must not be taken for it.
            let name = self.role(*role).map(|role| role.name).filter(|name| name.parse::<u64>().is_err());
            groups.extend(name.filter(|name| !name.trim().is_empty()));
        }
        Author::Member { id, name, email: None, groups }
    }

    /// Somebody who is not in the guild: without groups.
    pub(crate) fn stranger(user: u64, name: String, bot: bool) -> Author {
        let id = user.to_string();
        if bot { Author::Bot { id, name } } else { Author::Member { id, name, email: None, groups: Vec::new() } }
    }
}
