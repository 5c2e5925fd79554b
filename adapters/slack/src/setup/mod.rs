//! `bullpen setup slack`: from nothing to apps in a workspace, with channels and people in place.
//!
//! [`run`] does what can be done and says what a person has to click; run again, it goes on from there, and changes
//! nothing that is right. It posts nothing: the department says its own welcome when it starts.

mod create;
mod env_file;
mod manifest;
pub(crate) mod pages;
mod scopes;
pub(crate) mod tokens;
pub(crate) mod web;

use std::path::{Path, PathBuf};

use bullpen_chat::Plan;
use secrecy::SecretString;
use serde::Serialize;

pub use env_file::EnvFile;
pub(crate) use manifest::address;
pub use manifest::{About, COMMAND, Way, manifest, merged};
pub use scopes::{APP_LEVEL_SCOPE, EVENTS, SCOPES, Scope, needed};

use crate::apps::Apps;
use crate::config::{self, Config, SHARED};
use crate::error::Error;
use crate::provision::people::WHERE_IDS_ARE;
use pages::Page;
use tokens::Kind;

/// The variable that the token comes from with which apps are made.
pub const CONFIGURATION_TOKEN: &str = "SLACK_CONFIG_TOKEN";

/// The names of the variables that hold what belongs to an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variables {
    /// Of the bot token.
    pub bot_token: String,
    /// Of the app-level token.
    pub app_token: String,
    /// Of the signing secret.
    pub signing_secret: String,
    /// Of the app's id, which setup remembers so that it makes no second app.
    pub app_id: String,
}

impl Variables {
    /// Those of an app: `SLACK_BOT_TOKEN` for the shared one, `SLACK_CMO_BOT_TOKEN` for the persona `cmo`.
    #[must_use]
    pub fn of(app: &str) -> Self {
        let middle = if app == SHARED { String::new() } else { format!("{}_", app.to_uppercase().replace('-', "_")) };
        let name = |what: &str| format!("SLACK_{middle}{what}");
        Self {
            bot_token: name("BOT_TOKEN"),
            app_token: name("APP_TOKEN"),
            signing_secret: name("SIGNING_SECRET"),
            app_id: name("APP_ID"),
        }
    }
}

/// An app that is wanted, and what of it is known.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// `bullpen` for the shared app, else the persona's handle.
    pub name: String,
    /// The persona that it belongs to; `None` for the shared app.
    pub persona: Option<String>,
    /// The name that people see.
    pub display: String,
    /// One line on what it is.
    pub description: String,
    /// How events come in.
    pub way: Way,
    /// Where its secrets belong.
    pub variables: Variables,
    /// What is set already.
    pub known: Known,
}

/// What is known of an app.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// `xoxb-…`.
    pub bot_token: Option<SecretString>,
    /// `xapp-…`.
    pub app_token: Option<SecretString>,
    /// What Slack signs with.
    pub signing_secret: Option<SecretString>,
    /// `A…`, where setup made the app or somebody set it.
    pub app_id: Option<String>,
}

/// What setup is asked for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The base of the Web API.
    pub api_url: String,
    /// What the department's channels begin with.
    pub channel_prefix: String,
    /// The apps, the shared one first.
    pub apps: Vec<Wanted>,
    /// From [`CONFIGURATION_TOKEN`]; without it a person makes the apps from the manifests.
    pub configuration_token: Option<SecretString>,
    /// Where the manifests are written, a file `{app}.json` each.
    pub folder: PathBuf,
    /// What the workspace shall hold.
    pub plan: Plan,
}

/// How setup ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything is in place.
    Ready,
    /// A person has to do what was said; then it is run again.
    Waiting,
}

/// Says a line to whoever runs it.
pub type Say<'a> = &'a mut (dyn FnMut(&str) + Send);

