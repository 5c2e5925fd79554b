//! What cannot go on, who hears of it, and how it goes on again.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::climb::PEOPLE;
use super::{Desk, words};
use crate::effect::{Body, Effect, Place};
use crate::event::Timer;
use crate::name::Handle;
use crate::org::Right;
use crate::record::{Category, Escalation, EscalationState, Urgency};
use crate::task::{State, Task};

/// How long until a step that failed for an outside reason is tried again by itself.
const RETRY_AFTER: TimeDelta = TimeDelta::minutes(15);

/// An escalation in the making.
pub(super) struct Raised {
    pub(super) from: Handle,
    pub(super) to: Vec<String>,
    pub(super) level: i32,
    pub(super) category: Category,
    pub(super) urgency: Urgency,
    pub(super) issue: String,
    pub(super) step_task: Option<Uuid>,
    /// When it climbs on; none for what people hear of at once.
    pub(super) respond_by: Option<DateTime<Utc>>,
}

impl Desk<'_> {
    /// A call failed for good, or for so long that people should know.
    pub(super) fn failed(&mut self, id: Uuid, why: &str, later: bool) {
        let retry = later.then_some(self.now + RETRY_AFTER);
        self.block(id, Category::Blocked, why.to_owned(), retry);
    }

    /// There is no money for a step: it goes on when the day turns, or at a person's word.
    pub(super) fn unfunded(&mut self, id: Uuid, why: &str, until: Option<DateTime<Utc>>) {
        let category = if until.is_some() { Category::Budget } else { Category::Allowance };
        self.block(id, category, why.to_owned(), until);
    }

    /// Blocks a step, and tries again at `retry_at` where that may help. The same trouble is told once, however many steps
    /// it stops.
    pub(super) fn block(&mut self, id: Uuid, category: Category, issue: String, retry_at: Option<DateTime<Utc>>) {
        self.halt(id, Vec::new(), category, issue, retry_at);
    }

    /// Blocks a step that is for these to decide.
    pub(super) fn block_before(&mut self, id: Uuid, to: Vec<String>, category: Category, issue: String) {
        self.halt(id, to, category, issue, None);
    }

    fn halt(&mut self, id: Uuid, to: Vec<String>, category: Category, issue: String, retry_at: Option<DateTime<Utc>>) {
        let Some(task) = self.task_mut(id) else { return };
        task.state = State::Blocked;
        task.call = None;
        task.hold = Some(issue.clone());
        let (from, round) = (task.owner.clone(), task.round);
        if let Some(at) = retry_at {
            self.effect(Effect::Wake { at, timer: Timer::Resume { task: id, round } });
        }
        let standing = |e: &Escalation| {
            let same = e.step_task == Some(id)
                || e.issue == issue
                || matches!(category, Category::Budget | Category::Allowance);
            e.state == EscalationState::Open && e.category == category && same
        };
        if !self.s.escalations.iter().any(standing)
            && let Some(at) = self.thread()
        {
            self.escalate_to(to, at, from, category, Urgency::High, issue, Some(id));
        }
        self.advance();
    }

    /// Raises an escalation: to the one's lead and to people, in the thread where it arose.
    pub(super) fn escalate_at(
        &mut self,
        at: Place,
        from: Handle,
        category: Category,
        urgency: Urgency,
        issue: String,
        step_task: Option<Uuid>,
    ) {
        self.escalate_to(Vec::new(), at, from, category, urgency, issue, step_task);
    }

    /// Raises an escalation: to those named, or else to the one's lead; and to people.
    #[allow(clippy::too_many_arguments)] // an escalation has that many parts
    fn escalate_to(
        &mut self,
        to: Vec<String>,
        at: Place,
        from: Handle,
        category: Category,
        urgency: Urgency,
        issue: String,
        step_task: Option<Uuid>,
    ) {
        let leads = || self.dir.personas.get(&from).map(|p| p.reports_to.clone()).unwrap_or_default();
        let mut to = if to.is_empty() { leads().iter().map(ToString::to_string).collect() } else { to };
        to.extend(self.dir.holders(Right::Command));
        to.dedup();
        let raised = Raised { from, to, level: PEOPLE, category, urgency, issue, step_task, respond_by: None };
        self.escalate(at, raised);
    }

    /// Puts an escalation on show. Gives its id.
    pub(super) fn escalate(&mut self, at: Place, raised: Raised) -> Uuid {
        let Raised { from, to, level, category, urgency, issue, step_task, respond_by } = raised;
        let mut escalation = Escalation {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: self.s.root().map(|r| r.id),
            step_task,
            level,
            category,
            from,
            to,
            issue,
            urgency,
            recommendation: words::recommendation(category, step_task.is_some()).to_owned(),
            attempts: Vec::new(),
            impact: step_task.map(|id| self.impact(id)).unwrap_or_default(),
            respond_by,
            reminded: 0,
            place: Some(at.clone()),
            answer: None,
            answered_by: None,
            state: EscalationState::Open,
            post: Uuid::nil(),
            revision: 0,
            at: self.now,
            closed_at: None,
        };
        let card = words::escalation_card(self.dir, &escalation);
        escalation.post = self.post(&escalation.from, at, Body::Card(card), escalation.to.clone());
        let id = escalation.id;
        self.s.escalations.push(escalation);
        id
    }

    /// 🔁 on an escalation: every step that its trouble stops is tried again.
    pub(super) fn try_again(&mut self, post: Uuid, by: &str) {
        let asked = self.s.escalations.iter().find(|e| e.post == post && e.state == EscalationState::Open);
        let Some(asked) = asked.cloned() else { return };
        if asked.category == Category::Allowance {
            self.renew(by);
            return;
        }
        let stopped = |t: &&Task| {
            let same = asked.category == Category::Budget || t.hold.as_ref() == Some(&asked.issue);
            t.state == State::Blocked && (asked.step_task == Some(t.id) || same)
        };
        let stopped: Vec<(Uuid, i32)> = self.s.tasks.iter().filter(stopped).map(|t| (t.id, t.round)).collect();
        for (id, round) in stopped {
            self.resume(id, round);
        }
    }

    /// A wait is over, or a blocked step is tried again. Another round than the one meant ignores it.
    pub(super) fn resume(&mut self, id: Uuid, round: i32) {
        if self.proposal_again(id) {
            self.settle_escalations(Some(id));
            return;
        }
        let Some(task) = self.task(id).filter(|t| t.round == round) else { return };
        match task.state {
            State::Waiting if task.hold.as_ref().is_some_and(|h| h.starts_with("until ")) => {
                self.finish(id);
            }
            State::Blocked => {
                self.settle_escalations(Some(id));
                if let Some(task) = self.task_mut(id) {
                    task.state = State::Open;
                    task.hold = None;
                    task.round += 1;
                }
            }
            _ => return,
        }
        self.advance();
    }

    /// Closes the escalations of a step, or all of the lane's.
    pub(super) fn settle_escalations(&mut self, step_task: Option<Uuid>) {
        let now = self.now;
        let mut on_show = Vec::new();
        for escalation in &mut self.s.escalations {
            if escalation.state == EscalationState::Open && (step_task.is_none() || escalation.step_task == step_task) {
                escalation.state = EscalationState::Answered;
                escalation.closed_at = Some(now);
                on_show.push(escalation.id);
            }
        }
        for id in on_show {
            self.show_escalation(id);
        }
    }
}
