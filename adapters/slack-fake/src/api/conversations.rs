//! Channels.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{flag, ids, number};
use super::page::page;
use crate::state::{Channel, Refusal, Sort};

impl Called<'_> {
    /// A channel that the bot can see, with the scope that its sort needs, e.g. `channels:read`.
    pub(super) fn channel(&self, id: &str, act: &str) -> Result<&Channel, Refusal> {
        let channel = self.state.visible(&self.bot_user, id)?;
        self.need(&[&format!("{}:{act}", channel.sort.family())])?;
        Ok(channel)
    }

    /// A channel that the bot is in and may change; not a direct conversation.
    fn own(&self, id: &str, public: &[&str], private: &[&str]) -> Result<&Channel, Refusal> {
        let channel = self.state.visible(&self.bot_user, id)?;
        match channel.sort {
            Sort::Direct => return Err(Refusal::new("method_not_supported_for_channel_type")),
            Sort::Public => self.need(public)?,
            Sort::Private => self.need(private)?,
        }
        if channel.members.contains(&self.bot_user) { Ok(channel) } else { Err(Refusal::new("not_in_channel")) }
    }

    fn shown(&self, id: &str) -> Result<Value, Refusal> {
        Ok(json!({"channel": self.state.channel_json(self.state.channel(id)?, &self.bot_user)}))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    types: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    exclude_archived: bool,
    cursor: Option<String>,
    #[serde(default, deserialize_with = "number")]
    limit: Option<usize>,
}

/// The channels of some types, as far as the bot sees them.
pub(super) fn listed(called: &Called<'_>, asked: &List, member: Option<&str>) -> Result<Value, Refusal> {
    let types: Vec<&str> = asked.types.as_deref().unwrap_or("public_channel").split(',').map(str::trim).collect();
    for kind in &types {
        let scope = match *kind {
            "public_channel" => "channels:read",
            "private_channel" => "groups:read",
            "im" => "im:read",
            "mpim" => "mpim:read",
            _ => return Err(Refusal::new("invalid_types")),
        };
        called.need(&[scope])?;
    }
    let state = &called.state;
    let wanted = |c: &&Channel| {
        types.contains(&c.sort.listed())
            && (!asked.exclude_archived || !c.archived)
            && (c.sort == Sort::Public || c.members.contains(&called.bot_user))
            && member.is_none_or(|m| c.members.contains(m))
    };
    let list = state.channels.values().filter(wanted).map(|c| state.channel_json(c, &called.bot_user)).collect();
    let mut body = json!({});
    page(&mut body, "channels", list, asked.cursor.as_deref(), asked.limit, 100)?;
    Ok(body)
}

pub(super) fn list(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked = called.parse()?;
    listed(called, &asked, None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Info {
    channel: String,
    #[serde(default, rename = "include_locale", deserialize_with = "flag")]
    _include_locale: bool,
    #[serde(default, deserialize_with = "flag")]
    include_num_members: bool,
}

pub(super) fn info(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Info = called.parse()?;
    called.channel(&asked.channel, "read")?;
    let mut shown = called.shown(&asked.channel)?;
    if !asked.include_num_members
        && let Some(channel) = shown["channel"].as_object_mut()
    {
        channel.remove("num_members");
    }
    Ok(shown)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default, deserialize_with = "flag")]
    is_private: bool,
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Create = called.parse()?;
    called.need(if asked.is_private { &["groups:write"] } else { &["channels:manage"] })?;
    let bot = called.bot_user.clone();
    let id = called.state.create_channel(&asked.name, asked.is_private, Some(&bot))?;
    called.shown(&id)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    channel: String,
}

