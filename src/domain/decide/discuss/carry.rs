//! What was decided is carried out: each action is a task with an owner and a date; and work whose date was decided moves.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::act::{Act, Offer, discussion};
use crate::decide::{Desk, words};
use crate::event::{Outcome, Purpose};
use crate::playbook::{Does, Until};
use crate::proposal::{self, Proposal};
use crate::record::EnvelopeKind;
use crate::task::{State, Task};

impl Desk<'_> {
    /// The actions become tasks.
    pub(super) fn carry_out(&mut self, p: &Proposal) {
        let due = p.plan.due;
        for (i, action) in p.plan.actions.iter().enumerate() {
            let id = Uuid::new_v5(&p.task, format!("action {i} of version {}", p.version).as_bytes());
            let owner = self.standing(&action.owner);
            let task = Task {
                parent: Some(p.task),
                position: i32::try_from(i).unwrap_or(i32::MAX),
                due: action.due.or(due),
                ..self.blank(id, action.what.clone(), owner, p.maker.to_string())
            };
            self.s.tasks.push(task);
        }
    }

    /// Begins every action that is ready, then brings the root up to date.
    pub(in crate::decide) fn carry_on(&mut self) {
        let ready: Vec<Uuid> =
            self.s.tasks.iter().filter(|t| !t.is_root() && t.state == State::Open).map(|t| t.id).collect();
        for id in ready {
            self.start_action(id);
        }
        self.settle_discussion();
        self.refresh_card();
    }

    fn start_action(&mut self, id: Uuid) {
        let now = self.now;
        let Some(task) = self.task_mut(id) else { return };
        task.state = State::InProgress;
        task.started_at = Some(now);
        task.retries = 0;
        let task = task.clone();
        let by = self.owner();
        let until = task.due.map(|due| format!(" Until {}.", words::day(self.dir, due))).unwrap_or_default();
        let text = format!("@{} this is yours: {}{until}", task.owner, task.title);
        let post = self.in_thread(&by, text.clone(), vec![task.owner.to_string()]);
        self.envelope(&by, vec![task.owner.to_string()], EnvelopeKind::Handoff, &task, text, post, |e| {
            e.response_required = true;
            e.respond_by = task.due;
        });
        self.ask_action(id, None);
    }

    fn ask_action(&mut self, id: Uuid, hint: Option<&str>) {
        let Some(task) = self.task(id).cloned() else { return };
        let mut ask =
            "Something was decided, and this part of it is yours. Do it within your role and report what you did, \
                       or say what you need."
                .to_owned();
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let mut material = self.base("carry", &task.owner);
        material.insert("action".into(), serde_json::json!({ "what": task.title, "due": task.due }));
        let decision = self.s.proposal.as_ref().map(|p| serde_json::json!(p.plan));
        material.insert("decision".into(), decision.unwrap_or_default());
        material.insert("notes".into(), serde_json::json!(task.notes));
        let call = self.ask_model(&task, Purpose::Carry { task: id }, ask, Value::Object(material), &offers());
        if let Some(task) = self.task_mut(id) {
            task.call = Some(call);
        }
    }

    /// What came of an action, or why nothing did.
    pub(in crate::decide) fn carried(&mut self, id: Uuid, outcome: &Outcome) {
        let Some(task) = self.task(id).cloned() else { return };
        match outcome {
            Outcome::Acts { acts, text } => match self.parsed(acts, text.as_deref(), &offers()) {
                Ok(acts) => match acts.into_iter().next() {
                    Some(Act::Discuss(discussion::Act::Report(text))) => {
                        let post = self.in_thread(&task.owner, text.clone(), Vec::new());
                        let to = vec![self.owner().to_string()];
                        self.envelope(&task.owner, to, EnvelopeKind::Answer, &task, text, post, |_| {});
                        self.finish(id);
                        self.advance();
                    }
                    Some(Act::Escalate(issue)) => self.raise(id, issue),
                    _ => {}
                },
                Err(invalid) => self.once_more(id, &invalid.0, |desk, hint| desk.ask_action(id, Some(hint))),
            },
            Outcome::Failed { why, later } => self.failed(id, why, *later),
            Outcome::Unfunded { why, until } => self.unfunded(id, why, *until),
            Outcome::Result { .. } | Outcome::Withheld => {}
        }
    }

    /// The root's state follows from the proposal and its actions.
    pub(super) fn settle_discussion(&mut self) {
        let Some(state) = self.s.proposal.as_ref().map(|p| p.state) else { return };
        let actions = || self.s.tasks.iter().filter(|t| !t.is_root());
        let waits = self.s.approvals.iter().any(crate::approval::Approval::is_undecided);
        let ran_out = self.s.approvals.last().is_some_and(|a| a.state == crate::approval::State::Expired);
        let next = match state {
            proposal::State::Decided if actions().all(|t| t.state.is_over()) => State::Done,
            proposal::State::Deciding if ran_out => State::Blocked,
            _ if actions().any(|t| t.state == State::Blocked) => State::Blocked,
            proposal::State::Rejected | proposal::State::Withdrawn => State::Cancelled,
            proposal::State::Testing => State::Waiting,
            proposal::State::Deciding if waits => State::Waiting,
            _ => State::InProgress,
        };
        let now = self.now;
        let Some(root) = self.root_mut() else { return };
        if root.state.is_over() || root.state == next {
            return;
        }
        root.state = next;
        if next.is_over() {
            root.finished_at = Some(now);
        }
    }

    /// Whoever asked for the discussion stopped it.
    pub(in crate::decide) fn drop_proposal(&mut self) {
        let now = self.now;
        let Some(p) = self.s.proposal.as_mut().filter(|p| !p.state.is_over()) else { return };
        p.waiting.clear();
        p.turn += 1;
        (p.state, p.decided_at, p.respond_by) = (proposal::State::Withdrawn, Some(now), None);
    }

    /// A decision taken elsewhere gives this work another date: what waits for the old one waits for the new one.
    pub(in crate::decide) fn rescheduled(&mut self, due: DateTime<Utc>, by: &str, decision: &str) {
        let Some(root) = self.s.root().filter(|r| !r.state.is_over() && r.due != Some(due)).cloned() else { return };
        for task in self.s.tasks.iter_mut().filter(|t| !t.state.is_over()) {
            task.due = Some(due);
        }
        self.settle_due();
        self.watch_due();
        let waiting: Vec<(Uuid, crate::playbook::Step)> = self
            .s
            .tasks
            .iter()
            .filter(|t| t.state == State::Waiting)
            .filter_map(|t| Some((t.id, self.step_of(t.id)?)))
            .filter(|(_, step)| step.does == Does::Wait && step.until == Some(Until::Due))
            .collect();
        for (id, step) in waiting {
            if let Some(task) = self.task_mut(id) {
                task.round += 1;
            }
            self.start_wait(id, &step);
        }
        let before = root.due.map(|due| format!(", not {}", words::day(self.dir, due))).unwrap_or_default();
        let by = words::called(self.dir, by);
        let text =
            format!("This is due {}{before}: {by} decided.\n{}", words::day(self.dir, due), words::quote(decision));
        self.in_thread(&root.owner, text, vec![root.creator.clone()]);
        self.refresh_card();
    }
}

fn offers() -> [Offer; 2] {
    [Offer::Discuss(discussion::Offer::Report), Offer::Escalate]
}
