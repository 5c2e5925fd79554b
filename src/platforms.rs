//! The platforms beside the lobby, put together from what is configured.

use std::sync::Arc;
use std::time::Duration;

use bullpen_slack::Slack;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::{Config, SlackApp};
use crate::health::Health;
use crate::office::Office;
use crate::sources::Sources;

/// The name of Slack as a platform.
pub const SLACK: &str = "slack";
/// The name of the part that hears Slack, for `/readyz`.
const SLACK_PART: &str = "slack connection";

/// How long connecting may take before it counts as trouble.
const GRACE: Duration = Duration::from_secs(3);
/// How often is looked how the connections stand.
const LOOK_EVERY: Duration = Duration::from_secs(1);

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

/// The workspace in Slack, with its tables up to date; nothing where Slack is not configured.
///
/// # Errors
/// When the configuration cannot be used, or the database does not answer.
pub async fn slack(
    config: &Config,
    pool: PgPool,
    office: &Arc<Office>,
    clock: &clock::Shared,
) -> anyhow::Result<Option<Arc<Slack>>> {
    let Some(told) = slack_config(config) else { return Ok(None) };
    Slack::migrate(&pool).await?;
    let org = office.directory().org;
    let sources = Arc::new(Sources { pool: pool.clone(), office: Arc::clone(office), platform: SLACK });
    let sources = bullpen_slack::Sources { pictures: Arc::clone(&sources) as _, overviews: sources };
    let clock = Arc::clone(clock);
    Ok(Some(Slack::new(pool, org, Arc::new(move || clock.now()), told, sources)?))
}

/// Hears Slack until `stop`, and says how that goes.
pub async fn listen(slack: Arc<Slack>, health: Arc<Health>, stop: CancellationToken) {
    let tell = async {
        // Connecting takes a moment, and is no trouble.
        tokio::time::sleep(GRACE).await;
        loop {
            let troubles: Vec<String> = slack
                .health()
                .into_iter()
                .filter_map(|(app, state)| Some(format!("{app}: {}", state.err()?)))
                .collect();
            let state = if troubles.is_empty() { Ok(()) } else { Err(troubles.join("; ")) };
            health.set(SLACK_PART, state);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::select! {
        () = slack.listen(stop.clone()) => stop.cancelled().await,
        () = tell => {}
    }
}