/// Does what can be done of a wish, and says what is left.
///
/// # Errors
/// When the wish cannot be carried out: a sentence that says what to mend. What was done so far is remembered in `env`.
pub async fn run(wish: &Wish, env: &EnvFile, say: Say<'_>) -> Result<Ending, Error> {
    check(wish)?;
    env.check()?;
    for wanted in &wish.apps {
        let text = serde_json::to_string_pretty(&wanted.manifest()).map_err(|e| Error::Config(e.to_string()))? + "\n";
        if write(&wish.folder, &wish.file(wanted), &text)? {
            say(&format!("Written: {}", wish.file(wanted).display()));
        }
    }
    let apps = create::apps(wish, env, say).await?;
    let mut waiting = false;
    for (wanted, known) in wish.apps.iter().zip(&apps) {
        let steps = steps(wish, wanted, known);
        if steps.is_empty() {
            continue;
        }
        // A persona's app that cannot hear speaks all the same, and the shared one hears what is said in channels.
        waiting |= known.bot_token.is_none() || wanted.persona.is_none();
        say("");
        say(&format!("What is left to do for the app {}:", wanted.display));
        for (number, step) in (1..).zip(&steps) {
            say(&format!("  {number}. {step}"));
        }
    }
    if waiting {
        say("");
        say(&format!(
            "What you copy goes into {}, one line each. Then run `bullpen setup slack` again.",
            env.path().display()
        ));
        return Ok(Ending::Waiting);
    }
    provision(wish, &apps, say).await
}

/// Channels, topics, people.
async fn provision(wish: &Wish, apps: &[Known], say: Say<'_>) -> Result<Ending, Error> {
    let mut config = Config {
        api_url: wish.api_url.clone(),
        public_url: None,
        posts_a_minute: config::POSTS_A_MINUTE,
        channel_prefix: wish.channel_prefix.clone(),
        apps: Vec::new(),
    };
    for (wanted, known) in wish.apps.iter().zip(apps) {
        let Some(bot_token) = known.bot_token.clone() else { continue };
        config.apps.push(config::App {
            name: wanted.name.clone(),
            persona: wanted.persona.clone(),
            bot_token,
            app_token: known.app_token.clone(),
            signing_secret: known.signing_secret.clone(),
        });
    }
    let apps = Apps::new(&config)?;
    let arranged = crate::provision::arrange(&apps, &wish.channel_prefix, &wish.plan).await.map_err(|error| {
        Error::Config(format!("the workspace could not be set up ({error}); run `bullpen doctor`, then this again"))
    })?;
    for changed in &arranged.changed {
        say(changed);
    }
    if arranged.changed.is_empty() {
        say("Channels, topics and apps are as they should be; nothing was changed.");
    }
    for missing in &arranged.provisioned.missing {
        say(&format!("Left to do: {missing}"));
    }
    let people: Vec<&str> = arranged.people.keys().map(String::as_str).collect();
    if people.is_empty() {
        say(&format!(
            "Left to do: Nobody in bullpen.yaml is linked to an account in Slack, so nobody there can ask for work or \
             approve it: set `slack:` to the member id of each person ({WHERE_IDS_ARE}), or `email:` to the address of \
             their account."
        ));
    } else {
        say(&format!("Linked to accounts: {}.", people.join(", ")));
    }
    if arranged.provisioned.missing.is_empty() && !people.is_empty() {
        say("Done. `bullpen up` starts the department, and `bullpen doctor` looks whether all is well.");
        Ok(Ending::Ready)
    } else {
        Ok(Ending::Waiting)
    }
}

impl Wish {
    fn file(&self, wanted: &Wanted) -> PathBuf {
        self.folder.join(format!("{}.json", wanted.name))
    }
}

impl Wanted {
    fn manifest(&self) -> slack_morphism::prelude::SlackAppManifest {
        let about = About {
            app: &self.name,
            display: &self.display,
            description: &self.description,
            dedicated: self.persona.is_some(),
        };
        manifest(&about, &self.way)
    }
}

