//! The lobby: a chat platform of our own, kept in Postgres (schema `lobby`) and met in the browser.
//!
//! It is an adapter like any other: the department reaches it through [`LobbyGateway`] and [`LobbyPoster`] only, people
//! reach it through [`router`]. What happens is written to a log whose numbers are in the order of commits; the gateway,
//! the event stream and the browsers read that log from where they stand, so several servers may share one database.
//!
//! **Architecture invariant:** nothing here knows what a task, an approval or a right is. Who may see the direct
//! messages of others is asked of a closure; sign-in, `Host` and `Origin` are checked in front of [`router`].

mod card;
mod channel;
mod direct;
mod directory;
mod edit;
mod emoji;
mod error;
mod feed;
mod gateway;
mod http;
mod log;
mod markdown;
mod mention;
mod message;
mod name;
mod pages;
mod poster;
mod provision;
mod reaction;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

pub use card::{CardView, PictureView};
pub use channel::{Channel, Unread};
pub use direct::Direct;
pub use emoji::Emoji;
pub use error::Error;
pub use feed::{Aside, Feed, Item};
pub use gateway::LobbyGateway;
pub use http::{SignedIn, router};
pub use log::{Entry, Kind};
pub use message::{AuthorView, Mark, Page, Start, View};
pub use name::Member;
pub use pages::Pages;
pub use poster::LobbyPoster;
pub use write::{Said, TEXT_LIMIT};

/// Tells the time; injected, so that tests own it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Answers whether the person of this name may see the direct messages of others.
pub type SeesAll = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// How many passing notices (typing marks, announcements) a slow reader may lag behind before it misses some.
const ASIDES: usize = 256;

/// One organisation's lobby.
pub struct Lobby {
    pool: PgPool,
    org: Uuid,
    clock: Clock,
    sees_all: SeesAll,
    /// Who is known here, as it was read last.
    names: directory::Names,
    /// Changes when this process wrote to the log.
    written: watch::Sender<()>,
    /// Changes when this process wrote something that the gateway hands over.
    heard: watch::Sender<()>,
    /// Up to where gateways acknowledged, by their names; the database is told a little later.
    acked: Mutex<HashMap<String, i64>>,
    asides: broadcast::Sender<Arc<Aside>>,
    closed: watch::Sender<bool>,
}

impl Lobby {
    /// The lobby of organisation `org` in the database behind `pool`, which [`Lobby::migrate`] has prepared.
    #[must_use]
    pub fn new(pool: PgPool, org: Uuid, clock: Clock, sees_all: SeesAll) -> Arc<Self> {
        Arc::new(Self {
            pool,
            org,
            clock,
            sees_all,
            names: directory::names(),
            written: watch::Sender::new(()),
            heard: watch::Sender::new(()),
            acked: Mutex::default(),
            asides: broadcast::Sender::new(ASIDES),
            closed: watch::Sender::new(false),
        })
    }

    /// Brings the schema `lobby` up to date. Safe to run from several servers at once: it holds an advisory lock, and it
    /// keeps its list of migrations in a table of its own.
    ///
    /// # Errors
    /// [`Error::Migrate`] when the database cannot be reached, or holds a lobby of a newer version.
    pub async fn migrate(pool: &PgPool) -> Result<(), Error> {
        let mut migrator = sqlx::migrate!("./migrations");
        migrator.create_schema("lobby");
        migrator.dangerous_set_table_name("lobby._sqlx_migrations");
        migrator.run(pool).await?;
        Ok(())
    }

    /// The inbound connection that keeps its place under `name`. One holder each: two readers of one name would both
    /// be told everything.
    #[must_use]
    pub fn gateway(self: &Arc<Self>, name: &str) -> LobbyGateway {
        LobbyGateway::new(Arc::clone(self), name)
    }

    /// What the department's personas speak through.
    #[must_use]
    pub fn poster(self: &Arc<Self>) -> LobbyPoster {
        LobbyPoster::new(Arc::clone(self))
    }

    /// Tells the browsers connected to this process something that is not part of the log, e.g.
    /// `{"type":"changed","what":["tasks"]}`. Nobody else hears it and nothing is stored.
    pub fn announce(&self, notice: serde_json::Value) {
        self.aside(Aside::Announced(notice));
    }

    /// Ends every open event stream and socket, so that the server can stop without waiting for browsers to leave.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    fn aside(&self, aside: Aside) {
        // An error says that nobody listens, which is fine.
        let _ = self.asides.send(Arc::new(aside));
    }

    /// A gateway of this name acknowledged everything up to here.
    fn ack(&self, name: &str, seq: i64) {
        let mut acked = self.acked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = acked.entry(name.to_owned()).or_default();
        *known = seq.max(*known);
    }

    /// Up to where gateways of this name acknowledged in this process.
    fn acked(&self, name: &str) -> i64 {
        self.acked.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied().unwrap_or(0)
    }

    /// Wakes the readers in this process; those in others look for themselves.
    fn wake(&self, heard: bool) {
        self.written.send_replace(());
        if heard {
            self.heard.send_replace(());
        }
    }
}

impl std::fmt::Debug for Lobby {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lobby").field("org", &self.org).finish_non_exhaustive()
    }
}
