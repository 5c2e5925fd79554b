//! What one reader is told while it listens: the log from where it stands, and passing notices.
//!
//! A reader loses nothing of the log, however slow it is; typing marks and announcements it may miss.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::direct::Direct;
use crate::name::Member;
use crate::{Entry, Error, Lobby};

/// How long a reader waits before it looks for what other servers wrote. What this process wrote wakes it at once.
pub(crate) const POLL: Duration = Duration::from_millis(250);

/// How many entries are read at once.
pub(crate) const BATCH: i64 = 500;

/// Something that passes: told to whoever listens to this process now, and not kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Aside {
    /// Somebody is writing.
    Typing {
        /// The channel's id.
        channel: String,
        /// The thread's root.
        thread: Option<String>,
        /// A persona's handle; `None` for a member.
        handle: Option<String>,
        /// The name shown.
        name: String,
    },
    /// What was given to [`Lobby::announce`].
    Announced(Value),
}

impl Aside {
    /// As JSON, `type` included.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Typing { channel, thread, handle, name } => json!({
                "type": "typing", "channel": channel, "thread": thread, "handle": handle, "name": name,
            }),
            Self::Announced(notice) => notice.clone(),
        }
    }
}

/// What a [`Feed`] tells.
#[derive(Debug, Clone)]
pub enum Item {
    /// Something happened.
    Entry(Entry),
    /// Something passes.
    Aside(Arc<Aside>),
}

/// One reader's view of what happens from a given number on.
#[derive(Debug)]
pub struct Feed {
    lobby: Arc<Lobby>,
    viewer: Option<Member>,
    after: i64,
    /// Whether the log may hold more than was read.
    behind: bool,
    /// When it is looked for what other servers wrote.
    look_at: Instant,
    written: watch::Receiver<()>,
    closed: watch::Receiver<bool>,
    asides: broadcast::Receiver<Arc<Aside>>,
}

impl Lobby {
    /// Listens to everything after number `after`, or from now on. A viewer is not told the direct messages of others.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn feed(self: &Arc<Self>, after: Option<i64>, viewer: Option<Member>) -> Result<Feed, Error> {
        // Listen first and read the head second: nothing can fall between the two.
        let (written, asides, closed) = (self.written.subscribe(), self.subscribe(), self.closed.subscribe());
        let after = match after {
            Some(after) => after,
            None => self.log_head().await?,
        };
        Ok(Feed {
            lobby: Arc::clone(self),
            viewer,
            after,
            behind: true,
            look_at: Instant::now(),
            written,
            closed,
            asides,
        })
    }

    /// Hears what passes in this process: typing marks and announcements. A reader that lags behind by 256 misses some.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Aside>> {
        self.asides.subscribe()
    }

    /// Shows that a member is writing. Best effort; kept nowhere.
    ///
    /// # Errors
    /// [`Error::UnknownChannel`]; [`Error::NotForYou`] for a direct conversation of others.
    pub async fn member_types(&self, channel: &str, thread: Option<String>, member: &Member) -> Result<(), Error> {
        if Direct::parse(channel).is_some_and(|direct| direct.member != member.as_str()) {
            return Err(Error::NotForYou);
        }
        if !self.channel_exists(channel).await? {
            return Err(Error::UnknownChannel(channel.to_owned()));
        }
        let (channel, name) = (channel.to_owned(), member.to_string());
        self.aside(Aside::Typing { channel, thread, handle: None, name });
        Ok(())
    }
}

impl Feed {
    /// The number up to which this reader was told everything.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.after
    }

    /// Waits for what comes next; `None` once the lobby was closed. Cancel-safe: what was not returned comes next time.
    ///
    /// # Errors
    /// [`Error::Database`]; the feed may be asked again and goes on where it was.
    pub async fn next(&mut self) -> Result<Option<Vec<Item>>, Error> {
        loop {
            if *self.closed.borrow_and_update() {
                return Ok(None);
            }
            if !self.behind {
                match self.wait().await {
                    Some(aside) => return Ok(Some(vec![Item::Aside(aside)])),
                    None => self.behind = true,
                }
                continue;
            }
            self.written.borrow_and_update();
            self.look_at = Instant::now() + POLL;
            let entries = self.lobby.log_after(self.after, BATCH).await?;
            self.behind = i64::try_from(entries.len()).is_ok_and(|read| read == BATCH);
            if let Some(last) = entries.last() {
                self.after = last.seq;
            }
            let viewer = self.viewer.as_ref();
            let seen = |entry: &Entry| self.lobby.sees(&entry.channel, viewer);
            let items: Vec<Item> = entries.into_iter().filter(seen).map(Item::Entry).collect();
            if !items.is_empty() {
                return Ok(Some(items));
            }
        }
    }

    /// Waits until it is worth looking at the log again, or something passes that the viewer may see.
    async fn wait(&mut self) -> Option<Arc<Aside>> {
        tokio::select! {
            // What passes by does not keep us from looking for what other servers wrote.
            biased;
            () = tokio::time::sleep_until(self.look_at) => None,
            // The lobby lives as long as we hold it, so none of these channels ends.
            _ = self.written.changed() => None,
            _ = self.closed.changed() => None,
            aside = self.asides.recv() => aside.ok().filter(|aside| match aside.as_ref() {
                Aside::Typing { channel, .. } => self.lobby.sees(channel, self.viewer.as_ref()),
                Aside::Announced(_) => true,
            }),
        }
    }
}
