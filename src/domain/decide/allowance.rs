//! What one cause may cost. Every model's turn is charged to what set it off: a person's message, with all that personas
//! ask each other because of it, or a piece of work with all that follows from it. When the allowance is used up, the
//! chain stops, says so once, and people are told; a person's new word there opens a new one.

use uuid::Uuid;

use super::Desk;
use super::talk::reply_place;
use crate::event::{MessageId, Requested, Talk};
use crate::name::Handle;
use crate::org::Right;
use crate::record::{Category, Escalation, EscalationState};
use crate::task::{Cause, State};

/// The cause that a person's message is.
pub(super) fn of_message(message: &MessageId) -> String {
    format!("message:{}/{}", message.channel, message.id)
}

impl Desk<'_> {
    /// What the lane's own calls are charged to.
    pub(super) fn allowance(&self) -> Option<String> {
        let root = self.s.root()?;
        Some(root.cause.as_ref().map_or_else(|| self.s.lane.to_string(), |cause| cause.allowance.clone()))
    }

    /// What sets off the work that is asked for: what its asker was set off by, or itself.
    pub(super) fn cause_of(&self, requested: &Requested) -> Cause {
        let fresh = || Cause { allowance: self.s.lane.to_string(), path: Vec::new() };
        let mut cause = requested.cause.clone().unwrap_or_else(fresh);
        cause.path.push(requested.playbook.clone());
        cause
    }

    /// Why a playbook may not be opened from here: it led here.
    pub(super) fn ring_of(&self, playbook: &str) -> Option<String> {
        let root = self.s.root()?;
        let path = root.cause.as_ref().map_or(root.playbook.as_slice(), |cause| cause.path.as_slice());
        let from = path.iter().position(|name| name == playbook)?;
        let way: Vec<&str> = path[from..].iter().map(String::as_str).chain([playbook]).collect();
        Some(way.join(" → "))
    }

    /// A chain of talk has used its allowance up. Those it would have gone on with say nothing more.
    pub(super) fn talk_spent(&mut self, persona: &Handle, talk: &Talk, why: &str) {
        let place = reply_place(&talk.said);
        let told = |e: &Escalation| {
            e.category == Category::Allowance && e.state == EscalationState::Open && e.place.as_ref() == Some(&place)
        };
        if self.s.escalations.iter().any(told) {
            self.talk_settled(talk, None);
            return;
        }
        let by = &talk.said.by;
        let post = self.say(persona, place.clone(), format!("I stop here: {why}. A new word from {by} takes it on."));
        self.talk_settled(talk, Some(post));
        let issue = format!("What {by} set off here stopped: {why}");
        self.escalate_at(place, persona.clone(), Category::Allowance, issue, None);
    }

    /// A person's word opens a new allowance where the last is used up, and what stands still for it goes on.
    pub(super) fn renew(&mut self, by: &str) {
        if !self.dir.may(by, Right::Command) {
            return;
        }
        let spent = |e: &&Escalation| e.category == Category::Allowance && e.state == EscalationState::Open;
        let spent: Vec<(Uuid, String)> =
            self.s.escalations.iter().filter(spent).map(|e| (e.id, e.issue.clone())).collect();
        if spent.is_empty() {
            return;
        }
        let used = self.s.escalations.iter().filter(|e| e.category == Category::Allowance).count();
        let allowance = format!("{}#{used}", self.s.lane);
        let stopped = |hold: Option<&String>| {
            let hold = hold.map(String::as_str).filter(|hold| !hold.is_empty());
            hold.is_some_and(|hold| spent.iter().any(|(_, issue)| issue.ends_with(hold)))
        };
        let steps: Vec<(Uuid, i32)> = self
            .s
            .tasks
            .iter()
            .filter(|t| t.state == State::Blocked && stopped(t.hold.as_ref()))
            .map(|t| (t.id, t.round))
            .collect();
        if let Some(root) = self.root_mut() {
            let path = root.cause.take().map_or_else(|| root.playbook.iter().cloned().collect(), |cause| cause.path);
            root.cause = Some(Cause { allowance, path });
            let owner = self.owner();
            self.in_thread(&owner, format!("{by} takes it on: a new allowance is open."), Vec::new());
        }
        let now = self.now;
        for (id, _) in spent {
            if let Some(escalation) = self.s.escalations.iter_mut().find(|e| e.id == id) {
                escalation.state = EscalationState::Answered;
                escalation.answered_by = Some(by.to_owned());
                escalation.closed_at = Some(now);
            }
            self.show_escalation(id);
        }
        for (id, round) in steps {
            self.resume(id, round);
        }
        self.ask_voices_anew();
    }
}
