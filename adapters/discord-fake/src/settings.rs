//! How the stand-in behaves: Discord's own numbers by default, others where a test has no time.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// Tells the time of snowflakes, edits and expiries.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a guild behaves. [`Settings::default`] is Discord with its own numbers; [`Settings::quick`] has the same rules and
/// no waiting.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen. Port 0 is any free port.
    pub address: SocketAddr,
    /// The guild's name.
    pub guild: String,
    /// The time in snowflakes, edits and expiries. Waiting (rate limits, heartbeats) goes by the machine's clock.
    pub clock: Clock,
    /// Rate limits of REST.
    pub limits: Limits,
    /// Whether requests must say who they are as Discord demands it: `DiscordBot ($url, $version)`.
    pub strict_agent: bool,
    /// How long a nonce with `enforce_nonce` is remembered: a few minutes.
    pub nonce_life: Duration,
    /// Where every request is written as a line of JSON, for the check against the published description.
    pub log: Option<PathBuf>,
    /// What `/gateway/bot` recommends: 1.
    pub shards: u32,
    /// What `/gateway/bot` allows to identify at a time: 1.
    pub max_concurrency: u32,
    /// Identifies a day and bot: 1,000.
    pub session_starts: u32,
    /// How long after an IDENTIFY the next one with the same rate limit key may come: 5 s.
    pub identify_every: Duration,
    /// How often a client is told to send heartbeats: 41.25 s.
    pub heartbeat: Duration,
    /// How long a session that is cut can be resumed.
    pub session_life: Duration,
    /// How many frames a session keeps for its resumption.
    pub session_frames: usize,
    /// How long an application may take for its first answer to an interaction: 3 s.
    pub interaction_limit: Duration,
    /// How long an interaction's token lives: 15 minutes.
    pub interaction_life: Duration,
}

impl Settings {
    /// Discord's rules without its waiting: rate limits that are hard to meet, an interaction's first answer within one
    /// second, no distance between identifies.
    #[must_use]
    pub fn quick() -> Self {
        Self {
            limits: Limits::generous(),
            interaction_limit: Duration::from_secs(1),
            identify_every: Duration::ZERO,
            ..Self::default()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            guild: "Acme".into(),
            clock: Arc::new(Utc::now),
            limits: Limits::default(),
            strict_agent: true,
            nonce_life: Duration::from_mins(5),
            log: None,
            shards: 1,
            max_concurrency: 1,
            session_starts: 1_000,
            identify_every: Duration::from_secs(5),
            heartbeat: Duration::from_millis(41_250),
            session_life: Duration::from_mins(3),
            session_frames: 10_000,
            interaction_limit: Duration::from_secs(3),
            interaction_life: Duration::from_mins(15),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("address", &self.address).field("guild", &self.guild).finish_non_exhaustive()
    }
}

/// So many requests in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests in one window.
    pub requests: u32,
    /// How long the window is.
    pub window: Duration,
}

impl Rate {
    /// So many requests in so much time.
    #[must_use]
    pub const fn new(requests: u32, window: Duration) -> Self {
        Self { requests, window }
    }
}

/// Rate limits. A bucket is per bot, route and top-level resource (channel, guild, webhook); the global one is per bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// All requests of a bot; webhooks by token and interactions do not count.
    pub global: Rate,
    /// Routes that are not named in [`Limits::routes`].
    pub other: Rate,
    /// By the operation's id in the published description, e.g. `create_message`.
    pub routes: Vec<(&'static str, Rate)>,
}

impl Limits {
    /// Limits that a test does not meet by chance.
    #[must_use]
    pub fn generous() -> Self {
        let second = Duration::from_secs(1);
        Self { global: Rate::new(1_000_000, second), other: Rate::new(1_000_000, second), routes: Vec::new() }
    }

    /// The same with another limit for one operation.
    #[must_use]
    pub fn with(mut self, operation: &'static str, rate: Rate) -> Self {
        self.routes.retain(|(name, _)| *name != operation);
        self.routes.push((operation, rate));
        self
    }

    pub(crate) fn of(&self, operation: &str) -> Rate {
        self.routes.iter().find(|(name, _)| *name == operation).map_or(self.other, |(_, rate)| *rate)
    }
}

impl Default for Limits {
    /// What Discord's answers have said: 50 a second in all, 5 messages in 5 seconds and channel, 5 posts of a webhook in 2
    /// seconds, a reaction in 250 milliseconds.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            global: Rate::new(50, seconds(1)),
            other: Rate::new(10, seconds(1)),
            routes: vec![
                ("create_message", Rate::new(5, seconds(5))),
                ("update_message", Rate::new(5, seconds(5))),
                ("delete_message", Rate::new(5, seconds(1))),
                ("list_messages", Rate::new(5, seconds(1))),
                ("execute_webhook", Rate::new(5, seconds(2))),
                ("update_webhook_message", Rate::new(5, seconds(2))),
                ("add_my_message_reaction", Rate::new(1, Duration::from_millis(250))),
                ("delete_my_message_reaction", Rate::new(1, Duration::from_millis(250))),
                ("create_thread_from_message", Rate::new(50, seconds(300))),
                ("update_channel", Rate::new(5, seconds(15))),
                ("create_channel_webhook", Rate::new(5, seconds(5))),
            ],
        }
    }
}
