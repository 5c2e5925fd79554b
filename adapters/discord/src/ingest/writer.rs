//! The one task that writes down what the lines hand over, in order.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::books;
use super::fact::{self, Fact, Told};
use super::heard::Session;
use crate::error::Error;
use crate::{Discord, backfill};

/// Most events that go into one commit.
const BATCH: usize = 1_000;
/// Pauses while the database is away.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// How often one kind of event that cannot be understood is said.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// An event as a line hands it over.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) session: Arc<Session>,
    /// Its number in the session.
    pub(crate) seq: u64,
    /// Discord's name of it.
    pub(crate) kind: Box<str>,
    /// Its data, as it came.
    pub(crate) payload: Box<str>,
}

/// Writes down what comes, until nobody is left to hand over. While the database is away it waits, and so does who hands over.
pub(crate) async fn write(discord: Arc<Discord>, mut items: mpsc::Receiver<Item>) {
    let mut writer = Writer { discord, said: BTreeMap::new() };
    let mut batch = Vec::with_capacity(BATCH);
    while items.recv_many(&mut batch, BATCH).await > 0 {
        let mut work = Work::default();
        for item in batch.drain(..) {
            if let Some(gap) = writer.take(&mut work, item) {
                // What was heard before the gap is stored before it.
                writer.carry_out(std::mem::take(&mut work)).await;
                writer.open(&gap).await;
            }
        }
        writer.carry_out(work).await;
    }
}

/// What goes into one commit.
#[derive(Default)]
struct Work {
    facts: Vec<Fact>,
    /// Channels that are deleted.
    gone: Vec<u64>,
    sessions: Vec<(Arc<Session>, Vec<u64>)>,
}

/// Where something may have been missed.
struct Gap {
    session: Arc<Session>,
    seq: u64,
    what: backfill::Opens,
}

struct Writer {
    discord: Arc<Discord>,
    said: BTreeMap<Box<str>, Instant>,
}

impl Writer {
    /// Takes an event into the work; where it means a gap, that is for the caller to open.
    fn take(&mut self, work: &mut Work, item: Item) -> Option<Gap> {
        let Item { session, seq, kind, payload } = item;
        let is_shared = *session.bot == *self.discord.bots.shared().name();
        let what = match &*kind {
            "READY" => Some(self.ready(&session, is_shared, &payload)),
            "GUILD_CREATE" if is_shared => {
                let guild = id(&payload);
                let announced =
                    session.announced.lock().unwrap_or_else(PoisonError::into_inner).remove(&guild.unwrap_or_default());
                guild.filter(|_| !announced).map(|guild| backfill::Opens { guilds: vec![guild], direct: false })
            }
            _ => None,
        };
        if is_shared && tells_of_guild(&kind) {
            match serde_json::from_str::<Value>(&payload) {
                Ok(data) => self.discord.guild.apply(&kind, &data),
                Err(_) => self.unread(&kind),
            }
            if &*kind == "CHANNEL_DELETE"
                && let Some(gone) = id(&payload)
            {
                self.discord.lines.ours.gone(gone);
                work.gone.push(gone);
            }
            if kind.starts_with("THREAD_") || &*kind == "GUILD_CREATE" {
                self.discord.lines.ours.outdated();
            }
        }
        if let Some(what) = what {
            return Some(Gap { session, seq, what });
        }
        let told = Told { bot: &session.bot, session: &session.id, seq };
        match fact::facts(told, &kind, &payload) {
            Ok(facts) => {
                for mut fact in facts {
                    if fact.kind == "WEBHOOKS_UPDATE" {
                        self.discord.webhooks.changed(fact.channel);
                    }
                    fact.ours = self.discord.lines.ours.counts(&self.discord, &fact);
                    // Who speaks there is worth remembering; the rest of a community is not.
                    if fact.ours && is_shared && tells_of_member(&kind) {
                        self.discord.guild.apply(&kind, &serde_json::from_str(&payload).unwrap_or_default());
                    }
                    work.facts.push(fact);
                }
            }
            Err(()) => self.unread(&kind),
        }
        match work.sessions.iter_mut().find(|(known, _)| Arc::ptr_eq(known, &session)) {
            Some((_, seqs)) => seqs.push(seq),
            None => work.sessions.push((session, vec![seq])),
        }
        None
    }

