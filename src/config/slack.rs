//! Slack: the apps and their secrets, which stand in variables only.

use std::collections::BTreeMap;

use bullpen_domain::source::Lines;
use secrecy::{ExposeSecret as _, SecretString};

use super::Error;
use super::address;
use super::environment::{Environment, is_variable};
use super::file;

/// The workspace in Slack, where there is one.
#[derive(Debug, Clone)]
pub struct Slack {
    /// The base of the Web API, without a slash at its end.
    pub api_url: String,
    /// What our channels' names begin with there.
    pub channel_prefix: String,
    /// Posts a minute in one channel, 1 to 6,000.
    pub posts_a_minute: u32,
    /// The app that personas share.
    pub shared: SlackApp,
    /// The apps that belong to one persona each, by its handle.
    pub personas: BTreeMap<String, SlackApp>,
}

/// The secrets of an app.
#[derive(Debug, Clone)]
pub struct SlackApp {
    /// `xoxb-…`
    pub bot_token: SecretString,
    /// `xapp-…`, for Socket Mode.
    pub app_token: Option<SecretString>,
    /// For signed HTTP events.
    pub signing_secret: Option<SecretString>,
}

/// Everything that was said of Slack, complete or not: what `bullpen setup slack` goes on from.
#[derive(Debug, Clone)]
pub struct SlackGiven {
    /// The base of the Web API, without a slash at its end.
    pub api_url: String,
    /// What our channels' names begin with there.
    pub channel_prefix: String,
    /// Posts a minute in one channel, 1 to 6,000.
    pub posts_a_minute: u32,
    /// What apps are made with, from `SLACK_CONFIG_TOKEN`.
    pub configuration_token: Option<SecretString>,
    /// The app that personas share.
    pub shared: SlackAppGiven,
    /// The apps that belong to one persona each, by its handle.
    pub personas: BTreeMap<String, SlackAppGiven>,
}

/// What is known of an app, and the names of the variables for it.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct SlackAppGiven {
    pub bot_token_variable: String,
    pub app_token_variable: String,
    pub signing_secret_variable: String,
    pub app_id_variable: String,
    pub bot_token: Option<SecretString>,
    pub app_token: Option<SecretString>,
    pub signing_secret: Option<SecretString>,
    pub app_id: Option<String>,
}

/// Reads what is said of Slack, and which of it can be used. What is incomplete is no reason not to start: it is warned
/// about, and the department works without it.
pub(super) fn read(
    env: &Environment<'_>,
    said: &file::Slack,
    lines: &Lines,
    warnings: &mut Vec<String>,
) -> Result<(SlackGiven, Option<Slack>), Error> {
    let names = [Some("SLACK_BOT_TOKEN"), Some("SLACK_APP_TOKEN"), Some("SLACK_SIGNING_SECRET")];
    let shared = SlackAppGiven::read(env, "SLACK_", names.map(|n| n.map(str::to_owned)))?;
    let mut personas = BTreeMap::new();
    for (handle, app) in &said.personas {
        let named = [
            ("bot_token", Some(&app.bot_token)),
            ("app_token", app.app_token.as_ref()),
            ("signing_secret", app.signing_secret.as_ref()),
        ];
        for (field, variable) in named {
            if variable.is_some_and(|variable| !is_variable(variable)) {
                // It may be the secret itself, so it is not repeated.
                let problem =
                    "this is no name of a variable; write one such as SLACK_CMO_BOT_TOKEN, and the secret in it";
                return Err(lines.fault(&format!("slack.personas.{handle}.{field}"), problem).into());
            }
        }
        let stem = format!("SLACK_{}_", handle.to_uppercase().replace('-', "_"));
        personas.insert(handle.clone(), SlackAppGiven::read(env, &stem, named.map(|(_, v)| v.cloned()))?);
    }
    if !(1..=6_000).contains(&said.posts_a_minute) {
        return Err(lines.fault("slack.posts_a_minute", "this is out of range; write 1 to 6000").into());
    }
    let given = SlackGiven {
        api_url: address::of_api(env, "SLACK_API_URL", &said.api_url, "slack.api_url", lines)?,
        channel_prefix: said.channel_prefix.clone(),
        posts_a_minute: said.posts_a_minute,
        configuration_token: env.secret("SLACK_CONFIG_TOKEN"),
        shared,
        personas,
    };
    let usable = given.usable(warnings);
    Ok((given, usable))
}

impl SlackAppGiven {
    fn read(env: &Environment<'_>, stem: &str, names: [Option<String>; 3]) -> Result<Self, Error> {
        let [bot, app, signing] = names;
        let named = |name: Option<String>, usual: &str| name.unwrap_or_else(|| format!("{stem}{usual}"));
        let given = Self {
            bot_token_variable: named(bot, "BOT_TOKEN"),
            app_token_variable: named(app, "APP_TOKEN"),
            signing_secret_variable: named(signing, "SIGNING_SECRET"),
            app_id_variable: format!("{stem}APP_ID"),
            bot_token: None,
            app_token: None,
            signing_secret: None,
            app_id: env.get(&format!("{stem}APP_ID")),
        };
        let given = Self {
            bot_token: env.secret(&given.bot_token_variable),
            app_token: env.secret(&given.app_token_variable),
            signing_secret: env.secret(&given.signing_secret_variable),
            ..given
        };
        given.kinds()?;
        Ok(given)
    }

    /// The two kinds of tokens are easily taken for each other.
    fn kinds(&self) -> Result<(), Error> {
        let begins =
            |token: &Option<SecretString>, with| token.as_ref().is_some_and(|t| t.expose_secret().starts_with(with));
        if begins(&self.bot_token, "xapp-") {
            let problem = "this is an app-level token (xapp-); write the Bot User OAuth Token (xoxb-) here".to_owned();
            return Err(Error::variable(&self.bot_token_variable, problem));
        }
        if begins(&self.app_token, "xoxb-") {
            let problem = "this is a bot token (xoxb-); write the app-level token (xapp-) here".to_owned();
            return Err(Error::variable(&self.app_token_variable, problem));
        }
        Ok(())
    }

    fn app(&self) -> Option<SlackApp> {
        Some(SlackApp {
            bot_token: self.bot_token.clone()?,
            app_token: self.app_token.clone(),
            signing_secret: self.signing_secret.clone(),
        })
    }
}

impl SlackGiven {
    fn usable(&self, warnings: &mut Vec<String>) -> Option<Slack> {
        let begun = self.shared.app_token.is_some() || self.shared.signing_secret.is_some();
        let Some(shared) = self.shared.app() else {
            if begun || !self.personas.is_empty() {
                warnings.push("Slack is not connected: set SLACK_BOT_TOKEN, or run `bullpen setup slack`".to_owned());
            }
            return None;
        };
        if !begun {
            let ears = "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP events)";
            warnings.push(format!("Slack is not connected: nothing could be heard there; {ears}"));
            return None;
        }
        let mut personas = BTreeMap::new();
        for (handle, given) in &self.personas {
            match given.app() {
                Some(app) => drop(personas.insert(handle.clone(), app)),
                None => warnings.push(format!(
                    "{} is not set, so {handle} speaks through the shared app in Slack until it is",
                    given.bot_token_variable
                )),
            }
        }
        let (api_url, channel_prefix) = (self.api_url.clone(), self.channel_prefix.clone());
        Some(Slack { api_url, channel_prefix, posts_a_minute: self.posts_a_minute, shared, personas })
    }
}
