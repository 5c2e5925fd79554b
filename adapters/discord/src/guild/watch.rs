//! What the events of the shared bot's line change in what is known of the guild.

use serde_json::Value;

use super::Guild;
use super::known::{Channel, Role, id};
use super::members::Member;

impl Guild {
    /// Takes in an event, in the order in which Discord sent them. What is not about this guild changes nothing; what cannot
    /// be read, neither.
    pub(crate) fn apply(&self, kind: &str, data: &Value) {
        match kind {
            "READY" => return self.ready(data),
            "GUILD_CREATE" => return self.guild_create(data),
            "GUILD_DELETE" => {
                // Out of order for a while, or we were thrown out: either way nothing more is told.
                if id(data, "id").is_some() && id(data, "id") == self.id() {
                    self.write().filled = false;
                }
                return;
            }
            _ => {}
        }
        if id(data, "guild_id").is_none() || id(data, "guild_id") != self.id() {
            return;
        }
        match kind {
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                if let Some(channel) = Channel::read(data) {
                    self.write().put(channel);
                }
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                if let Some(gone) = id(data, "id") {
                    self.no_longer_ours(gone);
                    let mut known = self.write();
                    known
                        .channels
                        .retain(|id, channel| *id != gone && !(channel.thread && channel.parent == Some(gone)));
                }
            }
            "THREAD_LIST_SYNC" => {
                let mut known = self.write();
                list(data, "threads").filter_map(Channel::read).for_each(|thread| known.put(thread));
            }
            "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" => {
                if let Some(role) = data.get("role").and_then(Role::read) {
                    self.write().roles.insert(role.id, role);
                }
            }
            "GUILD_ROLE_DELETE" => {
                if let Some(role) = id(data, "role_id") {
                    self.write().roles.remove(&role);
                }
            }
            "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => self.met(data, None),
            "GUILD_MEMBERS_CHUNK" => list(data, "members").for_each(|member| self.met(member, None)),
            "GUILD_MEMBER_REMOVE" => {
                if let Some(user) = data.get("user").and_then(|user| id(user, "id")) {
                    self.members.gone(user);
                }
            }
            "MESSAGE_CREATE" | "MESSAGE_REACTION_ADD" | "INTERACTION_CREATE" => {
                if let Some(member) = data.get("member") {
                    self.met(member, data.get("author"));
                }
            }
            _ => {}
        }
    }

    fn met(&self, member: &Value, user: Option<&Value>) {
        if let Some(member) = Member::read(member, user) {
            self.members.put(member);
        }
    }

    /// A fresh session: what was told before may be out of date.
    fn ready(&self, data: &Value) {
        self.members.forget();
        let mut known = self.write();
        known.filled = false;
        let mut guilds = list(data, "guilds").filter_map(|guild| id(guild, "id"));
        let (first, second) = (guilds.next(), guilds.next());
        known.several = second.is_some();
        if known.id.is_none() && second.is_none() {
            known.id = first;
        }
    }

    fn guild_create(&self, data: &Value) {
        let Some(guild) = id(data, "id") else { return };
        if data.get("unavailable").and_then(Value::as_bool) == Some(true) {
            return;
        }
        let mut known = self.write();
        if known.id.is_none() && !known.several {
            known.id = Some(guild);
        }
        if known.id != Some(guild) {
            return;
        }
        known.channels.clear();
        for channel in list(data, "channels").chain(list(data, "threads")).filter_map(Channel::read) {
            known.put(channel);
        }
        known.roles = list(data, "roles").filter_map(Role::read).map(|role| (role.id, role)).collect();
        known.filled = true;
        drop(known);
        list(data, "members").for_each(|member| self.met(member, None));
    }

    /// Takes in what calls have told of the guild: `GET /guilds/{id}`, its channels, and its threads. What events have told
    /// meanwhile is newer.
    pub(super) fn found(&self, guild: &Value, channels: &Value, threads: &Value) {
        let channels = channels.as_array().into_iter().flatten().chain(list(threads, "threads"));
        let mut known = self.write();
        for channel in channels.filter_map(Channel::read) {
            if !known.channels.contains_key(&channel.id) {
                known.put(channel);
            }
        }
        for role in list(guild, "roles").filter_map(Role::read) {
            known.roles.entry(role.id).or_insert(role);
        }
        known.filled = true;
    }
}

/// The entries of a list; none where it is not there.
fn list<'a>(data: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    data.get(field).and_then(Value::as_array).into_iter().flatten()
}
