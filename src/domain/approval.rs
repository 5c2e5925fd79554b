//! Approvals: what was shown, who may vote, the votes, the outcome. Bound to a digest of what was shown; good for one
//! act; void when the content changes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::lane::Lane;
use crate::name::Handle;

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Votes count.
    Open,
    /// The act may be done, once.
    Approved,
    /// It will not be done.
    Rejected,
    /// It goes back; the next version is a new approval.
    Changes,
    /// Nobody decided in time.
    Expired,
    /// What was shown has changed, or the work was stopped.
    Void,
}

/// What a reaction means on an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// ✅ or 👍
    Approve,
    /// ❌ or 👎
    Reject,
    /// 🔁
    Changes,
}

impl Choice {
    /// What each choice is made with, as folded emoji.
    pub const EMOJI: [(Self, &'static [&'static str]); 3] =
        [(Self::Reject, &["❌", "👎", "✖"]), (Self::Changes, &["🔁", "🔄"]), (Self::Approve, &["✅", "👍", "✔", "☑"])];

    /// Reads a folded emoji.
    #[must_use]
    pub fn of(emoji: &str) -> Option<Self> {
        Self::EMOJI.iter().find(|(_, with)| with.contains(&emoji)).map(|(choice, _)| *choice)
    }
}

/// One vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Whose.
    pub by: String,
    /// In whose place it was given, where it was not in their own: it counts for one of these.
    #[serde(rename = "for", default, skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<String>,
    /// Which.
    pub vote: Choice,
    /// When it was given.
    pub at: DateTime<Utc>,
    /// When it was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<DateTime<Utc>>,
    /// The post that a reaction stands on for it. None of a vote by button: no reaction shows whether that still holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Uuid>,
}

/// Somebody who may vote in the place of one who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    /// Who.
    pub by: String,
    /// In whose place.
    #[serde(rename = "for")]
    pub of: String,
    /// Why.
    pub because: Because,
}

/// Why somebody votes in another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// They are away.
    Away,
    /// They have not decided in time.
    Silent,
    /// They have handed their approvals over.
    Delegated,
}

/// How many of these seats a standing yes fills. Each person fills one: their own, or else one of those in whose place they
/// voted; `may` is whether a person's yes counts at all.
#[must_use]
pub fn agreed(votes: &[Vote], seats: &[String], may: impl Fn(&str) -> bool) -> usize {
    let position = |name: &String| seats.iter().position(|seat| seat == name);
    let mut yes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for vote in votes.iter().filter(|v| v.vote == Choice::Approve && v.taken_back.is_none() && may(&v.by)) {
        let own = position(&vote.by).map(|own| vec![own]);
        yes.insert(&vote.by, own.unwrap_or_else(|| vote.in_place_of.iter().filter_map(position).collect()));
    }
    let voters: Vec<Vec<usize>> = yes.into_values().collect();
    let mut filled = vec![None; seats.len()];
    (0..voters.len()).filter(|&voter| seat(voter, &voters, &mut filled, &mut vec![false; seats.len()])).count()
}

/// Finds a seat for a voter, if need be by moving others who can take another one.
fn seat(voter: usize, voters: &[Vec<usize>], filled: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &seat_of in &voters[voter] {
        if std::mem::replace(&mut tried[seat_of], true) {
            continue;
        }
        if filled[seat_of].is_none_or(|other| seat(other, voters, filled, tried)) {
            filled[seat_of] = Some(voter);
            return true;
        }
    }
    false
}

/// An approval, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task.
    pub task: Uuid,
    /// The step's task that waits for it.
    pub step_task: Uuid,
    /// The action kind it covers, e.g. `publish.article`.
    pub kind: String,
    /// What is asked, in a line.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The persona that asks.
    pub asked_by: Handle,
    /// Who is asked.
    pub asked_of: Vec<String>,
    /// Who else may vote, in whose place.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub deputies: Vec<Deputy>,
    /// Whether time ran out once, and it went on to those who stand in.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub passed_on: bool,
    /// How many must agree.
    pub quorum: i32,
    /// Why they are asked: the rules in force when they were, each with its file and line.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub why: String,
    /// SHA-256 over the shown texts and pictures and the destination, in hex.
    pub digest: String,
    /// The very arguments that the act will be done with.
    pub input: Value,
    /// Votes in the order given, also those taken back.
    pub votes: Vec<Vote>,
    /// The effect that posted its card.
    pub post: Uuid,
    /// The revision of its card.
    pub revision: i64,
    /// The person whose words (a reason, a change request) are awaited in the thread.
    pub words_from: Option<String>,
    /// The reason or the change request, once given.
    pub reason: Option<String>,
    /// Those without the right who voted and were told so, once each.
    pub turned_away: Vec<String>,
    /// Whether the act that it is good for has been handed out.
    pub spent: bool,
    /// Whether the piece went back after the act was handed out: then it covers nothing any more, not even the same again.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub lapsed: bool,
    /// Whether it may be listed with others on one card, where one ✅ is a yes to each.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub low_risk: bool,
    /// When it was put.
    pub created_at: DateTime<Utc>,
    /// When it runs out.
    pub expires_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who decided it.
    pub decided_by: Option<String>,
}

