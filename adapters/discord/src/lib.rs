//! Discord as a chat platform of the department.
//!
//! **In.** `line` holds a gateway connection for each shard, in the order in which Discord sends. `ingest` writes what
//! arrives into `discord.received`, many facts in one commit, and only then counts it as heard: a session is resumed from
//! what is stored. `backfill` fetches what was missed where a session could not be resumed. The [`DiscordGateway`] reads
//! that table in order, channel by channel, turns payloads into [`bullpen_chat::Event`]s (`parse`) and marks them as done
//! when the department has stored them. `interact` answers commands, buttons and forms within Discord's three seconds.
//!
//! **Out.** The [`DiscordPoster`] renders Markdown and cards (`render`) and sends them through a channel's webhook under the
//! persona's name, or as the persona's own bot; always with an explicit list of whom it may notify. `posts` keeps what was
//! sent.
//!
//! Of serenity, the types and builders are used and nothing that speaks: its shard runner starts a task for each event and
//! drops the sequence numbers, so that neither order nor a resume after a crash could be had; its HTTP client either waits
//! for rate limits without a bound or hides how long to wait.
//!
//! **Architecture invariant:** nothing here knows what a task, an approval or a right is. A click on a button is the
//! reaction that the button stands for.

mod api;
mod backfill;
mod bots;
mod config;
pub mod doctor;
mod error;
mod gateway;
mod guild;
mod ingest;
mod interact;
mod line;
mod parse;
mod poster;
mod posts;
mod provision;
mod render;
pub mod setup;
mod webhooks;

use std::sync::Arc;

use bullpen_chat::{Overviews, Pictures};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

pub use config::{Bot, CATEGORY, Config, DISCORD_API_URL, SHARED};
pub use error::Error;
pub use gateway::DiscordGateway;
pub use poster::DiscordPoster;

/// Tells the time; injected, so that tests own it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What the adapter asks of the department.
pub struct Sources {
    /// The bytes of pictures.
    pub pictures: Arc<dyn Pictures>,
    /// What a member sees of the department.
    pub overviews: Arc<dyn Overviews>,
}

/// One organisation's guild in Discord.
pub struct Discord {
    pub(crate) pool: PgPool,
    pub(crate) org: Uuid,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) bots: bots::Bots,
    pub(crate) sources: Sources,
    /// What is known of the guild.
    pub(crate) guild: guild::Guild,
    /// The channels' webhooks.
    pub(crate) webhooks: webhooks::Webhooks,
    /// Rings when something was received in this process.
    pub(crate) arrived: Notify,
    /// Grows when what was missed is fetched, and no gap is left that could be closed.
    pub(crate) gaps: watch::Sender<u64>,
    /// How the lines stand.
    pub(crate) lines: line::Lines,
    /// What members asked for by command, and is being shown just now.
    pub(crate) puts: interact::Puts,
}

impl Discord {
    /// The guild behind `config` in the database behind `pool`, which [`Discord::migrate`] has prepared. Calls nobody.
    ///
    /// # Errors
    /// When the configuration cannot be used.
    pub fn new(pool: PgPool, org: Uuid, clock: Clock, config: Config, sources: Sources) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            pool,
            org,
            clock,
            bots: bots::Bots::new(&config)?,
            sources,
            guild: guild::Guild::new(config.guild),
            webhooks: webhooks::Webhooks::new(),
            arrived: Notify::new(),
            gaps: watch::Sender::default(),
            lines: line::Lines::default(),
            puts: interact::Puts::default(),
            config,
        }))
    }

    /// Brings the schema `discord` up to date. Safe to run from several servers at once.
    ///
    /// # Errors
    /// [`Error::Migrate`] when the database cannot be reached, or holds a schema of a newer version.
    pub async fn migrate(pool: &PgPool) -> Result<(), Error> {
        let mut migrator = sqlx::migrate!("./migrations");
        migrator.create_schema("discord");
        migrator.dangerous_set_table_name("discord._sqlx_migrations");
        migrator.run(pool).await?;
        Ok(())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord").field("org", &self.org).finish_non_exhaustive()
    }
}
