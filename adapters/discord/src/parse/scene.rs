//! Who is who, for what is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use bullpen_chat::Author;
use serde_json::Value;

use super::Stop;
use super::text::Names;
use crate::Discord;
use crate::guild::{self, Guild, Member, Seen, lookup};

/// Everything that a text names: what is known of the guild, and whom the payload itself introduces.
pub(crate) struct Scene<'a> {
    discord: &'a Discord,
    introduced: BTreeMap<u64, String>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(discord: &'a Discord, users: &[Value]) -> Self {
        let name = |user: &Value| {
            let member = user.get("member").and_then(|member| Member::read(member, Some(user)));
            Some((guild::id(user, "id")?, member.map_or_else(|| guild::user_name(user), |member| member.name)))
        };
        Self { discord, introduced: users.iter().filter_map(name).collect() }
    }
}

impl Names for Scene<'_> {
    fn our_user(&self, user: u64) -> Option<String> {
        self.discord.bots.by_user(user).map(|bot| bot.handle().to_owned())
    }

    fn our_role(&self, role: u64) -> Option<String> {
        let guild = &self.discord.guild;
        guild.handle_of_role(role).or_else(|| self.our_user(guild.role(role)?.bot?))
    }

    fn user(&self, user: u64) -> Option<String> {
        let known = self.discord.guild.member(user).map(|member| member.name);
        known.or_else(|| self.introduced.get(&user).cloned())
    }

    fn role(&self, role: u64) -> Option<String> {
        self.discord.guild.role(role).map(|role| role.name)
    }

    fn channel(&self, channel: u64) -> Option<String> {
        self.discord.guild.channel(channel).map(|channel| channel.name)
    }

    fn sounds_like_ours(&self, name: &str) -> bool {
        self.discord.guild.sounds_like_ours(name)
    }
}

/// Who a user is: as the guild knows them now, else as the payload has them, else as Discord answers.
pub(crate) fn author(discord: &Arc<Discord>, user: &Value, member: Option<&Value>) -> Result<Author, Stop> {
    let flag = |name: &str| user.get(name).and_then(Value::as_bool).unwrap_or_default();
    let id = guild::id(user, "id").unwrap_or_default();
    if flag("bot") || flag("system") {
        return Ok(Guild::stranger(id, guild::user_name(user), true));
    }
    if let Some(member) = discord.guild.member(id) {
        return Ok(discord.guild.author(&member));
    }
    if let Some(member) = member.and_then(|member| Member::read(member, Some(user))) {
        return Ok(discord.guild.author(&member));
    }
    match lookup::member(discord, id) {
        Some(Seen::Member(member)) => Ok(discord.guild.author(&member)),
        Some(Seen::Gone) => Ok(Guild::stranger(id, guild::user_name(user), false)),
        None => Err(Stop::Waits),
    }
}
