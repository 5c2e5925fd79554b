//! Every method: who may call it, what it needs, how often, and whether it reads JSON.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Called, apps, assistant, auth, chat, conversations, files, history, reactions, usergroups, users, views};
use crate::state::{Refusal, TokenKind};

/// What carries a method out.
type Run = fn(&mut Called<'_>) -> Result<Value, Refusal>;

/// A method of the Web API.
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) token: TokenKind,
    /// One of these is needed; more may be, by the arguments.
    pub(super) scopes: &'static [&'static str],
    /// Whether a JSON body is read; Slack passes over it where it is not.
    pub(super) json: bool,
    /// Its tier of rate limits.
    pub(super) tier: usize,
    pub(super) special: Option<Special>,
    pub(super) run: Run,
}

/// What is different about a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    /// Needs no token.
    Open,
    /// Takes every kind of token.
    Any,
    /// Posts: limited by channel as well.
    Post,
}

const JSON: bool = true;
const FORM: bool = false;

const fn bot(name: &'static str, scopes: &'static [&'static str], json: bool, tier: usize, run: Run) -> Method {
    Method { name, token: TokenKind::Bot, scopes, json, tier, special: None, run }
}

const fn post(name: &'static str, run: Run) -> Method {
    Method { special: Some(Special::Post), ..bot(name, &["chat:write"], JSON, 4, run) }
}

const fn configuration(name: &'static str, tier: usize, run: Run) -> Method {
    Method { token: TokenKind::Configuration, ..bot(name, &[], JSON, tier, run) }
}

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];
const MANAGE: &[&str] = &["channels:manage", "groups:write", "im:write", "mpim:write"];
const TOPIC: &[&str] = &["channels:manage", "channels:write.topic", "groups:write", "groups:write.topic"];
const INVITE: &[&str] = &["channels:manage", "channels:write.invites", "groups:write", "groups:write.invites"];

static METHODS: &[Method] = &[
    Method { special: Some(Special::Open), ..bot("api.test", &[], JSON, 4, auth::test) },
    Method { special: Some(Special::Any), ..bot("auth.test", &[], JSON, 4, auth::test) },
    Method { token: TokenKind::App, ..bot("apps.connections.open", &["connections:write"], JSON, 1, apps::open) },
    configuration("apps.manifest.create", 1, apps::create),
    configuration("apps.manifest.validate", 3, apps::validate),
    configuration("apps.manifest.update", 1, apps::update),
    configuration("apps.manifest.export", 3, apps::export),
    configuration("apps.manifest.delete", 1, apps::delete),
    bot("assistant.threads.setStatus", &["assistant:write", "chat:write"], JSON, 4, assistant::set_status),
    bot("bots.info", &["users:read"], FORM, 3, auth::bot),
    post("chat.postMessage", chat::post),
    bot("chat.update", &["chat:write"], JSON, 3, chat::update),
    bot("chat.delete", &["chat:write"], JSON, 3, chat::delete),
    bot("chat.postEphemeral", &["chat:write"], JSON, 4, chat::ephemeral),
    bot("chat.getPermalink", &[], FORM, 4, chat::permalink),
    bot("conversations.list", READ, FORM, 2, conversations::list),
    bot("conversations.info", READ, FORM, 3, conversations::info),
    bot("conversations.create", &["channels:manage", "groups:write"], JSON, 2, conversations::create),
    bot("conversations.join", &["channels:join"], JSON, 3, conversations::join),
    bot("conversations.leave", MANAGE, JSON, 3, conversations::leave),
    bot("conversations.invite", INVITE, JSON, 3, conversations::invite),
    bot("conversations.kick", MANAGE, JSON, 3, conversations::kick),
    bot("conversations.members", READ, FORM, 4, conversations::members),
    bot("conversations.setTopic", TOPIC, JSON, 2, conversations::set_topic),
    bot("conversations.setPurpose", TOPIC, JSON, 2, conversations::set_purpose),
    bot("conversations.rename", MANAGE, JSON, 2, conversations::rename),
    bot("conversations.archive", MANAGE, JSON, 2, conversations::archive),
    bot("conversations.unarchive", MANAGE, JSON, 2, conversations::unarchive),
    bot("conversations.open", &["im:write", "mpim:write"], JSON, 3, conversations::open),
    bot("conversations.history", HISTORY, FORM, 3, history::history),
    bot("conversations.replies", HISTORY, FORM, 3, history::replies),
    bot("files.getUploadURLExternal", &["files:write"], FORM, 4, files::upload_url),
    bot("files.completeUploadExternal", &["files:write"], JSON, 4, files::complete),
    bot("files.info", &["files:read"], FORM, 4, files::info),
    bot("files.delete", &["files:write"], JSON, 3, files::delete),
    bot("reactions.add", &["reactions:write"], JSON, 3, reactions::add),
    bot("reactions.remove", &["reactions:write"], JSON, 2, reactions::remove),
    bot("reactions.get", &["reactions:read"], FORM, 3, reactions::get),
    bot("reactions.list", &["reactions:read"], FORM, 2, reactions::list),
    bot("team.info", &["team:read"], FORM, 3, auth::team),
    bot("usergroups.list", &["usergroups:read"], FORM, 2, usergroups::list),
    bot("usergroups.create", &["usergroups:write"], JSON, 2, usergroups::create),
    bot("usergroups.users.list", &["usergroups:read"], FORM, 2, usergroups::users),
    bot("usergroups.users.update", &["usergroups:write"], JSON, 2, usergroups::update_users),
    bot("users.info", &["users:read"], FORM, 4, users::info),
    bot("users.list", &["users:read"], FORM, 2, users::list),
    bot("users.lookupByEmail", &["users:read.email"], FORM, 3, users::by_email),
    bot("users.conversations", READ, FORM, 3, users::conversations),
    bot("views.publish", &[], JSON, 4, views::publish),
    bot("views.open", &[], JSON, 4, views::open),
    bot("views.push", &[], JSON, 4, views::push),
    bot("views.update", &[], JSON, 4, views::update),
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Method>> =
    LazyLock::new(|| METHODS.iter().map(|m| (m.name, m)).collect());

pub(super) fn find(name: &str) -> Option<&'static Method> {
    BY_NAME.get(name).copied()
}
