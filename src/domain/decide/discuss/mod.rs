//! A decision of the matrix is proposed, discussed by those it concerns, and taken by whoever may.
//!
//! - here: how a discussion begins, and how what was asked comes back.
//! - `round`: positions, evidence, and what the one who proposes makes of them.
//! - `settle`: who decides, who has to agree, and what is kept of it.
//! - `people`: the part of people.
//! - `trial`: a test whose data decides, and the look at what came of a decision.
//! - `carry`: what was decided is carried out.
//! - `show`: cards and words.

mod carry;
mod people;
mod round;
mod settle;
mod show;
mod trial;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Desk;
use crate::act::{Act, Offer, discussion};
use crate::effect::{Ask, Body, Effect, Place};
use crate::event::{Outcome, Proposed, Purpose, Timer};
use crate::name::Handle;
use crate::policy::{self, Matter, Verdict};
use crate::proposal::{Plan, Proposal, State, Voice, Waiting};
use crate::record::{Category, Deliverable, Escalation, EscalationState};
use crate::task::{self, Task};

pub(super) use show::{card, title};

/// What the versions of a proposal are kept as.
const DELIVERABLE: &str = "proposal";
/// Most colleagues who are asked where nobody was named.
const PEERS: usize = 3;
/// Most questions for facts in one discussion.
const QUESTIONS: usize = 6;

