//! What an app is, in the form that Slack makes apps from.

use serde_json::{Map, Value};
use slack_morphism::prelude::*;
use url::Url;

use super::scopes::{EVENTS, needed};

/// The command that people type.
pub const COMMAND: &str = "/bullpen";
/// What Slack shows beside the command while somebody types it.
const USAGE: &str = "approvals | tasks | department | ask cmo … | help";
/// The longest name of an app, in characters.
const LONGEST_NAME: usize = 35;
/// The longest description of an app, in characters.
const LONGEST_DESCRIPTION: usize = 139;

/// How Slack's events come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The server connects to Slack: no address of its own is needed, an app-level token is.
    Socket,
    /// Slack calls the server at its public address, signed.
    Http {
        /// The address, `https`.
        public_url: Url,
    },
}

/// Which app it is for.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What it is called in addresses: `bullpen`, or the persona's handle.
    pub app: &'a str,
    /// What people see.
    pub display: &'a str,
    /// One line on what it is.
    pub description: &'a str,
    /// Whether it belongs to a single persona.
    pub dedicated: bool,
}

/// The manifest of an app.
#[must_use]
pub fn manifest(about: &About<'_>, way: &Way) -> SlackAppManifest {
    let name = cut(about.display, LONGEST_NAME);
    let display_information = SlackAppManifestDisplayInformation {
        name: name.clone(),
        description: Some(cut(about.description, LONGEST_DESCRIPTION)),
        background_color: None,
        long_description: None,
    };
    let request_url = |kind: &str| match way {
        Way::Socket => None,
        Way::Http { public_url } => address(public_url, about.app, kind),
    };
    let command = SlackAppManifestFeaturesSlashCommand {
        command: COMMAND.to_owned(),
        description: "See what waits for you, or ask somebody of the department".to_owned(),
        should_escape: Some(true),
        url: request_url("commands"),
        usage_hint: Some(USAGE.to_owned()),
    };
    let features = SlackAppManifestFeatures {
        app_home: Some(SlackAppManifestFeaturesAppHome {
            home_tab_enabled: Some(true),
            messages_tab_enabled: Some(true),
            messages_tab_read_only_enabled: Some(false),
        }),
        bot_user: Some(SlackAppManifestFeaturesBotUser { display_name: name, always_online: true }),
        shortcuts: None,
        slash_commands: (!about.dedicated).then(|| vec![command]),
        unfurl_domains: None,
        workflow_steps: None,
    };
    let scopes = needed(about.dedicated).map(|scope| scope.name.into()).collect();
    let settings = SlackAppManifestSettings {
        allowed_ip_address_ranges: None,
        event_subscriptions: Some(SlackAppManifestSettingsEventSubscriptions {
            request_url: request_url("events"),
            bot_events: Some(EVENTS.iter().map(|event| SlackEventType::from(*event)).collect()),
            user_events: None,
        }),
        interactivity: Some(SlackAppManifestSettingsInteractivity {
            is_enabled: true,
            request_url: request_url("interactions"),
            message_menu_options_url: None,
        }),
        org_deploy_enabled: Some(false),
        socket_mode_enabled: Some(*way == Way::Socket),
    };
    SlackAppManifest {
        metadata: None,
        display_information,
        settings: Some(settings),
        features: Some(features),
        oauth_config: Some(SlackAppManifestOAuthConfig {
            redirect_urls: None,
            scopes: Some(SlackAppManifestOAuthConfigScopes { bot: Some(scopes), user: None }),
        }),
    }
}

/// Where Slack sends what: `{public}/slack/{app}/{kind}`.
pub(crate) fn address(public_url: &Url, app: &str, kind: &str) -> Option<Url> {
    let mut url = public_url.clone();
    // It fails for addresses such as `mailto:`, which no public address is.
    url.path_segments_mut().ok()?.pop_if_empty().extend(["slack", app, kind]);
    Some(url)
}

