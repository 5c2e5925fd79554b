//! Apps that are made from manifests.

use serde_json::{Value, json};

use super::{Refusal, State};
use crate::catalogue;

/// What is wrong in a manifest, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) pointer: String,
}

/// What each object of a manifest may hold.
const FIELDS: &[(&str, &[&str])] = &[
    ("", &["_metadata", "display_information", "features", "oauth_config", "settings"]),
    ("/display_information", &["name", "description", "long_description", "background_color"]),
    ("/features", &["app_home", "bot_user", "shortcuts", "slash_commands", "unfurl_domains", "assistant_view"]),
    ("/features/app_home", &["home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"]),
    ("/features/bot_user", &["display_name", "always_online"]),
    ("/oauth_config", &["redirect_urls", "scopes", "token_management_enabled"]),
    ("/oauth_config/scopes", &["bot", "user", "bot_optional", "user_optional"]),
    (
        "/settings",
        &[
            "allowed_ip_address_ranges",
            "event_subscriptions",
            "interactivity",
            "org_deploy_enabled",
            "socket_mode_enabled",
            "token_rotation_enabled",
            "is_hosted",
        ],
    ),
    ("/settings/event_subscriptions", &["request_url", "bot_events", "user_events", "metadata_subscriptions"]),
    ("/settings/interactivity", &["is_enabled", "request_url", "message_menu_options_url"]),
];

/// Text fields with the most characters that they take, and whether they must be there.
const TEXTS: &[(&str, usize, bool)] = &[
    ("/display_information/name", 35, true),
    ("/display_information/description", 140, false),
    ("/display_information/long_description", 4000, false),
    ("/features/bot_user/display_name", 80, false),
];

impl State {
    /// Everything that is wrong in a manifest.
    pub(crate) fn manifest_faults(manifest: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |pointer: &str, message: String| faults.push(Fault { message, pointer: pointer.to_owned() });
        if !manifest.is_object() {
            fault("", "must provide an object".into());
            return faults;
        }
        for (at, fields) in FIELDS {
            match manifest.pointer(at) {
                Some(Value::Object(map)) => {
                    for field in map.keys().filter(|f| !fields.contains(&f.as_str())) {
                        fault(at, format!("invalid additional property: {field}"));
                    }
                }
                Some(_) => fault(at, "must provide an object".into()),
                None => {}
            }
        }
        for (at, most, required) in TEXTS {
            match manifest.pointer(at) {
                Some(Value::String(text)) if text.chars().count() > *most => {
                    fault(at, format!("must be less than {} characters", most + 1));
                }
                Some(Value::String(text)) if text.is_empty() => fault(at, "must be more than 0 characters".into()),
                Some(Value::String(_)) => {}
                Some(_) => fault(at, "must provide a string".into()),
                None if *required => fault(at, "missing required field".into()),
                None => {}
            }
        }
        let long = manifest.pointer("/display_information/long_description").and_then(Value::as_str);
        if long.is_some_and(|text| text.chars().count() < 174) {
            fault("/display_information/long_description", "must be more than 173 characters".into());
        }
        if let Some(colour) = manifest.pointer("/display_information/background_color") {
            let hex = |c: &str| {
                [4, 7].contains(&c.len()) && c.starts_with('#') && c[1..].chars().all(|c| c.is_ascii_hexdigit())
            };
            if !colour.as_str().is_some_and(hex) {
                fault("/display_information/background_color", "must be a hexadecimal color code".into());
            }
        }
        check_events(manifest, &mut fault);
        check_commands(manifest, &mut fault);
        faults
    }

    /// Creates an app from a manifest that has no faults; nobody has installed it yet.
    pub(crate) fn create_from_manifest(&mut self, manifest: Value) -> String {
        let id = self.id("A");
        let app = self.new_app(&id);
        self.apps.insert(id.clone(), app);
        // The app was just put there.
        let _ = self.apply_manifest(&id, manifest);
        id
    }

    /// Makes an app's settings those of the manifest. New scopes hold after it is installed again.
    pub(crate) fn apply_manifest(&mut self, id: &str, manifest: Value) -> Result<bool, Refusal> {
        let app = self.apps.get_mut(id).ok_or(Refusal::new("app_not_found"))?;
        let text = |at: &str| manifest.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |at: &str| manifest.pointer(at).and_then(Value::as_bool).unwrap_or_default();
        let url = |at: &str| Some(text(at)).filter(|url| !url.is_empty());
        app.name = text("/display_information/name");
        app.display_name =
            Some(text("/features/bot_user/display_name")).filter(|n| !n.is_empty()).unwrap_or(app.name.clone());
        let scopes = texts(&manifest, "/oauth_config/scopes/bot");
        let changed = scopes != app.scopes;
        app.scopes = scopes;
        app.events = texts(&manifest, "/settings/event_subscriptions/bot_events").into_iter().collect();
        app.socket = flag("/settings/socket_mode_enabled");
        app.home_tab = flag("/features/app_home/home_tab_enabled");
        app.messages_tab = flag("/features/app_home/messages_tab_enabled");
        app.events_url = url("/settings/event_subscriptions/request_url");
        app.interactions_url = url("/settings/interactivity/request_url");
        let commands =
            manifest.pointer("/features/slash_commands").and_then(Value::as_array).cloned().unwrap_or_default();
        app.commands = commands.iter().filter_map(|c| c["command"].as_str().map(str::to_owned)).collect();
        app.commands_url = commands.iter().find_map(|c| c["url"].as_str().map(str::to_owned));
        app.manifest = Some(manifest);
        Ok(changed)
    }

