//! Apps: their keys, what they may do and hear, and how they are reached.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::user::User;
use super::{Refusal, State, Token};
use crate::plan::{AppKeys, AppPlan};

/// An app.
#[derive(Debug, Clone, Default)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What it shows as where nothing else is said.
    pub(crate) display_name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) events: BTreeSet<String>,
    pub(crate) socket: bool,
    pub(crate) commands: Vec<String>,
    pub(crate) signing_secret: String,
    pub(crate) verification: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) installed: bool,
    pub(crate) bot_user: String,
    pub(crate) bot_id: String,
    pub(crate) bot_token: String,
    pub(crate) app_token: String,
    /// Where events, interactions and commands go over HTTP.
    pub(crate) events_url: Option<String>,
    pub(crate) interactions_url: Option<String>,
    pub(crate) commands_url: Option<String>,
    /// Whether HTTP is used although Socket Mode is on.
    pub(crate) by_http: bool,
    pub(crate) home_tab: bool,
    pub(crate) messages_tab: bool,
    pub(crate) manifest: Option<Value>,
}

/// A signed request that is to be sent to an app.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl State {
    pub(crate) fn create_app(&mut self, plan: AppPlan) -> AppKeys {
        let id = self.id("A");
        let app = App {
            id: id.clone(),
            display_name: plan.name.clone(),
            commands: vec![format!("/{}", plan.name)],
            name: plan.name,
            scopes: plan.scopes,
            events: plan.events.into_iter().collect(),
            socket: plan.socket,
            home_tab: true,
            messages_tab: true,
            ..self.new_app(&id)
        };
        self.apps.insert(id.clone(), app);
        self.install_new(&id)
    }

    /// An app with keys and nothing else.
    pub(crate) fn new_app(&mut self, id: &str) -> App {
        App {
            id: id.to_owned(),
            signing_secret: self.secret(32).to_lowercase(),
            verification: self.secret(24),
            client_id: format!("{}.{}", self.last_id + 1_000_000_000_000, self.last_id + 2_000_000_000_000),
            client_secret: self.secret(32).to_lowercase(),
            ..App::default()
        }
    }

    /// A person clicks "install" (again): the scopes of the app's settings become those of its token.
    pub(crate) fn install(&mut self, id: &str) -> Result<AppKeys, Refusal> {
        self.apps.get(id).ok_or(Refusal::new("app_not_found"))?;
        Ok(self.install_new(id))
    }

    fn install_new(&mut self, id: &str) -> AppKeys {
        let mut app = self.apps[id].clone();
        if app.bot_user.is_empty() {
            app.bot_user = self.id("U");
            app.bot_id = self.id("B");
            let numbers = format!("{}-{}", self.last_id + 1_000_000_000_000, self.last_id + 2_000_000_000_000);
            app.bot_token = format!("xoxb-{numbers}-{}", self.secret(24));
            let secret = self.secret(64).to_lowercase();
            app.app_token = format!("xapp-1-{id}-{}-{secret}", self.last_id);
            let user = User {
                id: app.bot_user.clone(),
                name: app.name.clone(),
                real_name: app.display_name.clone(),
                bot: true,
                bot_id: Some(app.bot_id.clone()),
                app: Some(id.to_owned()),
                updated: self.now().timestamp(),
                ..User::default()
            };
            self.users.insert(user.id.clone(), user);
        }
        app.installed = true;
        self.tokens.insert(app.bot_token.clone(), Token::bot(id, &app.scopes));
        self.tokens.insert(app.app_token.clone(), Token::app(id));
        let keys = AppKeys {
            app_id: id.to_owned(),
            bot_token: app.bot_token.clone(),
            app_token: app.app_token.clone(),
            signing_secret: app.signing_secret.clone(),
            bot_user: app.bot_user.clone(),
            bot_id: app.bot_id.clone(),
        };
        self.apps.insert(id.to_owned(), app);
        keys
    }

    /// The id of an app that is named by its id or its name.
    pub(crate) fn app_id(&self, app: &str) -> Result<String, Refusal> {
        if self.apps.contains_key(app) {
            return Ok(app.to_owned());
        }
        let named = self.apps.values().find(|a| a.name == app).map(|a| a.id.clone());
        named.ok_or_else(|| Refusal::because("app_not_found", format!("there is no app {app}")))
    }

    pub(crate) fn app_name(&self, id: &str) -> String {
        self.apps.get(id).map(|app| app.name.clone()).unwrap_or_default()
    }

    /// The app whose bot has this user.
    pub(crate) fn app_of_user(&self, user: &str) -> Option<&App> {
        self.users.get(user)?.app.as_ref().and_then(|app| self.apps.get(app))
    }

    /// Whether an installed app's token has a scope.
    pub(crate) fn has_scope(&self, app: &str, scope: &str) -> bool {
        let Some(app) = self.apps.get(app) else { return false };
        self.tokens.get(&app.bot_token).is_some_and(|token| token.scopes.iter().any(|s| s == scope))
    }

    pub(crate) fn deliver_by_http(&mut self, app: &str, base_url: &str) -> Result<(), Refusal> {
        let id = self.app_id(app)?;
        let base = base_url.trim_end_matches('/').to_owned();
        if let Some(app) = self.apps.get_mut(&id) {
            let address = |what: &str| Some(format!("{base}/slack/{}/{what}", app.name));
            (app.events_url, app.interactions_url) = (address("events"), address("interactions"));
            app.commands_url = address("commands");
            app.by_http = true;
        }
        Ok(())
    }

    pub(crate) fn revoke(&mut self, app: &str) -> Result<(), Refusal> {
        let id = self.app_id(app)?;
        let token = self.apps[&id].bot_token.clone();
        if let Some(token) = self.tokens.get_mut(&token) {
            token.revoked = true;
        }
        let event =
            serde_json::json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.apps[&id].bot_user]}});
        if self.apps[&id].events.contains("tokens_revoked") {
            self.tell(&id, event);
        }
        Ok(())
    }

    /// A request to an app's address for `what` (`events`, `interactions`, `commands`), signed now; `None` where the app has
    /// no such address.
    pub(crate) fn signed(&self, app: &str, what: &str, payload: &Value, retry: Option<(u32, &str)>) -> Option<Request> {
        let app = self.apps.get(app)?;
        let url = match what {
            "events" => app.events_url.clone(),
            "interactions" => app.interactions_url.clone(),
            _ => app.commands_url.clone(),
        }?;
        let (media_type, body) = match what {
            "events" => ("application/json", payload.to_string()),
            "interactions" => ("application/x-www-form-urlencoded", form([("payload", payload.to_string())])),
            _ => ("application/x-www-form-urlencoded", form(fields(payload))),
        };
        let timestamp = self.now().timestamp().to_string();
        let signature = sign(&app.signing_secret, &timestamp, body.as_bytes());
        let mut headers = vec![
            ("content-type", media_type.to_owned()),
            ("user-agent", "Slackbot 1.0 (stand-in)".to_owned()),
            ("x-slack-request-timestamp", timestamp),
            ("x-slack-signature", signature),
        ];
        if let Some((number, reason)) = retry {
            headers.push(("x-slack-retry-num", number.to_string()));
            headers.push(("x-slack-retry-reason", reason.to_owned()));
        }
        Some(Request { url, headers, body: body.into_bytes() })
    }
}

/// The fields of a flat object as text.
fn fields(payload: &Value) -> impl Iterator<Item = (&str, String)> {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    payload.as_object().into_iter().flatten().map(move |(k, v)| (k.as_str(), text(v)))
}

fn form<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Slack's signature of a request: `v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}` in hex.
pub(crate) fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    // An HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest.iter().fold(String::from("v0="), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// The example of Slack's own documentation.
    #[test]
    fn a_signature_is_slacks() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
            channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=\
            https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
            trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body.as_bytes()),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
