//! How the stand-in behaves: Slack's own numbers by default, others where a test has no time.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// Tells the time of messages, signatures, trigger ids and response URLs.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a workspace behaves. [`Settings::default`] is Slack with its own numbers; [`Settings::quick`] has the same rules
/// and no waiting.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen. Port 0 is any free port.
    pub address: SocketAddr,
    /// The workspace's name.
    pub team: String,
    /// The workspace's part of its address.
    pub domain: String,
    /// The time in messages, signatures and expiries. Waiting (retries, limits) goes by the machine's clock.
    pub clock: Clock,
    /// How long Slack waits for an acknowledgement: 3 s.
    pub ack_limit: Duration,
    /// How long after a failed delivery each retry of an event follows: nearly at once, 1 min, 5 min.
    pub event_retries: Vec<Duration>,
    /// Events that arise while an app has no Socket Mode connection wait for one instead of running out of retries.
    pub keep_while_away: bool,
    /// How many events are under way over HTTP at a time for one app. 1 keeps them in order, as Slack mostly does.
    pub http_parallel: usize,
    /// How long a connection lives on after its `disconnect` warning: 10 s.
    pub warning: Duration,
    /// How often the server pings a WebSocket connection.
    pub ping_every: Duration,
    /// How many Socket Mode connections an app may have: 10.
    pub connections: usize,
    /// How often and how long a response URL can be used: 5 times in 30 minutes.
    pub response_url_uses: u32,
    /// How long a response URL lives.
    pub response_url_life: Duration,
    /// How long a trigger id lives: 3 s.
    pub trigger_life: Duration,
    /// Rate limits of the Web API.
    pub limits: Limits,
    /// Whether the workspace is on a paid plan, which user groups need.
    pub paid: bool,
    /// Whether arguments that a method does not have are refused. Slack passes over most of them; a stand-in that
    /// refuses them finds what is misspelt.
    pub strict_arguments: bool,
    /// Whether pictures in blocks may come from loopback and private addresses. Slack cannot fetch those and refuses.
    pub private_pictures: bool,
    /// Whether thread roots' authors and watchers are told of replies by `message_replied`, which comes without its
    /// subtype.
    pub replied_noise: bool,
}

impl Settings {
    /// Slack's rules without its waiting: retries after some milliseconds, an acknowledgement within half a second, no
    /// rate limits.
    #[must_use]
    pub fn quick() -> Self {
        Self {
            ack_limit: Duration::from_millis(500),
            event_retries: vec![Duration::from_millis(10), Duration::from_millis(100), Duration::from_millis(400)],
            warning: Duration::from_millis(200),
            ping_every: Duration::from_secs(2),
            limits: Limits::none(),
            ..Self::default()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            team: "Acme".into(),
            domain: "acme".into(),
            clock: Arc::new(Utc::now),
            ack_limit: Duration::from_secs(3),
            event_retries: vec![Duration::from_millis(100), Duration::from_mins(1), Duration::from_mins(5)],
            keep_while_away: true,
            http_parallel: 1,
            warning: Duration::from_secs(10),
            ping_every: Duration::from_secs(5),
            connections: 10,
            response_url_uses: 5,
            response_url_life: Duration::from_mins(30),
            trigger_life: Duration::from_secs(3),
            limits: Limits::default(),
            paid: true,
            strict_arguments: true,
            private_pictures: false,
            replied_noise: true,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("address", &self.address).field("team", &self.team).finish_non_exhaustive()
    }
}

/// Rate limits: a bucket per app and method, and one per app and channel for `chat.postMessage`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Calls a minute of methods in tiers 1 to 4: Slack's documentation says 1, 20, 50 and 100 or more.
    pub tiers: [f64; 4],
    /// Posts a second in one channel: about 1.
    pub posts: f64,
    /// How many posts at once a channel forgives before that counts.
    pub burst: f64,
}

impl Limits {
    /// No limits at all.
    #[must_use]
    pub const fn none() -> Self {
        Self { tiers: [f64::INFINITY; 4], posts: f64::INFINITY, burst: f64::INFINITY }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { tiers: [1.0, 20.0, 50.0, 100.0], posts: 1.0, burst: 4.0 }
    }
}
