//! Clicks and commands, and what they allow an app to do for a while: trigger ids and response URLs.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::{Draft, Poster, Refusal, State};
use crate::blocks;
use crate::deliver::{Answer, Parcel};
use crate::seen::{Ephemeral, Kind, Message, Response};

/// Where a click lands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clicked<'a> {
    Message { channel: &'a str, ts: &'a str },
    Home { app: &'a str },
}

/// A trigger id: one modal, soon.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    app: String,
    user: String,
    expires: DateTime<Utc>,
    used: bool,
}

/// A response URL: some answers, for a while.
#[derive(Debug, Clone)]
pub(crate) struct ResponseUrl {
    pub(crate) app: String,
    pub(crate) user: String,
    pub(crate) channel: String,
    /// The message that the click was on.
    pub(crate) message: Option<String>,
    /// Whether that message was one that only the person sees.
    pub(crate) ephemeral: bool,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) left: u32,
}

impl State {
    pub(crate) fn trigger(&mut self, app: &str, user: &str) -> String {
        let secret = self.secret(32).to_lowercase();
        let id = format!("{}.{}.{secret}", self.last_id + 1_000_000_000_000, self.last_id);
        let expires = self.now() + self.settings.trigger_life;
        self.triggers.insert(id.clone(), Trigger { app: app.into(), user: user.into(), expires, used: false });
        id
    }

    /// Uses a trigger id up and returns who clicked.
    pub(crate) fn use_trigger(&mut self, app: &str, id: &str) -> Result<String, Refusal> {
        let now = self.now();
        let trigger = self.triggers.get_mut(id).filter(|t| t.app == app).ok_or(Refusal::new("invalid_trigger_id"))?;
        if trigger.expires < now {
            return Err(Refusal::new("expired_trigger_id"));
        }
        if std::mem::replace(&mut trigger.used, true) {
            return Err(Refusal::new("exchanged_trigger_id"));
        }
        Ok(trigger.user.clone())
    }

    fn response_url(&mut self, url: ResponseUrl) -> String {
        let key = self.secret(24);
        self.response_urls.insert(key.clone(), url);
        format!("{}/respond/{}/{key}", self.base, self.team)
    }

    pub(crate) fn team_json(&self) -> Value {
        json!({"id": self.team, "domain": self.settings.domain})
    }

    pub(crate) fn person_json(&self, user: &str) -> Value {
        let name = self.users.get(user).map(|u| u.name.clone()).unwrap_or_default();
        json!({"id": user, "username": name, "name": name, "team_id": self.team})
    }

    /// A person uses an element. Returns where the app's acknowledgement will come.
    pub(crate) fn click(
        &mut self,
        user: &str,
        on: &Clicked<'_>,
        action_id: &str,
        value: Option<&str>,
    ) -> Result<oneshot::Receiver<Answer>, Refusal> {
        self.user(user)?;
        let (app, payload, blocks) = match *on {
            Clicked::Message { channel, ts } => self.clicked_message(user, channel, ts)?,
            Clicked::Home { app } => self.clicked_home(user, app)?,
        };
        let (block, element) = find(&blocks, action_id)
            .ok_or_else(|| Refusal::because("not_found", format!("there is no element {action_id} to click")))?;
        let mut action = chosen(&element, value);
        action["action_id"] = json!(action_id);
        action["block_id"] = json!(block);
        Ok(self.acted(user, app, payload, action))
    }

    /// An app is told of a click on a button that its message does not have.
    pub(crate) fn forge(
        &mut self,
        user: &str,
        (channel, ts): (&str, &str),
        action_id: &str,
        value: &str,
    ) -> Result<oneshot::Receiver<Answer>, Refusal> {
        self.user(user)?;
        let (app, payload, _) = self.clicked_message(user, channel, ts)?;
        let action = json!({"type": "button", "action_id": action_id, "block_id": "b", "value": value});
        Ok(self.acted(user, app, payload, action))
    }

