//! One channel, thread or direct conversation.

use serde::Deserialize;
use serde_json::json;

use super::guilds::Permitted;
use super::shape::{Bits, Id, length, some};
use super::threads;
use super::{Called, Reply};
use crate::bits::{intents, permissions};
use crate::state::{Kind, Overwrite, Refusal, made_at};

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(0)?;
    Ok(Reply::Json(called.state.channel_json_for(id, Some(called.bot))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changing {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<u8>,
    position: Option<u32>,
    #[serde(default, deserialize_with = "some")]
    topic: Option<Option<String>>,
    nsfw: Option<bool>,
    rate_limit_per_user: Option<u32>,
    #[serde(default, deserialize_with = "some")]
    parent_id: Option<Option<Id>>,
    permission_overwrites: Option<Vec<Permitted>>,
    #[serde(rename = "default_auto_archive_duration")]
    _auto_archive: Option<u32>,
}

pub(super) fn change(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(0)?;
    let channel = called.state.channel(id)?;
    if channel.thread.is_some() {
        return threads::change(called, id);
    }
    if channel.kind == Kind::Direct {
        return Err(Refusal::new(403, 50003, "Cannot execute action on a DM channel"));
    }
    called.state.need(called.bot, id, permissions::MANAGE_CHANNELS)?;
    let given: Changing = called.parse()?;
    if let Some(name) = &given.name {
        length("name", name, 1, 100)?;
    }
    if let Some(Some(topic)) = &given.topic {
        length("topic", topic, 0, 1024)?;
    }
    let kind = called.state.channel(id)?.kind;
    if given.kind.is_some_and(|wanted| wanted != kind.number()) {
        return Err(Refusal::form("type", "BASE_TYPE_CHOICES", "The stand-in changes no channel's type."));
    }
    if let Some(Some(parent)) = given.parent_id {
        called.state.need_category(parent.0)?;
    }
    let overwrites = match &given.permission_overwrites {
        Some(given) => {
            called.state.need(called.bot, id, permissions::MANAGE_ROLES)?;
            Some(called.overwrites(given)?)
        }
        None => None,
    };
    called.state.change_channel(id, |channel| {
        if let Some(name) = given.name {
            channel.name = crate::state::channel_name(&name, kind);
        }
        if let Some(topic) = given.topic {
            channel.topic = topic.filter(|topic| !topic.is_empty());
        }
        if let Some(parent) = given.parent_id {
            channel.parent = parent.map(|id| id.0);
        }
        if let Some(overwrites) = overwrites {
            channel.overwrites = overwrites;
        }
        channel.position = given.position.unwrap_or(channel.position);
        channel.nsfw = given.nsfw.unwrap_or(channel.nsfw);
        channel.slow = given.rate_limit_per_user.unwrap_or(channel.slow);
    })?;
    Ok(Reply::Json(called.state.channel_json(id)))
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(0)?;
    let channel = called.state.channel(id)?;
    let (is_thread, kind) = (channel.thread.is_some(), channel.kind);
    if kind == Kind::Direct {
        // Closing a conversation deletes nothing.
        return Ok(Reply::Json(called.state.channel_json_for(id, Some(called.bot))));
    }
    let needed = if is_thread { permissions::MANAGE_THREADS } else { permissions::MANAGE_CHANNELS };
    called.state.need(called.bot, id, needed)?;
    Ok(Reply::Json(called.state.delete_channel(id)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permitting {
    #[serde(rename = "type")]
    kind: u8,
    allow: Option<Bits>,
    deny: Option<Bits>,
}

pub(super) fn permit(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(permissions::MANAGE_ROLES)?;
    of_guild(called, id)?;
    let target = called.id("overwrite_id")?;
    let given: Permitting = called.parse()?;
    let known = match given.kind {
        0 => called.state.roles.contains_key(&target),
        1 => called.state.users.contains_key(&target),
        _ => return Err(Refusal::form("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")),
    };
    if !known {
        return Err(Refusal::unknown(if given.kind == 0 { "Role" } else { "Member" }));
    }
    let (allow, deny) = (given.allow.unwrap_or_default().0, given.deny.unwrap_or_default().0);
    called.grants(allow | deny)?;
    called.state.change_channel(id, |channel| {
        channel.overwrites.insert(target, Overwrite { kind: given.kind, allow, deny });
    })?;
    Ok(Reply::Empty)
}

pub(super) fn unpermit(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(permissions::MANAGE_ROLES)?;
    of_guild(called, id)?;
    let target = called.id("overwrite_id")?;
    if !called.state.channel(id)?.overwrites.contains_key(&target) {
        return Err(Refusal::unknown("Permission Overwrite"));
    }
    called.state.change_channel(id, |channel| {
        channel.overwrites.remove(&target);
    })?;
    Ok(Reply::Empty)
}

fn of_guild(called: &Called<'_>, id: u64) -> Result<(), Refusal> {
    if called.state.channel(id)?.is_of_guild() {
        return Ok(());
    }
    Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"))
}

pub(super) fn typing(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.id("channel_id")?;
    let thread = called.state.channel(id)?.thread.is_some();
    let needed = if thread { permissions::SEND_MESSAGES_IN_THREADS } else { permissions::SEND_MESSAGES };
    called.channel(needed)?;
    let bot = called.bot;
    let stamp = called.state.now().timestamp();
    let mut data = json!({"channel_id": id.to_string(), "user_id": bot.to_string(), "timestamp": stamp});
    called.state.add_guild(id, &mut data);
    let direct = called.state.channel(id)?.kind == Kind::Direct;
    if !direct {
        data["member"] = called.state.member_json(bot);
    }
    let intent = if direct { intents::DIRECT_MESSAGE_TYPING } else { intents::GUILD_MESSAGE_TYPING };
    called.state.tell_channel(id, "TYPING_START", intent, data);
    called.state.typed.push((bot, id));
    Ok(Reply::Empty)
}

/// Refuses messages that are older than two weeks, which are deleted one by one only.
pub(super) fn young(called: &Called<'_>, id: u64) -> Result<(), Refusal> {
    const FORTNIGHT: i64 = 14 * 24 * 60 * 60 * 1000;
    if called.state.now().timestamp_millis() - made_at(id) > FORTNIGHT {
        return Err(Refusal::new(400, 50034, "You can only bulk delete messages that are under 14 days old."));
    }
    Ok(())
}
