//! Turns: leases calls of models and skills, makes them with nothing open in the database, and hands each result to its
//! lane as one more event. A turn in flight blocks nothing.

mod bounds;
mod prepare;
mod price;
mod prompt;
mod system;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat as chat;
use bullpen_domain::effect::{Ask, Run};
use bullpen_domain::event::{Event, Outcome, Purpose};
use bullpen_domain::lane::Lane;
use bullpen_domain::name::Handle;
use bullpen_model as model;
use futures::FutureExt as _;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::catalogue::Catalogue;
use crate::clock;
use crate::config::Config;
use crate::delivery::Speakers;
use crate::health::{Health, away};
use crate::lease::Holder;
use crate::metrics;
use crate::office::Office;
use crate::store::budget::Reservation;
use crate::store::calls::{Leased, Spent};
use crate::store::{begin_riding_along, budget, calls, inbox, is_outage, wait_for_disk};
use crate::translate;
use crate::wake::{LOOK_EVERY, Wakes};
use prepare::Prepared;
pub use system::Systems;

/// Attempts at a model that does not answer, before people are told (with the back-off below: some four minutes).
const ATTEMPTS: i32 = 8;
/// How long to wait after the database failed.
const PAUSE: Duration = Duration::from_millis(500);

/// What turns work with.
pub struct Turns {
    /// The database.
    pub pool: PgPool,
    /// The organisation.
    pub org: Uuid,
    /// Settings: prices, the budget.
    pub config: Arc<Config>,
    /// Who is who.
    pub office: Arc<Office>,
    /// The clock.
    pub clock: clock::Shared,
    /// Rings for the other workers.
    pub wakes: Arc<Wakes>,
    /// How this worker stands.
    pub health: Arc<Health>,
    /// The model.
    pub model: Arc<dyn model::Model>,
    /// The skills.
    pub catalogue: Arc<Catalogue>,
    /// What personas are told at every turn.
    pub systems: Systems,
    /// Show who is writing.
    pub speakers: Speakers,
    /// The number that leases are held under.
    pub holder: Holder,
}

/// A call that is ready to be made.
enum Ready {
    Turn { request: Box<model::Request>, ask: Box<Ask>, reserved: Reservation },
    Skill(Box<Run>),
}