/// The manifest that an app should have: what it has now, with what we need put over it. How it is called and what
/// people have added stays.
#[must_use]
pub fn merged(now: &Value, needed: &Value) -> Value {
    let mut merged = over(now, needed);
    if let (Some(merged), Some(shown)) = (merged.as_object_mut(), now.get("display_information")) {
        merged.insert("display_information".to_owned(), shown.clone());
    }
    let name = now.pointer("/features/bot_user/display_name");
    if let (Some(place), Some(name)) = (merged.pointer_mut("/features/bot_user/display_name"), name) {
        *place = name.clone();
    }
    merged
}

fn over(now: &Value, needed: &Value) -> Value {
    match (now, needed) {
        (Value::Object(now), Value::Object(needed)) => {
            let mut all: Map<String, Value> = now.clone();
            for (key, value) in needed {
                let below = all.get(key).map_or_else(|| value.clone(), |there| over(there, value));
                all.insert(key.clone(), below);
            }
            Value::Object(all)
        }
        (Value::Array(now), Value::Array(needed)) => {
            let mut all = now.clone();
            for value in needed {
                // Commands are told apart by what is typed, everything else by what it is.
                let same = |there: &&mut Value| {
                    **there == *value
                        || value.get("command").is_some_and(|command| there.get("command") == Some(command))
                };
                match all.iter_mut().find(same) {
                    Some(there) => *there = over(there, value),
                    None => all.push(value.clone()),
                }
            }
            Value::Array(all)
        }
        _ => needed.clone(),
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.truncate(short.trim_end().len());
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SHARED: About<'_> = About {
        app: "bullpen",
        display: "Bullpen",
        description: "The department of Lanternfield that works in your chat",
        dedicated: false,
    };
    const CMO: About<'_> =
        About { app: "cmo", display: "Amara Okafor", description: "Chief Marketing Officer", dedicated: true };

    fn http() -> Way {
        Way::Http { public_url: Url::parse("https://bullpen.example/office/").unwrap() }
    }

    #[test]
    fn the_shared_app_by_socket_mode() {
        insta::assert_json_snapshot!(manifest(&SHARED, &Way::Socket));
    }

    #[test]
    fn the_shared_app_by_http() {
        insta::assert_json_snapshot!(manifest(&SHARED, &http()));
    }

    #[test]
    fn an_app_of_one_persona_by_http() {
        insta::assert_json_snapshot!(manifest(&CMO, &http()));
    }

    #[test]
    fn what_is_right_is_not_changed() {
        let needed = serde_json::to_value(manifest(&SHARED, &Way::Socket)).unwrap();
        let mut now = needed.clone();
        now["display_information"]["name"] = json!("The Newsroom");
        now["features"]["bot_user"]["display_name"] = json!("newsroom");
        now["settings"]["token_rotation_enabled"] = json!(false);
        now["oauth_config"]["scopes"]["bot"].as_array_mut().unwrap().reverse();
        now["oauth_config"]["scopes"]["bot"].as_array_mut().unwrap().push(json!("pins:read"));
        assert_eq!(merged(&now, &needed), now);
    }

    #[test]
    fn what_is_missing_is_added() {
        let needed = serde_json::to_value(manifest(&SHARED, &http())).unwrap();
        let mut now = serde_json::to_value(manifest(&SHARED, &Way::Socket)).unwrap();
        now["oauth_config"]["scopes"]["bot"] = json!(["chat:write"]);
        let merged = merged(&now, &needed);
        assert_eq!(merged["settings"], needed["settings"]);
        assert_eq!(merged["features"]["slash_commands"].as_array().unwrap().len(), 1, "the command is there once");
        let scopes = merged["oauth_config"]["scopes"]["bot"].as_array().unwrap();
        assert_eq!(scopes.len(), needed["oauth_config"]["scopes"]["bot"].as_array().unwrap().len());
    }

    #[test]
    fn long_names_are_cut_where_slack_would_refuse_them() {
        let long = About { display: "The Right Honourable Persona of Everything", ..CMO };
        let name = manifest(&long, &Way::Socket).display_information.name;
        assert_eq!(name.chars().count(), 35);
        assert!(name.ends_with('…'), "{name}");
    }
}
