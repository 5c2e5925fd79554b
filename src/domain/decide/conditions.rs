//! “Approved, if the subject is changed”: a yes with a condition is no yes, but a wish for changes.

use super::{Desk, together, words};
use crate::approval::{Approval, Choice, State};
use crate::event::Said;
use crate::org::Right;
use crate::task;

/// What a yes begins with.
const YES: [&str; 8] = ["approve", "approved", "yes", "ok", "okay", "✅", "👍", "✔"];
/// What makes it one with a condition.
const CONDITION: [&str; 9] = ["if", "but", "provided", "providing", "once", "when", "unless", "except", "after"];

/// Whether somebody says yes with a condition. A question is none.
pub(super) fn is_conditional_yes(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    if text.ends_with('?') {
        return false;
    }
    // Whoever is addressed first does not matter; a sign may stand right before a word, and an emoji bring its variant.
    let text = text.replace('\u{fe0f}', "");
    let words = text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '@' && c != '_');
    let mut words = words.filter(|w| !w.is_empty() && !w.starts_with('@')).peekable();
    let yes = words.next().is_some_and(|first| {
        YES.iter().any(|yes| first == *yes || first.strip_prefix(yes).is_some_and(|rest| CONDITION.contains(&rest)))
    });
    yes && words.any(|word| CONDITION.contains(&word))
}

impl Desk<'_> {
    /// If somebody who may vote says yes with a condition in the thread, takes it as their wish for changes.
    pub(super) fn took_condition(&mut self, said: &Said) -> bool {
        if said.thread.is_none() || !is_conditional_yes(&said.text) {
            return false;
        }
        let Some(person) = self.dir.person(&said.by).map(|p| p.name.clone()) else { return false };
        if !self.dir.may(&person, Right::Approve) {
            return false;
        }
        for i in 0..self.s.approvals.len() {
            if self.s.approvals[i].state == State::Open {
                self.update_deputies(i);
            }
        }
        let theirs = |a: &&Approval| a.state == State::Open && a.mandate(&person).is_some();
        let open: Vec<_> = self.s.approvals.iter().filter(theirs).map(|a| a.id).collect();
        match open[..] {
            [] => self.was_too_late(&person, &said.text),
            [id] => {
                let Some(i) = self.approval_index(id) else { return false };
                let now = self.now;
                // Their plain yes, if they gave one, meant this.
                self.s.approvals[i].react(&person, Choice::Approve, false, None, now);
                self.s.approvals[i].react(&person, Choice::Changes, true, None, now);
                self.s.approvals[i].words_from = Some(person);
                self.took_words(said)
            }
            _ => {
                let owner = self.owner();
                let text = format!(
                    "{person}, several things wait for you here, and a yes with a condition is no yes. Which one do you mean? \
                     React 🔁 on its card, and say there what should change."
                );
                self.in_thread(&owner, text, vec![person]);
                true
            }
        }
    }

    /// A condition after the yes that decided: what has not been done yet does not go on; else it is said kindly.
    fn was_too_late(&mut self, person: &str, text: &str) -> bool {
        let theirs = |a: &Approval| {
            let yes = a.votes.iter().any(|v| v.by == person && v.vote == Choice::Approve && v.taken_back.is_none());
            // What has begun or gone on since is spoken of as any other work.
            a.state == State::Approved && !a.lapsed && yes && !together::is_of_the_way(a)
        };
        let Some(i) = self.s.approvals.iter().rposition(theirs) else { return false };
        let (id, step_task, asker) =
            (self.s.approvals[i].id, self.s.approvals[i].step_task, self.s.approvals[i].asked_by.clone());
        let decided = self.s.proposal.as_ref().is_some_and(|p| p.state.is_over());
        let under_way = decided || self.task(step_task).is_none_or(|t| t.call.is_some() || t.state.is_over());
        if under_way {
            let done = self.task(step_task).is_some_and(|t| t.state == task::State::Done);
            let what = if done { "is done already" } else { "is being carried out already" };
            let text = format!(
                "{person}, your yes had decided \"{}\", and it {what}, so a condition comes too late for it. Ask for a new \
                 version here, and it goes round again.",
                words::plain(&self.s.approvals[i].title)
            );
            self.in_thread(&asker, text, vec![person.to_owned()]);
            return true;
        }
        // It failed on its way and waits to be tried again.
        let text: String = text.trim().chars().take(4_000).collect();
        let approval = &mut self.s.approvals[i];
        approval.state = State::Changes;
        approval.decided_at = Some(self.now);
        approval.decided_by = Some(person.to_owned());
        approval.reason = Some(text.clone());
        self.change_requested(person, &text, Some(id));
        self.show_approval(id);
        true
    }
}