/// Refuses a wish that cannot be meant.
fn check(wish: &Wish) -> Result<(), Error> {
    let refuse = |says: String| Err(Error::Config(says));
    if wish.apps.first().is_none_or(|first| first.persona.is_some()) {
        return refuse("the shared Slack app is missing from what is to be set up".into());
    }
    for (index, wanted) in wish.apps.iter().enumerate() {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if wanted.name.is_empty() || !wanted.name.chars().all(good) {
            return refuse(format!("“{}” cannot name an app: use a-z, 0-9, _ and -", wanted.name));
        }
        if wish.apps[..index].iter().any(|other| other.name == wanted.name) {
            return refuse(format!("two Slack apps are called {}; remove one", wanted.name));
        }
        if wanted.display.trim().is_empty() {
            return refuse(format!("the app {} has no name that people could see; give it one", wanted.name));
        }
        if let Way::Http { public_url } = &wanted.way {
            let loopback = matches!(public_url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            if public_url.scheme() != "https" && !loopback {
                return refuse(format!(
                    "Slack sends events to https addresses only, and the public address is {public_url}: set \
                     BULLPEN_PUBLIC_URL to an https address, or use Socket Mode"
                ));
            }
        }
        let known = [
            (Kind::Bot, &wanted.variables.bot_token, &wanted.known.bot_token),
            (Kind::AppLevel, &wanted.variables.app_token, &wanted.known.app_token),
            (Kind::Signing, &wanted.variables.signing_secret, &wanted.known.signing_secret),
        ];
        for (kind, variable, secret) in known {
            if let Some(says) = secret.as_ref().and_then(|secret| tokens::fault(kind, variable, secret)) {
                return refuse(says);
            }
        }
    }
    let token = wish.configuration_token.as_ref();
    match token.and_then(|token| tokens::fault(Kind::Configuration, CONFIGURATION_TOKEN, token)) {
        Some(says) => refuse(says),
        None => Ok(()),
    }
}

/// What a person has to do before an app can work, in order.
fn steps(wish: &Wish, wanted: &Wanted, known: &Known) -> Vec<String> {
    let id = known.app_id.as_deref();
    let mut steps = Vec::new();
    if id.is_none() && known.bot_token.is_none() {
        steps.push(format!(
            "Open https://api.slack.com/apps?new_app=1, click “From a manifest”, choose the workspace, “Next”, paste \
             all of {} over what stands under “JSON”, “Next”, “Create”.",
            wish.file(wanted).display()
        ));
    }
    if known.bot_token.is_none() {
        steps.push(format!("Open {}, click “Install to Workspace”, then “Allow”.", Page::Install.of(id)));
        let page = Page::Permissions.of(id);
        steps.push(format!("Open {page}, copy “Bot User OAuth Token” (xoxb-…): {}=…", wanted.variables.bot_token));
    }
    match wanted.way {
        Way::Socket if known.app_token.is_none() => steps.push(format!(
            "Open {}, “App-Level Tokens”, click “Generate Token and Scopes”, name it bullpen, “Add Scope”, \
             {APP_LEVEL_SCOPE}, “Generate”, copy it (xapp-…): {}=…",
            Page::Basic.of(id),
            wanted.variables.app_token
        )),
        Way::Http { .. } if known.signing_secret.is_none() => steps.push(format!(
            "Open {}, “App Credentials”, “Signing Secret”, click “Show”, copy it: {}=…",
            Page::Basic.of(id),
            wanted.variables.signing_secret
        )),
        _ => {}
    }
    if !steps.is_empty() && matches!(wanted.way, Way::Http { .. }) {
        steps.push(format!(
            "When the server runs with these, open {}: where the “Request URL” is not marked “Verified”, click \
             “Retry”.",
            Page::Events.of(id)
        ));
    }
    steps
}

/// Writes a file where it says something else. Whether it did.
fn write(folder: &Path, path: &Path, text: &str) -> Result<bool, Error> {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(false);
    }
    let fault = |error: std::io::Error| Error::Config(format!("{} cannot be written ({error})", path.display()));
    std::fs::create_dir_all(folder).map_err(fault)?;
    std::fs::write(path, text).map_err(fault)?;
    Ok(true)
}

#[cfg(test)]
mod tests;
