//! What a person does on the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bits::permissions;
use crate::server::Shared;
use crate::state::{Draft, Edit, Refusal, Speaker, State as Guild};

/// Everything that an act may need; each takes its own. Ids are texts, as the page has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Act {
    #[serde(rename = "as")]
    user: Id,
    app: Id,
    channel: Id,
    message: Id,
    text: String,
    emoji: String,
    custom_id: String,
    focused: String,
    options: BTreeMap<String, Value>,
    values: BTreeMap<String, String>,
    chosen: Option<Vec<String>>,
}

/// A snowflake as a text; 0 where it is none.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(from = "String")]
struct Id(u64);

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or_default())
    }
}

/// `POST /preview/acts/{act}`. JSON only, so that no page from elsewhere can send it.
pub(super) async fn act(State(shared): State<Arc<Shared>>, Path(name): Path<String>, Json(act): Json<Act>) -> Response {
    let (user, app, channel, message) = (act.user.0, act.app.0, act.channel.0, act.message.0);
    let options: Vec<(String, Value)> = act.options.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let done: Result<Value, String> = match name.as_str() {
        "click" => {
            let answer = shared.click(user, channel, message, &act.custom_id, act.chosen.as_deref()).await;
            answer.map(|answer| json!(answer)).map_err(|why| why.to_string())
        }
        "command" => {
            let answer = shared.command(user, app, channel, &act.text, &options).await;
            answer.map(|answer| json!(answer)).map_err(|why| why.to_string())
        }
        "complete" => {
            let choices = shared.complete((user, app, channel), &act.text, &options, &act.focused).await;
            choices.map(|choices| json!(choices)).map_err(|why| why.to_string())
        }
        "submit" => {
            let open = shared.read(|state| state.live.modals().iter().find(|modal| modal.user == user).cloned());
            let values: Vec<(String, String)> = act.values.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            match open {
                Some(modal) => {
                    let answer = shared.submit(user, &modal, &values).await;
                    answer.map(|answer| json!(answer)).map_err(|why| why.to_string())
                }
                None => Err("no form is open".into()),
            }
        }
        _ => shared.change(|state| state.act(&name, &act)).map_err(|refusal| refusal.to_string()),
    };
    match done {
        Ok(value) => Json(json!({"ok": true, "done": value})).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"ok": false, "error": error}))).into_response(),
    }
}

impl Guild {
    fn act(&mut self, name: &str, act: &Act) -> Result<Value, Refusal> {
        let (user, channel, message) = (act.user.0, act.channel.0, act.message.0);
        match name {
            "say" => {
                let reference = (message != 0).then_some((channel, message));
                let draft = Draft { content: self.typed(&act.text), reference, ..Draft::default() };
                self.may_post(user, channel, &draft)?;
                return self.post(channel, Speaker::User(user), draft).map(|id| json!(id.to_string()));
            }
            "thread" => {
                self.need(user, channel, permissions::CREATE_PUBLIC_THREADS)?;
                if !self.channels.contains_key(&message) {
                    let name: String = self.message(channel, message)?.content.chars().take(40).collect();
                    let name = if name.trim().is_empty() { "Thread".to_owned() } else { name };
                    self.start_thread(user, channel, message, &name, 4320)?;
                }
                return Ok(json!(message.to_string()));
            }
            "edit" => {
                self.own(user, channel, message)?;
                let edit = Edit { content: Some(self.typed(&act.text)), ..Edit::default() };
                self.edit(channel, message, edit)?;
            }
            "delete" => self.delete_for(user, channel, message)?,
            "react" => {
                let has = self.message(channel, message)?.reacted(&act.emoji).contains(&user);
                self.react(user, channel, message, &act.emoji, !has)?;
            }
            "direct" => return Ok(json!(self.direct(user, act.app.0).to_string())),
            "close_modal" => self.live.close_modal(user),
            "dismiss" => self.live.dismiss(user, message),
            _ => return Err(Refusal::not_found()),
        }
        Ok(Value::Null)
    }

    /// People change their own messages only.
    fn own(&self, user: u64, channel: u64, message: u64) -> Result<(), Refusal> {
        let message = self.message(channel, message)?;
        let own = message.webhook.is_none() && message.author == user;
        if own { Ok(()) } else { Err(Refusal::new(403, 50005, "Cannot edit a message authored by another user")) }
    }

    /// What a person types, in Discord's writing: names become mentions. The longest name that fits is meant.
    fn typed(&self, text: &str) -> String {
        let mut names: Vec<(String, String)> = Vec::new();
        for user in self.users.values() {
            for name in [user.name.clone(), self.shown_name(user.id)] {
                names.push((format!("@{name}"), format!("<@{}>", user.id)));
            }
        }
        for role in self.roles.values().filter(|role| role.id != self.guild) {
            names.push((format!("@{}", role.name.trim_start_matches('@')), format!("<@&{}>", role.id)));
        }
        for channel in self.channels.values().filter(|c| !c.name.is_empty()) {
            names.push((format!("#{}", channel.name), format!("<#{}>", channel.id)));
        }
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let (mut written, mut rest, mut before) = (String::new(), text, ' ');
        while let Some(next) = rest.chars().next() {
            let meant = matches!(next, '@' | '#').then(|| {
                let fits = |name: &str| {
                    let after = rest.get(name.len()..).and_then(|after| after.chars().next());
                    let same = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
                    same && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
                };
                names.iter().find(|(name, _)| !before.is_alphanumeric() && fits(name))
            });
            if let Some((name, mention)) = meant.flatten() {
                written += mention;
                rest = &rest[name.len()..];
                before = '>';
            } else {
                written.push(next);
                rest = &rest[next.len_utf8()..];
                before = next;
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{BotPlan, UserPlan};
    use crate::settings::Settings;
    use crate::state::State;

    #[test]
    fn what_people_type_becomes_discords_writing() {
        let mut state = State::new(Settings::quick(), "http://127.0.0.1:1".into());
        let ann = state.create_user(UserPlan::member("ann").nick("Ann Lee"));
        let bot = state.create_bot(BotPlan::new("bullpen"));
        let role = state.create_role("cmo", 0);
        let typed = state.typed("@bullpen ask @Ann Lee and @cmo, not @cmos, nor me@cmo or @nobody.");
        assert_eq!(typed, format!("<@{}> ask <@{ann}> and <@&{role}>, not @cmos, nor me@cmo or @nobody.", bot.user));
    }
}
