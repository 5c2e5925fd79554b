//! One ✅ for several low-risk approvals: each of them hears of it in its own lane, and what is not as it was listed is left
//! out, and said.

use uuid::Uuid;

use super::skill::LAST_WORD;
use super::{Desk, desk, words};
use crate::approval::{Choice, State};
use crate::bundle::Tap;
use crate::effect::{Effect, Place};
use crate::event::Event;
use crate::org::Right;
use crate::policy::Basis;
use crate::team::{Action, Autonomy};

impl Desk<'_> {
    /// What was just put before people may be listed with others, where the rule says so and nothing but that rule asks them:
    /// no mode, no open notes.
    pub(super) fn mark_low_risk(&mut self, step_task: Uuid, action: Action, because: &[Basis]) {
        let low_risk = self.dir.team.rule(action).is_some_and(|rule| rule.low_risk && rule.level == Autonomy::L3);
        let moded = because.iter().any(|basis| basis.field == "mode");
        let put = self.s.approvals.last_mut().filter(|a| a.step_task == step_task && a.state == State::Open);
        if let Some(approval) = put.filter(|a| low_risk && !moded && !a.why.ends_with(LAST_WORD)) {
            approval.low_risk = true;
        }
    }

    /// A reaction on a card that lists approvals. Whether it is one.
    pub(super) fn tapped_bundle(&mut self, post: Uuid, by: &str, choice: Choice, set: bool, button: bool) -> bool {
        let Some(bundle) = self.s.bundle.clone().filter(|b| b.post == post) else { return false };
        if choice != Choice::Approve {
            return true;
        }
        if set && !self.dir.may(by, Right::Approve) {
            let at = Place::Below { channel: bundle.channel, post };
            self.say(
                &desk(),
                at,
                format!("Thank you, {by}. These are not yours to decide, so your reaction is not counted."),
            );
            return true;
        }
        for item in bundle.items {
            let (lane, channel) = (item.lane.clone(), bundle.channel.clone());
            let tap = Tap { item, post, channel, by: by.to_owned(), set, button };
            self.effect(Effect::Tell { lane, event: Event::Tapped(tap) });
        }
        true
    }

    /// What a reaction on such a card means for one approval of this lane.
    pub(super) fn tapped(&mut self, tap: &Tap) {
        let Some(i) = self.approval_index(tap.item.approval) else { return };
        if self.s.approvals[i].state == State::Open {
            self.update_deputies(i);
        }
        let approval = &self.s.approvals[i];
        let Some(by) = self.dir.person(&tap.by).map(|p| p.name.clone()) else { return };
        if !tap.set {
            // What was said on its own card holds.
            let here = |v: &crate::approval::Vote| v.by == by && v.taken_back.is_none() && v.on == Some(tap.post);
            if approval.votes.iter().any(here) {
                self.voted(i, &by, Choice::Approve, false, None);
            }
            return;
        }
        let said = approval.votes.iter().any(|v| v.by == by && v.vote == Choice::Approve && v.taken_back.is_none());
        let why = match approval.state {
            State::Open if approval.digest != tap.item.digest => "it has changed since it was listed",
            State::Open if approval.mandate(&by).is_none() => "it is not yours to decide",
            // What was said on its own card stays what was said there.
            State::Open if said => return,
            State::Open => {
                self.voted(i, &by, Choice::Approve, true, Some(tap.post));
                return;
            }
            State::Approved if said => return,
            State::Approved => "it is approved already",
            State::Rejected => "it is rejected",
            State::Changes => "changes are wanted in it",
            State::Expired => "it has run out",
            State::Void => "it has changed since it was listed, or was stopped",
        };
        let text = format!("Left out, {by}: **{}**; {why}.", words::plain(&tap.item.title));
        let at = Place::Below { channel: tap.channel.clone(), post: tap.post };
        self.say(&desk(), at, text);
    }
}
