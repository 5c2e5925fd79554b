//! Judgements: a check, a persona, or both. Approved, it goes on; otherwise it goes back once all reviews of this version
//! are in, so that one revision answers them all.

use serde_json::Value;
use uuid::Uuid;

use super::{Desk, together, words};
use crate::act::{Act, Judgement, Offer, Verdict};
use crate::effect::{Body, Effect, Run};
use crate::event::{Outcome, Purpose};
use crate::playbook::Step;
use crate::record::{Category, EnvelopeKind, Escalation, EscalationState, Review};
use crate::task::{Note, NoteKind, State};

/// What a review waits with while its fellow reviews of the same version are under way.
const SENDING_BACK: &str = "asks for changes";

impl Desk<'_> {
    pub(super) fn start_review(&mut self, id: Uuid, step: &Step) {
        match &step.check {
            Some(check) => {
                let Some(task) = self.task(id).cloned() else { return };
                let run = Run {
                    persona: task.owner,
                    purpose: Purpose::Check { task: id },
                    task: self.s.root().map(|r| r.id),
                    skill: check.skill.clone(),
                    input: self.resolve(&check.with),
                    action: None,
                    grant: None,
                    agreed: Vec::new(),
                };
                let call = self.effect(Effect::Run(Box::new(run)));
                if let Some(task) = self.task_mut(id) {
                    task.call = Some(call);
                }
            }
            None => self.ask_review(id, step, &Value::Null, None),
        }
    }

    /// A check came back: it decides by itself, or goes into the material of the one who does.
    pub(super) fn checked(&mut self, id: Uuid, outcome: &Outcome) {
        let Some(step) = self.step_of(id) else { return };
        match outcome {
            Outcome::Result { output } if step.ask.is_some() => {
                if let Some(task) = self.task_mut(id) {
                    task.request.insert("check".into(), output.clone());
                }
                self.ask_review(id, &step, output, None);
            }
            Outcome::Result { output } => {
                let judgement = by_check(&step, output);
                self.review(id, &step, judgement, output.clone());
            }
            Outcome::Failed { why, later } => self.failed(id, why, *later),
            Outcome::Unfunded { why, until } => self.unfunded(id, why, *until),
            Outcome::Acts { .. } | Outcome::Withheld => {}
        }
    }

    fn ask_review(&mut self, id: Uuid, step: &Step, check: &Value, hint: Option<&str>) {
        let Some(task) = self.task(id).cloned() else { return };
        let mut ask = step.ask.clone().unwrap_or_default();
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let material = self.review_material(&task, step, check);
        let call =
            self.ask_model(&task, Purpose::Review { task: id }, ask, material, &[Offer::Review, Offer::Escalate]);
        if let Some(task) = self.task_mut(id) {
            task.call = Some(call);
        }
    }

    pub(super) fn judged(&mut self, id: Uuid, outcome: &Outcome) {
        let Some(step) = self.step_of(id) else { return };
        let check = self.task(id).and_then(|t| t.request.get("check").cloned()).unwrap_or(Value::Null);
        match outcome {
            Outcome::Acts { acts, text } => {
                let offers = [Offer::Review, Offer::Escalate];
                match self.parsed(acts, text.as_deref(), &offers) {
                    Ok(acts) => match acts.into_iter().next() {
                        Some(Act::Review(mut judgement)) => {
                            // What a check found stands, whatever the model makes of it.
                            let found = by_check(&step, &check);
                            if found.verdict == Verdict::Changes {
                                judgement.verdict = Verdict::Changes;
                                judgement.notes.extend(found.notes.into_iter().take(10));
                            }
                            self.review(id, &step, judgement, check);
                        }
                        Some(Act::Escalate(issue)) => self.raise(id, issue),
                        _ => {}
                    },
                    Err(invalid) => {
                        self.once_more(id, &invalid.0, |desk, hint| desk.ask_review(id, &step, &check, Some(hint)));
                    }
                }
            }
            Outcome::Failed { why, later } => self.failed(id, why, *later),
            Outcome::Unfunded { why, until } => self.unfunded(id, why, *until),
            Outcome::Result { .. } | Outcome::Withheld => {}
        }
    }

    fn review(&mut self, id: Uuid, step: &Step, judgement: Judgement, check: Value) {
        let (Some(task), Some(root)) = (self.task(id).cloned(), self.s.root().cloned()) else { return };
        let version = step.of.first().and_then(|name| self.s.newest(name)).map_or(0, |d| d.version);
        let score = check.get("score").and_then(Value::as_i64).and_then(|s| i32::try_from(s).ok());
        let review = Review {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: root.id,
            step: step.id.clone(),
            version,
            round: task.round,
            by: task.owner.clone(),
            verdict: judgement.verdict,
            score,
            summary: judgement.summary,
            notes: judgement.notes,
            check,
            at: self.now,
        };
        let post = self.thread().map(|at| {
            let body = Body::Text { text: words::review(step, &review) };
            self.post(&task.owner, at, body, Vec::new())
        });
        let (to, summary) = (vec![root.owner.to_string()], review.summary.clone());
        let found = serde_json::json!({ "verdict": review.verdict, "score": review.score, "notes": review.notes });
        self.envelope(&task.owner, to, EnvelopeKind::Review, &task, summary, post, |e| e.requirements = found);
        let too_often = review.verdict == Verdict::Changes && self.sent_back(step) >= step.rounds as usize;
        let approved = review.verdict == Verdict::Approve;
        if approved {
            self.record_sign_off(step, &review);
        }
        self.s.reviews.push(review.clone());
        if too_often {
            self.no_agreement(id, step, &review);
        }
        if approved || too_often {
            self.finish(id);
        } else if let Some(task) = self.task_mut(id) {
            task.state = State::Waiting;
            task.hold = Some(SENDING_BACK.into());
        }
        self.settle_reviews(step);
    }

    /// How often this review has sent back since people last had their say. Other reasons to begin a round anew (an
    /// outage, a person's wish) do not use up the review's own.
    pub(super) fn sent_back(&self, step: &Step) -> usize {
        // That work goes on was no word on its reviews.
        let say = self.s.approvals.iter().filter(|a| !together::is_of_the_way(a)).filter_map(|a| a.decided_at).max();
        let sent = |r: &&Review| r.step == step.id && r.verdict == Verdict::Changes && say.is_none_or(|at| r.at > at);
        self.s.reviews.iter().filter(sent).count()
    }

    /// The loop's maximum: the piece goes on with its open notes in sight, and people hear of it.
    fn no_agreement(&mut self, id: Uuid, step: &Step, review: &Review) {
        let Some(at) = self.thread() else { return };
        let issue = format!(
            "\"{}\" went round {} times and @{} still asks for changes: {}",
            step.title,
            step.rounds,
            review.by,
            review.notes.join(" · ")
        );
        let by = review.by.clone();
        // Who guards the voice asks for changes to it.
        let guards = self.dir.team.authority.gates.iter().any(|gate| gate.by.contains(&by));
        let category = if guards { Category::BrandVoice } else { Category::NoAgreement };
        self.escalate_at(at, by, category, issue, Some(id));
        let now = self.now;
        // It does not hold the work up: whoever approves sees the open notes.
        for escalation in self.s.escalations.iter_mut().filter(|e: &&mut Escalation| e.step_task == Some(id)) {
            escalation.state = EscalationState::Answered;
            escalation.closed_at = Some(now);
        }
    }

    /// Sends back once no fellow review of the same target is under way.
    fn settle_reviews(&mut self, step: &Step) {
        let (Some(target), Some(playbook)) = (step.sends_back_to.clone(), self.s.playbook.clone()) else { return };
        let fellows: Vec<Uuid> = playbook
            .steps
            .iter()
            .filter(|s| s.sends_back_to.as_ref() == Some(&target))
            .filter_map(|s| self.s.of_step(&s.id).map(|t| t.id))
            .collect();
        let state = |id: &Uuid| self.task(*id).map(|t| (t.state, t.hold.as_deref() == Some(SENDING_BACK)));
        let under_way = fellows.iter().any(|id| matches!(state(id), Some((State::InProgress | State::Blocked, _))));
        let sending: Vec<Uuid> =
            fellows.iter().copied().filter(|id| state(id) == Some((State::Waiting, true))).collect();
        if under_way || sending.is_empty() {
            self.advance();
            return;
        }
        let notes: Vec<Note> = sending.iter().filter_map(|id| self.notes_of(*id)).flatten().collect();
        self.send_back(&[target], &notes);
    }

    fn notes_of(&self, review_task: Uuid) -> Option<Vec<Note>> {
        let step = self.task(review_task)?.step.clone()?;
        let review = self.s.reviews.iter().rev().find(|r| r.step == step)?;
        let note = |text: &String| Note {
            from: review.by.to_string(),
            kind: NoteKind::Review,
            step: Some(step.clone()),
            text: text.clone(),
        };
        Some(review.notes.iter().map(note).collect())
    }

    fn record_sign_off(&mut self, step: &Step, review: &Review) {
        // A gate that other gates lead to is a decision of weight; the others are kept as reviews.
        let gates = |id: &String| self.s.playbook.as_ref().and_then(|p| p.step(id)).is_some_and(|s| !s.of.is_empty());
        if !step.needs.iter().any(gates) {
            return;
        }
        let chain: Vec<Value> = self
            .s
            .reviews
            .iter()
            .filter(|r| r.version == review.version)
            .map(|r| serde_json::json!({ "by": r.by, "what": r.step, "verdict": r.verdict, "score": r.score, "at": r.at }))
            .collect();
        let what = format!("\"{}\" may be put before a person", self.s.root().map_or("", |r| r.title.as_str()));
        self.record(review.by.as_str(), "sign_off", what, review.summary.clone(), Value::Array(chain));
    }
}

/// The verdict of a check alone: its score against the pass mark, else whether it found anything.
fn by_check(step: &Step, output: &Value) -> Judgement {
    let notes: Vec<String> = output
        .get("notes")
        .and_then(Value::as_array)
        .map(|notes| notes.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let score = output.get("score").and_then(Value::as_u64);
    let pass = step.check.as_ref().and_then(|c| c.pass);
    let (passed, summary) = match (score, pass) {
        (Some(score), Some(pass)) => (score >= u64::from(pass), format!("Score {score} of 100; {pass} lets it pass.")),
        _ => (notes.is_empty(), if notes.is_empty() { "Nothing found.".into() } else { "There are findings.".into() }),
    };
    if output.is_null() || passed {
        let summary = if output.is_null() { String::new() } else { summary };
        return Judgement { verdict: Verdict::Approve, summary, notes: Vec::new() };
    }
    let notes = if notes.is_empty() { vec![summary.clone()] } else { notes };
    Judgement { verdict: Verdict::Changes, summary, notes }
}
