//! A task's due date: a reminder before it, a chase when it is over, an escalation when it is long over. Each is said once
//! for a date; a task that ends, or gets another date, ends them.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Desk, desk, words};
use crate::effect::Effect;
use crate::event::Timer;
use crate::playbook::{Playbook, Until};
use crate::record::{Category, EscalationState};
use crate::task::{Chased, State, Task};

/// What is said about a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Reminder,
    Chase,
    Escalation,
}

/// Whether two dates are one: what is stored is rounded.
fn same(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    (one - other).abs() < TimeDelta::seconds(1)
}

/// Whether a step is begun and not over.
fn out(task: &&Task) -> bool {
    !task.is_root() && matches!(task.state, State::InProgress | State::InReview | State::Waiting | State::Blocked)
}

impl Desk<'_> {
    /// What is said about the root's due date, and when, in order.
    fn words_about(&self, root: &Task, due: DateTime<Utc>) -> Vec<(DateTime<Utc>, Word)> {
        let pace = self.dir.team.deadlines.of(root.priority);
        let grace = pace.escalate_after.delta();
        let begins_then = |p: &std::sync::Arc<Playbook>| p.steps.iter().any(|step| step.until == Some(Until::Due));
        if self.s.playbook.as_ref().is_some_and(begins_then) {
            // What waits for the date itself is not late when it comes.
            return vec![(due + grace, Word::Chase), (due + grace + grace, Word::Escalation)];
        }
        let before = pace.before.iter().map(|span| (due - span.delta(), Word::Reminder));
        before.chain([(due, Word::Chase), (due + grace, Word::Escalation)]).collect()
    }

    /// Whether all that is out is with somebody who is chased for it anyway: people who are asked to approve, or those that
    /// an escalation went to.
    fn is_with_somebody(&self) -> bool {
        let raised =
            |id| self.s.escalations.iter().any(|e| e.state == EscalationState::Open && e.step_task == Some(id));
        let asked = |id| self.s.approvals.iter().any(|a| a.is_undecided() && a.step_task == id);
        if let Some(root) = self.s.root().filter(|_| self.is_undecided()) {
            return raised(root.id) || asked(root.id);
        }
        let mut out = self.s.tasks.iter().filter(out).peekable();
        out.peek().is_some() && out.all(|t| raised(t.id) || asked(t.id))
    }

    /// Watches the root's due date, from the next word about it on.
    pub(super) fn watch_due(&mut self) {
        let Some((root, due)) = self.s.root().and_then(|root| Some((root.clone(), root.due?))) else { return };
        let next = self.words_about(&root, due).into_iter().map(|(at, _)| at).find(|at| *at > self.now);
        if let Some(at) = next {
            self.effect(Effect::Wake { at, timer: Timer::Due { task: root.id, due } });
        }
    }

    /// The moment for a word about the due date has come. Of several that have, the last is said.
    pub(super) fn due_comes(&mut self, task: Uuid, due: DateTime<Utc>) {
        let (now, of_date) =
            (self.now, |t: &&Task| t.id == task && t.due.is_some_and(|at| same(at, due)) && !t.state.is_over());
        let Some(root) = self.s.root().filter(of_date).cloned() else { return };
        let all = self.words_about(&root, due);
        let reached = all.iter().filter(|(at, _)| *at <= now).count();
        let said = root.chased.filter(|chased| same(chased.due, due)).map_or(0, |chased| chased.said);
        if reached <= said {
            return;
        }
        let timer = Timer::Due { task, due };
        let opens = self.hours_of(root.owner.as_str(), now);
        if opens > now {
            self.effect(Effect::Wake { at: opens, timer });
            return;
        }
        let word = all[reached - 1].1;
        if word == Word::Escalation && self.is_with_somebody() {
            let at = now + self.dir.team.deadlines.of(root.priority).escalate_after.delta();
            self.effect(Effect::Wake { at, timer });
            return;
        }
        if let Some(root) = self.root_mut() {
            root.chased = Some(Chased { due, said: reached });
        }
        if let Some((at, _)) = all.get(reached) {
            self.effect(Effect::Wake { at: *at, timer });
        }
        self.say_due(&root, due, word);
    }

    fn say_due(&mut self, root: &Task, due: DateTime<Utc>, word: Word) {
        let (title, day) = (words::plain(&root.title), words::day(self.dir, due));
        let out = self.still_out();
        let late = format!("**{title}** was due {day} and is not done.{out}");
        let mut who = vec![root.owner.to_string()];
        match word {
            Word::Reminder => {
                let text = format!("@{}, a reminder: **{title}** is due {day}.{out}", root.owner);
                self.in_thread(&desk(), text, who);
            }
            Word::Chase => {
                who.push(root.creator.clone());
                self.in_thread(&desk(), format!("@{}, {late}", root.owner), who);
            }
            Word::Escalation => {
                let Some(at) = self.thread() else { return };
                self.raise_late(at, root.owner.clone(), &root.owner, late);
            }
        }
    }

    /// What is not done yet, and with whom it is.
    fn still_out(&self) -> String {
        let steps = self.s.tasks.iter().filter(out).map(|t| match (&t.hold, t.state) {
            (Some(hold), State::Waiting) => format!("{} (@{}, waits {})", t.title, t.owner, words::plain(hold)),
            (_, state) => format!("{} (@{}, {})", t.title, t.owner, state.words()),
        });
        let steps: Vec<String> = steps.collect();
        if steps.is_empty() { String::new() } else { format!(" Still out: {}.", steps.join(" · ")) }
    }

    /// The date is another, or nothing is out any more: what its being over came to is settled.
    pub(super) fn settle_due(&mut self) {
        let of_letters: Vec<Uuid> = self.s.letters.iter().filter_map(|l| l.escalation).collect();
        self.settle_those(|e| {
            e.category == Category::DeadlineMissed && e.step_task.is_none() && !of_letters.contains(&e.id)
        });
    }
}
