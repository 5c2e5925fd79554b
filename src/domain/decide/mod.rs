//! `decide`: a lane's state and one event in, the lane's new state and what should happen out. A table, not a machine:
//! nothing here waits, looks anything up, or knows the time.
//!
//! - `talk`: somebody says something; a persona answers.
//! - `request`: work begins, its request is edited or deleted.
//! - `steps`: the playbook goes on: what begins, what is set back, when the whole is over.
//! - `work`, `skill`: what personas make, what skills do.
//! - `review`: judgements, and what they send back.
//! - `gate`: people approve, reject, or want changes.
//! - `together`: people have a hand in work before its act.
//! - `deputies`: who votes in whose place.
//! - `announce`: what nobody asked for.
//! - `bundle`: one yes for several low-risk approvals.
//! - `conditions`: a yes with a condition is a wish for changes.
//! - `blocked`: what cannot go on, and how it goes on again.
//! - `criteria`: what goes before people at once.
//! - `raise`: an escalation is put on show.
//! - `climb`: who is asked when a persona cannot go on, level by level.
//! - `discuss`: decisions of the matrix: proposed, discussed, taken, looked at again.
//! - `takeover`: a person has a thread to themselves for a while.
//! - `why`: which rules asked for what.
//! - `chain`: which persona speaks after which, and when a person has the floor.
//! - `letters`: who was told what, what was answered, and who is chased.
//! - `due`: reminders and chases around a task's due date.
//! - `allowance`: what one cause may cost.

mod allowance;
mod announce;
mod blocked;
mod bundle;
mod chain;
mod climb;
mod conditions;
mod criteria;
mod deputies;
mod discuss;
mod due;
mod gate;
mod letters;
mod material;
mod raise;
mod request;
mod review;
mod skill;
mod steps;
mod takeover;
mod talk;
mod together;
mod why;
mod words;
mod work;

#[cfg(test)]
pub(crate) mod tests;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::act::{self, Act, Invalid, Offer, Proposed};
use crate::effect::{Body, Card, Effect, Picture, Place, Post};
use crate::event::{Event, Outcome, Purpose, Timer};
use crate::lane::Ids;
use crate::legible;
use crate::mention;
use crate::name::Handle;
use crate::org::{DESK, Directory};
use crate::record::{Envelope, Record};
use crate::refusal::{self, Refusal};
use crate::snapshot::Snapshot;
use crate::task::Task;

/// What follows from an event.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The lane's new state.
    pub snapshot: Snapshot,
    /// What should happen, in order, each with its id.
    pub effects: Vec<(Uuid, Effect)>,
    /// Envelopes to keep.
    pub envelopes: Vec<Envelope>,
    /// Decision records to keep.
    pub records: Vec<Record>,
    /// What a model wanted and did not get.
    pub refusal: Option<Refusal>,
}

/// A lane whose state contradicts itself: the event becomes a dead letter, and a person looks at it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The playbook that the lane is pinned to is not there.
    #[error("lane {0} is pinned to a playbook version that is not stored")]
    NoPlaybook(crate::lane::Lane),
    /// A playbook was asked for that does not exist.
    #[error("there is no playbook \"{0}\"")]
    UnknownPlaybook(String),
}

/// Decides one event. `id` is the event's; the ids of effects follow from it.
///
/// # Errors
/// When the lane's state contradicts itself.
pub fn decide(
    directory: &Directory,
    now: DateTime<Utc>,
    snapshot: Snapshot,
    id: Uuid,
    event: &Event,
) -> Result<Decision, Error> {
    if snapshot.root().is_some_and(|r| r.playbook.is_some()) && snapshot.playbook.is_none() {
        return Err(Error::NoPlaybook(snapshot.lane));
    }
    let mut desk = Desk {
        dir: directory,
        now,
        ids: Ids::of(id),
        s: snapshot,
        effects: Vec::new(),
        envelopes: Vec::new(),
        records: Vec::new(),
        refused: None,
    };
    desk.handle(event)?;
    let refusal = desk.refusal(event);
    let Desk { s: snapshot, effects, envelopes, records, .. } = desk;
    Ok(Decision { snapshot, effects, envelopes, records, refusal })
}

