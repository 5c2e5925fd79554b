//! What a bot asks about itself, and where the gateway is.

use serde::Deserialize;
use serde_json::json;

use super::shape::{Id, length, picture};
use super::{Called, Reply};
use crate::bits::permissions;
use crate::state::Refusal;

fn address(called: &Called<'_>) -> String {
    format!("{}/gateway", called.state.base.replacen("http", "ws", 1))
}

pub(super) fn url(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::Json(json!({"url": address(called)})))
}

pub(super) fn bot(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let settings = &called.state.settings;
    let start = called.state.hub.start_limit(called.bot, settings);
    Ok(Reply::Json(json!({"url": address(called), "shards": settings.shards, "session_start_limit": start})))
}

pub(super) fn me(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::Json(called.state.me_json(called.bot)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Renaming {
    username: Option<String>,
    avatar: Option<String>,
}

pub(super) fn rename_me(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let given: Renaming = called.parse()?;
    if let Some(name) = &given.username {
        length("username", name, 2, 32)?;
    }
    if let Some(avatar) = &given.avatar {
        picture("avatar", avatar)?;
    }
    let hash = called.state.secret(32).to_lowercase();
    if let Some(user) = called.state.users.get_mut(&called.bot) {
        user.name = given.username.unwrap_or_else(|| user.name.clone());
        user.avatar = given.avatar.map(|_| hash).or_else(|| user.avatar.clone());
    }
    let data = called.state.me_json(called.bot);
    called.state.tell_bot(called.bot, "USER_UPDATE", data.clone());
    if called.state.members.contains_key(&called.bot) {
        called.state.tell_member(called.bot);
    }
    Ok(Reply::Json(data))
}

pub(super) fn my_guilds(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["before", "after", "limit", "with_counts"])?;
    called.limit(200, 200)?;
    let state = &called.state;
    if !state.members.contains_key(&called.bot) {
        return Ok(Reply::Json(json!([])));
    }
    let mut guild = json!({
        "id": state.guild.to_string(), "name": state.settings.guild, "icon": null, "banner": null, "owner": false,
        "permissions": state.base_permissions(called.bot).to_string(), "features": [],
    });
    if called.flag("with_counts")? {
        guild["approximate_member_count"] = json!(state.members.len());
        guild["approximate_presence_count"] = json!(state.members.len());
    }
    let mut guilds = vec![guild];
    for neighbour in &state.neighbours {
        let (id, name) = (neighbour.id.to_string(), &neighbour.name);
        let may = state.base_permissions(called.bot).to_string();
        guilds.push(json!({ "id": id, "name": name, "icon": null, "banner": null, "owner": false, "permissions": may,
            "features": [] }));
    }
    Ok(Reply::Json(json!(guilds)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    recipient_id: Id,
}

pub(super) fn direct(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let Opening { recipient_id: Id(with) } = called.parse()?;
    if !called.state.users.contains_key(&with) {
        return Err(Refusal::form("recipient_id", "USER_INVALID", "Unknown user"));
    }
    if with == called.bot || called.state.bots.contains_key(&with) {
        return Err(Refusal::new(403, 50007, "Cannot send messages to this user"));
    }
    let id = called.state.direct(called.bot, with);
    Ok(Reply::Json(called.state.channel_json_for(id, Some(called.bot))))
}

pub(super) fn user(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.id("user_id")?;
    if !called.state.users.contains_key(&id) {
        return Err(Refusal::unknown("User"));
    }
    Ok(Reply::Json(called.state.user_json(id)))
}

pub(super) fn application(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::Json(called.state.application_json(called.bot)))
}

impl Called<'_> {
    /// Refuses to give permissions that the bot itself has not.
    pub(super) fn grants(&self, given: u64) -> Result<(), Refusal> {
        let own = self.state.base_permissions(self.bot);
        let may = own & permissions::ADMINISTRATOR != 0 || given & !own == 0;
        if may { Ok(()) } else { Err(Refusal::missing_permissions()) }
    }
}
