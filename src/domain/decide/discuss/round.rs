//! Rounds: what the stakeholders think, what the facts are, and what the one who proposes makes of it.

use super::{QUESTIONS, show};
use crate::act::discussion::Opinion;
use crate::decide::Desk;
use crate::name::Handle;
use crate::proposal::{Evidence, Plan, Position, Stance, State, Voice};
use crate::record::EnvelopeKind;

impl Desk<'_> {
    /// Asks for positions: these, or all stakeholders.
    pub(super) fn open_round(&mut self, only: Option<Vec<Handle>>) {
        let Some(proposal) = self.s.proposal.as_mut() else { return };
        proposal.state = State::Discussing;
        let asked = only.unwrap_or_else(|| proposal.stakeholders.clone());
        let asked: Vec<Handle> = asked.into_iter().filter(|who| self.dir.personas.contains_key(who)).collect();
        if asked.is_empty() {
            self.rule();
            return;
        }
        let (by, until) = (proposal.by.clone(), self.answer_by());
        self.open_turn(until);
        let names: Vec<String> = asked.iter().map(|who| format!("@{who}")).collect();
        let notify: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let text = format!("{}: what do you think? {}", names.join(", "), show::until(self.dir, until));
        let post = self.in_thread(&by, text.clone(), notify.clone());
        if let Some(root) = self.s.root().cloned() {
            self.envelope(&by, notify, EnvelopeKind::Handoff, &root, text, post, |e| {
                e.response_required = true;
                e.respond_by = Some(until);
            });
        }
        for who in &asked {
            self.ask_voice(who, Voice::Position, None);
        }
        self.show_discussion();
    }

    pub(super) fn took_position(&mut self, who: &Handle, opinion: Opinion) {
        let Opinion { stance, text, evidence, asks } = opinion;
        self.in_thread(who, show::position(stance, &text, &evidence), Vec::new());
        self.note_position(who.as_str(), stance, text, evidence);
        if let Some((of, question)) = asks {
            self.ask_for_facts(who, &of, question);
        }
        self.round_goes_on();
    }

    pub(super) fn said_nothing(&mut self, who: &Handle, why: &str) {
        self.note_position(who.as_str(), Stance::Silent, why.to_owned(), Vec::new());
        self.round_goes_on();
    }

    pub(super) fn note_position(&mut self, by: &str, stance: Stance, text: String, evidence: Vec<String>) {
        let now = self.now;
        let Some(p) = self.s.proposal.as_mut() else { return };
        let (round, version) = (p.round, p.version);
        p.positions.push(Position { by: by.to_owned(), round, version, stance, text, evidence, at: now });
    }

    /// Somebody who objects or wonders asks a colleague for facts; the round waits for them.
    fn ask_for_facts(&mut self, who: &Handle, of: &Handle, question: String) {
        let Some(p) = self.s.proposal.as_mut() else { return };
        let asked = p.evidence.iter().any(|e| e.of == *of && e.question == question);
        if asked || p.evidence.len() >= QUESTIONS || of == who {
            return;
        }
        let index = p.evidence.len();
        p.evidence.push(Evidence { of: of.clone(), asked_by: who.clone(), question: question.clone(), finding: None });
        let respond_by = p.respond_by;
        let post = self.in_thread(who, format!("@{of} {question}"), vec![of.to_string()]);
        if let Some(root) = self.s.root().cloned() {
            self.envelope(who, vec![of.to_string()], EnvelopeKind::Handoff, &root, question, post, |e| {
                e.response_required = true;
                e.respond_by = respond_by;
            });
        }
        self.ask_voice(of, Voice::Evidence { index }, None);
    }

    pub(super) fn found(&mut self, who: &Handle, index: usize, finding: String) {
        let Some(e) = self.s.proposal.as_mut().and_then(|p| p.evidence.get_mut(index)) else { return };
        e.finding = Some(finding.clone());
        let asked_by = e.asked_by.clone();
        let post = self.in_thread(who, format!("@{asked_by} {finding}"), vec![asked_by.to_string()]);
        if let Some(root) = self.s.root().cloned() {
            let to = vec![asked_by.to_string()];
            self.envelope(who, to, EnvelopeKind::Answer, &root, finding, post, |_| {});
        }
        self.round_goes_on();
    }

    fn round_goes_on(&mut self) {
        if self.proposal().is_some_and(|p| p.state == State::Discussing && p.waiting.is_empty()) {
            self.round_over();
        } else {
            self.show_discussion();
        }
    }

    fn round_over(&mut self) {
        let Some(p) = self.proposal() else { return };
        let (by, objections) = (p.by.clone(), p.objections().count());
        if objections == 0 {
            self.rule();
        } else if p.round < i32::from(self.dir.team.discussion.rounds) {
            self.ask_answer(&by);
        } else {
            self.disagree();
        }
    }

    /// The one who proposes answers what stands against it.
    pub(super) fn ask_answer(&mut self, by: &Handle) {
        if let Some(p) = self.s.proposal.as_mut() {
            p.state = State::Discussing;
        }
        let until = self.answer_by();
        self.open_turn(until);
        self.ask_voice(by, Voice::Answer, None);
        self.show_discussion();
    }

    pub(super) fn revised(&mut self, by: &Handle, plan: Plan) {
        if let Some(p) = self.s.proposal.as_mut() {
            p.round += 1;
        }
        self.next_version(by, plan);
        self.open_round(None);
    }

    pub(super) fn stood_by(&mut self, by: &Handle, text: String) {
        self.in_thread(by, format!("I stand by it. {text}"), Vec::new());
        self.note_position(by.as_str(), Stance::Agree, text, Vec::new());
        let Some(p) = self.s.proposal.as_mut() else { return };
        p.round += 1;
        let against: Vec<Handle> = p.objections().filter_map(|o| Handle::parse(&o.by).ok()).collect();
        self.open_round(Some(against));
    }

    pub(super) fn withdrawn(&mut self, by: &Handle, why: &str) {
        self.close(State::Withdrawn, by.as_str(), why);
    }
}
