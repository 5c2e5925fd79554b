//! Who decides, who has to agree first, and what is kept of it.

use serde_json::{Value, json};

use super::{DELIVERABLE, show};
use crate::act::discussion::Settlement;
use crate::act::{Judgement, Verdict as Judged};
use crate::authority::Part;
use crate::decide::Desk;
use crate::effect::Effect;
use crate::event::Event;
use crate::lane::Lane;
use crate::name::Handle;
use crate::org::{DECISIONS, Right};
use crate::policy::{self, Matter, Ruling, Stage, Verdict};
use crate::proposal::{Agreement, Position, Proposal, Stance, State, Voice};
use crate::record::{Category, EnvelopeKind, Record};

/// What somebody above does with a proposal.
pub(super) const DECIDES: &str = "decides";
pub(super) const APPROVES: &str = "approves";
pub(super) const SENDS_BACK: &str = "sends back";

impl Desk<'_> {
    /// What the rules say of the proposal, with whoever answers for it as the actor.
    pub(in crate::decide) fn ruling_on(&self, p: &Proposal) -> Ruling {
        policy::judge(self.dir, &p.maker, &Matter::decision(&p.kind, p.situation()))
    }

    /// Asks whoever the rules still want to hear; decides it when nobody is left.
    pub(super) fn rule(&mut self) {
        let Some(p) = self.s.proposal.as_mut() else { return };
        p.state = State::Deciding;
        let p = p.clone();
        // Who proposes stands by it; anybody else who is to decide says so first.
        if p.maker != p.by && p.word_of(&p.maker).is_none_or(|a| a.what != DECIDES) {
            self.ask_above(&p.maker, Voice::Decide);
            return;
        }
        let ruling = self.ruling_on(&p);
        match ruling.verdict.clone() {
            Verdict::Do => self.concluded_by(&p, p.maker.clone()),
            Verdict::NeedApproval { order } => self.seek_agreement(&p, order, &ruling),
            Verdict::Escalate { to, .. } => self.hand_up(&p, &to, &ruling),
            Verdict::Refuse => self.close(State::Rejected, crate::org::DESK, &ruling.explained(self.dir)),
        }
    }

    fn seek_agreement(&mut self, p: &Proposal, order: Vec<Stage>, ruling: &Ruling) {
        for stage in order {
            match stage {
                Stage::Personas(who) => {
                    let said = |h: &Handle| p.word_of(h).is_some_and(|a| a.what == APPROVES || a.what == DECIDES);
                    if who.iter().any(said) {
                        continue;
                    }
                    let Some(next) = who.into_iter().find(|h| self.dir.personas.contains_key(h)) else {
                        self.before_people(&ruling.explained(self.dir));
                        return;
                    };
                    self.ask_above(&next, Voice::Agree);
                    return;
                }
                Stage::People { from, quorum } => {
                    self.put_proposal(from, quorum, ruling.explained(self.dir));
                    return;
                }
            }
        }
        // Where one of those who agreed decides such things, it is theirs.
        let part = |h: &Handle| {
            let who = self.dir.personas.get(h)?;
            self.dir.team.authority.part(who, &p.kind, p.situation()).0
        };
        let agreed = p.agreed.iter().filter(|a| a.version == p.version && a.what == APPROVES);
        let decider = agreed.filter_map(|a| Handle::parse(&a.by).ok()).find(|h| part(h) == Some(Part::D));
        self.concluded_by(p, decider.unwrap_or_else(|| p.maker.clone()));
    }

    /// Nobody else has to agree. What people were asked about once stays with them, and nobody decides alone what
    /// somebody objects to.
    fn concluded_by(&mut self, p: &Proposal, who: Handle) {
        let before_people = self.s.approvals.iter().any(|a| a.step_task == p.task);
        if before_people || (who == p.by && p.objections().next().is_some()) {
            self.before_people("it was put before people, so they decide it");
        } else {
            self.conclude(who.as_str());
        }
    }

    /// It is for somebody else to decide.
    fn hand_up(&mut self, p: &Proposal, to: &[String], ruling: &Ruling) {
        let rank = |h: &Handle| self.dir.personas.get(h).and_then(|p| self.dir.team.authority.rank(p));
        let above = |h: &Handle| rank(h) > rank(&p.maker) && self.dir.personas.contains_key(h);
        match to.iter().filter_map(|to| Handle::parse(to).ok()).find(above) {
            Some(next) => {
                let text = format!("@{next}, this is yours to decide: {}.", ruling.reason());
                self.in_thread(&p.maker, text, vec![next.to_string()]);
                if let Some(p) = self.s.proposal.as_mut() {
                    (p.maker, p.escalated) = (next, true);
                }
                self.rule();
            }
            None => self.before_people(&ruling.explained(self.dir)),
        }
    }

    fn ask_above(&mut self, who: &Handle, voice: Voice) {
        let until = self.answer_by();
        self.open_turn(until);
        let by = self.owner();
        let text = match voice {
            Voice::Agree => format!("@{who}, this needs your yes."),
            _ => format!("@{who}, this is with you to decide."),
        };
        let post = self.in_thread(&by, text.clone(), vec![who.to_string()]);
        if let Some(root) = self.s.root().cloned() {
            self.envelope(&by, vec![who.to_string()], EnvelopeKind::Escalation, &root, text, post, |e| {
                e.response_required = true;
                e.respond_by = Some(until);
            });
        }
        self.ask_voice(who, voice, None);
        self.show_discussion();
    }

    /// The rounds are over and somebody still objects: the nearest who is above all of them, and who may, decides.
    pub(super) fn disagree(&mut self) {
        let Some(p) = self.proposal().cloned() else { return };
        let against: Vec<Handle> = p.objections().filter_map(|o| Handle::parse(&o.by).ok()).collect();
        let names: Vec<String> = against.iter().map(|h| format!("@{h}")).collect();
        match self.shared_lead(&p, &against) {
            Some(lead) => {
                let text = format!("{} and I do not agree. @{lead}, please decide.", names.join(", "));
                self.in_thread(&p.by, text, vec![lead.to_string()]);
                if let Some(p) = self.s.proposal.as_mut() {
                    (p.maker, p.escalated) = (lead, true);
                }
                self.rule();
            }
            None => self.before_people(&format!("@{} and {} do not agree", p.by, names.join(", "))),
        }
    }

    /// The nearest above the one who proposes whom all others answer to as well (or who objects from above), and to whom
    /// the rules leave a way to decide it.
    fn shared_lead(&self, p: &Proposal, against: &[Handle]) -> Option<Handle> {
        let covers = |lead: &Handle| against.iter().all(|h| h == lead || self.dir.leads(h).contains(lead));
        let may = |lead: &Handle| {
            let of_lead = Proposal { maker: lead.clone(), ..p.clone() };
            self.ruling_on(&of_lead).verdict != Verdict::Refuse
        };
        let mut near = vec![p.by.clone()];
        // No line is longer than there are personas.
        for _ in 0..self.dir.personas.len() {
            near = near
                .iter()
                .filter_map(|h| self.dir.personas.get(h))
                .flat_map(|persona| persona.reports_to.clone())
                .filter(|lead| self.dir.personas.contains_key(lead))
                .collect();
            if let Some(lead) = near.iter().find(|lead| **lead != p.by && covers(lead) && may(lead)) {
                return Some(lead.clone());
            }
        }
        None
    }

    pub(super) fn settled_by(&mut self, who: &Handle, settlement: Settlement) {
        let Settlement { plan, look_at } = settlement;
        let why = plan.reasoning.clone();
        if let Some(p) = self.s.proposal.as_mut() {
            p.look_at = look_at.or(p.look_at);
        }
        self.next_version(who, plan);
        self.agree(who.as_str(), DECIDES, why);
        self.rule();
    }

    pub(super) fn agree(&mut self, by: &str, what: &str, why: String) {
        let now = self.now;
        let Some(p) = self.s.proposal.as_mut() else { return };
        let version = p.version;
        p.agreed.push(Agreement { by: by.to_owned(), version, what: what.to_owned(), why, at: now });
    }

    pub(super) fn agreed_or_not(&mut self, who: &Handle, judgement: Judgement) {
        let Judgement { verdict, summary, notes } = judgement;
        self.in_thread(who, show::judged(verdict, &summary, &notes), Vec::new());
        match verdict {
            Judged::Approve => {
                self.agree(who.as_str(), APPROVES, summary);
                self.rule();
            }
            Judged::Changes => self.sent_back_by(who.as_str(), &summary, notes),
        }
    }

    /// Somebody who has to agree wants it otherwise: the one who proposes answers, as long as there are rounds.
    pub(super) fn sent_back_by(&mut self, by: &str, summary: &str, notes: Vec<String>) {
        self.agree(by, SENDS_BACK, summary.to_owned());
        let Some(p) = self.proposal() else { return };
        let (author, rounds_left) = (p.by.clone(), p.round < i32::from(self.dir.team.discussion.rounds));
        if rounds_left {
            let text = if notes.is_empty() { summary.to_owned() } else { notes.join(" ") };
            self.note_position(by, Stance::Object, text, Vec::new());
            if let Some(p) = self.s.proposal.as_mut() {
                p.maker = author.clone();
            }
            self.ask_answer(&author);
        } else {
            self.close(State::Rejected, by, summary);
        }
    }

    /// It is decided: recorded, told, and carried out.
    pub(super) fn conclude(&mut self, by: &str) {
        let now = self.now;
        let look_back = self.dir.team.discussion.look_back.delta();
        let Some(p) = self.s.proposal.as_mut() else { return };
        p.state = State::Decided;
        p.decided_at = Some(now);
        let look_at = *p.look_at.get_or_insert(now + look_back);
        let p = p.clone();
        let dissent = self.dissent(&p);
        let record = self.record_of(&p, by, p.kind.clone(), p.plan.text.clone(), p.plan.reasoning.clone(), &dissent);
        let told = self.informed(&p);
        let mut notify = told.clone();
        notify.extend(self.s.root().map(|root| root.creator.clone()));
        let author = self.owner();
        let moves = self.dir.team.authority.decisions.get(&p.kind).is_some_and(|row| row.dates);
        let past = moves && p.about.is_some() && p.plan.due.is_some_and(|due| due <= now);
        let told_post = self.in_thread(&author, show::decided(self.dir, &p, by, &dissent, &told, past), notify.clone());
        if let Some(root) = self.s.root().cloned().filter(|_| !told.is_empty()) {
            notify.retain(|name| *name != root.creator);
            self.envelope(&author, notify, EnvelopeKind::Inform, &root, p.plan.text.clone(), told_post, |_| {});
        }
        if let (Some(about), Some(due)) = (p.about, p.plan.due.filter(|due| moves && *due > now)) {
            let event = Event::Rescheduled { due, by: by.to_owned(), decision: p.plan.text.clone() };
            self.effect(Effect::Tell { lane: Lane::task(about), event });
        }
        self.open_turn(look_at);
        if let Some(p) = self.s.proposal.as_mut() {
            (p.record, p.respond_by) = (Some(record), None);
        }
        self.settle_own(&p);
        self.carry_out(&p);
        self.advance();
    }

    /// It will not be decided: refused, rejected or taken back.
    pub(super) fn close(&mut self, state: State, by: &str, why: &str) {
        let now = self.now;
        let Some(p) = self.s.proposal.as_mut() else { return };
        (p.state, p.decided_at, p.respond_by) = (state, Some(now), None);
        p.turn += 1;
        p.waiting.clear();
        let p = p.clone();
        self.void_approvals(p.task, why);
        let what = format!("{}: {}", show::closed(state), p.plan.text);
        let dissent = self.dissent(&p);
        self.record_of(&p, by, format!("{}.{state}", p.kind), what, why.to_owned(), &dissent);
        self.settle_own(&p);
        let author = self.owner();
        let creator = self.s.root().map(|r| r.creator.clone()).unwrap_or_default();
        self.in_thread(&author, format!("**{}.** {why}", show::closed(state)), vec![creator]);
        self.advance();
    }

    /// What the discussion itself brought up is over with it; what is for people stays with them.
    pub(super) fn settle_own(&mut self, p: &Proposal) {
        let of = p.task;
        let own = |c| matches!(c, Category::Blocked | Category::DeadlineMissed | Category::Allowance);
        self.settle_those(|e| e.step_task == Some(of) || (e.step_task.is_none() && own(e.category)));
        self.withdraw_letters(of);
    }

    /// Those above who are informed of such decisions, people among them.
    fn informed(&self, p: &Proposal) -> Vec<String> {
        let authority = &self.dir.team.authority;
        let leads = self.dir.leads(&p.by);
        let is = |h: &&Handle| {
            let part = self.dir.personas.get(*h).and_then(|who| authority.part(who, &p.kind, p.situation()).0);
            part == Some(Part::I)
        };
        let mut told: Vec<String> = leads.iter().filter(is).map(ToString::to_string).collect();
        if authority.of_people(&p.kind) == Some(Part::I) {
            told.extend(self.dir.holders(Right::Command));
        }
        told
    }

    /// Keeps what came of a decision, linked to its record.
    pub(super) fn record_outcome(&mut self, p: &Proposal, who: &Handle, what: String, lesson: String, of: Value) {
        self.record_of(p, who.as_str(), format!("{}.outcome", p.kind), what, lesson, &[]);
        if let Some(record) = self.records.last_mut() {
            record.chain = json!([of]);
            record.alternatives = json!([]);
            record.actions = json!([]);
        }
    }

    /// Keeps a decision record of the proposal, and posts it where everybody can read it. Gives its id.
    pub(super) fn record_of(
        &mut self,
        p: &Proposal,
        maker: &str,
        kind: String,
        decision: String,
        reasoning: String,
        dissent: &[(String, String)],
    ) -> uuid::Uuid {
        let channel = self.s.root().and_then(|root| root.channel.clone());
        let channel = self.dir.room(channel.as_deref(), DECISIONS);
        let title = self.s.root().map(|root| root.title.clone()).unwrap_or_default();
        let said = p.agreed.iter().map(|a| json!({ "by": a.by, "what": a.what, "why": a.why, "at": a.at }));
        let positions = p.latest().filter(|q| q.stance != Stance::Object);
        let positions =
            positions.map(|q| json!({ "by": q.by, "what": q.stance.to_string(), "why": q.text, "at": q.at }));
        let chain: Vec<Value> = positions.chain(said).chain(self.votes_on(p)).collect();
        let record = Record {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: p.task,
            maker: maker.to_owned(),
            kind,
            context: show::context(&title, p),
            decision,
            reasoning,
            alternatives: json!(p.plan.alternatives),
            actions: json!(p.plan.actions),
            chain: Value::Array(chain),
            dissent: dissent.iter().map(|(by, what)| json!({ "by": by, "what": what })).collect(),
            escalated: p.escalated,
            post: uuid::Uuid::nil(),
            at: self.now,
        };
        let card = show::record_card(self.dir, &record);
        let owner = self.owner();
        let post = self.announce(&owner, channel, card, "");
        let id = record.id;
        self.records.push(Record { post, ..record });
        id
    }

    /// Who was of another mind to the end, and what they said; with them the one who proposed, where it was decided
    /// otherwise. Who has agreed to what is decided is not of another mind.
    fn dissent(&self, p: &Proposal) -> Vec<(String, String)> {
        let agreed = |by: &str| {
            p.agreed.iter().any(|a| a.by == by && a.version == p.version && (a.what == APPROVES || a.what == DECIDES))
        };
        let against = p.latest().filter(|q| q.stance == Stance::Object && !agreed(&q.by));
        let mut dissent: Vec<_> = against.map(|q| (q.by.clone(), q.text.clone())).collect();
        let text_of = |version: i32| {
            let made = self.s.deliverables.iter().find(|d| d.name == DELIVERABLE && d.version == version);
            made.map(|d| (d.text("text").to_owned(), d.fields.get("due").cloned()))
        };
        let otherwise = |q: &&Position| text_of(q.version) != text_of(p.version);
        let overruled = p.latest().find(|q| q.by == p.by.as_str() && p.maker != p.by && otherwise(q));
        dissent.extend(overruled.map(|q| (q.by.clone(), q.text.clone())));
        dissent
    }
}