impl Desk<'_> {
    /// Opens the discussion. A repeat finds it there and does nothing.
    pub(super) fn proposed(&mut self, p: &Proposed) {
        if self.s.root().is_some() {
            return;
        }
        let channel = p.channel.clone().unwrap_or_else(|| self.dir.room(None, &self.dir.channel_of(&p.by)));
        let draft = &p.draft;
        let stakeholders: Vec<Handle> = match draft.stakeholders.as_slice() {
            [] => self.peers(&p.by),
            named => named.iter().filter(|who| **who != p.by).cloned().collect(),
        };
        let root = Task {
            state: task::State::InProgress,
            source: p.source.clone(),
            channel: Some(channel.clone()),
            started_at: Some(self.now),
            ..self.blank(p.task, show::title(&draft.plan.text), p.by.clone(), p.asked_by.clone())
        };
        self.s.tasks.push(root);
        self.s.proposal = Some(Proposal {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: p.task,
            kind: draft.kind.clone(),
            by: p.by.clone(),
            about: p.about,
            stakeholders,
            plan: Plan::default(),
            version: 0,
            maker: p.by.clone(),
            round: 1,
            turn: 0,
            positions: Vec::new(),
            evidence: Vec::new(),
            waiting: Vec::new(),
            agreed: Vec::new(),
            test: None,
            state: State::Discussing,
            respond_by: None,
            look_at: None,
            escalated: false,
            record: None,
            created_at: self.now,
            decided_at: None,
        });
        let card = show::card(self.dir, &self.s);
        let post = self.post(&p.by, Place::Channel { channel }, Body::Card(card), Vec::new());
        if let Some(root) = self.root_mut() {
            root.post = Some(post);
        }
        self.next_version(&p.by.clone(), draft.plan.clone());
        self.open_round(None);
    }

    /// Those who answer to the same lead in the same layer, where nobody was named to be asked.
    fn peers(&self, of: &Handle) -> Vec<Handle> {
        let Some(own) = self.dir.personas.get(of) else { return Vec::new() };
        let lead = own.reports_to.first();
        let peers = self.dir.personas.values().filter(|other| {
            other.handle != *of && other.layer == own.layer && lead.is_some() && other.reports_to.first() == lead
        });
        peers.take(PEERS).map(|p| p.handle.clone()).collect()
    }

    /// The root's state and card as the discussion stands now.
    fn show_discussion(&mut self) {
        self.settle_discussion();
        self.refresh_card();
    }

    fn proposal(&self) -> Option<&Proposal> {
        self.s.proposal.as_ref()
    }

    /// A plan takes the place of the one before: who agreed to that one has not agreed to this one.
    fn next_version(&mut self, by: &Handle, plan: Plan) {
        let Some(proposal) = self.s.proposal.as_mut() else { return };
        proposal.version += 1;
        proposal.plan = plan;
        let (version, task, text) = (proposal.version, proposal.task, show::plan(self.dir, &proposal.plan));
        let fields = show::fields(proposal);
        self.void_approvals(task, "another version is before you");
        let deliverable = Deliverable {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task,
            step: DELIVERABLE.to_owned(),
            name: DELIVERABLE.to_owned(),
            version,
            digest: Deliverable::digest_of(&fields, None),
            fields,
            picture: None,
            by: by.clone(),
            at: self.now,
        };
        self.s.deliverables.push(deliverable);
        let heading = if version > 1 { format!("**Version {version}**") } else { "**I propose**".to_owned() };
        self.in_thread(by, format!("{heading}\n{text}"), Vec::new());
    }

    /// A new question is open, to be answered by then; what is still under way for an older one is not waited for.
    fn open_turn(&mut self, until: chrono::DateTime<chrono::Utc>) {
        let Some(proposal) = self.s.proposal.as_mut() else { return };
        proposal.turn += 1;
        proposal.waiting.clear();
        proposal.respond_by = Some(until);
        let (id, turn) = (proposal.id, proposal.turn);
        self.effect(Effect::Wake { at: until, timer: Timer::Discuss { proposal: id, turn } });
    }

    /// By when who is asked now has to answer.
    fn answer_by(&self) -> chrono::DateTime<chrono::Utc> {
        self.now + self.dir.team.discussion.within.delta()
    }

    fn ask_voice(&mut self, who: &Handle, voice: Voice, hint: Option<&str>) {
        let Some(proposal) = self.proposal() else { return };
        let (id, task) = (proposal.id, proposal.task);
        let mut ask = show::ask(voice).to_owned();
        if let Some(hint) = hint {
            ask.push_str(&format!(" Your previous answer could not be used: {hint}."));
        }
        let ask = Ask {
            persona: who.clone(),
            purpose: Purpose::Discuss { proposal: id, voice, again: hint.is_some() },
            task: Some(task),
            cause: self.allowance(),
            ask,
            material: self.discussion_material(who, voice),
            acts: self.voice_offers(who, voice).iter().map(Offer::spec).collect(),
        };
        let call = self.effect(Effect::Ask(Box::new(ask)));
        if let Some(proposal) = self.s.proposal.as_mut() {
            proposal.waiting.push(Waiting { call, who: who.clone(), voice });
        }
    }

    /// The personas of the team.
    fn everybody(&self) -> Vec<Handle> {
        self.dir.personas.keys().cloned().collect()
    }

    /// The kinds of decision that a persona may bring up: those in which the rules give it a way, be it to those above.
    pub(super) fn may_propose(&self, persona: &Handle) -> Vec<(String, String)> {
        let decisions = &self.dir.team.authority.decisions;
        let open = |kind: &str| {
            let ruling = policy::judge(self.dir, persona, &Matter::decision(kind, Default::default()));
            ruling.verdict != Verdict::Refuse
        };
        decisions.iter().filter(|(kind, _)| open(kind)).map(|(kind, row)| (kind.clone(), row.title.clone())).collect()
    }

    fn voice_offers(&self, who: &Handle, voice: Voice) -> Vec<Offer> {
        use discussion::Offer as Part;
        let everybody = self.everybody();
        let others = || everybody.iter().filter(|h| *h != who).cloned().collect();
        let parts = match voice {
            Voice::Position => vec![Part::TakePosition(others())],
            Voice::Evidence { .. } => vec![Part::GiveEvidence],
            Voice::Answer => vec![Part::Revise(everybody.clone()), Part::StandBy, Part::Withdraw],
            Voice::Decide => {
                let mut parts = vec![Part::Decide(everybody.clone())];
                let decides = |p: &Proposal| {
                    let verdict = self.ruling_on(p).verdict;
                    p.test.is_none() && matches!(verdict, Verdict::Do | Verdict::NeedApproval { .. })
                };
                if self.proposal().is_some_and(decides) {
                    parts.push(Part::OrderTest(everybody.clone()));
                }
                parts
            }
            Voice::Agree => return vec![Offer::Review],
            Voice::Measure => return vec![Offer::Discuss(Part::ReportMeasure), Offer::Escalate],
            Voice::LookBack => vec![Part::NoteOutcome],
        };
        parts.into_iter().map(Offer::Discuss).collect()
    }

    /// What somebody said in the discussion, or why they did not.
    pub(super) fn discussed(
        &mut self,
        call: Uuid,
        persona: &Handle,
        id: Uuid,
        voice: Voice,
        again: bool,
        outcome: &Outcome,
    ) {
        let Some(proposal) = self.s.proposal.as_mut().filter(|p| p.id == id) else { return };
        let Some(i) = proposal.waiting.iter().position(|w| w.call == call) else { return };
        proposal.waiting.remove(i);
        let (acts, text) = match outcome {
            Outcome::Acts { acts, text } => (acts, text),
            // It is asked anew when a person opens a new allowance; its time runs on.
            Outcome::Unfunded { why, until: None } => {
                proposal.waiting.push(Waiting { call, who: persona.clone(), voice });
                return self.voice_spent(persona, why.clone());
            }
            Outcome::Failed { why, .. } | Outcome::Unfunded { why, .. } => {
                return self.no_word(persona, voice, &format!("could not answer: {why}"));
            }
            Outcome::Result { .. } | Outcome::Withheld => return,
        };
        if let Some(task) = self.proposal().map(|p| p.task) {
            self.step_answered(task, Some(persona), None);
        }
        let offers = self.voice_offers(persona, voice);
        match self.parsed(acts, text.as_deref(), &offers) {
            Ok(acts) => {
                for act in acts {
                    self.spoke(persona, voice, act);
                }
            }
            Err(invalid) if !again => self.ask_voice(persona, voice, Some(&invalid.0)),
            Err(_) => self.no_word(persona, voice, "gave no answer that could be used"),
        }
    }

    /// The allowance of what set this off is used up: people are told once.
    fn voice_spent(&mut self, persona: &Handle, why: String) {
        let told = |e: &Escalation| e.category == Category::Allowance && e.state == EscalationState::Open;
        if !self.s.escalations.iter().any(told)
            && let Some(at) = self.thread()
        {
            self.escalate_at(at, persona.clone(), Category::Allowance, why, None);
        }
    }

    fn spoke(&mut self, persona: &Handle, voice: Voice, act: Act) {
        use discussion::Act as Part;
        match act {
            Act::Discuss(Part::TakePosition(opinion)) => self.took_position(persona, opinion),
            Act::Discuss(Part::GiveEvidence(finding)) => {
                if let Voice::Evidence { index } = voice {
                    self.found(persona, index, finding);
                }
            }
            Act::Discuss(Part::Revise(plan)) => self.revised(persona, plan),
            Act::Discuss(Part::StandBy(text)) => self.stood_by(persona, text),
            Act::Discuss(Part::Withdraw(why)) => self.withdrawn(persona, &why),
            Act::Discuss(Part::Decide(settlement)) => self.settled_by(persona, settlement),
            Act::Discuss(Part::OrderTest(trial)) => self.test_ordered(persona, trial),
            Act::Discuss(Part::ReportMeasure(value, source)) => self.measured(persona, value, source),
            Act::Discuss(Part::NoteOutcome(aftermath)) => self.looked_back(persona, aftermath),
            Act::Review(judgement) => self.agreed_or_not(persona, judgement),
            Act::Escalate(why) => self.no_word(persona, voice, &why),
            _ => {}
        }
    }

    /// Nothing that can be used came from somebody: the discussion goes on without it.
    fn no_word(&mut self, persona: &Handle, voice: Voice, why: &str) {
        match voice {
            Voice::Position => self.said_nothing(persona, why),
            Voice::Evidence { index } => self.found(persona, index, format!("@{persona} {why}")),
            Voice::Answer => self.stood_by(persona, format!("(@{persona} {why}; the proposal stays as it is)")),
            Voice::Decide | Voice::Agree => self.before_people(&format!("@{persona} {why}")),
            Voice::Measure => self.no_measure(persona, why),
            Voice::LookBack => self.nobody_looked(persona, why),
        }
    }

    /// Once personas speak again, those who had the word are asked anew, with the whole time to answer.
    pub(super) fn ask_voices_anew(&mut self) {
        let waiting = self.proposal().map(|p| p.waiting.clone()).unwrap_or_default();
        if waiting.is_empty() {
            return;
        }
        self.open_turn(self.answer_by());
        for Waiting { who, voice, .. } in waiting {
            self.ask_voice(&who, voice, None);
        }
    }

    /// The time for the question at hand is up.
    pub(super) fn time_is_up(&mut self, id: Uuid, turn: i32) {
        let asked = |p: &&mut Proposal| p.id == id && p.turn == turn;
        let Some(proposal) = self.s.proposal.as_mut().filter(asked) else { return };
        match proposal.state {
            State::Testing if proposal.waiting.is_empty() => self.test_over(),
            State::Decided if proposal.waiting.is_empty() => self.ask_outcome(),
            _ => {
                // One after the other: the last one's silence is what ends the round.
                while let Some(p) = self.s.proposal.as_mut().filter(|p| asked(p) && !p.waiting.is_empty()) {
                    let Waiting { who, voice, .. } = p.waiting.remove(0);
                    self.no_word(&who, voice, "did not answer in time");
                }
            }
        }
    }

    fn discussion_material(&self, who: &Handle, voice: Voice) -> Value {
        let kind = json!(voice)["voice"].clone();
        let mut material = self.base(kind.as_str().unwrap_or_default(), who);
        let Some(p) = self.proposal() else { return Value::Object(Map::new()) };
        let row = self.dir.team.authority.decisions.get(&p.kind);
        material.insert(
            "proposal".into(),
            json!({
                "kind": p.kind, "title": row.map(|row| &row.title), "by": p.by, "version": p.version,
                "text": p.plan.text, "reasoning": p.plan.reasoning, "alternatives": p.plan.alternatives,
                "actions": p.plan.actions, "due": p.plan.due, "amount": p.plan.amount, "audience": p.plan.audience,
                "round": p.round, "rounds": self.dir.team.discussion.rounds,
            }),
        );
        material.insert("positions".into(), json!(p.positions));
        material.insert("evidence".into(), json!(p.evidence));
        material.insert("agreed".into(), json!(p.agreed));
        material.insert("test".into(), json!(p.test));
        if let Voice::Evidence { index } = voice {
            material.insert("question".into(), json!(p.evidence.get(index).map(|e| &e.question)));
        }
        if voice == Voice::Answer {
            material.insert("objections".into(), json!(p.objections().collect::<Vec<_>>()));
        }
        let answers: Vec<&String> = self.s.escalations.iter().filter_map(|e| e.answer.as_ref()).collect();
        material.insert("answers".into(), json!(answers));
        let people: Vec<&String> = self.dir.people.iter().map(|person| &person.name).collect();
        material.insert("people".into(), json!(people));
        Value::Object(material)
    }
}