impl Turns {
    /// Makes calls until `stop`, up to `at_once` side by side; what is under way is finished.
    pub async fn run(self: Arc<Self>, at_once: usize, stop: &CancellationToken) {
        let slots = Arc::new(Semaphore::new(at_once));
        let mut jobs = JoinSet::new();
        while !stop.is_cancelled() {
            while let Some(ended) = jobs.try_join_next() {
                if let Err(error) = ended {
                    tracing::error!(%error, "a call ended without a result; it is free when this server ends");
                }
            }
            let free = slots.available_permits();
            let leased = if free == 0 { Ok(Vec::new()) } else { self.lease(free).await };
            let leased = leased.unwrap_or_else(|error| {
                self.health.set("turns", Err(away(&error)));
                Vec::new()
            });
            // Fewer than there was room for: there are no more, until the bell rings.
            let all = leased.len() < free || free == 0;
            for call in leased {
                let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
                let (this, this_slots) = (Arc::clone(&self), Arc::clone(&slots));
                jobs.spawn(async move {
                    this.work(&call).await;
                    let waited_for = this_slots.available_permits() == 0;
                    drop(slot);
                    if waited_for {
                        this.wakes.calls.notify_one();
                    }
                });
            }
            if all {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.wakes.calls.notified() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
        while jobs.join_next().await.is_some() {}
    }

    async fn lease(&self, free: usize) -> sqlx::Result<Vec<Leased>> {
        // In a transaction, so that what nobody was told of is not leased.
        let mut tx = begin_riding_along(&self.pool).await?;
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let leased = calls::lease(&mut tx, self.org, self.holder.number(), limit).await?;
        // No attempt's number is given twice to what leaves this server, publishes, or was charged before. The stand-in
        // answers from here, and may be asked twice.
        let lasting = |call: &Leased| call.lost.is_some() || matches!(call.spec, Ok(calls::Spec::Skill(_)));
        if !leased.is_empty() && (!self.model.stand_in() || leased.iter().any(lasting)) {
            wait_for_disk(&mut tx).await?;
        }
        tx.commit().await?;
        self.health.set("turns", Ok(()));
        Ok(leased)
    }

    /// Sees a leased call through to its end.
    async fn work(&self, call: &Leased) {
        match self.prepare_surely(call).await {
            Prepared::Ready(ready) => self.make_safely(call, ready).await,
            Prepared::Answered(persona, purpose, outcome) => {
                // Nobody knows whether a lost attempt was billed: it is charged its reservation.
                let spent = Spent { micros: call.lost.as_ref().map_or(0, |lost| lost.micros), ..Spent::default() };
                self.finish(call, persona, *purpose, outcome, spent, call.lost.clone()).await;
            }
            Prepared::Broken(why) => {
                tracing::error!(call = %call.id, lane = %call.lane, %why, "a call cannot be made; it is put aside");
                self.put_aside(call, &why).await;
            }
            Prepared::Gone => {
                tracing::warn!(call = %call.id, lane = %call.lane, "a call was taken over before it was made");
            }
        }
    }

    /// Puts a call aside that nobody can be told of; again until the database answers.
    async fn put_aside(&self, call: &Leased, why: &str) {
        let why = why.replace('\0', " ");
        loop {
            let saved = async {
                let mut tx = self.pool.begin().await?;
                if let Some(lost) = &call.lost {
                    budget::settle(&mut tx, self.org, lost, lost.micros).await?;
                }
                if calls::broken(&mut tx, self.clock.now(), call, &why).await? {
                    tx.commit().await
                } else {
                    tx.rollback().await
                }
            };
            let Err(error) = saved.await else { return };
            self.health.set("turns", Err(away(&error)));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Makes a call; one that panics has failed, and its lane is told.
    async fn make_safely(&self, call: &Leased, ready: Ready) {
        let (persona, purpose, reserved) = match &ready {
            Ready::Turn { ask, reserved, .. } => (ask.persona.clone(), ask.purpose.clone(), Some(reserved.clone())),
            Ready::Skill(run) => (run.persona.clone(), run.purpose.clone(), None),
        };
        if AssertUnwindSafe(self.make(call, ready)).catch_unwind().await.is_err() {
            tracing::error!(call = %call.id, %persona, "a call panicked");
            let why = "Something went wrong inside this server; its log says what.".to_owned();
            let spent = Spent { micros: reserved.as_ref().map_or(0, |r| r.micros), ..Spent::default() };
            self.finish(call, persona, purpose, Outcome::Failed { why, later: false }, spent, reserved).await;
        }
    }

    async fn make(&self, call: &Leased, ready: Ready) {
        let begun = std::time::Instant::now();
        match ready {
            Ready::Skill(run) => {
                let result = self.catalogue.run(call.id, &run).await;
                metrics::call("skill", &run.skill, result.is_ok(), begun.elapsed());
                let outcome = match result {
                    Ok(output) => Outcome::Result { output },
                    Err(error) if error.is_passing() && call.attempt < ATTEMPTS => {
                        tracing::warn!(call = %call.id, skill = %run.skill, %error, "a skill failed; it is tried again");
                        self.put_off(call, &error.to_string(), None, None, 0).await;
                        return;
                    }
                    Err(error) => Outcome::Failed { why: error.to_string(), later: error.is_passing() },
                };
                self.finish(call, run.persona.clone(), run.purpose.clone(), outcome, Spent::default(), None).await;
            }
            Ready::Turn { request, ask, reserved } => {
                self.show_typing(&ask);
                let result = self.model.answer(&request).await;
                metrics::call("turn", tier_name(request.tier), result.is_ok(), begun.elapsed());
                match result {
                    Ok(answer) => {
                        let spent = self.spent(&request, &answer);
                        metrics::tokens(tier_name(request.tier), spent.input, spent.output);
                        let (acts, text) = bounds::taken(answer);
                        let outcome = Outcome::Acts { acts, text };
                        self.finish(call, ask.persona.clone(), ask.purpose.clone(), outcome, spent, Some(reserved))
                            .await;
                    }
                    Err(model::Error::Unavailable { why, after, billed }) if call.attempt < ATTEMPTS => {
                        tracing::warn!(call = %call.id, %why, "the model does not answer; trying again");
                        let spent = if billed { reserved.micros } else { 0 };
                        self.put_off(call, &why, after, Some(reserved), spent).await;
                    }
                    Err(error) => {
                        tracing::error!(call = %call.id, persona = %ask.persona, %error, "no answer from the model");
                        let later = !matches!(error, model::Error::Refused(_));
                        // What may be billed is charged its reservation: nobody knows what it came to.
                        let billed =
                            matches!(error, model::Error::Refused(_) | model::Error::Unavailable { billed: true, .. });
                        let outcome = Outcome::Failed { why: error.to_string(), later };
                        let spent = Spent { micros: if billed { reserved.micros } else { 0 }, ..Spent::default() };
                        self.finish(call, ask.persona.clone(), ask.purpose.clone(), outcome, spent, Some(reserved))
                            .await;
                    }
                }
            }
        }
    }

    /// Shows who is writing, beside the work: nobody waits for it, and nobody misses it.
    fn show_typing(&self, ask: &Ask) {
        if let Purpose::Talk(talk) = &ask.purpose {
            let thread = match talk.said.direct {
                Some(_) => talk.said.thread.clone(),
                None => talk.said.thread.clone().or_else(|| Some(talk.said.message.id.clone())),
            };
            let (platform, channel) = translate::outward(&talk.said.message.channel);
            let place = chat::Place { channel: channel.to_owned(), thread };
            if let Some(poster) = self.speakers.get(platform).cloned() {
                let persona = ask.persona.clone();
                tokio::spawn(async move {
                    let _ = poster.typing(&place, persona.as_str()).await;
                });
            }
        }
    }

    /// Ends the call and hands its result to the lane, in one transaction; again until the database answers. A result
    /// that the database refuses is told as a failure.
    async fn finish(
        &self,
        call: &Leased,
        persona: Handle,
        purpose: Purpose,
        outcome: Outcome,
        spent: Spent,
        reserved: Option<Reservation>,
    ) {
        let mut event = event(call, persona.clone(), purpose.clone(), without_nul(outcome));
        loop {
            match self.save(call, &event, &spent, reserved.as_ref()).await {
                Ok(()) => {
                    self.wakes.inbox.ring([&call.lane]);
                    return;
                }
                Err(error) if is_outage(&error) => {
                    self.health.set("turns", Err(away(&error)));
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(call = %call.id, %error, "the database refuses a result");
                    let why = "The answer could not be stored; the server's log says why.".to_owned();
                    let failed = Outcome::Failed { why, later: false };
                    event = self::event(call, persona.clone(), purpose.clone(), failed);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn save(
        &self,
        call: &Leased,
        event: &inbox::New,
        spent: &Spent,
        reserved: Option<&Reservation>,
    ) -> sqlx::Result<()> {
        let now = self.clock.now();
        let Some(reserved) = reserved.filter(|reserved| reserved.micros > 0 || spent.micros > 0) else {
            // Nothing to settle: one statement does it.
            let mut conn = self.pool.acquire().await?;
            return calls::answered(&mut conn, self.org, now, call, event, spent).await.map(drop);
        };
        let mut tx = self.pool.begin().await?;
        // The day's money first, as where it is reserved: the lane's queue is the last that anybody waits for.
        budget::settle(&mut tx, self.org, reserved, spent.micros).await?;
        if calls::answered(&mut tx, self.org, now, call, event, spent).await? {
            tx.commit().await
        } else {
            // Somebody else has the call by now, and settles it.
            tx.rollback().await
        }
    }

    /// Puts a call off with a growing wait; again until the database answers.
    async fn put_off(
        &self,
        call: &Leased,
        why: &str,
        after: Option<Duration>,
        reserved: Option<Reservation>,
        spent: i64,
    ) {
        let back_off = f64::from(2_i32.saturating_pow(u32::try_from(call.attempt).unwrap_or(1).min(6)));
        let wait = after.map_or(0.0, |a| a.as_secs_f64()).max(back_off);
        let why = why.replace('\0', " ");
        loop {
            let saved = async {
                let mut tx = self.pool.begin().await?;
                if calls::put_off(&mut tx, call.id, call.attempt, &why, wait).await?
                    && let Some(reserved) = &reserved
                {
                    budget::settle(&mut tx, self.org, reserved, spent).await?;
                }
                tx.commit().await
            };
            let Err(error) = saved.await else { return };
            self.health.set("turns", Err(away(&error)));
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// An outcome without NUL characters, which Postgres cannot hold: a space stands in for each.
fn without_nul(outcome: Outcome) -> Outcome {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) if text.contains('\0') => *text = text.replace('\0', " "),
            Value::Array(entries) => entries.iter_mut().for_each(clean),
            Value::Object(fields) => {
                if fields.keys().any(|name| name.contains('\0')) {
                    *fields = std::mem::take(fields).into_iter().map(|(n, v)| (n.replace('\0', " "), v)).collect();
                }
                fields.values_mut().for_each(clean);
            }
            _ => {}
        }
    }
    let mut value = json!(outcome);
    clean(&mut value);
    serde_json::from_value(value).unwrap_or(outcome)
}

fn event(call: &Leased, persona: Handle, purpose: Purpose, outcome: Outcome) -> inbox::New {
    inbox::New {
        id: Uuid::new_v5(&call.id, b"answered"),
        lane: Lane::stored(call.lane.clone()),
        source: format!("call:{}", call.id),
        event: Event::Answered { call: call.id, persona, purpose, outcome },
        waits_for: None,
    }
}

fn tier_name(tier: model::Tier) -> &'static str {
    match tier {
        model::Tier::Strategic => "strategic",
        model::Tier::Standard => "standard",
        model::Tier::Routine => "routine",
    }
}
