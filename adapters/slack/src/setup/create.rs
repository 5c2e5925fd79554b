//! Makes apps through Slack's manifest methods, and keeps the ones that are there up to date.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::pages::Page;
use super::web::{Caller, Web};
use super::{CONFIGURATION_TOKEN, EnvFile, Known, Say, Wanted, Way, Wish, merged};
use crate::api::Failure;
use crate::error::Error;

/// What Slack gives with a new app. The client's id and secret are for apps that are given to other workspaces: not
/// kept.
#[derive(Deserialize)]
struct Made {
    app_id: String,
    credentials: Credentials,
    #[serde(default)]
    oauth_authorize_url: String,
}

#[derive(Deserialize)]
struct Credentials {
    signing_secret: SecretString,
}

#[derive(Deserialize)]
struct Exported {
    manifest: Value,
}

#[derive(Deserialize)]
struct Updated {
    #[serde(default)]
    permissions_updated: bool,
}

/// Makes or updates the apps where there is a configuration token. What is known of each then, in the order of the
/// wish.
pub(super) async fn apps(wish: &Wish, env: &EnvFile, say: Say<'_>) -> Result<Vec<Known>, Error> {
    let mut all = Vec::new();
    for wanted in &wish.apps {
        let mut known = wanted.known.clone();
        if let Some(token) = &wish.configuration_token {
            let web = Web::new(&wish.api_url)?;
            let caller = Caller { app: &wanted.name, token };
            match known.app_id.clone() {
                Some(id) => update(&web, &caller, wanted, &id, say).await?,
                // Whoever has a token has an app, and would not want another one.
                None if known.bot_token.is_some() => say(&format!(
                    "The app {} was made by hand: set {} to its id (“App ID” under “Basic Information”) to have its \
                     settings kept up to date.",
                    wanted.display, wanted.variables.app_id
                )),
                None => make(&web, &caller, wanted, env, &mut known, say).await?,
            }
        }
        all.push(known);
    }
    Ok(all)
}

async fn make(
    web: &Web,
    caller: &Caller<'_>,
    wanted: &Wanted,
    env: &EnvFile,
    known: &mut Known,
    say: Say<'_>,
) -> Result<(), Error> {
    // A string of JSON within JSON is what Slack wants.
    let body = json!({ "manifest": text(wanted)? });
    let reply = web.post(caller, "apps.manifest.create", &body).await;
    let made = reply.and_then(|reply| reply.read::<Made>()).map_err(|failure| match failure {
        Failure::Ambiguous { why, .. } => Error::Config(format!(
            "it is not known whether the app {} was made ({why}): look at https://api.slack.com/apps; if it is there, \
             set {} to its “App ID”; then run this again",
            wanted.display, wanted.variables.app_id
        )),
        failure => refused(&failure, wanted),
    })?;
    // First of all what keeps a second run from making a second app.
    env.add(&wanted.variables.app_id, &SecretString::from(made.app_id.clone()))?;
    known.app_id = Some(made.app_id);
    let variable = &wanted.variables.signing_secret;
    let secret = made.credentials.signing_secret;
    let id = known.app_id.as_deref();
    say(&format!("Made: the app {} ({}).", wanted.display, id.unwrap_or_default()));
    if env.add(variable, &secret)? {
        known.signing_secret = Some(secret);
        say(&format!("Its id and its signing secret are in {} now.", env.path().display()));
    } else {
        say(&format!(
            "{variable} was set already and is kept; if it is another app's, take the new one from {}.",
            Page::Basic.of(id)
        ));
    }
    if !made.oauth_authorize_url.is_empty() {
        say(&format!("Install it: {}", made.oauth_authorize_url));
    }
    Ok(())
}

async fn update(web: &Web, caller: &Caller<'_>, wanted: &Wanted, id: &str, say: Say<'_>) -> Result<(), Error> {
    let reply = web.post(caller, "apps.manifest.export", &json!({ "app_id": id })).await;
    let now = reply.and_then(|reply| reply.read::<Exported>()).map_err(|failure| refused(&failure, wanted))?.manifest;
    let needed = serde_json::to_value(wanted.manifest()).map_err(|error| Error::Config(error.to_string()))?;
    if wanted.way == Way::Socket && hears_by_http(&now) {
        say(&format!(
            "The app {} hears over HTTP, and stays so: run `bullpen setup slack --http` for it. To change over to \
             Socket Mode, first open {} and turn “Enable Socket Mode” on.",
            wanted.display,
            Page::Socket.of(Some(id))
        ));
        return Ok(());
    }
    let merged = merged(&now, &needed);
    if merged == now {
        return Ok(());
    }
    let body = json!({ "app_id": id, "manifest": merged.to_string() });
    let reply = web.post(caller, "apps.manifest.update", &body).await;
    let updated = reply.and_then(|reply| reply.read::<Updated>()).map_err(|failure| refused(&failure, wanted))?;
    say(&format!("Updated: the settings of the app {} ({id}).", wanted.display));
    if updated.permissions_updated {
        say(&format!(
            "Its permissions changed: open {}, click “Reinstall to Workspace”, “Allow”.",
            Page::Install.of(Some(id))
        ));
    }
    Ok(())
}

/// Whether an app that works gets its events at an address, so that Socket Mode would take them away from there.
fn hears_by_http(now: &Value) -> bool {
    now.pointer("/settings/socket_mode_enabled") != Some(&Value::Bool(true))
        && now.pointer("/settings/event_subscriptions/request_url").is_some_and(Value::is_string)
}

fn text(wanted: &Wanted) -> Result<String, Error> {
    serde_json::to_string(&wanted.manifest()).map_err(|error| Error::Config(error.to_string()))
}

/// Why an app could not be made or changed, and what to do.
fn refused(failure: &Failure, wanted: &Wanted) -> Error {
    let renew = "https://api.slack.com/apps, “Your App Configuration Tokens”, “Generate Token”, the workspace, \
                 “Generate”, then “Copy” beside “Access Token”";
    let says = match failure.code() {
        Some(
            "invalid_auth"
            | "not_authed"
            | "token_expired"
            | "token_revoked"
            | "account_inactive"
            | "not_allowed_token_type",
        ) => {
            format!(
                "Slack does not take the token in {CONFIGURATION_TOKEN}; it is good for 12 hours: get a new one \
                 ({renew})"
            )
        }
        Some("app_not_found" | "invalid_app" | "invalid_app_id" | "no_permission" | "not_authorized") => format!(
            "the app {} in {} is gone, or belongs to somebody else: remove that line to have a new one made, or use \
             the token of whoever owns it",
            wanted.known.app_id.as_deref().unwrap_or("?"),
            wanted.variables.app_id
        ),
        Some("app_create_limit_reached" | "too_many_apps" | "ratelimited") => {
            "Slack lets nobody make that many apps in so short a time: wait some minutes and run this again".to_owned()
        }
        _ => match failure {
            Failure::Limited { after, .. } => {
                format!("Slack asks to wait {} s: run this again then", after.as_secs())
            }
            Failure::Refused { detail, .. } if !detail.is_empty() => {
                format!("the app {} could not be made: {failure} ({detail})", wanted.display)
            }
            _ => format!("the app {} could not be made: {failure}; run this again", wanted.display),
        },
    };
    Error::Config(says)
}
