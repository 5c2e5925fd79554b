//! The platforms beside the lobby, put together from what is configured.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bullpen_discord::Discord;
use bullpen_slack::Slack;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::{Config, DiscordBot, SlackApp};
use crate::department::Platform;
use crate::health::Health;
use crate::office::Office;
use crate::sources::Sources;

/// The name of Slack as a platform.
pub const SLACK: &str = "slack";
/// The name of Discord as a platform.
pub const DISCORD: &str = "discord";

/// How long connecting may take before it counts as trouble.
const GRACE: Duration = Duration::from_secs(3);
/// How often is looked how the connections stand.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A workspace of the organisation on a platform beside the lobby.
#[derive(Debug, Clone)]
pub enum Workspace {
    /// In Slack.
    Slack(Arc<Slack>),
    /// A guild in Discord.
    Discord(Arc<Discord>),
}

impl Workspace {
    /// What the department speaks and hears through there.
    #[must_use]
    pub fn platform(&self) -> Platform {
        match self {
            Self::Slack(slack) => {
                Platform { name: SLACK, gateway: Box::new(slack.gateway()), poster: Arc::new(slack.poster()) }
            }
            Self::Discord(discord) => {
                Platform { name: DISCORD, gateway: Box::new(discord.gateway()), poster: Arc::new(discord.poster()) }
            }
        }
    }

    /// What the platform calls us by, and the path below which it does.
    #[must_use]
    pub fn mounted(&self) -> Option<(&'static str, Router)> {
        match self {
            Self::Slack(slack) => Some(("/slack", slack.router())),
            Self::Discord(_) => None,
        }
    }

    /// The part that hears the platform, for `/readyz`.
    fn part(&self) -> &'static str {
        match self {
            Self::Slack(_) => "slack connection",
            Self::Discord(_) => "discord connection",
        }
    }

    /// What is in the way of hearing, a sentence each.
    fn troubles(&self) -> Vec<String> {
        let standing: Vec<(String, Result<(), String>)> = match self {
            Self::Slack(slack) => slack.health().into_iter().collect(),
            Self::Discord(discord) => discord.health().into_iter().collect(),
        };
        standing.into_iter().filter_map(|(name, state)| Some(format!("{name}: {}", state.err()?))).collect()
    }

    async fn hear(self, stop: CancellationToken) {
        match self {
            Self::Slack(slack) => slack.listen(stop).await,
            Self::Discord(discord) => discord.listen(stop).await,
        }
    }

    /// Hears the platform until `stop`, and says how that goes.
    pub async fn listen(self, health: Arc<Health>, stop: CancellationToken) {
        let watched = self.clone();
        let tell = async {
            // Connecting takes a moment, and is no trouble.
            tokio::time::sleep(GRACE).await;
            loop {
                let troubles = watched.troubles();
                let state = if troubles.is_empty() { Ok(()) } else { Err(troubles.join("; ")) };
                health.set(watched.part(), state);
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            () = self.hear(stop.clone()) => stop.cancelled().await,
            () = tell => {}
        }
    }
}

/// The configured workspaces, with their tables up to date.
///
/// # Errors
/// When a configuration cannot be used, or the database does not answer.
pub async fn connected(
    config: &Config,
    pool: &PgPool,
    office: &Arc<Office>,
    clock: &clock::Shared,
) -> anyhow::Result<Vec<Workspace>> {
    let org = office.directory().org;
    let tell = || {
        let clock = Arc::clone(clock);
        Arc::new(move || clock.now())
    };
    let sources = |platform| Arc::new(Sources { pool: pool.clone(), office: Arc::clone(office), platform });
    let mut workspaces = Vec::new();
    if let Some(told) = slack_config(config) {
        Slack::migrate(pool).await?;
        let sources = sources(SLACK);
        let sources = bullpen_slack::Sources { pictures: Arc::clone(&sources) as _, overviews: sources };
        workspaces.push(Workspace::Slack(Slack::new(pool.clone(), org, tell(), told, sources)?));
    }
    if let Some(told) = discord_config(config) {
        Discord::migrate(pool).await?;
        let sources = sources(DISCORD);
        let sources = bullpen_discord::Sources { pictures: Arc::clone(&sources) as _, overviews: sources };
        workspaces.push(Workspace::Discord(Discord::new(pool.clone(), org, tell(), told, sources)?));
    }
    Ok(workspaces)
}

/// What the Slack adapter is told; nothing where Slack is not configured.
#[must_use]
pub fn slack_config(config: &Config) -> Option<bullpen_slack::Config> {
    let slack = config.slack.as_ref()?;
    let app = |name: &str, persona: Option<&String>, app: &SlackApp| bullpen_slack::App {
        name: name.to_owned(),
        persona: persona.cloned(),
        bot_token: app.bot_token.clone(),
        app_token: app.app_token.clone(),
        signing_secret: app.signing_secret.clone(),
    };
    let own = slack.personas.iter().map(|(handle, of)| app(handle, Some(handle), of));
    Some(bullpen_slack::Config {
        api_url: slack.api_url.clone(),
        public_url: config.public_url.as_ref().and_then(|url| url.as_str().parse().ok()),
        channel_prefix: slack.channel_prefix.clone(),
        posts_a_minute: slack.posts_a_minute,
        apps: std::iter::once(app(bullpen_slack::SHARED, None, &slack.shared)).chain(own).collect(),
    })
}

/// What the Discord adapter is told; nothing where the shared bot has no token.
#[must_use]
pub fn discord_config(config: &Config) -> Option<bullpen_discord::Config> {
    let discord = &config.discord;
    let bot = |name: &str, persona: Option<&String>, bot: &DiscordBot| {
        Some(bullpen_discord::Bot {
            name: name.to_owned(),
            persona: persona.cloned(),
            token: bot.token.clone()?,
            variable: bot.variable.clone(),
        })
    };
    let shared = bot(bullpen_discord::SHARED, None, &discord.shared)?;
    let own = discord.personas.iter().filter_map(|(handle, of)| bot(handle, Some(handle), of));
    Some(bullpen_discord::Config {
        api_url: discord.api_url.clone(),
        public_url: config.public_url.as_ref().and_then(|url| url.as_str().parse().ok()),
        guild: discord.guild,
        category: discord.category.clone(),
        bots: std::iter::once(shared).chain(own).collect(),
    })
}
