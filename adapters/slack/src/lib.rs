//! Slack as a chat platform of the department.
//!
//! **In.** Socket Mode (`socket`) and signed HTTP (`http`) write what Slack tells into `slack.received`
//! (`received`), once per fact whatever is repeated and however many apps hear it, and only then acknowledge it. The
//! [`SlackGateway`] reads that table in order, turns payloads into [`bullpen_chat::Event`]s (`parse`, `payload`) with
//! names from `members`, and marks them as done when the department has stored them. `backfill` fetches what was
//! missed while nobody listened.
//!
//! **Out.** The [`SlackPoster`] renders Markdown and cards as Block Kit (`render`), sends them as the shared app or as a
//! persona's own, within Slack's limits (`limit`), and keeps what it sent in `slack.posts` (`posts`), because Slack has
//! no idempotency keys.
//!
//! **Architecture invariant:** nothing here knows what a task, an approval or a right is. A click on a button is the
//! reaction that the button stands for.

mod api;
mod apps;
mod backfill;
mod command;
mod config;
pub mod doctor;
mod error;
mod files;
mod gateway;
mod home;
mod http;
mod limit;
mod members;
mod parse;
mod payload;
mod poster;
mod posts;
mod provision;
mod received;
mod render;
pub mod setup;
mod socket;

use std::sync::Arc;

use bullpen_chat::{Overviews, Pictures};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

pub use config::{App, Config, POSTS_A_MINUTE, SHARED, SLACK_API_URL};
pub use error::Error;
pub use gateway::SlackGateway;
pub use poster::SlackPoster;

/// Tells the time; injected, so that tests own it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What the adapter asks of the department.
pub struct Sources {
    /// The bytes of pictures.
    pub pictures: Arc<dyn Pictures>,
    /// What a member sees of the department.
    pub overviews: Arc<dyn Overviews>,
}

/// One organisation's workspace in Slack.
pub struct Slack {
    pub(crate) pool: PgPool,
    pub(crate) org: Uuid,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) apps: apps::Apps,
    pub(crate) sources: Sources,
    pub(crate) members: members::Members,
    pub(crate) limits: limit::Limits,
    /// Rings when something was received in this process.
    pub(crate) arrived: Notify,
    /// Whether we hear everything.
    pub(crate) ears: socket::ears::Ears,
    /// Signed requests that were answered already.
    pub(crate) seen: http::Seen,
}

impl Slack {
    /// The workspace behind `config` in the database behind `pool`, which [`Slack::migrate`] has prepared. Calls nobody.
    ///
    /// # Errors
    /// When the configuration cannot be used.
    pub fn new(pool: PgPool, org: Uuid, clock: Clock, config: Config, sources: Sources) -> Result<Arc<Self>, Error> {
        let apps = apps::Apps::new(&config)?;
        Ok(Arc::new(Self {
            pool,
            org,
            clock,
            apps,
            sources,
            members: members::Members::new(),
            limits: limit::Limits::new(config.posts_a_minute),
            arrived: Notify::new(),
            ears: socket::ears::Ears::default(),
            seen: http::Seen::new(),
            config,
        }))
    }

    /// Brings the schema `slack` up to date. Safe to run from several servers at once.
    ///
    /// # Errors
    /// [`Error::Migrate`] when the database cannot be reached, or holds a schema of a newer version.
    pub async fn migrate(pool: &PgPool) -> Result<(), Error> {
        let mut migrator = sqlx::migrate!("./migrations");
        migrator.create_schema("slack");
        migrator.dangerous_set_table_name("slack._sqlx_migrations");
        migrator.run(pool).await?;
        Ok(())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slack").field("org", &self.org).finish_non_exhaustive()
    }
}