    /// What the creator of an app gets to see.
    pub(crate) fn created_json(&self, id: &str) -> Value {
        let Some(app) = self.apps.get(id) else { return Value::Null };
        let scopes = app.scopes.join(",");
        json!({
            "app_id": id,
            "credentials": {
                "client_id": app.client_id, "client_secret": app.client_secret,
                "verification_token": app.verification, "signing_secret": app.signing_secret,
            },
            "oauth_authorize_url": format!("{}/oauth/v2/authorize?client_id={}&scope={scopes}", self.base, app.client_id),
        })
    }
}

fn texts(manifest: &Value, at: &str) -> Vec<String> {
    let list = manifest.pointer(at).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// Scopes and events must exist, and an event must have the scope that it needs.
fn check_events(manifest: &Value, fault: &mut impl FnMut(&str, String)) {
    let scopes = texts(manifest, "/oauth_config/scopes/bot");
    for (i, scope) in scopes.iter().enumerate() {
        if !catalogue::BOT_SCOPES.contains(&scope.as_str()) {
            fault(&format!("/oauth_config/scopes/bot/{i}"), format!("illegal bot scopes found `{scope}`"));
        }
    }
    for (i, event) in texts(manifest, "/settings/event_subscriptions/bot_events").iter().enumerate() {
        let at = format!("/settings/event_subscriptions/bot_events/{i}");
        match catalogue::event_scopes(event) {
            None => fault(&at, format!("unknown event type `{event}`")),
            Some([]) => {}
            Some(needed) if needed.iter().any(|s| scopes.iter().any(|own| own == s)) => {}
            Some(needed) => fault(&at, format!("`{event}` requires scope {}", needed.join(" or "))),
        }
    }
    let at = |at: &str| manifest.pointer(at);
    let socket = at("/settings/socket_mode_enabled") == Some(&json!(true));
    let listens = at("/settings/event_subscriptions/bot_events").is_some();
    if listens && !socket && at("/settings/event_subscriptions/request_url").is_none() {
        fault(
            "/settings/event_subscriptions",
            "Event Subscription requires either Request URL or Socket Mode Enabled".into(),
        );
    }
    let clicks = at("/settings/interactivity/is_enabled") == Some(&json!(true));
    if clicks && !socket && at("/settings/interactivity/request_url").is_none() {
        fault("/settings/interactivity", "Interactivity requires either Request URL or Socket Mode Enabled".into());
    }
    for url in ["/settings/event_subscriptions/request_url", "/settings/interactivity/request_url"] {
        if at(url).is_some_and(|u| u.as_str().is_none_or(|u| url::Url::parse(u).is_err())) {
            fault(url, "must be a valid URL".into());
        }
    }
    if !scopes.is_empty() && at("/features/bot_user").is_none() {
        fault("/oauth_config/scopes/bot", "bot scopes require `features.bot_user`".into());
    }
}

fn check_commands(manifest: &Value, fault: &mut impl FnMut(&str, String)) {
    let Some(commands) = manifest.pointer("/features/slash_commands").and_then(Value::as_array) else { return };
    let socket = manifest.pointer("/settings/socket_mode_enabled") == Some(&json!(true));
    for (i, command) in commands.iter().enumerate() {
        let at = format!("/features/slash_commands/{i}");
        for field in command.as_object().into_iter().flat_map(|c| c.keys()) {
            if !["command", "description", "usage_hint", "url", "should_escape"].contains(&field.as_str()) {
                fault(&at, format!("invalid additional property: {field}"));
            }
        }
        let name = command["command"].as_str().unwrap_or_default();
        if !name.starts_with('/') || name.len() < 2 || name.len() > 32 || name.contains(char::is_whitespace) {
            fault(&format!("{at}/command"), "must begin with `/` and have at most 32 characters".into());
        }
        match command["description"].as_str() {
            Some(text) if (1..=2000).contains(&text.chars().count()) => {}
            _ => fault(&format!("{at}/description"), "missing required field".into()),
        }
        if command["usage_hint"].as_str().is_some_and(|hint| hint.chars().count() > 1000) {
            fault(&format!("{at}/usage_hint"), "must be less than 1001 characters".into());
        }
        if !socket && command["url"].as_str().is_none() {
            fault(&format!("{at}/url"), "missing required field".into());
        }
    }
    let scopes = texts(manifest, "/oauth_config/scopes/bot");
    if !commands.is_empty() && !scopes.iter().any(|s| s == "commands") {
        fault("/features/slash_commands", "slash commands require scope commands".into());
    }
}
