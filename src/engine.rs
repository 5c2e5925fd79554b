//! The engine: takes lanes, loads their snapshots, decides, and saves state and effects with the mark that the events are
//! done, in one transaction. It batches over lanes; a batch that fails is redone lane by lane, so that one event cannot
//! hold the others up.

mod load;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bullpen_domain::decide::{self, Decision};
use bullpen_domain::effect::{Body, Effect, Place, Post};
use bullpen_domain::event::Event;
use bullpen_domain::lane::Lane;
use bullpen_domain::name::Handle;
use bullpen_domain::org::{ALL_HANDS, DESK, Directory};
use bullpen_domain::playbook::Playbook;
use bullpen_domain::snapshot::Snapshot;
use sqlx::{PgConnection, PgPool, PgTransaction};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::health::{Health, away};
use crate::metrics;
use crate::office::Office;
use crate::store::inbox::Pending;
use crate::store::lanes::Opened;
use crate::store::{
    begin_riding_along, calls, definitions, delegations, inbox, is_outage, lanes, messages, noise, outbox, refusals,
    takeovers, timers,
};
use crate::wake::{LOOK_EVERY, Wakes};
use load::Loaded;

/// Most lanes in one batch.
pub(crate) const LANES: i64 = 256;
/// Most events looked at when choosing lanes.
const LOOK_AT: i64 = 1_024;
/// Most events of one lane in one batch.
pub(crate) const EACH: i64 = 32;
/// How long to wait after the database failed.
const PAUSE: Duration = Duration::from_millis(500);

/// What an engine works with.
pub struct Engine {
    /// The database.
    pub pool: PgPool,
    /// The organisation.
    pub org: Uuid,
    /// Who is who.
    pub office: Arc<Office>,
    /// The clock.
    pub clock: clock::Shared,
    /// Rings for the other workers.
    pub wakes: Arc<Wakes>,
    /// How this worker stands.
    pub health: Arc<Health>,
    /// Playbook versions by digest.
    pub playbooks: Mutex<HashMap<String, Arc<Playbook>>>,
}

/// Why a batch was not saved.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Event(String),
}

impl Engine {
    /// An engine.
    #[must_use]
    pub fn new(
        pool: PgPool,
        org: Uuid,
        office: Arc<Office>,
        clock: clock::Shared,
        wakes: Arc<Wakes>,
        health: Arc<Health>,
    ) -> Self {
        Self { pool, org, office, clock, wakes, health, playbooks: Mutex::default() }
    }

