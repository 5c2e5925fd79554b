//! The playbook goes on: what is ready begins, side by side; what is done lets its dependents begin.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Desk, words};
use crate::effect::{Effect, Place};
use crate::event::{Event, Requested, Timer};
use crate::lane::Lane;
use crate::playbook::{Does, Step, Until};
use crate::task::{Note, NoteKind, State, Task};

impl Desk<'_> {
    /// Begins every step that is ready, then brings the root up to date.
    pub(super) fn advance(&mut self) {
        if self.s.proposal.is_some() {
            if !self.is_held() {
                self.carry_on();
            }
            return;
        }
        while let Some(id) = self.next_ready() {
            self.start(id);
        }
        self.settle_root();
        self.refresh_card();
    }

    fn next_ready(&self) -> Option<Uuid> {
        if self.is_held() || self.is_undecided() {
            return None;
        }
        let done = |id: &Uuid| self.task(*id).is_some_and(|t| t.state == State::Done);
        // A whole that is done may have optional steps to come.
        self.s.root().filter(|r| !r.state.is_over() || r.state == State::Done)?;
        let mut ready = self.s.tasks.iter().filter(|t| !t.is_root() && t.state == State::Open);
        ready.find(|t| t.depends_on.iter().all(done)).map(|t| t.id)
    }

    pub(super) fn step_of(&self, task: Uuid) -> Option<Step> {
        let step = self.task(task)?.step.clone()?;
        self.s.playbook.as_ref()?.step(&step).cloned()
    }

    fn start(&mut self, id: Uuid) {
        let (Some(step), now) = (self.step_of(id), self.now) else { return };
        let owner = self.standing(&step.role);
        if owner != step.role {
            let text = format!("@{} is no longer here; @{owner} takes over \"{}\".", step.role, step.title);
            self.in_thread(&owner, text, Vec::new());
        }
        if let Some(task) = self.task_mut(id) {
            task.state = State::InProgress;
            task.owner = owner;
            task.started_at = Some(now);
            task.hold = None;
            task.retries = 0;
        }
        match step.does {
            Does::Work => {
                self.hand_over(id, &step);
                self.ask_work(id, &step, None);
            }
            Does::Review => {
                self.hand_over(id, &step);
                self.start_review(id, &step);
            }
            Does::Skill => self.start_skill(id, &step),
            Does::Wait => self.start_wait(id, &step),
            Does::Open => self.open_other(id, &step),
        }
    }

    pub(super) fn finish(&mut self, id: Uuid) {
        let now = self.now;
        self.step_answered(id, None, None);
        if let Some(task) = self.task_mut(id) {
            task.state = State::Done;
            task.hold = None;
            task.finished_at = Some(now);
        }
    }

    pub(super) fn start_wait(&mut self, id: Uuid, step: &Step) {
        let due = self.s.root().and_then(|r| r.due);
        let at = match (step.until, step.after) {
            (Some(Until::Due), _) => due.unwrap_or(self.now),
            (None, after) => self.now + after.map(|a| a.delta()).unwrap_or_default(),
        };
        let Some(task) = self.task_mut(id) else { return };
        task.state = State::Waiting;
        task.hold = Some(format!("until {}", at.format("%Y-%m-%d %H:%M UTC")));
        let round = task.round;
        self.effect(Effect::Wake { at, timer: Timer::Resume { task: id, round } });
    }

    /// Opens another playbook as a root task in a lane of its own.
    fn open_other(&mut self, id: Uuid, step: &Step) {
        let (Some(playbook), Some(after), Some(root)) = (step.playbook.clone(), step.after, self.s.root().cloned())
        else {
            return;
        };
        let Some(owner) = self.task(id).map(|t| t.owner.clone()) else { return };
        if let Some(way) = self.ring_of(&playbook) {
            let text =
                format!("\"{}\" is not opened, since it led here: {way}. It would go round without end.", step.title);
            self.in_thread(&owner, text, vec![root.creator.clone()]);
            self.finish(id);
            return;
        }
        let task = Uuid::new_v5(&id, b"opened");
        let fields = match self.resolve(&step.with) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let due = self.now + after.delta();
        let requested = Requested {
            task,
            playbook,
            fields,
            due: Some(due),
            priority: None,
            by: root.owner.to_string(),
            source: None,
            channel: Some(self.dir.room(root.channel.as_deref(), &self.dir.channel_of(&owner))),
            cause: root.cause.clone(),
        };
        self.effect(Effect::Tell { lane: Lane::task(task), event: Event::Requested(requested) });
        let text = format!("I have opened \"{}\" for {}.", step.title, words::day(self.dir, due));
        self.in_thread(&owner, text, Vec::new());
        self.finish(id);
    }

    /// Sets steps and everything that rests on them back, with what the next round has to answer. What an act on the
    /// world set off already is not set off again: the walk stops at acts that are done.
    pub(super) fn send_back(&mut self, targets: &[String], notes: &[Note]) {
        let Some(playbook) = self.s.playbook.clone() else { return };
        let reached: BTreeSet<&str> = targets.iter().flat_map(|target| playbook.downstream(target)).collect();
        let acted = |s: &Step| s.action.is_some() && self.s.of_step(&s.id).is_some_and(|t| t.state == State::Done);
        let beyond: BTreeSet<&str> = playbook
            .steps
            .iter()
            .filter(|s| reached.contains(s.id.as_str()) && acted(s))
            .flat_map(|s| playbook.downstream(&s.id).into_iter().filter(|d| *d != s.id))
            .collect();
        for step in playbook.steps.iter().filter(|s| reached.contains(s.id.as_str()) && !beyond.contains(s.id.as_str()))
        {
            let Some(id) = self.s.of_step(&step.id).map(|t| t.id) else { continue };
            self.void_approvals(id, "a new version is being made");
            self.settle_escalations(Some(id));
            let Some(task) = self.task_mut(id) else { continue };
            if task.state == State::Done {
                task.notes.clear();
            }
            // An edit of the request concerns whoever makes something of it; what was not answered yet stays.
            let target = targets.contains(&step.id);
            let concerns = |n: &&Note| target || (n.kind == NoteKind::Edit && step.does == Does::Work);
            task.notes.extend(notes.iter().filter(concerns).cloned());
            if task.state != State::Open {
                task.round += 1;
            }
            task.state = State::Open;
            task.call = None;
            task.hold = None;
            task.finished_at = None;
        }
        let again = self.s.root().is_some_and(|root| root.state.is_over());
        if let Some(root) = self.root_mut() {
            root.state = State::InProgress;
            root.finished_at = None;
        }
        if again {
            self.watch_due();
        }
        self.advance();
    }

    /// Cancels a step and everything that needs it.
    pub(super) fn cancel_step(&mut self, id: Uuid, why: &str) {
        let (Some(step), Some(playbook)) = (self.step_of(id), self.s.playbook.clone()) else { return };
        let now = self.now;
        for id in playbook
            .downstream(&step.id)
            .into_iter()
            .filter_map(|s| self.s.of_step(s).map(|t| t.id))
            .collect::<Vec<_>>()
        {
            self.void_approvals(id, why);
            self.withdraw_letters(id);
            if let Some(task) = self.task_mut(id)
                && !task.state.is_over()
            {
                task.state = State::Cancelled;
                task.call = None;
                task.hold = Some(why.to_owned());
                task.finished_at = Some(now);
            }
        }
    }

    /// The root's state follows from its steps.
    fn settle_root(&mut self) {
        let Some(playbook) = self.s.playbook.clone() else { return };
        let steps: Vec<&Task> = self.s.tasks.iter().filter(|t| !t.is_root()).collect();
        let any = |state| steps.iter().any(|t| t.state == state);
        let optional = |t: &Task| t.step.as_ref().and_then(|s| playbook.step(s)).is_some_and(|s| s.optional);
        let reviewing = steps.iter().any(|t| {
            t.state == State::InProgress
                && t.step.as_ref().and_then(|s| playbook.step(s)).is_some_and(|s| s.does == Does::Review)
        });
        // What is optional and waits for people does not keep the whole from being done.
        let settled = |t: &Task| t.state.is_over() || (optional(t) && t.state == State::Waiting);
        let state = if steps.iter().all(|t| settled(t)) {
            let done = steps.iter().all(|t| t.state == State::Done || optional(t));
            if done { State::Done } else { State::Cancelled }
        } else if any(State::Blocked) || self.is_left_undecided() {
            State::Blocked
        } else if self.is_undecided() {
            State::Waiting
        } else if reviewing {
            State::InReview
        } else if any(State::InProgress) {
            State::InProgress
        } else if any(State::Waiting) {
            State::Waiting
        } else {
            State::InProgress
        };
        let now = self.now;
        let Some(root) = self.root_mut() else { return };
        if root.state.is_over() || root.state == state {
            return;
        }
        root.state = state;
        if state.is_over() {
            root.finished_at = Some(now);
            if state == State::Cancelled {
                // An edit that is still being read comes too late.
                root.call = None;
            }
            self.settle_due();
            let Some(root) = self.s.root() else { return };
            let (owner, text) = (root.owner.clone(), words::over(root));
            let notify = vec![root.creator.clone()];
            self.in_thread(&owner, text, notify);
        }
    }

    /// Sends the root post anew if it reads differently by now.
    pub(super) fn refresh_card(&mut self) {
        let Some(post) = self.s.root().and_then(|r| r.post) else { return };
        let Some(channel) = self.s.root().and_then(|r| r.channel.clone()) else { return };
        let card = words::root_card(self.dir, &self.s);
        let owner = self.owner();
        if let Some(root) = self.root_mut() {
            root.revision += 1;
            let revision = root.revision;
            self.effects.retain(|(_, e)| !matches!(e, Effect::Revise { post: p, .. } if *p == post));
            self.revise(post, revision, &owner, Place::Channel { channel }, card);
        }
    }
}
