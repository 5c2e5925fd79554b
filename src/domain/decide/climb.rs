//! A persona that cannot go on asks those it answers to, one after the other, and people last. An answer flows back to the
//! step that waits for it; silence climbs by itself.

use serde_json::Value;
use uuid::Uuid;

use super::raise::Raised;
use super::{Desk, desk, words};
use crate::act::{Act, Offer};
use crate::effect::{Ask, Body, Effect};
use crate::event::{Outcome, Purpose, Said, Timer};
use crate::name::Handle;
use crate::org::Right;
use crate::record::{Category, EnvelopeKind, Escalation, EscalationState};
use crate::task::{Note, NoteKind, State, Task};

/// The level of people.
pub(super) const PEOPLE: i32 = 4;
/// How often people are reminded of what nobody answered.
const REMINDERS: i32 = 3;

impl Desk<'_> {
    /// A step's persona cannot go on and says why: the step stands still until somebody above has answered.
    pub(super) fn raise(&mut self, id: Uuid, issue: String) {
        let Some(task) = self.task_mut(id) else { return };
        task.state = State::Blocked;
        task.call = None;
        task.hold = Some(issue.clone());
        let from = task.owner.clone();
        let Some(at) = self.thread() else { return };
        // Who has answered this step before could not help for good: the next time it begins above them.
        let answered: Vec<Handle> = self.helpers_of(id);
        let to = self.next_above(&from, &answered);
        let people = self.dir.holders(Right::Command);
        let raised = Raised { from, to: to.clone(), people, category: Category::Blocked, issue, step_task: Some(id) };
        let escalation_id = self.escalate(at, raised);
        let with_persona = self.s.escalations.last().is_some_and(|e| e.level < PEOPLE);
        if let Some(to) = to.filter(|_| with_persona) {
            self.ask_help(escalation_id, &to, None);
        }
        self.advance();
    }

    /// The personas that have answered an escalation of this step.
    fn helpers_of(&self, step_task: Uuid) -> Vec<Handle> {
        let of_step = self.s.escalations.iter().filter(|e| e.step_task == Some(step_task));
        of_step.filter_map(|e| Handle::parse(e.answered_by.as_ref()?).ok()).collect()
    }

    /// The next persona up the line that has not been asked; none where people come next.
    pub(super) fn next_above(&self, from: &Handle, asked: &[Handle]) -> Option<Handle> {
        let mut at = from.clone();
        // No line is longer than there are personas.
        for _ in 0..self.dir.personas.len() {
            let lead = self.dir.personas.get(&at)?.reports_to.first()?.clone();
            let there = self.dir.personas.contains_key(&lead);
            if there && !asked.contains(&lead) && lead != *from {
                return Some(lead);
            }
            at = lead;
        }
        None
    }

    /// 1 a manager, 2 the VP, 3 the CMO, 4 people.
    pub(super) fn level_of(&self, to: Option<&Handle>) -> i32 {
        let Some(persona) = to.and_then(|to| self.dir.personas.get(to)) else { return PEOPLE };
        let rank = self.dir.team.authority.rank(persona).and_then(|rank| i32::try_from(rank).ok());
        rank.map_or(1, |rank| rank.clamp(1, PEOPLE - 1))
    }

    /// What stands still because of a step.
    pub(super) fn impact(&self, id: Uuid) -> String {
        let Some((step, playbook)) = self.step_of(id).zip(self.s.playbook.as_ref()) else { return String::new() };
        let behind = playbook.downstream(&step.id).into_iter().filter(|other| *other != step.id);
        let titles: Vec<&str> = behind.filter_map(|id| Some(playbook.step(id)?.title.as_str())).collect();
        let due = self.s.root().and_then(|root| root.due);
        let due = due.map(|due| format!("; due {}", words::day(self.dir, due))).unwrap_or_default();
        match titles.len() {
            0 => format!("{} waits{due}", step.title),
            n => format!("{} waits, and {n} steps behind it ({}){due}", step.title, titles.join(", ")),
        }
    }

    pub(super) fn ask_help(&mut self, id: Uuid, persona: &Handle, hint: Option<&str>) {
        let Some(escalation) = self.s.escalations.iter().find(|e| e.id == id).cloned() else { return };
        let mut ask =
            "A colleague cannot go on and asks you. Settle it with an answer that the work can go on with, within \
                       your role and from the material; or escalate it to those above you and say why."
                .to_owned();
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let ask = Ask {
            persona: persona.clone(),
            purpose: Purpose::Help { escalation: id, level: escalation.level, again: hint.is_some() },
            task: self.s.root().map(|r| r.id),
            cause: self.allowance(),
            ask,
            material: self.help_material(persona, &escalation),
            acts: [Offer::Settle, Offer::Escalate].iter().map(Offer::spec).collect(),
        };
        self.effect(Effect::Ask(Box::new(ask)));
    }

    /// What somebody above says to an escalation that still stands with them.
    pub(super) fn helped(&mut self, persona: &Handle, id: Uuid, level: i32, again: bool, outcome: &Outcome) {
        let stands = |e: &&Escalation| {
            e.id == id && e.level == level && e.to == [persona.to_string()] && e.state == EscalationState::Open
        };
        if !self.s.escalations.iter().any(|e| stands(&e)) {
            return;
        }
        let offers = [Offer::Settle, Offer::Escalate];
        match outcome {
            Outcome::Acts { acts, text } => match self.parsed(acts, text.as_deref(), &offers) {
                Ok(acts) => match acts.into_iter().next() {
                    Some(act @ Act::Settle(_)) if self.act_met(persona, &act).is_some() => {
                        let why = self.act_met(persona, &act).map(|met| met.why).unwrap_or_default();
                        self.climb(id, format!("@{persona}'s answer is not theirs to give: {why}"));
                    }
                    Some(Act::Settle(answer)) => self.settled(id, persona, &answer),
                    Some(Act::Escalate(why)) => self.climb(id, format!("@{persona}: {why}")),
                    _ => {}
                },
                Err(invalid) if !again => self.ask_help(id, persona, Some(&invalid.0)),
                Err(_) => self.climb(id, format!("@{persona} gave no answer that could be used")),
            },
            Outcome::Failed { .. } | Outcome::Unfunded { .. } => self.climb(id, format!("@{persona} could not answer")),
            Outcome::Result { .. } | Outcome::Withheld => {}
        }
    }

    fn settled(&mut self, id: Uuid, by: &Handle, answer: &str) {
        let Some(escalation) = self.s.escalations.iter().find(|e| e.id == id) else { return };
        let (from, level, step_task) = (escalation.from.clone(), escalation.level, escalation.step_task);
        let text = format!("@{from} {answer}");
        let at = escalation.origin.clone().or_else(|| self.thread());
        let post = at.map(|at| self.post(by, at, Body::Text { text }, vec![from.to_string()]));
        if let Some(task) = step_task.and_then(|id| self.task(id).cloned()) {
            self.envelope(by, vec![from.to_string()], EnvelopeKind::Answer, &task, answer.to_owned(), post, |e| {
                e.requirements = serde_json::json!({ "escalation": id, "level": level });
            });
        }
        self.settle(id, by.as_str(), answer);
    }

    /// If a persona waits for an answer and a person who may gives it one, in its thread and by its name, takes it. A
    /// question back is no answer.
    pub(super) fn took_answer(&mut self, said: &Said) -> bool {
        let text = said.text.trim();
        let aside = said.thread.is_none() && said.direct.is_none();
        if aside || text.ends_with('?') || !self.dir.may(&said.by, Right::Command) {
            return false;
        }
        let named = self.named(said);
        // What has a card to vote on is decided there.
        let by_vote =
            |e: &Escalation| self.s.approvals.iter().any(|a| Some(a.step_task) == e.step_task && a.is_undecided());
        let waits = |e: &&Escalation| {
            let by_word = e.category.waits_for_word() && !by_vote(e);
            e.state == EscalationState::Open && named.contains(&e.from) && by_word
        };
        // Several may wait; the thread of a card tells which is meant.
        let here = said.thread_of.as_ref().map(|ours| ours.post);
        let mine = |e: &&Escalation| here.is_some_and(|post| e.stands_on(post));
        let mut waiting = self.s.escalations.iter().filter(waits);
        let Some(escalation) = waiting.clone().find(mine).or_else(|| waiting.next()).cloned() else { return false };
        let by = self.dir.person(&said.by).map(|p| p.name.clone()).unwrap_or_default();
        let answer: String = text.chars().take(4_000).collect();
        if mine(&&escalation)
            && let Some(at) = escalation.origin.clone()
        {
            self.say(&desk(), at, format!("{by} answered:\n{}", words::quote(&answer)));
        }
        self.settle(escalation.id, &by, &answer);
        true
    }

    /// The answer goes to the step that waits for it, and the step goes on.
    pub(super) fn settle(&mut self, id: Uuid, by: &str, answer: &str) {
        let now = self.now;
        let Some(escalation) = self.s.escalations.iter_mut().find(|e| e.id == id) else { return };
        escalation.answer = Some(answer.to_owned());
        escalation.answered_by = Some(by.to_owned());
        escalation.state = EscalationState::Answered;
        escalation.closed_at = Some(now);
        let (step_task, issue) = (escalation.step_task, escalation.issue.clone());
        self.show_escalation(id);
        // One trouble is told once, however many steps it stops.
        let stopped = |t: &&mut Task| {
            let same = step_task == Some(t.id) || (step_task.is_some() && t.hold.as_ref() == Some(&issue));
            !t.is_root() && t.state == State::Blocked && same
        };
        for task in self.s.tasks.iter_mut().filter(stopped) {
            task.notes.push(Note { from: by.to_owned(), kind: NoteKind::Answer, step: None, text: answer.to_owned() });
            task.state = State::Open;
            task.hold = None;
            task.round += 1;
        }
        self.advance();
    }

    /// One level up: to the next who is above, and to people after the last of them.
    fn climb(&mut self, id: Uuid, attempt: String) {
        let Some(escalation) = self.s.escalations.iter().find(|e| e.id == id).cloned() else { return };
        let last = escalation.to.first().and_then(|to| Handle::parse(to).ok());
        let asked: Vec<Handle> =
            self.helpers_of(escalation.step_task.unwrap_or_default()).into_iter().chain(last.clone()).collect();
        let next =
            last.filter(|last| self.dir.personas.contains_key(last)).and_then(|last| self.next_above(&last, &asked));
        let level = match &next {
            // Whoever is next stands higher than whoever was asked, also where two share a rank.
            Some(_) => self.level_of(next.as_ref()).max(escalation.level + 1).min(PEOPLE - 1),
            None => PEOPLE,
        };
        let to = next.as_ref().map_or_else(|| self.dir.holders(Right::Command), |next| vec![next.to_string()]);
        let respond_by = self.respond_by(escalation.urgency, next.as_ref());
        let mut risen = escalation.clone();
        risen.attempts.push(attempt);
        risen.level = level;
        risen.to = to;
        risen.respond_by = Some(respond_by);
        risen.revision += 1;
        self.leave_card(&escalation, &risen);
        risen.earlier.push(escalation.post);
        self.put_before(&mut risen, next.as_ref());
        if let Some(standing) = self.s.escalations.iter_mut().find(|e| e.id == id) {
            *standing = risen;
        }
        self.effect(Effect::Wake { at: respond_by, timer: Timer::Climb { escalation: id, level } });
        if let Some(next) = next {
            self.ask_help(id, &next, None);
        }
    }

    /// Nobody answered in time.
    pub(super) fn unanswered(&mut self, id: Uuid, level: i32) {
        let now = self.now;
        let stands = |e: &&mut Escalation| {
            let over = e.respond_by.is_some_and(|at| at <= now);
            e.id == id && e.level == level && over && e.state == EscalationState::Open
        };
        let rules = &self.dir.team.escalation;
        let Some(escalation) = self.s.escalations.iter_mut().find(stands) else { return };
        if escalation.thread().is_some_and(|thread| self.s.held.contains_key(&thread)) {
            // A person has the thread: nobody is chased, and nothing climbs meanwhile.
            let at = now + rules.patience(escalation.urgency);
            escalation.respond_by = Some(at);
            self.effect(Effect::Wake { at, timer: Timer::Climb { escalation: id, level } });
            return;
        }
        if level < PEOPLE {
            let who = escalation.to.iter().map(|to| format!("@{to}")).collect::<Vec<_>>().join(", ");
            self.climb(id, format!("{who} did not answer in time"));
            return;
        }
        if escalation.reminded >= REMINDERS {
            return;
        }
        escalation.reminded += 1;
        let at = now + rules.patience(escalation.urgency);
        escalation.respond_by = Some(at);
        let escalation = escalation.clone();
        self.show_escalation(id);
        if let Some(at) = self.below_card(&escalation) {
            let whom: Vec<String> = escalation.to.iter().map(|who| words::called(self.dir, who)).collect();
            let text = format!("{}, this still needs somebody: {}", whom.join(", "), escalation.issue);
            self.post(&escalation.from, at, Body::Text { text }, escalation.to.clone());
        }
        self.effect(Effect::Wake { at, timer: Timer::Climb { escalation: id, level } });
    }

    fn help_material(&self, persona: &Handle, escalation: &Escalation) -> Value {
        let mut material = self.base("help", persona);
        if let Some(root) = self.s.root() {
            material.insert("task".into(), Self::task_facts(root));
            material.insert("request".into(), Value::Object(root.request.clone()));
        }
        let step = escalation.step_task.and_then(|id| self.step_of(id));
        material.insert(
            "escalation".into(),
            serde_json::json!({
                "from": escalation.from, "issue": escalation.issue, "urgency": escalation.urgency,
                "impact": escalation.impact, "attempts": escalation.attempts,
                "step": step.as_ref().map(|step| serde_json::json!({ "title": step.title, "ask": step.ask })),
            }),
        );
        material.insert("inputs".into(), self.inputs());
        Value::Object(material)
    }
}
