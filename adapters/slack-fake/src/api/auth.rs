//! Who one is: `auth.test`, `bots.info`, `team.info`, `api.test`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Called;
use crate::state::{Refusal, TokenKind};

pub(super) fn api_test(arguments: &Map<String, Value>) -> Result<Value, Refusal> {
    if arguments.contains_key("error") {
        return Err(Refusal::new("error_on_request").with("args", json!(arguments)));
    }
    Ok(json!({"ok": true, "args": arguments}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

pub(super) fn test(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Nothing {} = called.parse()?;
    if called.token.kind == TokenKind::App {
        return Ok(json!({"app_name": called.state.app_name(called.app()), "app_id": called.app()}));
    }
    let state = &called.state;
    let Some(app) = state.apps.get(called.app()) else {
        return Ok(json!({"url": state.workspace_url(), "team": state.settings.team, "team_id": state.team}));
    };
    Ok(json!({
        "url": state.workspace_url(), "team": state.settings.team, "user": app.name, "team_id": state.team,
        "user_id": app.bot_user, "bot_id": app.bot_id, "is_enterprise_install": false,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bot {
    bot: Option<String>,
}

pub(super) fn bot(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let Bot { bot } = called.parse()?;
    let Some(id) = bot else { return Ok(json!({})) };
    if let Some(app) = called.state.apps.values().find(|a| a.bot_id == id) {
        let mut shown = called.state.bot_profile(app);
        shown["updated"] = json!(called.state.users.get(&app.bot_user).map_or(0, |u| u.updated));
        return Ok(json!({"bot": shown}));
    }
    let user =
        called.state.users.values().find(|u| u.bot_id.as_ref() == Some(&id)).ok_or(Refusal::new("bot_not_found"))?;
    Ok(json!({"bot": {"id": id, "deleted": user.deleted, "name": user.name, "updated": user.updated, "app_id": "A0",
        "user_id": user.id, "icons": {}}}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Team {
    team: Option<String>,
    #[serde(rename = "domain")]
    _domain: Option<String>,
}

pub(super) fn team(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Team = called.parse()?;
    let state = &called.state;
    if asked.team.is_some_and(|team| team != state.team) {
        return Err(Refusal::new("team_not_found"));
    }
    Ok(json!({"team": {
        "id": state.team, "name": state.settings.team, "url": state.workspace_url(), "domain": state.settings.domain,
        "email_domain": "example.com", "icon": {"image_default": true}, "avatar_base_url": "https://ca.slack-edge.com/",
        "is_verified": false,
    }}))
}
