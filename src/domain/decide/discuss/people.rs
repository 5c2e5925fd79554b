//! The part of people in a decision: a vote on its card, as on anything else.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{DELIVERABLE, show};
use crate::approval::{self, Approval, agreed};
use crate::authority::Audience;
use crate::decide::Desk;
use crate::decide::gate::Question;
use crate::effect::Card;
use crate::event::Said;
use crate::org::Right;
use crate::policy::{Stage, Verdict};
use crate::proposal::{Proposal, State};

impl Desk<'_> {
    /// Puts the proposal before people, because nobody else can settle it.
    pub(super) fn before_people(&mut self, why: &str) {
        if let Some(p) = self.s.proposal.as_mut() {
            (p.state, p.escalated) = (State::Deciding, true);
        }
        let (from, quorum) = self.people_wanted();
        self.put_proposal(from, quorum, why.to_owned());
    }

    /// Who of the people may vote, and how many have to agree: as the rules have it now.
    fn people_wanted(&self) -> (Vec<String>, u32) {
        let order = match self.proposal().map(|p| self.ruling_on(p).verdict) {
            Some(Verdict::NeedApproval { order }) => order,
            _ => Vec::new(),
        };
        let wanted = order.into_iter().find_map(|stage| match stage {
            Stage::People { from, quorum } => Some((from, quorum)),
            Stage::Personas(_) => None,
        });
        wanted.unwrap_or_else(|| (self.dir.holders(Right::Approve), 1))
    }

    /// A card with the proposal, for these to vote on.
    pub(super) fn put_proposal(&mut self, from: Vec<String>, quorum: u32, why: String) {
        let Some(p) = self.s.proposal.as_mut() else { return };
        // Whoever was asked before is not waited for.
        p.turn += 1;
        p.waiting.clear();
        p.respond_by = None;
        let p = p.clone();
        if self.s.approvals.iter().any(Approval::is_undecided) {
            return;
        }
        let input = subject(&p);
        let digest = self.s.newest(DELIVERABLE).map(|d| d.digest.clone()).unwrap_or_default();
        let kind = format!("decide.{}", p.kind);
        let digest = approval::digest(&kind, &[(DELIVERABLE, &digest)], &input);
        let title = self.s.root().map(|root| root.title.clone()).unwrap_or_default();
        let asked_by = p.maker.clone();
        self.ask_people(Question { of: p.task, kind, title, asked_by, digest, input, from, quorum, why });
        self.show_discussion();
    }

    /// The card of an approval of a proposal.
    pub(in crate::decide) fn proposal_approval_card(&self, approval: &Approval) -> Option<Card> {
        let p = self.proposal().filter(|p| p.task == approval.step_task)?;
        let shown: Vec<_> = self.s.newest(DELIVERABLE).into_iter().collect();
        let mut card = crate::decide::words::approval_card(self.dir, approval, &shown, &[]);
        card.text = show::plan(self.dir, &p.plan);
        if let Some(amount) = p.plan.amount {
            card.fields.push(("Amount".into(), amount.to_string()));
        }
        if p.plan.audience == Audience::Public {
            card.fields.push(("Audience".into(), p.plan.audience.to_string()));
        }
        for position in p.latest() {
            card.fields.push((format!("{} {}", position.by, show::stance(position.stance)), position.text.clone()));
        }
        Some(card)
    }

    /// The votes of people, for the record.
    pub(super) fn votes_on(&self, p: &Proposal) -> impl Iterator<Item = Value> {
        let approvals = self.s.approvals.iter().filter(|a| a.step_task == p.task);
        let votes: Vec<Value> = approvals.flat_map(|a| a.votes.iter().map(|vote| json!(vote))).collect();
        votes.into_iter()
    }

    /// People agreed: they stand above all others, so that decides it. True where it was about this lane's proposal.
    pub(in crate::decide) fn proposal_approved(&mut self, i: usize, by: &str) -> bool {
        let Some(p) = self.proposal().cloned().filter(|p| p.task == self.s.approvals[i].step_task) else {
            return false;
        };
        let (from, quorum) = self.people_wanted();
        let votes = &self.s.approvals[i].votes;
        let enough = agreed(votes, &from, |by| self.dir.may(by, Right::Approve)) >= quorum as usize;
        if enough && self.s.approvals[i].spend(&subject(&p)) {
            self.agree(by, super::settle::APPROVES, "Approved as shown.".to_owned());
            self.conclude(by);
        } else {
            // The rules or the people have changed since they were asked.
            self.rule();
        }
        true
    }

    /// A person said no. True where it was about this lane's proposal.
    pub(in crate::decide) fn proposal_rejected(&mut self, i: usize, by: &str) -> bool {
        let of = self.s.approvals[i].step_task;
        let Some(p) = self.proposal().filter(|p| p.task == of) else { return false };
        let asker = p.maker.clone();
        self.s.approvals[i].words_from = Some(by.to_owned());
        self.close(State::Rejected, by, &format!("{by} rejected it."));
        let text = format!("{by}, understood. What was the reason? A reply here is kept with the decision.");
        self.in_thread(&asker, text, vec![by.to_owned()]);
        true
    }

    /// A person wants it otherwise. True where the lane is a discussion.
    pub(in crate::decide) fn proposal_changes(&mut self, by: &str, text: &str) -> bool {
        if self.proposal().is_none_or(|p| p.state.is_over()) {
            return self.proposal().is_some();
        }
        let task = self.proposal().map(|p| p.task).unwrap_or_default();
        self.void_approvals(task, "it is to be otherwise");
        // People may send it back as often as they like: each time, the one who proposes answers.
        if let Some(p) = self.s.proposal.as_mut() {
            // What a test was to decide is no longer what is proposed.
            p.test = None;
            p.round = p.round.min(i32::from(self.dir.team.discussion.rounds) - 1);
        }
        self.sent_back_by(by, text, vec![text.to_owned()]);
        true
    }

    /// A vote that ran out is put anew.
    pub(in crate::decide) fn proposal_again(&mut self, of: Uuid) -> bool {
        if self.proposal().is_none_or(|p| p.task != of || p.state != State::Deciding) {
            return false;
        }
        self.void_approvals(of, "it is put anew");
        self.rule();
        true
    }

    /// The request behind a discussion was edited: what is discussed is the proposal, so that stands.
    pub(in crate::decide) fn proposal_edited(&mut self, said: &Said) -> bool {
        let Some(by) = self.proposal().map(|p| p.by.clone()) else { return false };
        let text = "What is discussed here is the proposal above, not the message that asked for it. Say here what should \
                    be different, or delete the message to stop this.";
        self.in_thread(&by, text, vec![said.by.clone()]);
        true
    }
}

/// What exactly people say yes to.
fn subject(p: &Proposal) -> Value {
    json!({ "proposal": p.id, "version": p.version, "plan": p.plan })
}
