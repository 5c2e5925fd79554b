//! Who votes in whose place: stand-ins of those who are away or have not decided in time, and those to whom somebody has
//! handed their approvals. Silence approves nothing; it only changes who is asked.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Desk, words};
use crate::approval::{Approval, Because, Deputy, State};
use crate::delegation::{self, Delegation, USAGE, Wish};
use crate::effect::Effect;
use crate::event::{Said, Timer};
use crate::org::{Person, Right};

/// How long those have who stand in.
const STAND_IN_FOR: TimeDelta = TimeDelta::days(1);
/// The longest delegation.
const LONGEST: TimeDelta = TimeDelta::days(92);

impl Desk<'_> {
    /// Who may vote in whose place as things stand. A right is nobody's to hand on: a deputy holds the right to approve, as
    /// does the one whose place it is; and a place goes from those who are asked to one other person, and no further.
    pub(super) fn deputies(&self, approval: &Approval) -> Vec<Deputy> {
        let approves = |name: &str| self.dir.person(name).filter(|person| person.rights.contains(&Right::Approve));
        let mut found: Vec<Deputy> = Vec::new();
        let mut add = |of: &Person, by: &Person, because| {
            let own = approval.asked_of.contains(&by.name);
            if !own && !found.iter().any(|d| d.by == by.name && d.of == of.name) {
                found.push(Deputy { by: by.name.clone(), of: of.name.clone(), because });
            }
        };
        for of in approval.asked_of.iter().filter_map(|name| approves(name)) {
            if let Some(by) = self.delegation_of(&of.name).and_then(|d| approves(&d.to)) {
                add(of, by, Because::Delegated);
            }
            let because = match (self.dir.is_away(of, self.now), approval.passed_on) {
                (true, _) => Because::Away,
                (false, true) => Because::Silent,
                (false, false) => continue,
            };
            let there = |by: &&Person| !self.dir.is_away(by, self.now);
            for by in of.stand_ins.iter().filter_map(|name| approves(name)).filter(there) {
                add(of, by, because);
            }
        }
        found
    }

    /// The delegation in force of a person's approvals.
    fn delegation_of(&self, person: &str) -> Option<&Delegation> {
        self.s.delegations.iter().find(|d| d.from == person && d.ended_at.is_none() && d.until > self.now)
    }

    /// Brings up to date who may vote on an open approval. Gives those who may now and might not before.
    pub(super) fn update_deputies(&mut self, i: usize) -> Vec<String> {
        let deputies = self.deputies(&self.s.approvals[i]);
        let before = self.s.approvals[i].voters();
        if self.s.approvals[i].deputies == deputies {
            return Vec::new();
        }
        self.s.approvals[i].deputies = deputies;
        let approval = &self.s.approvals[i];
        let (id, step_task) = (approval.id, approval.step_task);
        let (new, hold) = (approval.voters().into_iter().filter(|v| !before.contains(v)).collect(), hold(approval));
        if let Some(task) = self.task_mut(step_task).filter(|t| t.state == crate::task::State::Waiting) {
            task.hold = Some(hold);
        }
        self.show_approval(id);
        new
    }

    /// Those who may vote now for the first time are told in whose place and until when.
    pub(super) fn call_in(&mut self, i: usize, who: Vec<String>) {
        if who.is_empty() {
            return;
        }
        let approval = &self.s.approvals[i];
        let of: Vec<String> = who.iter().map(|by| words::in_place(approval, by)).collect();
        let text = format!(
            "{}: \"{}\" waits for a word until {}. The card above is yours to decide on.",
            of.join("; "),
            words::plain(&approval.title),
            words::day(self.dir, approval.expires_at)
        );
        let asker = approval.asked_by.clone();
        self.in_thread(&asker, text, who);
    }

    /// Time ran out for those who were asked: it goes on to who stands in for them, once, if anybody does who could not vote
    /// before. Whether it did.
    pub(super) fn passes_on(&mut self, i: usize) -> bool {
        if self.s.approvals[i].state != State::Open || self.s.approvals[i].passed_on {
            return false;
        }
        self.s.approvals[i].passed_on = true;
        let before = self.s.approvals[i].voters();
        let deputies = self.deputies(&self.s.approvals[i]);
        let new: Vec<String> = deputies.iter().map(|d| d.by.clone()).filter(|by| !before.contains(by)).collect();
        if new.is_empty() {
            return false;
        }
        let at = self.dir.wait_for(&new, self.now, STAND_IN_FOR);
        let id = self.s.approvals[i].id;
        self.s.approvals[i].expires_at = at;
        self.effect(Effect::Wake { at, timer: Timer::Expire { approval: id } });
        let new = self.update_deputies(i);
        self.call_in(i, new);
        true
    }

    /// Somebody handed their approvals over, or took them back: what is open here follows.
    pub(super) fn delegated(&mut self, of: &str) {
        for i in 0..self.s.approvals.len() {
            let approval = &self.s.approvals[i];
            if approval.state != State::Open || !approval.asked_of.iter().any(|asked| asked == of) {
                continue;
            }
            let new = self.update_deputies(i);
            let (now, before) = (self.now, self.s.approvals[i].votes.clone());
            self.s.approvals[i].recall(of, now);
            if self.s.approvals[i].votes != before {
                let id = self.s.approvals[i].id;
                self.show_approval(id);
            }
            self.call_in(i, new);
        }
    }

    /// What somebody tells the department about their approvals, carried out or refused in a sentence; none where it is
    /// about something else.
    pub(super) fn heard_delegation(&mut self, said: &Said) -> Option<String> {
        let wish = Wish::read(&said.text)?;
        let Some(from) = self.dir.person(&said.by).filter(|p| p.rights.contains(&Right::Approve)) else {
            return Some(format!("{}, you have no approvals to hand over: that takes the right `approve`.", said.by));
        };
        let from = from.name.clone();
        let (to, until) = match wish {
            Wish::Unclear => return Some(USAGE.to_owned()),
            Wish::TakeBack => return Some(self.take_back(from)),
            Wish::Give { to, until } => (to, until),
        };
        let refused = |why: String| Some(format!("{why} {USAGE}"));
        let Some(to) = self.dir.person(&to) else {
            return refused(format!("There is no person \"{}\" here.", words::plain(&to)));
        };
        if to.name == from {
            return refused("Those are yours already.".to_owned());
        }
        if !to.rights.contains(&Right::Approve) {
            return refused(format!("{} has no right to approve, and words here give nobody a right.", to.name));
        }
        if let Some(other) = self.delegation_of(&to.name) {
            return refused(format!("{} has handed their own approvals to {}.", to.name, other.to));
        }
        let zone = self.dir.zone;
        let Some(until) = delegation::end_of(until, zone).filter(|at| *at > self.now && *at <= self.now + LONGEST)
        else {
            return refused(format!("The last day must be today or one of the next {} days.", LONGEST.num_days()));
        };
        let to = to.name.clone();
        let text = format!(
            "Until {}, {to} may vote in your place wherever you are asked, {from}; what others have handed to you stays with \
             you. You may still vote yourself. `@bullpen take my approvals back` ends it.",
            words::day(self.dir, until)
        );
        let id = self.ids.give();
        let given = Delegation { id, from: from.clone(), to, until, given_at: self.now, ended_at: None };
        self.effect(Effect::Delegate { from, given: Some(given) });
        Some(text)
    }

    fn take_back(&mut self, from: String) -> String {
        let Some(to) = self.delegation_of(&from).map(|d| d.to.clone()) else {
            return format!("{from}, your approvals are with nobody else.");
        };
        self.effect(Effect::Delegate { from: from.clone(), given: None });
        format!(
            "{from}, your approvals are yours alone again. What {to} said in your place counts no more where it is open."
        )
    }

    /// The open approval's index.
    pub(super) fn approval_index(&self, id: Uuid) -> Option<usize> {
        self.s.approvals.iter().position(|a| a.id == id)
    }
}

/// What a step waits for while people are asked.
pub(super) fn hold(approval: &Approval) -> String {
    format!("for {} to approve", approval.voters().join(", "))
}
