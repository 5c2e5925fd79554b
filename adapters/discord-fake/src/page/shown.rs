//! What the page shows, as JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bits::permissions;
use crate::seen::Message;
use crate::server::Shared;
use crate::state::{Channel, Kind, State as Guild};

/// How long a question for changes waits.
const PATIENCE: Duration = Duration::from_secs(25);

/// How many messages of a channel are shown: the last ones.
const SHOWN: usize = 200;

/// Whose eyes; a name or an id. Nobody may be named yet.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "as")]
    viewer: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct After {
    after: u64,
}

/// `GET /preview/changes?after=`: answers when there is something new.
pub(super) async fn changes(State(shared): State<Arc<Shared>>, Query(After { after }): Query<After>) -> Json<Value> {
    let mut versions = shared.version.subscribe();
    // Without news the page asks again.
    let _ = tokio::time::timeout(PATIENCE, versions.wait_for(|version| *version > after)).await;
    let version = *versions.borrow();
    Json(json!({"version": version}))
}

impl Guild {
    /// The person of a name or id; else the first person who is not the owner, else the owner.
    fn viewer(&self, asked: Option<&str>) -> u64 {
        let people = || self.members.keys().copied().filter(|id| self.users.get(id).is_some_and(|u| !u.bot));
        let named = asked.and_then(|asked| {
            people().find(|id| id.to_string() == asked || self.users.get(id).is_some_and(|u| u.name == asked))
        });
        named.or_else(|| people().find(|id| *id != self.owner)).unwrap_or(self.owner)
    }

    fn last_said<'a>(&self, channel: &'a Channel) -> Option<&'a Message> {
        channel.messages.values().rev().find(|m| m.is_said())
    }

    fn line(&self, channel: &Channel, viewer: u64) -> Value {
        let last = self.last_said(channel);
        let may = self.permissions(viewer, channel.id);
        let needed =
            if channel.thread.is_some() { permissions::SEND_MESSAGES_IN_THREADS } else { permissions::SEND_MESSAGES };
        let with = channel.recipients.iter().find(|id| **id != viewer);
        let thread = channel.thread.as_ref();
        json!({
            "id": channel.id.to_string(), "name": channel.name, "kind": channel.kind.number(), "topic": channel.topic,
            "parent": channel.parent.map(|p| p.to_string()), "position": channel.position,
            "may_post": may & needed != 0 && channel.kind.holds_messages(), "with": with.map(u64::to_string),
            "last": last.map(|m| m.id.to_string()), "last_by": last.map(|m| m.author.to_string()),
            "archived": thread.is_some_and(|t| t.archived), "locked": thread.is_some_and(|t| t.locked),
            "count": thread.map(|_| channel.messages.values().filter(|m| m.is_said()).count()),
        })
    }
}

/// `GET /preview/guild?as=`: people, roles, commands, and the channels as one person sees them.
pub(super) async fn guild(State(shared): State<Arc<Shared>>, Query(asked): Query<Asked>) -> Json<Value> {
    let version = *shared.version.borrow();
    Json(shared.read(|state| {
        let viewer = state.viewer(asked.viewer.as_deref());
        let users: Vec<Value> = state
            .users
            .values()
            .map(|user| {
                let member = state.members.get(&user.id);
                let mut roles: Vec<u64> = member.map(|m| m.roles.iter().copied().collect()).unwrap_or_default();
                roles.sort_by_key(|id| std::cmp::Reverse(state.roles.get(id).map_or(0, |role| role.position)));
                let is_ours = state.bots.contains_key(&user.id);
                json!({
                    "id": user.id.to_string(), "name": user.name, "shown": state.shown_name(user.id), "bot": user.bot,
                    "member": member.is_some(), "roles": roles.iter().map(u64::to_string).collect::<Vec<_>>(),
                    "ours": is_ours, "online": !is_ours || state.hub.lines_of(user.id) > 0, "owner": user.id == state.owner,
                })
            })
            .collect();
        let roles: Vec<Value> = state
            .roles
            .values()
            .map(|role| {
                json!({
                    "id": role.id.to_string(), "name": role.name, "color": role.color, "position": role.position,
                    "mentionable": role.mentionable, "bot": role.bot.map(|b| b.to_string()),
                })
            })
            .collect();
        let seen = |c: &&Channel| state.sees(viewer, c.id);
        let channels: Vec<Value> = state.channels.values().filter(seen).map(|c| state.line(c, viewer)).collect();
        let commands: Vec<Value> = state
            .commands
            .iter()
            .flat_map(|((app, _), list)| list.iter().map(move |command| json!({"app": app.to_string(), "command": command})))
            .collect();
        let modal = state.live.modals().iter().find(|modal| modal.user == viewer);
        let modal = modal.map(|m| {
            json!({
                "interaction": m.interaction.to_string(), "title": m.title, "custom_id": m.custom_id,
                "components": m.components,
            })
        });
        json!({
            "version": version, "guild": {"id": state.guild.to_string(), "name": state.settings.guild},
            "viewer": viewer.to_string(), "users": users, "roles": roles, "channels": channels, "commands": commands,
            "modal": modal,
        })
    }))
}

/// `GET /preview/channels/{id}?as=`: the last of what stands in it, and what only this person sees.
pub(super) async fn channel(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, StatusCode> {
    shared.read(|state| {
        let viewer = state.viewer(asked.viewer.as_deref());
        let channel = state.channels.get(&id).filter(|_| state.sees(viewer, id)).ok_or(StatusCode::NOT_FOUND)?;
        let mut standing: Vec<&Message> = channel.messages.values().rev().take(SHOWN).collect();
        standing.reverse();
        let mut messages: Vec<Value> = standing.into_iter().map(|m| shown(state, m, viewer)).collect();
        for whispered in state.live.ephemerals().iter().filter(|e| e.user == viewer && e.message.channel == id) {
            messages.push(shown(state, &whispered.message, viewer));
        }
        // Snowflakes of one length: their digits have their order.
        messages.sort_by_key(|m| m["id"].as_str().and_then(|id| id.parse::<u64>().ok()));
        // A thread begins with the message that it was started on.
        let root = channel.thread.as_ref().and(channel.parent).and_then(|parent| state.message(parent, id).ok());
        let root = root.map(|m| shown(state, m, viewer));
        Ok(Json(json!({"line": state.line(channel, viewer), "root": root, "messages": messages})))
    })
}

/// A message with who has reacted, and what its thread looks like.
fn shown(state: &Guild, message: &Message, viewer: u64) -> Value {
    let mut data = state.message_json(message, Some(viewer));
    if let Some(reactions) = data["reactions"].as_array_mut() {
        for (reaction, known) in reactions.iter_mut().zip(&message.reactions) {
            reaction["users"] = known.users.iter().map(u64::to_string).collect();
        }
    }
    let asked_by = message.interaction.as_ref().map(|i| i["user"]["id"].clone());
    data["asked_by"] = json!(asked_by);
    if let Some(thread) = state.channels.get(&message.id).filter(|c| c.thread.is_some() && c.kind != Kind::Direct) {
        data["thread"]["last"] = json!(state.last_said(thread).map(|m| state.message_json(m, Some(viewer))));
    }
    data
}