impl Approval {
    /// Applies a person's reaction, which stands `on` a post unless it was a button. Idempotent: the same state told twice
    /// changes nothing. Returns whether this decided it. After the outcome nothing counts any more.
    pub fn react(&mut self, by: &str, choice: Choice, set: bool, on: Option<Uuid>, now: DateTime<Utc>) -> bool {
        if self.state != State::Open {
            return false;
        }
        let standing = self.votes.iter().position(|v| v.by == by && v.vote == choice && v.taken_back.is_none());
        match (standing, set) {
            (None, true) => {
                let (by, in_place_of) = (by.to_owned(), self.mandate(by).unwrap_or_default());
                self.votes.push(Vote { by, in_place_of, vote: choice, at: now, taken_back: None, on });
            }
            (Some(i), false) => self.votes[i].taken_back = Some(now),
            (Some(i), true) => {
                // Given by button as well, it holds without the reaction.
                self.votes[i].on = self.votes[i].on.and(on);
                return false;
            }
            (None, false) => return false,
        }
        let outcome = self.outcome();
        if outcome != State::Open {
            self.state = outcome;
            self.decided_at = Some(now);
            self.decided_by = Some(by.to_owned());
        }
        outcome != State::Open
    }

    /// One ❌ or 🔁 decides; ✅ decides with the quorum.
    fn outcome(&self) -> State {
        let standing = |choice| self.votes.iter().filter(|v| v.vote == choice && v.taken_back.is_none()).count();
        if standing(Choice::Reject) > 0 {
            State::Rejected
        } else if standing(Choice::Changes) > 0 {
            State::Changes
        } else if i32::try_from(agreed(&self.votes, &self.asked_of, |_| true)).unwrap_or(i32::MAX) >= self.quorum {
            State::Approved
        } else {
            State::Open
        }
    }

    /// In whose place a person votes: nobody's where they are asked themselves. None where they have no vote.
    #[must_use]
    pub fn mandate(&self, person: &str) -> Option<Vec<String>> {
        if self.asked_of.iter().any(|asked| asked == person) {
            return Some(Vec::new());
        }
        let of: Vec<String> = self.deputies.iter().filter(|d| d.by == person).map(|d| d.of.clone()).collect();
        Some(of).filter(|of| !of.is_empty())
    }

    /// Who may vote: those who are asked, then those in their place.
    #[must_use]
    pub fn voters(&self) -> Vec<String> {
        let mut voters = self.asked_of.clone();
        for deputy in &self.deputies {
            if !voters.contains(&deputy.by) {
                voters.push(deputy.by.clone());
            }
        }
        voters
    }

    /// Takes back what was voted in a person's place by those who may not do so any more.
    pub fn recall(&mut self, of: &str, now: DateTime<Utc>) {
        let may = |by: &str| self.deputies.iter().any(|d| d.by == by && d.of == of);
        for vote in self.votes.iter_mut().filter(|v| v.taken_back.is_none() && !may(&v.by)) {
            let before = vote.in_place_of.len();
            if before == 1 && vote.in_place_of[0] == of {
                vote.taken_back = Some(now);
            } else if before > 1 {
                vote.in_place_of.retain(|name| name != of);
            }
        }
    }

    /// Ends what the one act that it was good for may rest on: the piece went back.
    pub fn lapse(&mut self) {
        self.lapsed |= self.state == State::Approved && self.spent;
    }

    /// Whether it waits for people: for a vote, or for the words that go with 🔁.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.state == State::Open || (self.state == State::Changes && self.words_from.is_some())
    }

    /// Makes it void, if it could still come to anything: it is open, could be put anew, or its grant is not spent. Returns
    /// whether that changed anything.
    pub fn void(&mut self, now: DateTime<Utc>) -> bool {
        let open = match self.state {
            State::Open | State::Expired => true,
            State::Approved => !self.spent,
            State::Changes => self.words_from.take().is_some(),
            State::Rejected | State::Void => false,
        };
        if open {
            self.state = State::Void;
            self.decided_at = Some(now);
        }
        open
    }

    /// Hands out the one act that it is good for, if what is about to be done is what was shown.
    pub fn spend(&mut self, input: &Value) -> bool {
        let good = self.state == State::Approved && !self.spent && self.input == *input;
        if good {
            self.spent = true;
        }
        good
    }
}

/// The digest of what is shown and where it would go.
#[must_use]
pub fn digest(action: &str, shown: &[(&str, &str)], input: &Value) -> String {
    let mut hash = Sha256::new();
    for part in [action, &input.to_string()].into_iter().chain(shown.iter().flat_map(|(a, b)| [*a, *b])) {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
