//! What cannot go on, who hears of it, and how it goes on again.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Desk;
use crate::effect::Effect;
use crate::event::Timer;
use crate::record::{Category, Escalation, EscalationState};
use crate::task::{State, Task};

/// How long until a step that failed for an outside reason is tried again by itself.
const RETRY_AFTER: TimeDelta = TimeDelta::minutes(15);

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
        // An edit that is being read is read on.
        if !task.is_root() {
            task.call = None;
        }
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
            self.raise_before_people(to, at, from, category, issue, Some(id));
        }
        self.advance();
    }

    /// 🔁 on an escalation: every step that its trouble stops is tried again.
    pub(super) fn try_again(&mut self, post: Uuid, by: &str) {
        let asked = self.s.escalations.iter().find(|e| e.stands_on(post) && e.state == EscalationState::Open);
        let Some(asked) = asked.cloned() else { return };
        if asked.category == Category::Allowance {
            self.renew(by);
            return;
        }
        if asked.step_task.is_none() && self.measure_again() {
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
        if self.joint_again(id) {
            return;
        }
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
        self.settle_those(|e| step_task.is_none() || e.step_task == step_task);
    }

    /// Closes the open escalations that are meant.
    pub(super) fn settle_those(&mut self, meant: impl Fn(&Escalation) -> bool) {
        let now = self.now;
        let mut on_show = Vec::new();
        for escalation in &mut self.s.escalations {
            if escalation.state == EscalationState::Open && meant(escalation) {
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