/// The decision in the making.
struct Desk<'a> {
    dir: &'a Directory,
    now: DateTime<Utc>,
    ids: Ids,
    s: Snapshot,
    effects: Vec<(Uuid, Effect)>,
    envelopes: Vec<Envelope>,
    records: Vec<Record>,
    /// Why the answer that this is about comes to nothing.
    refused: Option<String>,
}

impl Desk<'_> {
    fn handle(&mut self, event: &Event) -> Result<(), Error> {
        if self.withheld(event) {
            return Ok(());
        }
        match event {
            Event::Said(said) => self.said(said)?,
            Event::Edited { said } => self.edited(said),
            Event::Deleted { message, by } => self.deleted(message, by),
            Event::Removed { post } => self.removed(*post),
            Event::Reacted { post, by, emoji, set, button } if takeover::is_hand(emoji) => {
                self.raised_hand(*post, by, *set, *button)?;
            }
            Event::Reacted { post, by, emoji, set, button } => {
                if !*set || !self.reacted_to_letter(*post, by, emoji, event) {
                    self.reacted(*post, by, emoji, *set, *button);
                }
            }
            Event::Handed(letter) => self.handed(letter),
            Event::Requested(requested) => self.requested(requested)?,
            Event::Proposed(proposed) => self.proposed(proposed),
            Event::Rescheduled { due, by, decision } => self.rescheduled(*due, by, decision),
            Event::ForPeople(handed) => self.for_people(handed),
            Event::Answered { call, persona, purpose, outcome } => self.answered(*call, persona, purpose, outcome),
            Event::Tapped(tap) => self.tapped(tap),
            Event::Delegated { of } => self.delegated(of),
            Event::Due(timer) => self.due(timer),
        }
        Ok(())
    }

    fn answered(&mut self, call: Uuid, persona: &Handle, purpose: &Purpose, outcome: &Outcome) {
        if *outcome == Outcome::Withheld {
            self.not_asked(call, purpose);
            return;
        }
        match purpose {
            Purpose::Talk(talk) => self.talk_answered(persona, talk, outcome),
            Purpose::Work { task } => self.awaited(*task, call, |desk| desk.work_answered(*task, outcome)),
            Purpose::Check { task } => self.awaited(*task, call, |desk| desk.checked(*task, outcome)),
            Purpose::Review { task } => self.awaited(*task, call, |desk| desk.judged(*task, outcome)),
            Purpose::Help { escalation, level, again } => self.helped(persona, *escalation, *level, *again, outcome),
            Purpose::Discuss { proposal, voice, again } => {
                self.discussed(call, persona, *proposal, *voice, *again, outcome);
            }
            Purpose::Carry { task } => self.awaited(*task, call, |desk| desk.carried(*task, outcome)),
            Purpose::Reread { task, said } => self.awaited(*task, call, |desk| desk.reread(said, outcome)),
        }
    }

    /// Runs `then` if the task still waits for this very call; an answer to an older question is dropped.
    fn awaited(&mut self, task: Uuid, call: Uuid, then: impl FnOnce(&mut Self)) {
        let waits = self.task(task).is_some_and(|t| t.call == Some(call));
        if waits {
            if let Some(task) = self.task_mut(task) {
                task.call = None;
            }
            then(self);
        } else {
            self.refused = Some("nothing waits for this answer any more".to_owned());
        }
    }

    /// Reads a model's acts against what it was offered. What is refused is kept.
    fn parsed(&mut self, acts: &[Proposed], text: Option<&str>, offers: &[Offer]) -> Result<Vec<Act>, Invalid> {
        let parsed = act::parse(acts, text, offers, self.dir.calendar(self.now));
        self.refused = parsed.as_ref().err().map(|invalid| invalid.0.clone());
        parsed
    }

    fn refusal(&mut self, event: &Event) -> Option<Refusal> {
        let Event::Answered { call, persona, purpose, outcome } = event else { return None };
        let wanted = refusal::wanted(purpose, outcome);
        let reason = self.refused.take().filter(|_| !wanted.is_empty())?;
        let (org, lane, task) = (self.s.org, self.s.lane.clone(), self.s.root().map(|root| root.id));
        Some(Refusal { id: *call, org, lane, task, persona: persona.clone(), wanted, reason, at: self.now })
    }

    fn due(&mut self, timer: &Timer) {
        match timer {
            Timer::Remind { approval } => self.remind(*approval),
            Timer::Expire { approval } => self.expire(*approval),
            Timer::Climb { escalation, level } => self.unanswered(*escalation, *level),
            Timer::Discuss { proposal, turn } => self.time_is_up(*proposal, *turn),
            Timer::Resume { task, round } => self.resume(*task, *round),
            Timer::Due { task, due } => self.due_comes(*task, *due),
            Timer::Respond { letter } => self.unanswered_letter(*letter),
            Timer::Floor { letter } => self.floor_over(*letter),
        }
    }

    fn task(&self, id: Uuid) -> Option<&Task> {
        self.s.tasks.iter().find(|t| t.id == id)
    }

    fn task_mut(&mut self, id: Uuid) -> Option<&mut Task> {
        self.s.tasks.iter_mut().find(|t| t.id == id)
    }

    fn root_mut(&mut self) -> Option<&mut Task> {
        self.s.tasks.iter_mut().find(|t| t.is_root())
    }

    /// Adds an effect and gives its id.
    fn effect(&mut self, effect: Effect) -> Uuid {
        let id = self.ids.give();
        self.effects.push((id, effect));
        id
    }

    fn post(&mut self, from: &Handle, at: Place, body: Body, notify: Vec<String>) -> Uuid {
        let post = Post { from: from.clone(), at, body: disarmed(body), notify, status: None };
        self.effect(Effect::Post(post))
    }

    fn say(&mut self, from: &Handle, at: Place, text: impl Into<String>) -> Uuid {
        self.post(from, at, Body::Text { text: text.into() }, Vec::new())
    }

    fn revise(&mut self, post: Uuid, revision: i64, from: &Handle, at: Place, card: Card) {
        let body = disarmed(Body::Card(card));
        let content = Post { from: from.clone(), at, body, notify: Vec::new(), status: None };
        self.effect(Effect::Revise { post, revision, content });
    }

    /// The thread below the root post.
    fn thread(&self) -> Option<Place> {
        let root = self.s.root()?;
        Some(Place::Below { channel: root.channel.clone()?, post: root.post? })
    }

    /// Says something in the task's thread, where there is one.
    fn in_thread(&mut self, from: &Handle, text: impl Into<String>, notify: Vec<String>) -> Option<Uuid> {
        let at = self.thread()?;
        Some(self.post(from, at, Body::Text { text: text.into() }, notify))
    }

    /// The persona that answers for the lane; the desk where there is none.
    fn owner(&self) -> Handle {
        self.s.root().map_or_else(desk, |r| r.owner.clone())
    }
}

/// The department's own voice.
fn desk() -> Handle {
    Handle::parse(DESK).unwrap_or_else(|_| unreachable!("the desk's handle is a handle"))
}

/// What is posted reads as it is, and calls nobody whom the engine does not mean to.
fn disarmed(body: Body) -> Body {
    let plain = disarmed_text;
    match body {
        Body::Text { text } => Body::Text { text: plain(&text) },
        Body::Card(card) => Body::Card(Card {
            title: plain(&card.title),
            fields: card.fields.iter().map(|(name, value)| (plain(name), plain(value))).collect(),
            text: plain(&card.text),
            picture: card.picture.map(|picture| Picture { alt: plain(&picture.alt), ..picture }),
            actions: card.actions,
        }),
    }
}

fn disarmed_text(text: &str) -> String {
    mention::disarm(&legible::text(text))
}
