//! What a person does on the page.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::Shared;
use crate::state::{Clicked, Draft, Refusal, State as Workspace, escape};

/// Everything that an act may need; each takes its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Act {
    #[serde(rename = "as")]
    user: String,
    app: String,
    channel: String,
    ts: String,
    thread: Option<String>,
    broadcast: bool,
    text: String,
    name: String,
    action_id: String,
    value: Option<String>,
    values: std::collections::BTreeMap<String, String>,
}

/// `POST /preview/acts/{act}`. JSON only, so that no page from elsewhere can send it.
pub(super) async fn act(State(shared): State<Arc<Shared>>, Path(name): Path<String>, Json(act): Json<Act>) -> Response {
    let done = match name.as_str() {
        "click" if act.channel.is_empty() => {
            let on = Clicked::Home { app: &act.app };
            shared.click(&act.user, &on, &act.action_id, act.value.as_deref()).await.map(|()| Value::Null)
        }
        "click" => {
            let on = Clicked::Message { channel: &act.channel, ts: &act.ts };
            shared.click(&act.user, &on, &act.action_id, act.value.as_deref()).await.map(|()| Value::Null)
        }
        "command" => shared.command(&act.user, &act.app, &act.channel, &act.text).await.map(|response| json!(response)),
        "submit" => {
            let values: Vec<(&str, &str)> = act.values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            shared.submit(&act.user, &values).await
        }
        _ => shared.change(|state| state.act(&name, &act)).map_err(Into::into),
    };
    match done {
        Ok(value) => Json(json!({"ok": true, "done": value})).into_response(),
        Err(why) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"ok": false, "error": why.to_string()}))).into_response()
        }
    }
}

impl Workspace {
    fn act(&mut self, name: &str, act: &Act) -> Result<Value, Refusal> {
        let Act { user, channel, ts, .. } = act;
        match name {
            "say" => {
                let text = self.typed(&act.text);
                let draft = Draft { thread: act.thread.clone(), broadcast: act.broadcast, text, ..Draft::default() };
                return self.say(user, channel, draft).map(Value::from);
            }
            "edit" => {
                let text = self.typed(&act.text);
                self.own(user, channel, ts)?;
                self.edit(channel, ts, &text)?;
            }
            "delete" => {
                self.own(user, channel, ts)?;
                self.delete(channel, ts)?;
            }
            "react" => {
                let name = crate::emoji::canonical(&act.name).ok_or(Refusal::new("invalid_name"))?;
                let message = self.message(channel, ts)?;
                let has = message.reactions.iter().any(|r| r.name == name && r.users.contains(user));
                self.react(user, channel, ts, &name, !has)?;
            }
            "join" => _ = self.join(user, channel, None)?,
            "leave" => self.leave(user, channel)?,
            "direct" => return self.open_direct(user, &act.name).map(Value::from),
            "open_home" => self.open_home(user, &act.app)?,
            "close_view" => self.modals.retain(|m| m.user != *user),
            "dismiss" => self.ephemerals.retain(|e| !(e.user == *user && e.message.ts == *ts)),
            "install" => {
                let id = self.app_id(&act.app)?;
                let keys = self.install(&id)?;
                return Ok(json!({"bot_token": keys.bot_token, "app_token": keys.app_token}));
            }
            _ => return Err(Refusal::new("unknown_method")),
        }
        Ok(Value::Null)
    }

    /// People change their own messages only.
    fn own(&self, user: &str, channel: &str, ts: &str) -> Result<(), Refusal> {
        let own = self.message(channel, ts)?.user.as_deref() == Some(user);
        if own { Ok(()) } else { Err(Refusal::new("cant_update_message")) }
    }

    /// What a person types, in Slack's writing: names become mentions, addresses become links.
    fn typed(&self, text: &str) -> String {
        let mut words = Vec::new();
        for word in escape(text).split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            let space = &word[bare.len()..];
            let core = bare.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
            let tail = &bare[core.len()..];
            let mended = if let Some(name) = core.strip_prefix('@') {
                self.mention(name)
            } else if let Some(name) = core.strip_prefix('#') {
                self.channel_by_name(name).map(|id| format!("<#{id}>"))
            } else if core.starts_with("https://") || core.starts_with("http://") {
                Some(format!("<{core}>"))
            } else {
                None
            };
            words.push(format!("{}{tail}{space}", mended.unwrap_or_else(|| core.to_owned())));
        }
        words.concat()
    }

    fn mention(&self, name: &str) -> Option<String> {
        let same = |other: &str| other.eq_ignore_ascii_case(name);
        let user = self.users.values().find(|u| same(&u.name)).map(|u| format!("<@{}>", u.id));
        user.or_else(|| self.groups.values().find(|g| same(&g.handle)).map(|g| format!("<!subteam^{}>", g.id)))
    }
}

/// The parameters of an install link.
#[derive(Debug, Deserialize)]
pub(super) struct Authorize {
    client_id: String,
}

/// `GET /oauth/v2/authorize`: installs an app that was made from a manifest, and shows its tokens.
pub(super) async fn authorize(State(shared): State<Arc<Shared>>, Query(asked): Query<Authorize>) -> Response {
    let installed = shared.change(|state| {
        let app =
            state.apps.values().find(|a| a.client_id == asked.client_id).map(|a| (a.id.clone(), a.name.clone()))?;
        state.install(&app.0).ok().map(|keys| (app.1, keys))
    });
    match installed {
        Some((name, keys)) => format!(
            "{name} is installed.\n\nBot token:       {}\nApp-level token: {}\nSigning secret:  {}\n",
            keys.bot_token, keys.app_token, keys.signing_secret
        )
        .into_response(),
        None => (StatusCode::NOT_FOUND, "There is no app with this client id.").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{AppPlan, UserPlan};
    use crate::settings::Settings;
    use crate::state::State;

    #[test]
    fn what_people_type_becomes_slacks_writing() {
        let mut state = State::new(Settings::quick(), "http://127.0.0.1:1".into());
        let ann = state.create_user(UserPlan::member("ann"));
        let app = state.create_app(AppPlan::with_everything("bullpen"));
        let typed = state.typed("@bullpen ask @Ann, not @nobody: 1 < 2 & https://a.example/x?y=1.");
        let wanted =
            format!("<@{}> ask <@{ann}>, not @nobody: 1 &lt; 2 &amp; <https://a.example/x?y=1>.", app.bot_user);
        assert_eq!(typed, wanted);
    }
}
