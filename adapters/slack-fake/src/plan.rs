//! What a test or a person wants to exist: apps and people.

use crate::catalogue;

/// An app to install in the workspace. Its slash command is `/` and its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppPlan {
    /// Its name, which also stands in the paths of signed HTTP (`/slack/{name}/events`).
    pub name: String,
    /// The bot token's scopes, e.g. `chat:write`.
    pub scopes: Vec<String>,
    /// The bot events that it subscribes to, e.g. `message.channels`.
    pub events: Vec<String>,
    /// Whether Socket Mode is on.
    pub socket: bool,
}

impl AppPlan {
    /// An app with every scope and event that the stand-in knows, in Socket Mode.
    #[must_use]
    pub fn with_everything(name: &str) -> Self {
        Self {
            name: name.into(),
            scopes: catalogue::BOT_SCOPES.iter().map(|s| (*s).to_owned()).collect(),
            events: catalogue::EVENTS.iter().map(|(name, _)| (*name).to_owned()).collect(),
            socket: true,
        }
    }

    /// The same without some scopes.
    #[must_use]
    pub fn without_scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes.retain(|s| !scopes.contains(&s.as_str()));
        self
    }

    /// The same without some events.
    #[must_use]
    pub fn without_events(mut self, events: &[&str]) -> Self {
        self.events.retain(|e| !events.contains(&e.as_str()));
        self
    }
}

/// What an app's owner gets to see after the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppKeys {
    /// `A…`.
    pub app_id: String,
    /// `xoxb-…`.
    pub bot_token: String,
    /// `xapp-…` with `connections:write`.
    pub app_token: String,
    /// What HTTP requests to the app are signed with.
    pub signing_secret: String,
    /// The bot's user, `U…`.
    pub bot_user: String,
    /// The bot, `B…`.
    pub bot_id: String,
}

/// A person (or somebody else's bot) in the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserPlan {
    /// The display name, e.g. `ann`.
    pub name: String,
    /// The full name; the display name where it is empty.
    pub real_name: String,
    /// The mail address, which only apps with `users:read.email` see, and nobody of a stranger.
    pub email: Option<String>,
    /// A guest (`is_restricted`).
    pub guest: bool,
    /// Somebody from another workspace in a shared channel (`is_stranger`).
    pub stranger: bool,
    /// A bot that is none of the apps here.
    pub bot: bool,
}

impl UserPlan {
    /// A full member with a mail address at `example.com`.
    #[must_use]
    pub fn member(name: &str) -> Self {
        Self { name: name.into(), email: Some(format!("{name}@example.com")), ..Self::default() }
    }
}