    /// Works until `stop`; what is begun is finished.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.batch().await {
                // A batch that was not full left nothing, unless somebody has rung for its lanes meanwhile.
                Ok(taken) if taken.is_none_or(|taken| taken.events < EACH as usize && !taken.more) => {
                    self.health.set("engine", Ok(()));
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = self.wakes.inbox.heard() => {}
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    self.health.set("engine", Err(away(&error)));
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                }
            }
        }
    }

    /// Processes one batch. Returns how many events it took up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn step(&self) -> anyhow::Result<usize> {
        Ok(self.batch().await?.map_or(0, |taken| taken.events))
    }

    /// Processes one batch; `None` where there was no lane to take.
    async fn batch(&self) -> anyhow::Result<Option<Taken>> {
        let since = self.wakes.inbox.rung();
        let mut tx = begin_riding_along(&self.pool).await?;
        let lanes = inbox::take_lanes(&mut tx, self.org, LANES, LOOK_AT).await?;
        if lanes.is_empty() {
            return Ok(None);
        }
        if i64::try_from(lanes.len()).is_ok_and(|taken| taken == LANES) {
            // Others may work on what this batch leaves.
            self.wakes.inbox.wake();
        }
        self.wakes.inbox.hold(&lanes, since);
        let events = self.work(tx, &lanes).await;
        let more = self.wakes.inbox.let_go(&lanes);
        Ok(Some(Taken { events: events?, more }))
    }

    /// Processes what is there for these lanes, which the transaction holds. Returns how many events it took up.
    async fn work(&self, mut tx: PgTransaction<'static>, lanes: &[String]) -> anyhow::Result<usize> {
        let opened = lanes::open(&mut tx, self.org, self.clock.now(), lanes, EACH).await?;
        let (count, begun) = (opened.events.len(), std::time::Instant::now());
        match self.process(&mut tx, &opened).await {
            Ok(effects) => {
                tx.commit().await?;
                self.ring(effects);
                metrics::batch(count, begun.elapsed());
            }
            Err(Error::Database(error)) if is_outage(&error) => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "a batch failed; its lanes are redone one by one");
                tx.rollback().await?;
                for lane in lanes {
                    self.redo(lane).await?;
                }
            }
        }
        Ok(count)
    }

    /// Processes one lane alone, event by event, so that what fails is counted against the event that fails.
    async fn redo(&self, lane: &str) -> anyhow::Result<()> {
        loop {
            let mut tx = self.pool.begin().await?;
            if !inbox::take_lane(&mut tx, lane).await? {
                return Ok(());
            }
            let opened = lanes::open(&mut tx, self.org, self.clock.now(), &[lane.to_owned()], 1).await?;
            let Some(event) = opened.events.first() else { return Ok(()) };
            match self.process(&mut tx, &opened).await {
                Ok(effects) => {
                    tx.commit().await?;
                    self.ring(effects);
                    metrics::events("done", 1);
                }
                Err(Error::Database(error)) if is_outage(&error) => return Err(error.into()),
                Err(error) => {
                    tx.rollback().await?;
                    self.count_failure(event, &error.to_string()).await?;
                }
            }
        }
    }

    /// Counts a failed attempt; the last one makes a dead letter, and the thread is told.
    async fn count_failure(&self, event: &Pending, error: &str) -> anyhow::Result<()> {
        let mut tx = self.pool.begin().await?;
        let dead = inbox::failed(&mut tx, event.id, error).await?;
        let mut posts: Vec<String> = Vec::new();
        if dead {
            tracing::error!(event.id = %event.id, lane = %event.lane, %error, "an event is a dead letter");
            metrics::events("dead", 1);
            let notice = self.dead_letter_notice(event);
            let now = self.clock.now();
            let notice = noise::fold(&mut tx, &self.office.directory(), now, vec![notice]).await?;
            outbox::insert(&mut tx, self.org, now, &notice).await?;
            posts = notice.iter().flat_map(outbox::New::keys).collect();
        } else {
            tracing::warn!(event.id = %event.id, lane = %event.lane, %error, "an event failed; it is tried again");
        }
        tx.commit().await?;
        self.wakes.outbox.ring(posts);
        Ok(())
    }

    fn dead_letter_notice(&self, event: &Pending) -> outbox::New {
        let at = match &event.event {
            Ok(Event::Said(said) | Event::Edited { said }) => Place::Thread {
                channel: said.message.channel.clone(),
                root: said.thread.clone().unwrap_or_else(|| said.message.id.clone()),
            },
            _ => Place::Channel { channel: self.office.directory().room(None, ALL_HANDS) },
        };
        let text =
            "Something here could not be processed and was put aside; the rest goes on. It is listed in the console \
                    under dead letters, where it can be tried again."
                .to_owned();
        let from = Handle::parse(DESK).unwrap_or_else(|_| unreachable!("the desk's handle is a handle"));
        let status = Some(format!("@{DESK}: an event was put aside; it is listed in the console under dead letters"));
        let post = Post { from, at, body: Body::Text { text }, notify: Vec::new(), status };
        outbox::New {
            id: Uuid::new_v5(&event.id, b"dead letter"),
            lane: event.lane.as_str().to_owned(),
            post,
            revises: None,
        }
    }

    /// Decides events in order and writes what follows, in the caller's transaction.
    async fn process(&self, conn: &mut PgConnection, opened: &Opened) -> Result<Written, Error> {
        let directory = self.office.directory();
        let now = self.clock.now();
        let Loaded { stored, mut current, mut delegations } = self.load(conn, opened, &directory).await?;
        let mut changes = lanes::Changes::default();
        let (mut effects, mut refused) = (Vec::new(), Vec::new());
        for pending in &opened.events {
            let event = pending.event.as_ref().map_err(|e| Error::Event(e.clone()))?;
            let snapshot =
                current.remove(&pending.lane).unwrap_or_else(|| Snapshot::empty(self.org, pending.lane.clone()));
            let decision = self.decide(&directory, now, snapshot, pending.id, event)?;
            changes.add(&decision.envelopes, &decision.records).map_err(|e| Error::Event(e.to_string()))?;
            refused.extend(decision.refusal);
            let mut snapshot = decision.snapshot;
            for (_, effect) in &decision.effects {
                // What comes later in this batch is judged by who votes for whom from now on.
                if let Effect::Delegate { from, given } = effect {
                    let others = delegations.iter().filter(|d| d.from != *from).cloned();
                    delegations = others.chain(given.clone()).collect();
                    snapshot.delegations = Arc::clone(&delegations);
                    for other in current.values_mut() {
                        other.delegations = Arc::clone(&delegations);
                    }
                }
            }
            effects.extend(decision.effects.into_iter().map(|(id, effect)| (pending.lane.clone(), id, effect)));
            current.insert(pending.lane.clone(), snapshot);
        }
        for (lane, after) in &current {
            if let Some(before) = stored.get(lane) {
                changes.note(before, after).map_err(|e| Error::Event(e.to_string()))?;
                self.keep_pins(conn, before, after, &directory, now).await?;
            }
        }
        let changed = !changes.is_empty();
        changes.save(conn, self.org).await?;
        refusals::insert(conn, &refused).await?;
        Ok(Written { changed, ..write_effects(conn, &directory, now, effects).await? })
    }

    /// A panic in a decision is a failed event, not a dead worker.
    fn decide(
        &self,
        directory: &Directory,
        now: chrono::DateTime<chrono::Utc>,
        snapshot: Snapshot,
        id: Uuid,
        event: &Event,
    ) -> Result<Decision, Error> {
        catch_unwind(AssertUnwindSafe(|| decide::decide(directory, now, snapshot, id, event)))
            .map_err(|_| Error::Event("the decision panicked; see the log".into()))?
            .map_err(|e| Error::Event(e.to_string()))
    }

    /// Keeps the versions that a new root task is pinned to.
    async fn keep_pins(
        &self,
        conn: &mut PgConnection,
        before: &Snapshot,
        after: &Snapshot,
        directory: &Directory,
        now: chrono::DateTime<chrono::Utc>,
    ) -> sqlx::Result<()> {
        if before.root().is_some() {
            return Ok(());
        }
        let Some(root) = after.root() else { return Ok(()) };
        for (pin, digest) in &root.pins {
            match pin.split_once(':') {
                Some(("playbook", name)) => {
                    if let Some(playbook) = &after.playbook {
                        definitions::keep(conn, self.org, "playbook", name, digest, playbook.as_ref(), now).await?;
                    }
                }
                Some(("persona", handle)) => {
                    if let Some(persona) = directory.personas.get(handle) {
                        definitions::keep(conn, self.org, "persona", handle, digest, persona.as_ref(), now).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn ring(&self, written: Written) {
        self.wakes.outbox.ring(written.posts);
        self.wakes.inbox.ring(written.events);
        if written.calls {
            self.wakes.calls.notify_one();
        }
        if written.changed {
            self.wakes.changed.notify_one();
        }
    }
}

/// What a batch took up.
#[derive(Debug, Clone, Copy)]
struct Taken {
    /// How many events.
    events: usize,
    /// Whether there may be more for its lanes.
    more: bool,
}

/// What a batch wrote, so that the right workers are woken.
#[derive(Debug, Default)]
struct Written {
    /// The keys of posts.
    posts: Vec<String>,
    /// Whether there are calls.
    calls: bool,
    /// The lanes of events.
    events: Vec<String>,
    /// Whether the department's state changed.
    changed: bool,
}

async fn write_effects(
    conn: &mut PgConnection,
    directory: &Directory,
    now: chrono::DateTime<chrono::Utc>,
    effects: Vec<(Lane, Uuid, Effect)>,
) -> sqlx::Result<Written> {
    let org = directory.org;
    let (mut posts, mut new_calls, mut wakes, mut events, mut routes, mut handed) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (lane, id, effect) in effects {
        let lane_text = lane.as_str().to_owned();
        match effect {
            Effect::Post(post) => posts.push(outbox::New { id, lane: lane_text, post, revises: None }),
            Effect::Revise { post, revision, content } => {
                // Of several revisions in one batch only the newest goes out.
                posts.retain(|p: &outbox::New| p.revises.is_none_or(|(target, _)| target != post));
                posts.push(outbox::New { id, lane: lane_text, post: content, revises: Some((post, revision)) });
            }
            Effect::Ask(ask) => new_calls.push(calls::New { id, lane: lane_text, spec: calls::Spec::Turn(ask) }),
            Effect::Run(run) => new_calls.push(calls::New { id, lane: lane_text, spec: calls::Spec::Skill(run) }),
            Effect::Wake { at, timer } => wakes.push(timers::New { id, lane: lane_text, at, timer }),
            Effect::Tell { lane, event } => {
                events.push(inbox::New { id, lane, source: format!("tell:{id}"), event, waits_for: None })
            }
            Effect::Delegate { from, given } => handed.push((id, from, given)),
            Effect::Route { message, lane } => routes.push((message, lane)),
            Effect::Hold { thread, by } => takeovers::set(conn, org, now, &thread, by.as_deref()).await?,
        }
    }
    for (id, from, given) in &handed {
        events.extend(delegations::replace(conn, org, now, *id, from, given.as_ref()).await?);
    }
    messages::route(conn, org, &routes).await?;
    calls::insert(conn, org, now, &new_calls).await?;
    timers::insert(conn, org, &wakes).await?;
    let posts = noise::fold(conn, directory, now, posts).await?;
    // Conversations before lanes, as everywhere.
    outbox::insert(conn, org, now, &posts).await?;
    let events = inbox::insert(conn, org, now, &events).await?;
    let posts = posts.iter().flat_map(outbox::New::keys).collect();
    Ok(Written { posts, calls: !new_calls.is_empty(), events, changed: false })
}
