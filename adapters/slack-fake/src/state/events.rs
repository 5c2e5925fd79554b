//! Who is told what. An app hears of what its bot can see, what it subscribes to, and what its scopes allow.

use serde_json::{Value, json};

use super::{Sort, State};
use crate::catalogue;
use crate::deliver::Parcel;
use crate::seen::Kind;

impl State {
    /// Installed apps that subscribe to an event and hold one of the scopes that it needs.
    pub(crate) fn subscribers(&self, event: &str) -> Vec<String> {
        let scopes = catalogue::event_scopes(event).unwrap_or_default();
        let hears = |app: &&super::App| {
            let token = self.tokens.get(&app.bot_token);
            app.installed
                && app.events.contains(event)
                && token.is_some_and(|t| {
                    !t.revoked && (scopes.is_empty() || scopes.iter().any(|s| t.scopes.iter().any(|own| own == s)))
                })
        };
        self.apps.values().filter(hears).map(|app| app.id.clone()).collect()
    }

    /// Those of them whose bot is in the channel.
    pub(crate) fn listeners(&self, event: &str, channel: &str) -> Vec<String> {
        let Some(channel) = self.channels.get(channel) else { return Vec::new() };
        let mut apps = self.subscribers(event);
        apps.retain(|app| channel.members.contains(&self.apps[app].bot_user));
        apps
    }

    /// Tells every subscriber, wherever its bot is.
    pub(crate) fn tell_all(&mut self, name: &str, event: impl Fn(&str) -> Value) {
        let ts = self.ts();
        for app in self.subscribers(name) {
            self.tell(&app, event(&ts));
        }
    }

    /// Tells the subscribers in a channel.
    pub(crate) fn tell_channel(&mut self, name: &str, channel: &str, event: impl Fn(&str) -> Value) {
        let ts = self.ts();
        for app in self.listeners(name, channel) {
            self.tell(&app, event(&ts));
        }
    }

    /// Tells of a message: every app in the channel gets a copy. `at` is the event's own time where that is not the
    /// message's.
    pub(crate) fn tell_message(&mut self, channel: &str, mut event: Value, at: Option<&str>) {
        let Some(found) = self.channels.get(channel) else { return };
        let sort = found.sort;
        let ts = at.map_or_else(|| event["ts"].clone(), |ts| json!(ts));
        event["channel"] = json!(channel);
        event["event_ts"] = ts;
        event["channel_type"] = json!(sort.name());
        for app in self.listeners(&format!("message.{}", sort.family()), channel) {
            self.tell(&app, event.clone());
        }
    }

    /// Tells the apps that are mentioned, beside the message. Not in direct conversations, and nobody mentions themselves.
    pub(crate) fn tell_mentioned(&mut self, channel: &str, message: &Value, before: &str) {
        if self.channels.get(channel).is_none_or(|c| c.sort == Sort::Direct) {
            return;
        }
        let text = message["text"].as_str().unwrap_or_default();
        for app in self.listeners("app_mention", channel) {
            let mention = format!("<@{}>", self.apps[&app].bot_user);
            let own = message["app_id"] == json!(app);
            if own || !text.contains(&mention) || before.contains(&mention) {
                continue;
            }
            let mut event = message.clone();
            event["type"] = json!("app_mention");
            event["channel"] = json!(channel);
            event["event_ts"] = event["ts"].clone();
            self.tell(&app, event);
        }
    }

    /// Puts an event into an app's post.
    pub(crate) fn tell(&mut self, app: &str, event: Value) {
        let id = self.id("Ev");
        let Some(found) = self.apps.get(app) else { return };
        let shared = event["channel"].as_str().and_then(|c| self.channels.get(c)).is_some_and(|c| c.shared);
        let payload = json!({
            "token": found.verification,
            "team_id": self.team,
            "context_team_id": self.team,
            "context_enterprise_id": null,
            "api_app_id": app,
            "event": event,
            "type": "event_callback",
            "event_id": id,
            "event_time": self.now().timestamp(),
            "authorizations": [{
                "enterprise_id": null, "team_id": self.team, "user_id": found.bot_user, "is_bot": true,
                "is_enterprise_install": false,
            }],
            "is_ext_shared_channel": shared,
            "event_context": format!("4-{id}"),
        });
        let name = event["type"].as_str().unwrap_or_default().to_owned();
        let fate = self.dice.event();
        self.post.push(Parcel::new(id, app, Kind::Event, name, payload).with(fate));
    }
}
