//! Threads.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::guilds::list as answer;
use super::shape::length;
use super::{Called, Reply};
use crate::bits::permissions as p;
use crate::state::{Kind, Refusal};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Starting {
    name: String,
    auto_archive_duration: Option<u32>,
    rate_limit_per_user: Option<u32>,
    #[serde(rename = "type")]
    kind: Option<u8>,
    #[serde(rename = "invitable")]
    _invitable: Option<bool>,
}

/// Minutes without a word after which a thread is archived, where nothing else is said.
const AUTO_ARCHIVE: u32 = 4320;

fn duration(given: Option<u32>) -> Result<u32, Refusal> {
    match given.unwrap_or(AUTO_ARCHIVE) {
        minutes @ (60 | 1440 | 4320 | 10080) => Ok(minutes),
        _ => {
            let why = "Value must be one of (60, 1440, 4320, 10080).";
            Err(Refusal::form("auto_archive_duration", "BASE_TYPE_CHOICES", why))
        }
    }
}

impl Starting {
    fn judge(&self) -> Result<u32, Refusal> {
        length("name", &self.name, 1, 100)?;
        slow(self.rate_limit_per_user)?;
        duration(self.auto_archive_duration)
    }
}

fn slow(given: Option<u32>) -> Result<(), Refusal> {
    if given.is_some_and(|seconds| seconds > 21600) {
        let why = "int value should be between 0 and 21600.";
        return Err(Refusal::form("rate_limit_per_user", "NUMBER_TYPE_MAX", why));
    }
    Ok(())
}

pub(super) fn start_on_message(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::CREATE_PUBLIC_THREADS | p::READ_MESSAGE_HISTORY)?;
    let message = called.id("message_id")?;
    let given: Starting = called.parse()?;
    let minutes = given.judge()?;
    if given.kind.is_some() {
        return Err(Refusal::form("type", "UNKNOWN_FIELD", "A thread on a message has no type of its own."));
    }
    let id = called.state.start_thread(called.bot, channel, message, &given.name, minutes)?;
    Ok(Reply::Created(called.state.thread_json(id, Some(called.bot))))
}

pub(super) fn start(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::CREATE_PUBLIC_THREADS)?;
    if !matches!(called.state.channel(channel)?.kind, Kind::Text | Kind::Announcement) {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    }
    let given: Starting = called.parse()?;
    let minutes = given.judge()?;
    if given.kind != Some(11) {
        let why = "The stand-in starts public threads (type 11); without a type Discord starts a private one.";
        return Err(Refusal::form("type", "BASE_TYPE_CHOICES", why));
    }
    let id = called.state.start_bare_thread(called.bot, channel, &given.name, minutes)?;
    Ok(Reply::Created(called.state.thread_json(id, Some(called.bot))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changing {
    name: Option<String>,
    archived: Option<bool>,
    locked: Option<bool>,
    auto_archive_duration: Option<u32>,
    rate_limit_per_user: Option<u32>,
}

/// Changes a thread: whoever speaks in it may bring it back, its owner may rename and archive it, all else needs
/// `MANAGE_THREADS`. An archived one takes no change but that.
pub(super) fn change(called: &mut Called<'_>, id: u64) -> Result<Reply, Refusal> {
    let given: Changing = called.parse()?;
    if let Some(name) = &given.name {
        length("name", name, 1, 100)?;
    }
    slow(given.rate_limit_per_user)?;
    let minutes = given.auto_archive_duration.map(|minutes| duration(Some(minutes))).transpose()?;
    let thread = called.state.channel(id)?.thread.clone().ok_or_else(|| Refusal::unknown("Channel"))?;
    let may = called.state.permissions(called.bot, id);
    let manages = may & p::MANAGE_THREADS != 0;
    let owns = thread.owner == called.bot;
    let brings_back = given.archived == Some(false);
    let nothing_else = given.name.is_none() && given.locked.is_none() && minutes.is_none();
    let speaks = may & p::SEND_MESSAGES_IN_THREADS != 0 && !thread.locked;
    if !manages && (given.locked.is_some() || given.rate_limit_per_user.is_some()) {
        return Err(Refusal::missing_permissions());
    }
    if !(manages || owns && !thread.locked || brings_back && nothing_else && speaks) {
        return Err(Refusal::missing_permissions());
    }
    if thread.archived && given.archived != Some(false) && !(nothing_else && given.archived.is_some()) {
        return Err(Refusal::archived());
    }
    called.state.change_thread(id, |channel, part| {
        channel.name = given.name.unwrap_or_else(|| channel.name.clone());
        channel.slow = given.rate_limit_per_user.unwrap_or(channel.slow);
        part.archived = given.archived.unwrap_or(part.archived);
        part.locked = given.locked.unwrap_or(part.locked);
        part.auto_archive = minutes.unwrap_or(part.auto_archive);
    })?;
    Ok(Reply::Json(called.state.thread_json(id, Some(called.bot))))
}

fn threads_json(called: &Called<'_>, ids: &[u64], has_more: bool) -> Value {
    let mine = |id: &&u64| {
        let part = called.state.channels.get(id).and_then(|c| c.thread.as_ref());
        part.is_some_and(|part| part.members.contains(&called.bot))
    };
    json!({
        "threads": ids.iter().map(|id| called.state.thread_json(*id, Some(called.bot))).collect::<Vec<_>>(),
        "members": ids.iter().filter(mine).map(|id| called.state.thread_member_json(*id, called.bot)).collect::<Vec<_>>(),
        "has_more": has_more,
    })
}

/// All active threads of the guild that the bot sees, the newest first.
pub(super) fn active(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.guild()?;
    let ids = called.state.threads_for(called.bot, false);
    Ok(Reply::Json(threads_json(called, &ids, false)))
}

/// Archived threads of a channel, those that were archived last first.
pub(super) fn archived(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["before", "limit"])?;
    let channel = called.channel(p::READ_MESSAGE_HISTORY)?;
    let limit = called.limit(50, 100)?;
    let before = match called.query.get("before") {
        Some(text) => Some(DateTime::parse_from_rfc3339(text).map_err(|_| {
            Refusal::form("before", "DATE_TIME_TYPE_PARSE", "Could not parse timestamp. Should be ISO8601.")
        })?),
        None => None,
    };
    let archived_at = |id: &u64| called.state.channels.get(id).and_then(|c| c.thread.as_ref()).map(|t| t.archived_at);
    let mut ids = called.state.threads_for(called.bot, true);
    ids.retain(|id| called.state.channels[id].parent == Some(channel));
    ids.retain(|id| before.is_none_or(|before| archived_at(id).is_some_and(|at| at < before)));
    ids.sort_by_key(|id| std::cmp::Reverse(archived_at(id)));
    let has_more = ids.len() > limit;
    ids.truncate(limit);
    Ok(Reply::Json(threads_json(called, &ids, has_more)))
}

pub(super) fn members(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(0)?;
    let Some(part) = called.state.channel(id)?.thread.as_ref() else {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    };
    Ok(answer(part.members.iter().map(|user| called.state.thread_member_json(id, *user))))
}

pub(super) fn join(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(0)?;
    called.state.join_thread(called.bot, id)?;
    Ok(Reply::Empty)
}

pub(super) fn leave(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.channel(0)?;
    called.state.leave_thread(called.bot, id)?;
    Ok(Reply::Empty)
}
