//! Work that is late by more than the rules have patience with.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Desk, words};
use crate::effect::Effect;
use crate::event::Timer;
use crate::record::{Category, Escalation, EscalationState};
use crate::task::State;

/// Whether it says that the work as a whole is late.
fn says_late(e: &Escalation) -> bool {
    e.category == Category::DeadlineMissed && e.step_task.is_none() && e.state == EscalationState::Open
}

impl Desk<'_> {
    /// Comes back when the work should long be done.
    pub(super) fn watch_due(&mut self) {
        let Some(due) = self.s.root().and_then(|r| r.due) else { return };
        let at = due + self.dir.team.escalation.overdue.delta();
        self.effect(Effect::Wake { at, timer: Timer::Overdue { due } });
    }

    pub(super) fn overdue(&mut self, due: DateTime<Utc>) {
        let Some(root) = self.s.root().filter(|r| r.due == Some(due) && !r.state.is_over()).cloned() else { return };
        let Some(at) = self.thread().filter(|_| !self.s.escalations.iter().any(says_late)) else { return };
        let open = self.s.tasks.iter().filter(|t| !t.is_root() && !t.state.is_over() && t.state != State::Open);
        let open: Vec<String> = open.map(|t| format!("{} (@{}, {})", t.title, t.owner, t.state.words())).collect();
        let stands = if open.is_empty() { String::new() } else { format!(" It stands at {}.", open.join(", ")) };
        let title = words::plain(&root.title);
        let issue = format!("**{title}** was due {} and is not done.{stands}", words::day(self.dir, due));
        self.escalate_at(at, root.owner, Category::DeadlineMissed, issue, None);
    }

    /// What is done, or due at another time, is late no longer.
    pub(super) fn settle_overdue(&mut self) {
        let now = self.now;
        let late: Vec<Uuid> = self.s.escalations.iter().filter(|e| says_late(e)).map(|e| e.id).collect();
        for id in late {
            if let Some(escalation) = self.s.escalations.iter_mut().find(|e| e.id == id) {
                escalation.state = EscalationState::Answered;
                escalation.closed_at = Some(now);
            }
            self.show_escalation(id);
        }
    }
}
