//! The guild and its channels.

use serde::Deserialize;
use serde_json::{Value, json};

use super::shape::{Bits, Id, length};
use super::{Called, Reply};
use crate::bits::permissions;
use crate::state::{Channel, Kind, Overwrite, Refusal};

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["with_counts"])?;
    called.guild()?;
    let mut guild = called.state.guild_json();
    if called.flag("with_counts")? {
        guild["approximate_member_count"] = json!(called.state.members.len());
        guild["approximate_presence_count"] = json!(called.state.members.len());
    }
    Ok(Reply::Json(guild))
}

/// The channels of the guild, also those that the bot does not see.
pub(super) fn channels(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    let channels = called.state.channels.values().filter(|c| c.is_of_guild());
    Ok(Reply::Json(channels.map(|c| called.state.channel_json(c.id)).collect()))
}

/// An overwrite as it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Permitted {
    id: Id,
    #[serde(rename = "type")]
    kind: Option<u8>,
    allow: Option<Bits>,
    deny: Option<Bits>,
}

impl Called<'_> {
    /// Judges overwrites: roles and members that exist, and permissions that the bot itself has.
    pub(super) fn overwrites(
        &self,
        given: &[Permitted],
    ) -> Result<std::collections::BTreeMap<u64, Overwrite>, Refusal> {
        let mut overwrites = std::collections::BTreeMap::new();
        for (i, one) in given.iter().enumerate() {
            let kind = one.kind.unwrap_or_default();
            let (allow, deny) = (one.allow.unwrap_or_default().0, one.deny.unwrap_or_default().0);
            let known = match kind {
                0 => self.state.roles.contains_key(&one.id.0),
                1 => self.state.users.contains_key(&one.id.0),
                _ => false,
            };
            if !known {
                let why = "There is no such role or member.";
                return Err(Refusal::form(&format!("permission_overwrites.{i}.id"), "MODEL_TYPE_CONVERT", why));
            }
            self.grants(allow | deny)?;
            overwrites.insert(one.id.0, Overwrite { kind, allow, deny });
        }
        Ok(overwrites)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Creating {
    name: String,
    #[serde(rename = "type")]
    kind: Option<u8>,
    topic: Option<String>,
    position: Option<u32>,
    nsfw: Option<bool>,
    rate_limit_per_user: Option<u32>,
    parent_id: Option<Id>,
    permission_overwrites: Option<Vec<Permitted>>,
    #[serde(rename = "default_auto_archive_duration")]
    _auto_archive: Option<u32>,
}

pub(super) fn create_channel(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_CHANNELS)?;
    let given: Creating = called.parse()?;
    length("name", &given.name, 1, 100)?;
    length("topic", given.topic.as_deref().unwrap_or_default(), 0, 1024)?;
    let kind = match given.kind.unwrap_or_default() {
        0 => Kind::Text,
        4 => Kind::Category,
        5 => Kind::Announcement,
        other => {
            let why = format!("The stand-in makes channels of the types 0, 4 and 5, not {other}.");
            return Err(Refusal::form("type", "BASE_TYPE_CHOICES", why));
        }
    };
    let mut channel = Channel::new(0, kind, &given.name);
    let inherited = given.parent_id.and_then(|id| called.state.channels.get(&id.0)).map(|c| c.overwrites.clone());
    channel.overwrites = match &given.permission_overwrites {
        Some(given) => called.overwrites(given)?,
        None => inherited.unwrap_or_default(),
    };
    channel.topic = given.topic.filter(|topic| !topic.is_empty());
    channel.nsfw = given.nsfw.unwrap_or_default();
    channel.slow = given.rate_limit_per_user.unwrap_or_default();
    channel.parent = given.parent_id.map(|id| id.0);
    let below = called.state.channels.values().filter(|c| c.is_of_guild() && c.parent == channel.parent);
    let last = below.map(|c| c.position + 1).max().unwrap_or_default();
    channel.position = given.position.unwrap_or(last);
    let id = called.state.create_channel(channel)?;
    Ok(Reply::Created(called.state.channel_json(id)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moving {
    id: Id,
    position: Option<u32>,
    #[serde(default, deserialize_with = "super::shape::some")]
    parent_id: Option<Option<Id>>,
    #[serde(rename = "lock_permissions")]
    _lock: Option<bool>,
}

pub(super) fn move_channels(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    called.state.need_in_guild(called.bot, permissions::MANAGE_CHANNELS)?;
    let moves: Vec<Moving> = called.parse()?;
    for moved in &moves {
        called.state.channel(moved.id.0)?;
        if let Some(Some(parent)) = moved.parent_id {
            called.state.need_category(parent.0)?;
        }
    }
    for moved in moves {
        called.state.change_channel(moved.id.0, |channel| {
            channel.position = moved.position.unwrap_or(channel.position);
            if let Some(parent) = moved.parent_id {
                channel.parent = parent.map(|id| id.0);
            }
        })?;
    }
    Ok(Reply::Empty)
}

/// A list in JSON, for routes that answer with several of a kind.
pub(super) fn list(values: impl Iterator<Item = Value>) -> Reply {
    Reply::Json(values.collect())
}
