//! Gateway connections: one for each shard of the shared bot, which is the ear of the department, and one for each bot of a
//! single persona, for its presence and its direct messages.
//!
//! [`machine`] decides what a line does next, as a pure function; [`connection`] does it on a WebSocket; [`keeper`] connects
//! again and again. What was not stored is not counted as heard: a session is resumed from what is stored, also by the next
//! process, and heartbeats say no more than that.

mod close;
mod connection;
mod frame;
mod intents;
mod keeper;
mod machine;
mod only;
mod pace;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use crate::ingest::{self, Ours, Stored};
use crate::{Discord, backfill};
use only::Only;

/// Events that may wait to be stored. What comes then waits in the line, and Discord with it.
const QUEUE: usize = 4_096;
/// How far apart sessions of one bot begin, as Discord wants it.
const DISTANCE: Duration = Duration::from_secs(5);
/// Most time to store what was heard when we are asked to stop. What is not stored by then is told again.
const FINISH: Duration = Duration::from_secs(3);
/// How long a server waits for its turn before it says that another one holds the lines.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often it is looked whether a channel has become the department's.
const NOTE: Duration = Duration::from_millis(250);

/// How the lines stand, and what came through them.
#[derive(Debug)]
pub(crate) struct Lines {
    standing: Mutex<BTreeMap<String, Result<(), String>>>,
    /// In milliseconds.
    distance: AtomicU64,
    /// The turn in which this server has the lines; 0 while it has not.
    turn: AtomicI64,
    /// Whether the shared bot's line has stood in this turn.
    begun: AtomicBool,
    /// Which channels are the department's.
    pub(crate) ours: Ours,
    /// How much is stored.
    pub(crate) stored: Stored,
    /// Rings when something may have been missed and can be fetched.
    pub(crate) behind: Notify,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            standing: Mutex::default(),
            distance: AtomicU64::new(u64::try_from(DISTANCE.as_millis()).unwrap_or(u64::MAX)),
            turn: AtomicI64::new(0),
            begun: AtomicBool::new(false),
            ours: Ours::default(),
            stored: Stored::default(),
            behind: Notify::new(),
        }
    }
}

impl Lines {
    fn standing(&self) -> MutexGuard<'_, BTreeMap<String, Result<(), String>>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stands(&self, line: &str) {
        self.standing().insert(line.to_owned(), Ok(()));
    }

    /// The shared bot's line stands.
    fn begins(&self) {
        self.begun.store(true, Ordering::Release);
    }

    fn fails(&self, line: &str, why: String) {
        self.standing().insert(line.to_owned(), Err(why));
    }

    /// Forgets a bot's lines: they are put up anew.
    fn forget(&self, bot: &str) {
        self.standing().retain(|line, _| line != bot && line.split_once('/').is_none_or(|(of, _)| of != bot));
    }

    /// The turn in which this server may read what was received: it has the lines, and its first session stands, so that
    /// what is known of the guild is as Discord says now. `None` where it may not.
    pub(crate) fn turn(&self) -> Option<i64> {
        let turn = self.turn.load(Ordering::Acquire);
        (turn != 0 && self.begun.load(Ordering::Acquire)).then_some(turn)
    }

    fn distance(&self) -> Duration {
        Duration::from_millis(self.distance.load(Ordering::Relaxed))
    }
}

