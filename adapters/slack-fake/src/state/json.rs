//! Messages as Slack writes them, in events and answers alike.

use serde_json::{Map, Value, json};

use super::{State, text};
use crate::seen::Message;

impl State {
    /// A message with everything that Slack tells about it.
    pub(crate) fn message_json(&self, message: &Message) -> Value {
        let mut shown = Map::new();
        let mut set = |key: &str, value: Value| shown.insert(key.to_owned(), value);
        set("type", json!("message"));
        set("ts", json!(message.ts));
        set("text", json!(message.text));
        set("team", json!(self.team));
        let optional = [
            ("user", &message.user),
            ("bot_id", &message.bot_id),
            ("app_id", &message.app_id),
            ("subtype", &message.subtype),
            ("username", &message.username),
            ("client_msg_id", &message.client_msg_id),
            ("thread_ts", &message.thread_ts),
        ];
        for (key, value) in optional {
            if let Some(value) = value {
                set(key, json!(value));
            }
        }
        if message.broadcast {
            set("subtype", json!("thread_broadcast"));
        }
        if message.subtype.as_deref() == Some("tombstone") {
            set("hidden", json!(true));
        }
        if let Some(icons) = &message.icons {
            set("icons", icons.clone());
        }
        let notice = message.subtype.as_deref().is_some_and(|s| s != "bot_message");
        let blocks = match (message.blocks.is_empty(), message.text.is_empty() || notice) {
            (false, _) => json!(message.blocks),
            (true, false) => json!([text::rich(&message.text, &message.ts)]),
            (true, true) => Value::Null,
        };
        if !blocks.is_null() {
            set("blocks", blocks);
        }
        if !message.attachments.is_empty() {
            set("attachments", json!(message.attachments));
        }
        if !message.files.is_empty() {
            let files: Vec<Value> =
                message.files.iter().filter_map(|f| self.files.get(f)).map(|f| self.file_json(f)).collect();
            set("files", json!(files));
            set("upload", json!(true));
        }
        if let Some(metadata) = &message.metadata {
            set("metadata", metadata.clone());
        }
        if let Some((user, ts)) = &message.edited {
            set("edited", json!({"user": user, "ts": ts}));
        }
        if !message.reactions.is_empty() {
            let reactions: Vec<Value> = message
                .reactions
                .iter()
                .map(|r| json!({"name": r.name, "users": r.users, "count": r.users.len()}))
                .collect();
            set("reactions", json!(reactions));
        }
        if let Some(app) = message.app_id.as_ref().and_then(|id| self.apps.get(id)) {
            set("bot_profile", self.bot_profile(app));
        }
        self.thread_fields(message, &mut shown);
        Value::Object(shown)
    }

    /// What Slack says about the thread of a message.
    fn thread_fields(&self, message: &Message, shown: &mut Map<String, Value>) {
        let Some(root) = &message.thread_ts else { return };
        let Some(channel) = self.channels.get(&message.channel) else { return };
        if message.is_reply() {
            if let Some(parent) = channel.messages.get(root).and_then(|root| root.user.as_ref()) {
                shown.insert("parent_user_id".into(), json!(parent));
            }
            return;
        }
        let replies: Vec<&Message> =
            channel.messages.values().filter(|m| m.is_reply() && m.thread_ts.as_ref() == Some(root)).collect();
        let mut users: Vec<&str> = Vec::new();
        for author in replies.iter().filter_map(|r| r.user.as_deref().or(r.bot_id.as_deref())) {
            if !users.contains(&author) {
                users.push(author);
            }
        }
        shown.insert("reply_count".into(), json!(replies.len()));
        shown.insert("reply_users_count".into(), json!(users.len()));
        shown.insert("reply_users".into(), json!(users));
        shown.insert("is_locked".into(), json!(false));
        shown.insert("subscribed".into(), json!(false));
        if let Some(latest) = replies.last() {
            shown.insert("latest_reply".into(), json!(latest.ts));
        }
    }

    /// An app as messages name it.
    pub(crate) fn bot_profile(&self, app: &super::App) -> Value {
        json!({
            "id": app.bot_id, "app_id": app.id, "user_id": app.bot_user, "name": app.display_name, "deleted": false,
            "updated": 0, "team_id": self.team,
            "icons": {"image_36": format!("{}/avatars/{}.svg", self.base, app.bot_user)},
        })
    }
}