pub(super) fn join(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let One { channel } = called.parse()?;
    if called.state.visible(&called.bot_user, &channel)?.sort != Sort::Public {
        return Err(Refusal::new("method_not_supported_for_channel_type"));
    }
    let bot = called.bot_user.clone();
    let new = called.state.join(&bot, &channel, None)?;
    let mut body = called.shown(&channel)?;
    if !new {
        body["warning"] = json!("already_in_channel");
        body["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    Ok(body)
}

pub(super) fn leave(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let One { channel } = called.parse()?;
    let found = called.state.visible(&called.bot_user, &channel)?;
    if !found.members.contains(&called.bot_user) {
        return Ok(json!({"not_in_channel": true}));
    }
    let bot = called.bot_user.clone();
    called.state.leave(&bot, &channel)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    channel: String,
    #[serde(deserialize_with = "ids")]
    users: Vec<String>,
    #[serde(default, rename = "force", deserialize_with = "flag")]
    _force: bool,
}

pub(super) fn invite(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Invite = called.parse()?;
    let channel = called.own(
        &asked.channel,
        &["channels:manage", "channels:write.invites"],
        &["groups:write", "groups:write.invites"],
    )?;
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if asked.users.is_empty() {
        return Err(Refusal::new("no_user"));
    }
    if asked.users.len() > 100 {
        return Err(Refusal::new("too_many_users"));
    }
    let wrong = |user: &String| match called.state.users.get(user) {
        _ if *user == called.bot_user => Some("cant_invite_self"),
        None => Some("user_not_found"),
        Some(found) if found.deleted => Some("cant_invite"),
        Some(_) if channel.members.contains(user) => Some("already_in_channel"),
        Some(_) => None,
    };
    let faults: Vec<(String, &'static str)> =
        asked.users.iter().filter_map(|u| wrong(u).map(|code| (u.clone(), code))).collect();
    if let Some((_, code)) = faults.first() {
        let errors: Vec<Value> =
            faults.iter().map(|(user, code)| json!({"user": user, "ok": false, "error": code})).collect();
        return Err(Refusal::new(code).with("errors", json!(errors)));
    }
    let bot = called.bot_user.clone();
    for user in &asked.users {
        called.state.join(user, &asked.channel, Some(&bot))?;
    }
    called.shown(&asked.channel)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kick {
    channel: String,
    user: String,
}

pub(super) fn kick(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Kick = called.parse()?;
    called.own(&asked.channel, &["channels:manage"], &["groups:write"])?;
    if asked.user == called.bot_user {
        return Err(Refusal::new("cant_kick_self"));
    }
    called.state.leave(&asked.user, &asked.channel)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    channel: String,
    cursor: Option<String>,
    #[serde(default, deserialize_with = "number")]
    limit: Option<usize>,
}

pub(super) fn members(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Members = called.parse()?;
    let channel = called.channel(&asked.channel, "read")?;
    let list = channel.members.iter().map(|m| json!(m)).collect();
    let mut body = json!({});
    page(&mut body, "members", list, asked.cursor.as_deref(), asked.limit, 100)?;
    Ok(body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    channel: String,
    topic: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Purpose {
    channel: String,
    purpose: String,
}

/// A topic or purpose of at most 250 characters, in a channel that the bot is in.
fn settable(called: &Called<'_>, channel: &str, text: &str) -> Result<(), Refusal> {
    let public = ["channels:manage", "channels:write.topic"];
    let channel = called.own(channel, &public, &["groups:write", "groups:write.topic"])?;
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    if text.chars().count() > 250 { Err(Refusal::new("too_long")) } else { Ok(()) }
}

pub(super) fn set_topic(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Topic { channel, topic } = called.parse()?;
    settable(called, &channel, &topic)?;
    let bot = called.bot_user.clone();
    called.state.set_topic(&channel, &bot, &topic);
    called.shown(&channel)
}

pub(super) fn set_purpose(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Purpose { channel, purpose } = called.parse()?;
    settable(called, &channel, &purpose)?;
    let bot = called.bot_user.clone();
    called.state.set_purpose(&channel, &bot, &purpose);
    Ok(json!({"purpose": purpose}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    channel: String,
    name: String,
}

pub(super) fn rename(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Rename { channel, name } = called.parse()?;
    called.own(&channel, &["channels:manage"], &["groups:write"])?;
    let bot = called.bot_user.clone();
    called.state.rename(&channel, &name, Some(&bot))?;
    called.shown(&channel)
}

fn archived(called: &mut Called<'_>, archived: bool) -> Result<Value, Refusal> {
    let One { channel } = called.parse()?;
    called.own(&channel, &["channels:manage"], &["groups:write"])?;
    let bot = called.bot_user.clone();
    called.state.archive(&channel, archived, Some(&bot))?;
    Ok(json!({}))
}

pub(super) fn archive(called: &mut Called<'_>) -> Result<Value, Refusal> {
    archived(called, true)
}

pub(super) fn unarchive(called: &mut Called<'_>) -> Result<Value, Refusal> {
    archived(called, false)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    channel: Option<String>,
    #[serde(default, deserialize_with = "ids")]
    users: Vec<String>,
    #[serde(default, deserialize_with = "flag")]
    return_im: bool,
    #[serde(default, rename = "prevent_creation", deserialize_with = "flag")]
    _prevent_creation: bool,
}

pub(super) fn open(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Open = called.parse()?;
    let id = match (asked.channel, asked.users.as_slice()) {
        (Some(channel), _) => called.state.visible(&called.bot_user, &channel)?.id.clone(),
        (None, []) => return Err(Refusal::new("users_list_not_supplied")),
        (None, [user]) => {
            called.need(&["im:write"])?;
            if called.state.user(user)?.deleted {
                return Err(Refusal::new("user_disabled"));
            }
            let bot = called.bot_user.clone();
            called.state.open_direct(&bot, user)?
        }
        // Conversations of several people are not part of the stand-in.
        (None, _) => return Err(Refusal::new("method_not_supported_for_channel_type")),
    };
    if asked.return_im { called.shown(&id) } else { Ok(json!({"channel": {"id": id}})) }
}