    fn ready(&self, session: &Session, is_shared: bool, payload: &str) -> backfill::Opens {
        let ready: Value = serde_json::from_str(payload).unwrap_or_default();
        if is_shared {
            self.discord.guild.apply("READY", &ready);
        }
        let guilds = ready["guilds"].as_array().into_iter().flatten();
        let guilds: Vec<u64> = guilds.filter_map(|guild| guild["id"].as_str()?.parse().ok()).collect();
        *session.announced.lock().unwrap_or_else(PoisonError::into_inner) = guilds.iter().copied().collect();
        backfill::Opens { guilds: if is_shared { guilds } else { Vec::new() }, direct: session.shard == 0 }
    }

    /// An event that cannot be understood is counted, and said once in a while.
    fn unread(&mut self, kind: &str) {
        metrics::counter!("bullpen_discord_unread_total", "kind" => kind.to_owned()).increment(1);
        if self.said.get(kind).is_none_or(|last| last.elapsed() > SAY_EVERY) {
            tracing::warn!(kind, "an event of Discord's cannot be understood; it is left out");
            self.said.insert(kind.into(), Instant::now());
        }
    }

    /// Stores it, however long that takes, and counts it as heard then.
    async fn carry_out(&self, work: Work) {
        if work.sessions.is_empty() {
            return;
        }
        let next: Vec<_> = work.sessions.iter().map(|(s, seqs)| (s, s.with(seqs.iter().copied()))).collect();
        let kept = newest(next.iter().map(|(session, next)| (&***session, next.low)));
        let mut patience = Patience::default();
        while let Err(error) = self.store(&work, &kept).await {
            patience.wait(&error).await;
        }
        for (session, next) in next {
            session.put(next);
        }
    }

    async fn open(&self, gap: &Gap) {
        let next = gap.session.with([gap.seq]);
        let mut patience = Patience::default();
        while let Err(error) = self.store_gap(gap, next.low).await {
            patience.wait(&error).await;
        }
        gap.session.put(next);
        self.discord.lines.behind.notify_one();
    }

    async fn store(&self, work: &Work, kept: &[books::Kept<'_>]) -> Result<(), Error> {
        let strangers = self.discord.lines.ours.strangers(&work.facts);
        self.discord.end_ours(&work.gone).await?;
        books::insert(&self.discord, &work.facts, kept).await?;
        self.discord.note_direct(&strangers).await
    }

    async fn store_gap(&self, gap: &Gap, heard: u64) -> Result<(), Error> {
        backfill::open(&self.discord, &gap.session.bot, &gap.what).await?;
        books::insert(&self.discord, &[], &[(&*gap.session, heard)]).await.map(drop)
    }
}

/// Of each shard the session that came last: only one can be resumed.
fn newest<'a>(sessions: impl Iterator<Item = (&'a Session, u64)>) -> Vec<books::Kept<'a>> {
    let mut newest: BTreeMap<(&str, u32), books::Kept<'a>> = BTreeMap::new();
    for (session, low) in sessions {
        newest.insert((&session.bot, session.shard), (session, low));
    }
    newest.into_values().collect()
}

/// Waiting for a database that is away, and a word about it once in a while.
struct Patience {
    pauses: backon::ExponentialBackoff,
    said: Option<Instant>,
}

impl Default for Patience {
    fn default() -> Self {
        let pauses =
            ExponentialBuilder::default().with_min_delay(PAUSES.0).with_max_delay(PAUSES.1).without_max_times();
        Self { pauses: pauses.with_jitter().build(), said: None }
    }
}

impl Patience {
    async fn wait(&mut self, error: &Error) {
        if self.said.is_none_or(|last| last.elapsed() > SAY_EVERY) {
            tracing::warn!(%error, "what Discord tells cannot be stored; the lines wait");
            self.said = Some(Instant::now());
        }
        tokio::time::sleep(self.pauses.next().unwrap_or(PAUSES.1)).await;
    }
}

/// Whether the guild is to know of it.
fn tells_of_guild(kind: &str) -> bool {
    ["GUILD_", "CHANNEL_", "THREAD_"].iter().any(|prefix| kind.starts_with(prefix))
}

/// Whether it shows who a member is.
fn tells_of_member(kind: &str) -> bool {
    matches!(kind, "MESSAGE_CREATE" | "MESSAGE_REACTION_ADD")
}

fn id(payload: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        id: std::borrow::Cow<'a, str>,
    }
    serde_json::from_str::<Head<'_>>(payload).ok()?.id.parse().ok()
}