    fn acted(&mut self, user: &str, app: String, mut payload: Value, mut action: Value) -> oneshot::Receiver<Answer> {
        action["action_ts"] = json!(self.ts());
        payload["type"] = json!("block_actions");
        payload["user"] = self.person_json(user);
        payload["api_app_id"] = json!(app);
        payload["token"] = json!(self.apps[&app].verification);
        payload["team"] = self.team_json();
        payload["enterprise"] = Value::Null;
        payload["is_enterprise_install"] = json!(false);
        payload["trigger_id"] = json!(self.trigger(&app, user));
        payload["actions"] = json!([action]);
        let id = self.id("I");
        let (parcel, answer) = Parcel::new(id, &app, Kind::Interaction, "block_actions".into(), payload).asked();
        self.post.push(parcel);
        answer
    }

    fn clicked_message(&mut self, user: &str, channel: &str, ts: &str) -> Result<(String, Value, Vec<Value>), Refusal> {
        let found = self.channel(channel)?;
        if !found.members.contains(user) {
            return Err(Refusal::new("not_in_channel"));
        }
        let name = if found.name.is_empty() { "directmessage".to_owned() } else { found.name.clone() };
        let mine =
            self.ephemerals.iter().find(|e| e.user == user && e.message.ts == ts && e.message.channel == channel);
        let ephemeral = mine.is_some();
        let message = match mine {
            Some(mine) => mine.message.clone(),
            None => self.message(channel, ts)?.clone(),
        };
        let app = message.app_id.clone().ok_or_else(|| Refusal::because("not_found", "no app posted that message"))?;
        let expires = self.now() + self.settings.response_url_life;
        let url = self.response_url(ResponseUrl {
            app: app.clone(),
            user: user.to_owned(),
            channel: channel.to_owned(),
            message: Some(ts.to_owned()),
            ephemeral,
            expires,
            left: self.settings.response_url_uses,
        });
        let mut container =
            json!({"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral});
        if let Some(root) = &message.thread_ts {
            container["thread_ts"] = json!(root);
        }
        let mut payload = json!({
            "container": container, "channel": {"id": channel, "name": name}, "response_url": url,
            "state": {"values": {}},
        });
        if !ephemeral {
            payload["message"] = self.message_json(&message);
        }
        Ok((app, payload, message.blocks))
    }

    fn clicked_home(&mut self, user: &str, app: &str) -> Result<(String, Value, Vec<Value>), Refusal> {
        let app = self.app_id(app)?;
        let home = self.homes.get(&(user.to_owned(), app.clone()));
        let home = home.ok_or_else(|| Refusal::because("not_found", "the app's Home is empty"))?.clone();
        let view = self.view_json(&app, &home.id, &home.hash, &home.view);
        let payload = json!({"container": {"type": "view", "view_id": home.id}, "view": view});
        let blocks = home.view["blocks"].as_array().cloned().unwrap_or_default();
        Ok((app, payload, blocks))
    }

    /// A person sends a slash command. Returns where the app's answer will come.
    pub(crate) fn command(
        &mut self,
        user: &str,
        app: &str,
        channel: &str,
        text: &str,
    ) -> Result<oneshot::Receiver<Answer>, Refusal> {
        let person = self.user(user)?.name.clone();
        let found = self.visible(user, channel)?;
        let name = if found.name.is_empty() { "directmessage".to_owned() } else { found.name.clone() };
        if !self.has_scope(app, "commands") {
            return Err(Refusal::missing_scope("commands", &self.apps[app].scopes));
        }
        let command = self.apps[app].commands.first().cloned();
        let command = command.ok_or_else(|| Refusal::because("not_found", "the app has no slash command"))?;
        let expires = self.now() + self.settings.response_url_life;
        let url = self.response_url(ResponseUrl {
            app: app.to_owned(),
            user: user.to_owned(),
            channel: channel.to_owned(),
            message: None,
            ephemeral: false,
            expires,
            left: self.settings.response_url_uses,
        });
        let payload = json!({
            "token": self.apps[app].verification, "team_id": self.team, "team_domain": self.settings.domain,
            "channel_id": channel, "channel_name": name, "user_id": user, "user_name": person, "command": command,
            "text": text, "api_app_id": app, "is_enterprise_install": "false", "response_url": url,
            "trigger_id": self.trigger(app, user),
        });
        let id = self.id("I");
        let (parcel, answer) = Parcel::new(id, app, Kind::Command, command, payload).asked();
        self.post.push(parcel);
        Ok(answer)
    }

    /// What an app answered to a command, shown to the person or to the channel.
    pub(crate) fn answered_command(
        &mut self,
        user: &str,
        app: &str,
        channel: &str,
        body: &Value,
    ) -> Result<Response, Refusal> {
        let body = match body {
            Value::Null => return Ok(Response::default()),
            Value::String(text) if text.is_empty() => return Ok(Response::default()),
            Value::String(text) => json!({"text": text}),
            Value::Object(map) if map.is_empty() => return Ok(Response::default()),
            other => other.clone(),
        };
        let draft = self.answer_draft(&body)?;
        let in_channel = body["response_type"] == "in_channel";
        let response = Response { text: draft.text.clone(), blocks: draft.blocks.clone(), in_channel };
        if in_channel {
            self.put(channel, Poster::App(app), draft)?;
        } else {
            self.show_alone(user, channel, app, draft)?;
        }
        Ok(response)
    }

    /// A message as it may be given in an answer or to a response URL.
    pub(crate) fn answer_draft(&mut self, body: &Value) -> Result<Draft, Refusal> {
        let mut list = body.get("blocks").map_or(Ok(Vec::new()), blocks::list)?;
        blocks::message(&list, &self.context())?;
        self.fill_ids(&mut list);
        let text = body["text"].as_str().unwrap_or_default().to_owned();
        let attachments = body["attachments"].as_array().cloned().unwrap_or_default();
        if text.is_empty() && list.is_empty() && attachments.is_empty() {
            return Err(Refusal::new("no_text"));
        }
        Ok(Draft { text, blocks: list, attachments, unfurl_links: true, ..Draft::default() })
    }

    /// Shows a message to one person.
    pub(crate) fn show_alone(
        &mut self,
        user: &str,
        channel: &str,
        app: &str,
        draft: Draft,
    ) -> Result<Message, Refusal> {
        let message = self.compose(channel, Poster::App(app), draft)?;
        self.ephemerals.push(Ephemeral { user: user.to_owned(), message: message.clone() });
        Ok(message)
    }
}

/// The element with this `action_id` and the id of its block.
fn find(blocks: &[Value], action_id: &str) -> Option<(String, Value)> {
    for block in blocks {
        let inside = block["elements"].as_array().into_iter().flatten();
        let inside = inside.chain([&block["accessory"], &block["element"]]);
        if let Some(element) = inside.into_iter().find(|e| e["action_id"] == action_id) {
            return Some((block["block_id"].as_str().unwrap_or_default().to_owned(), element.clone()));
        }
    }
    None
}

/// What a person's use of an element looks like to the app.
pub(super) fn chosen(element: &Value, value: Option<&str>) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let option = || {
        let wanted = |o: &&Value| value.is_some_and(|v| o["value"] == v);
        element["options"].as_array().into_iter().flatten().find(wanted).cloned().unwrap_or(Value::Null)
    };
    let mut action = Map::new();
    action.insert("type".into(), json!(kind));
    match kind {
        "button" => {
            for field in ["text", "value", "url", "style"] {
                if let Some(given) = element.get(field) {
                    action.insert(field.into(), given.clone());
                }
            }
        }
        "users_select" => _ = action.insert("selected_user".into(), json!(value)),
        "channels_select" => _ = action.insert("selected_channel".into(), json!(value)),
        "conversations_select" => _ = action.insert("selected_conversation".into(), json!(value)),
        "datepicker" => _ = action.insert("selected_date".into(), json!(value)),
        "timepicker" => _ = action.insert("selected_time".into(), json!(value)),
        "checkboxes" | "multi_static_select" => {
            let options: Vec<Value> = Some(option()).filter(|o| !o.is_null()).into_iter().collect();
            action.insert("selected_options".into(), json!(options));
        }
        "static_select" | "overflow" | "radio_buttons" => _ = action.insert("selected_option".into(), option()),
        _ => _ = action.insert("value".into(), json!(value)),
    }
    Value::Object(action)
}
