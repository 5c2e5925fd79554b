//! People approve, reject, or want changes, by a reaction on the very post that shows what would be done.

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Desk, deputies, together, words};
use crate::approval::{self, Approval, Choice};
use crate::effect::{Body, Card, Effect};
use crate::event::{Said, Timer};
use crate::name::Handle;
use crate::org::{DECISIONS, Right};
use crate::playbook::{Does, Step};
use crate::record::{Category, Record};
use crate::task::{Note, NoteKind, Priority, State};

/// How long people have, in days on which some of them work.
const EXPIRES_AFTER: TimeDelta = TimeDelta::days(3);
/// When they are reminded.
const REMIND_AFTER: TimeDelta = TimeDelta::days(1);

/// What people are asked.
pub(super) struct Question {
    /// The task that waits for them.
    pub(super) of: Uuid,
    /// What would be done.
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) asked_by: Handle,
    /// The digest of what they are shown.
    pub(super) digest: String,
    /// What they say yes to.
    pub(super) input: Value,
    pub(super) from: Vec<String>,
    pub(super) quorum: u32,
    pub(super) why: String,
}

impl Desk<'_> {
    /// Puts an act before people: a card with all that would go out.
    pub(super) fn put(&mut self, id: Uuid, step: &Step, input: Value, from: Vec<String>, quorum: u32, why: String) {
        let action = step.action.as_deref().unwrap_or_default();
        let (Some(task), Some(root)) = (self.task(id).cloned(), self.s.root().cloned()) else { return };
        let shown: Vec<(String, String)> =
            step.shows.iter().filter_map(|n| self.s.newest(n)).map(|d| (d.name.clone(), d.digest.clone())).collect();
        let parts: Vec<(&str, &str)> = shown.iter().map(|(n, d)| (n.as_str(), d.as_str())).collect();
        self.ask_people(Question {
            of: id,
            kind: action.to_owned(),
            title: format!("{}: {}", step.title, root.title),
            asked_by: task.owner,
            digest: approval::digest(action, &parts, &input),
            input,
            from,
            quorum,
            why,
        });
        let hold = self.s.approvals.last().map(deputies::hold);
        if let Some(task) = self.task_mut(id) {
            task.state = State::Waiting;
            task.hold = hold;
        }
    }

    /// Opens an approval: its card is posted, people are reminded of it, and it runs out.
    pub(super) fn ask_people(&mut self, question: Question) {
        let Question { of, kind, title, asked_by, digest, input, from, quorum, why } = question;
        let (Some(root), Some(at)) = (self.s.root().map(|r| r.id), self.thread()) else { return };
        let mut approval = Approval {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: root,
            step_task: of,
            kind,
            state: approval::State::Open,
            title,
            asked_by,
            asked_of: from,
            deputies: Vec::new(),
            passed_on: false,
            quorum: i32::try_from(quorum).unwrap_or(i32::MAX),
            why,
            digest,
            input,
            votes: Vec::new(),
            post: Uuid::nil(),
            revision: 0,
            words_from: None,
            reason: None,
            turned_away: Vec::new(),
            spent: false,
            lapsed: false,
            low_risk: false,
            created_at: self.now,
            expires_at: self.now,
            decided_at: None,
            decided_by: None,
        };
        approval.deputies = self.deputies(&approval);
        let voters = approval.voters();
        let (remind_after, expires_after) = self.patience();
        let remind_at = self.dir.wait_for(&voters, self.now, remind_after);
        approval.expires_at = self.dir.wait_for(&voters, self.now, expires_after);
        let Some(card) = self.approval_card(&approval) else { return };
        approval.post = self.post(&approval.asked_by, at, Body::Card(card), voters);
        self.effect(Effect::Wake { at: remind_at, timer: Timer::Remind { approval: approval.id } });
        self.effect(Effect::Wake { at: approval.expires_at, timer: Timer::Expire { approval: approval.id } });
        self.s.approvals.push(approval);
    }

    /// After how long people are reminded, and for how long they are asked: what is urgent waits no longer for them than it
    /// does when it is late.
    fn patience(&self) -> (TimeDelta, TimeDelta) {
        if self.s.root().is_none_or(|root| root.priority != Priority::Urgent) {
            return (REMIND_AFTER, EXPIRES_AFTER);
        }
        let late = self.dir.team.deadlines.of(Priority::Urgent).escalate_after.delta();
        (REMIND_AFTER.min(late / 2), EXPIRES_AFTER.min(late))
    }

    fn approval_card(&self, approval: &Approval) -> Option<Card> {
        if let Some(card) = self.proposal_approval_card(approval).or_else(|| self.joint_card(approval)) {
            return Some(card);
        }
        let step = self.step_of(approval.step_task)?;
        let shown: Vec<_> = step.shows.iter().filter_map(|n| self.s.newest(n)).collect();
        let version = shown.first().map_or(0, |d| d.version);
        let reviews: Vec<_> = self.s.reviews.iter().filter(|r| r.version == version && step.id != r.step).collect();
        Some(words::approval_card(self.dir, approval, &shown, &reviews))
    }

    pub(super) fn show_approval(&mut self, id: Uuid) {
        let Some(i) = self.s.approvals.iter().position(|a| a.id == id) else { return };
        self.s.approvals[i].revision += 1;
        let approval = self.s.approvals[i].clone();
        let (Some(card), Some(at)) = (self.approval_card(&approval), self.thread()) else { return };
        self.revise(approval.post, approval.revision, &approval.asked_by, at, card);
    }

    /// A card that waits for people is put on show again when somebody deleted it: nobody could vote on it otherwise.
    pub(super) fn removed(&mut self, post: Uuid) {
        let waits = |a: &Approval| a.post == post && a.is_undecided();
        let Some(approval) = self.s.approvals.iter().find(|a| waits(a)).cloned() else { return };
        let (Some(card), Some(at)) = (self.approval_card(&approval), self.thread()) else { return };
        let text =
            "The card below was deleted while it waits for a decision, so here it is again. To stop it, react ❌.";
        self.in_thread(&approval.asked_by, text, Vec::new());
        let anew = self.post(&approval.asked_by, at, Body::Card(card), approval.voters());
        if let Some(approval) = self.s.approvals.iter_mut().find(|a| a.id == approval.id) {
            (approval.post, approval.revision) = (anew, 0);
        }
    }

    pub(super) fn reacted(&mut self, post: Uuid, by: &str, emoji: &str, set: bool, button: bool) {
        let Some(choice) = Choice::of(emoji) else { return };
        if self.tapped_bundle(post, by, choice, set, button) {
            return;
        }
        if let Some(i) = self.s.approvals.iter().position(|a| a.post == post) {
            self.voted(i, by, choice, set, Some(post).filter(|_| !button));
        } else if set && choice == Choice::Changes && self.dir.may(by, Right::Command) {
            self.try_again(post, by);
        }
    }

    pub(super) fn voted(&mut self, i: usize, by: &str, choice: Choice, set: bool, on: Option<Uuid>) {
        if matches!(self.s.approvals[i].state, approval::State::Open | approval::State::Expired) {
            self.update_deputies(i);
        }
        let approval = &self.s.approvals[i];
        let person = self.dir.person(by).map(|p| p.name.clone());
        let counts = person.as_ref().is_some_and(|p| approval.mandate(p).is_some() && self.dir.may(p, Right::Approve));
        // A vote can be taken back even by who has lost the right to give one.
        if !counts && (set || person.is_none()) {
            if set && approval.state == approval::State::Open {
                self.turn_away(i, by);
            }
            return;
        }
        let by = person.unwrap_or_default();
        if set && approval.state == approval::State::Expired && choice != Choice::Reject {
            // Unless the work was stopped meanwhile, or went another way.
            if self.task(approval.step_task).is_some_and(|t| t.state == State::Blocked) {
                self.put_again(i, &by);
            }
            return;
        }
        if !self.s.approvals[i].react(&by, choice, set, on, self.now) {
            return;
        }
        let id = self.s.approvals[i].id;
        match self.s.approvals[i].state {
            approval::State::Approved => self.approved(i, &by),
            approval::State::Rejected => self.rejected(i, &by),
            approval::State::Changes => self.changes_wanted(i, &by),
            _ => {}
        }
        self.show_approval(id);
        self.advance();
    }

    /// A vote without the right: answered kindly, once, and not counted.
    fn turn_away(&mut self, i: usize, by: &str) {
        let approval = &mut self.s.approvals[i];
        if approval.turned_away.iter().any(|n| n == by) {
            return;
        }
        approval.turned_away.push(by.to_owned());
        let (asker, who) = (approval.asked_by.clone(), approval.voters().join(", "));
        let who = if who.is_empty() { "somebody with the right to approve".into() } else { who };
        let text = format!("Thank you, {by}. This one is for {who} to decide, so your reaction is not counted.");
        self.in_thread(&asker, text, Vec::new());
    }

    fn approved(&mut self, i: usize, by: &str) {
        if self.proposal_approved(i, by) || self.joint_approved(i, by) {
            return;
        }
        let approval = self.s.approvals[i].clone();
        let what = format!("\"{}\" is approved", approval.title);
        let actions = json!([{ "what": approval.kind, "owner": approval.asked_by, "due": self.now }]);
        let chain = json!(approval.votes);
        let why = match words::in_whose(&approval, by) {
            of if of.is_empty() => "Approved as shown.".to_owned(),
            of => format!("Approved as shown, by {by}{of}."),
        };
        self.record_with(by, &approval.kind, what, why, chain, actions);
        let Some(step) = self.step_of(approval.step_task) else { return };
        let input = self.resolve(&step.with);
        if self.s.approvals[i].spend(&input) {
            if let Some(task) = self.task_mut(approval.step_task) {
                task.state = State::InProgress;
                task.hold = None;
            }
            // Judged once more: the rules and the reviews may have changed since people were asked.
            self.start_skill(approval.step_task, &step);
        } else {
            // What would be done is no longer what was shown.
            let now = self.now;
            self.s.approvals[i].void(now);
            self.reopen(approval.step_task);
        }
    }

    fn rejected(&mut self, i: usize, by: &str) {
        if self.proposal_rejected(i, by) || self.begin_rejected(i, by) {
            return;
        }
        let approval = &mut self.s.approvals[i];
        approval.words_from = Some(by.to_owned());
        let (id, asker, step_task) = (approval.id, approval.asked_by.clone(), approval.step_task);
        let on_the_way = together::is_of_the_way(approval);
        self.cancel_step(step_task, &format!("{by} rejected it"));
        if on_the_way {
            self.cancel_what_served(&format!("{by} rejected what it was for"));
        }
        self.settle_escalations(Some(step_task));
        let text = format!(
            "{by}, understood: it will not go out. What was the reason? A reply here is kept with the decision."
        );
        self.in_thread(&asker, text, vec![by.to_owned()]);
        let title = self.s.approvals.iter().find(|a| a.id == id).map(|a| a.title.clone()).unwrap_or_default();
        let chain = json!(self.s.approvals[i].votes);
        self.record_with(
            by,
            "rejection",
            format!("\"{title}\" is rejected"),
            "The reason was asked for.".into(),
            chain,
            json!([]),
        );
    }

    fn changes_wanted(&mut self, i: usize, by: &str) {
        let approval = &mut self.s.approvals[i];
        approval.words_from = Some(by.to_owned());
        let (asker, step_task) = (approval.asked_by.clone(), approval.step_task);
        if let Some(task) = self.task_mut(step_task) {
            task.hold = Some(format!("for {by} to say what to change"));
        }
        let text = format!("{by}, gladly: what should change? Your next reply here is the change request.");
        self.in_thread(&asker, text, vec![by.to_owned()]);
    }

    /// If somebody's words are awaited and these are theirs, takes them.
    pub(super) fn took_words(&mut self, said: &Said) -> bool {
        let ours = said.thread.is_some() && self.s.root().is_some();
        let Some(person) = self.dir.person(&said.by).filter(|_| ours).map(|p| p.name.clone()) else { return false };
        let Some(i) = self.s.approvals.iter().rposition(|a| a.words_from.as_ref() == Some(&person)) else {
            return false;
        };
        let text: String = said.text.trim().chars().take(4_000).collect();
        let approval = &mut self.s.approvals[i];
        approval.words_from = None;
        approval.reason = Some(text.clone());
        let (id, state, asker, title) =
            (approval.id, approval.state, approval.asked_by.clone(), approval.title.clone());
        if state == approval::State::Changes {
            self.change_requested(&person, &text, Some(id));
        } else {
            self.record(&person, "reason", format!("Why \"{title}\" was rejected"), text, Value::Null);
            self.in_thread(&asker, "Thank you; that is kept with the decision.", Vec::new());
        }
        self.show_approval(id);
        true
    }

    /// Whether a person's wish for changes can be taken up now.
    pub(super) fn can_change(&self) -> bool {
        if let Some(p) = &self.s.proposal {
            return !p.state.is_over();
        }
        (self.is_undecided() || self.change_target(self.looked_at()).is_some())
            && self.s.root().is_some_and(|r| matches!(r.state, s if s != State::Cancelled && s != State::Failed))
    }

    /// What people are looking at just now: the newest of what waits for them.
    fn looked_at(&self) -> Option<&Approval> {
        let stopped = |a: &Approval| self.task(a.step_task).is_some_and(|t| t.state == State::Blocked);
        self.s.approvals.iter().rfind(|a| a.is_undecided() || (a.state == approval::State::Expired && stopped(a)))
    }

    /// The step that makes what people are shown there.
    fn change_target(&self, about: Option<&Approval>) -> Option<String> {
        let playbook = self.s.playbook.as_ref()?;
        let asked = about.and_then(|a| self.step_of(a.step_task));
        // What a step made, or what an act would put out.
        if let Some(step) = asked.as_ref().filter(|step| step.does == Does::Work) {
            return Some(step.id.clone());
        }
        let shown = asked.and_then(|s| s.shows.first().cloned());
        shown
            .and_then(|name| playbook.steps.iter().find(|s| s.gives.as_ref().is_some_and(|g| g.name == name)))
            .map(|s| s.id.clone())
            .or_else(|| playbook.on_changes.clone())
    }

    /// A person's wish goes to the one who makes it; the next version is put anew. `about` is the approval that it was said of;
    /// what waits for people just now where it was of none.
    pub(super) fn change_requested(&mut self, by: &str, text: &str, about: Option<Uuid>) {
        if self.proposal_changes(by, text) {
            return;
        }
        let about = about.and_then(|id| self.s.approvals.iter().find(|a| a.id == id)).or_else(|| self.looked_at());
        let of = about.map(|a| a.step_task);
        if of.is_some_and(|of| self.s.root().is_some_and(|root| root.id == of)) {
            self.begin_changes(by, text);
            return;
        }
        let target = self.change_target(about);
        let (Some(target), Some(playbook)) = (target, self.s.playbook.clone()) else { return };
        let same = |a: &&Approval| a.state == approval::State::Changes && Some(a.step_task) == of;
        let asked = self.s.approvals.iter().filter(same).count();
        let owner = self.owner();
        if asked > playbook.rounds as usize {
            let text = format!(
                "{by}, this went round {} times already. I put it before you as it is; please approve or reject it, or \
                 ask for a new piece.",
                playbook.rounds
            );
            self.in_thread(&owner, text, vec![by.to_owned()]);
            let undone = |id: &Uuid| self.task(*id).is_some_and(|t| !t.state.is_over());
            if let Some(id) = of.filter(undone) {
                let why = "it is put anew as it is";
                match self.step_of(id).filter(|step| step.does == Does::Work) {
                    Some(step) => self.put_made_again(id, &step, why),
                    None => {
                        self.void_approvals(id, why);
                        self.reopen(id);
                    }
                }
            }
            return;
        }
        let maker = self.s.of_step(&target).map(|t| t.owner.to_string()).unwrap_or_default();
        let text = text.trim();
        self.in_thread(&owner, format!("@{maker}, {by} asks for a change:\n{}", words::quote(text)), vec![maker]);
        let note = Note { from: by.to_owned(), kind: NoteKind::Change, step: None, text: text.to_owned() };
        self.send_back(&[target], &[note]);
    }

    /// Opens a step again, so that what it does is judged and put anew.
    pub(super) fn reopen(&mut self, id: Uuid) {
        if let Some(task) = self.task_mut(id) {
            task.state = State::Open;
            task.call = None;
            task.hold = None;
            task.round += 1;
        }
        self.advance();
    }

    fn put_again(&mut self, i: usize, by: &str) {
        let (step_task, asker) = (self.s.approvals[i].step_task, self.s.approvals[i].asked_by.clone());
        self.in_thread(&asker, format!("{by}, that one had run out; here it is anew."), vec![by.to_owned()]);
        if self.joint_again(step_task) {
            return;
        }
        let now = self.now;
        let approval = &mut self.s.approvals[i];
        approval.state = approval::State::Void;
        approval.decided_at = Some(now);
        let id = approval.id;
        self.settle_escalations(Some(step_task));
        self.show_approval(id);
        if !self.proposal_again(step_task) {
            self.reopen(step_task);
        }
    }

    /// Voids what is open or granted but not yet done for a step, and says why on the card.
    pub(super) fn void_approvals(&mut self, step_task: Uuid, why: &str) {
        let now = self.now;
        for i in 0..self.s.approvals.len() {
            let approval = &mut self.s.approvals[i];
            if approval.step_task != step_task {
                continue;
            }
            approval.lapse();
            if approval.void(now) {
                approval.reason = Some(why.to_owned());
                let id = approval.id;
                self.show_approval(id);
            }
        }
    }

    pub(super) fn remind(&mut self, id: Uuid) {
        let Some(i) = self.approval_index(id).filter(|&i| self.s.approvals[i].is_undecided()) else { return };
        if self.s.approvals[i].state == approval::State::Open {
            self.update_deputies(i);
        }
        let approval = &self.s.approvals[i];
        let who = approval.words_from.clone().map_or_else(|| approval.voters(), |by| vec![by]);
        let asker = approval.asked_by.clone();
        let text = format!(
            "A reminder for {}: \"{}\" waits for your word until {}.",
            who.join(", "),
            approval.title,
            words::day(self.dir, approval.expires_at)
        );
        self.in_thread(&asker, text, who);
    }

    pub(super) fn expire(&mut self, id: Uuid) {
        let now = self.now;
        let Some(i) = self.approval_index(id).filter(|&i| self.s.approvals[i].is_undecided()) else { return };
        if self.passes_on(i) {
            return;
        }
        let approval = &mut self.s.approvals[i];
        approval.words_from = None;
        approval.state = approval::State::Expired;
        approval.decided_at = Some(now);
        let (step_task, title) = (approval.step_task, approval.title.clone());
        self.show_approval(id);
        let issue =
            format!("Nobody decided on \"{title}\" in time. React 🔁 on this or on the card to have it put anew.");
        self.block(step_task, Category::DeadlineMissed, issue, None);
    }

    /// Keeps a decision without actions.
    pub(super) fn record(&mut self, maker: &str, kind: &str, decision: String, why: String, chain: Value) {
        self.record_with(maker, kind, decision, why, chain, json!([]));
    }

    /// Keeps a decision record and posts it where everybody can read it.
    fn record_with(&mut self, maker: &str, kind: &str, decision: String, why: String, chain: Value, actions: Value) {
        let Some(root) = self.s.root().cloned() else { return };
        let card = words::decision_card(maker, kind, &decision, &why, &root);
        let channel = self.dir.room(root.channel.as_deref(), DECISIONS);
        let owner = root.owner.clone();
        let post = self.announce(&owner, channel, card, "");
        let record = Record {
            id: self.ids.give(),
            org: self.s.org,
            lane: self.s.lane.clone(),
            task: root.id,
            maker: maker.to_owned(),
            kind: kind.to_owned(),
            context: root.title.clone(),
            decision,
            reasoning: why,
            alternatives: json!([]),
            actions,
            chain,
            dissent: json!([]),
            escalated: self
                .s
                .escalations
                .iter()
                .any(|e| matches!(e.category, Category::NoAgreement | Category::BrandVoice)),
            post,
            at: self.now,
        };
        self.records.push(record);
    }
}