impl Discord {
    /// Hears Discord until `stop`: keeps a line for each shard of each bot, stores what comes, and fetches what was missed.
    /// Of several servers on one database one does, and the others wait for it to go. Returns when what was heard last is
    /// stored, a few seconds after `stop` at most.
    pub async fn listen(self: Arc<Self>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            for bot in self.bots.iter() {
                self.lines.standing().entry(bot.name().to_owned()).or_insert_with(not_yet);
            }
            let Some(mut only) = self.wait_for_turn(&stop).await else { return };
            let turn = Turn::begin(&self, only.turn());
            let here = stop.child_token();
            let hearing = self.hear(here.clone());
            tokio::pin!(hearing);
            tokio::select! {
                () = &mut hearing => {}
                () = only.lost(&self) => {
                    tracing::warn!("another server on this database holds the lines to Discord now");
                    here.cancel();
                    hearing.await;
                }
            }
            // Nothing is read any more before another server gets the lines.
            drop(turn);
            only.leave().await;
        }
    }

    async fn wait_for_turn(&self, stop: &CancellationToken) -> Option<Only> {
        let waiting = Only::wait(self, stop);
        tokio::pin!(waiting);
        if let Ok(only) = tokio::time::timeout(PATIENCE, &mut waiting).await {
            return only;
        }
        // For lines that another server holds, that server answers.
        tracing::info!("another server on this database holds the lines to Discord, or the database is away");
        for bot in self.bots.iter() {
            self.lines.stands(bot.name());
        }
        waiting.await
    }

    async fn hear(self: &Arc<Self>, stop: CancellationToken) {
        let mut pause = NOTE;
        while let Err(error) = self.load_ours().await {
            tracing::warn!(%error, "which channels are the department's cannot be read; the lines wait");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(DISTANCE),
            }
        }
        let (items, waiting) = mpsc::channel(QUEUE);
        // Whoever drops this future ends it all: nobody else may hold the lines while one of these still runs.
        let writer = AbortOnDropHandle::new(tokio::spawn(ingest::write(Arc::clone(self), waiting)));
        let (jobs, mut lines) = (TaskTracker::new(), JoinSet::new());
        for bot in self.bots.iter() {
            let bot = Arc::clone(bot);
            lines.spawn(keeper::keep_bot(Arc::clone(self), bot, items.clone(), jobs.clone(), stop.clone()));
        }
        drop(items);
        lines.spawn(backfill::keep_up(Arc::clone(self), stop.clone()));
        lines.spawn(note(Arc::clone(self), stop.clone()));
        stop.cancelled().await;
        while lines.join_next().await.is_some() {}
        // The lines have let go of their ends, so that the writer ends when it is done; else it is cut off.
        let _ = tokio::time::timeout(FINISH, writer).await;
        jobs.close();
        // What is left are answers to interactions, and they are bounded.
        let _ = tokio::time::timeout(FINISH, jobs.wait()).await;
    }

    /// How each line stands, by name: `Err` with a sentence for people where it does not hear. A bot of several shards has a
    /// line for each, `bot/shard`. Where another server on this database holds the lines, they stand.
    #[must_use]
    pub fn health(&self) -> BTreeMap<String, Result<(), String>> {
        self.lines.standing().clone()
    }

    /// How far apart sessions of one bot begin; 5 s unless told otherwise, as Discord wants it. Less only against a stand-in.
    pub fn begin_sessions_every(&self, distance: Duration) {
        let distance = u64::try_from(distance.as_millis()).unwrap_or(u64::MAX);
        self.lines.distance.store(distance, Ordering::Relaxed);
    }
}

fn not_yet() -> Result<(), String> {
    Err("not connected yet".into())
}

/// A turn at the lines, until it is dropped.
struct Turn<'a>(&'a Lines);

impl<'a> Turn<'a> {
    fn begin(discord: &'a Discord, number: i64) -> Self {
        // What was known from an earlier turn, or was asked for by the way, may have changed since.
        discord.guild.forget();
        for bot in discord.bots.iter() {
            discord.lines.standing().insert(bot.name().to_owned(), not_yet());
        }
        discord.lines.begun.store(false, Ordering::Release);
        discord.lines.turn.store(number, Ordering::Release);
        Self(&discord.lines)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.turn.store(0, Ordering::Release);
    }
}

async fn note(discord: Arc<Discord>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(NOTE) => {}
        }
        // A session that goes on where it was tells nothing of the guild anew, and threads may have come.
        if discord.lines.turn().is_some() {
            crate::guild::lookup::filled(&discord);
        }
        if let Err(error) = discord.note_ours().await {
            tracing::warn!(%error, "which channels are the department's was not noted; it is tried again");
        }
    }
}
