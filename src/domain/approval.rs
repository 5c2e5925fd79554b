//! Approvals: what was shown, who may vote, the votes, the outcome. Bound to a digest of what was shown; good for one
//! act; void when the content changes.

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
    /// Who may vote.
    pub asked_of: Vec<String>,
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
            (None, true) => self.votes.push(Vote { by: by.to_owned(), vote: choice, at: now, taken_back: None, on }),
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
        } else if i32::try_from(standing(Choice::Approve)).unwrap_or(i32::MAX) >= self.quorum {
            State::Approved
        } else {
            State::Open
        }
    }

    /// How many of these people have said yes and not taken it back.
    #[must_use]
    pub fn yes_of(&self, people: &[String]) -> usize {
        let yes = |v: &&Vote| v.vote == Choice::Approve && v.taken_back.is_none() && people.contains(&v.by);
        self.votes.iter().filter(yes).count()
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(quorum: i32) -> Approval {
        Approval {
            id: Uuid::nil(),
            org: Uuid::nil(),
            lane: Lane::task(Uuid::nil()),
            task: Uuid::nil(),
            step_task: Uuid::nil(),
            kind: "publish.article".into(),
            title: "a piece".into(),
            state: State::Open,
            asked_by: Handle::parse("content_manager").expect("a handle"),
            asked_of: vec!["ann".into(), "ben".into()],
            quorum,
            why: String::new(),
            digest: String::new(),
            input: Value::Null,
            votes: Vec::new(),
            post: Uuid::nil(),
            revision: 0,
            words_from: None,
            reason: None,
            turned_away: Vec::new(),
            spent: false,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH,
            decided_at: None,
            decided_by: None,
        }
    }

    #[test]
    fn a_quorum_of_one_is_decided_at_once_and_then_nothing_counts() {
        let mut approval = open(1);
        assert!(approval.react("ann", Choice::Approve, true, None, DateTime::UNIX_EPOCH));
        assert!(!approval.react("ben", Choice::Reject, true, None, DateTime::UNIX_EPOCH));
        assert_eq!((approval.state, approval.decided_by.as_deref()), (State::Approved, Some("ann")));
    }

    #[test]
    fn a_vote_taken_back_before_the_outcome_does_not_count() {
        let mut approval = open(2);
        approval.react("ann", Choice::Approve, true, None, DateTime::UNIX_EPOCH);
        approval.react("ann", Choice::Approve, false, None, DateTime::UNIX_EPOCH);
        assert!(!approval.react("ben", Choice::Approve, true, None, DateTime::UNIX_EPOCH));
        assert_eq!((approval.state, approval.votes.len()), (State::Open, 2));
    }

    #[test]
    fn a_vote_given_by_button_as_well_is_on_no_post() {
        let mut approval = open(3);
        let (card, anew) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        let mut vote = |on| {
            approval.react("ann", Choice::Approve, true, on, DateTime::UNIX_EPOCH);
            (approval.votes.len(), approval.votes[0].on)
        };
        assert_eq!(vote(card), (1, card));
        assert_eq!(vote(anew), (1, anew), "the card was put anew, and so was the reaction");
        assert_eq!(vote(None), (1, None));
        assert_eq!(vote(anew), (1, None));
    }

    #[test]
    fn a_grant_is_good_for_one_act_and_for_that_very_one() {
        let mut approval = open(1);
        approval.input = Value::from("this text");
        approval.react("ann", Choice::Approve, true, None, DateTime::UNIX_EPOCH);
        assert!(!approval.spend(&Value::from("another text")));
        assert!(approval.spend(&Value::from("this text")));
        assert!(!approval.spend(&Value::from("this text")));
    }

    proptest! {
        #[test]
        fn repeats_change_nothing(votes in proptest::collection::vec((0..3usize, 0..3usize, any::<bool>()), 0..40)) {
            let choices = [Choice::Approve, Choice::Reject, Choice::Changes];
            let (mut once, mut twice) = (open(2), open(2));
            for (who, which, set) in votes {
                let by = ["ann", "ben", "cem"][who];
                once.react(by, choices[which], set, None, DateTime::UNIX_EPOCH);
                for _ in 0..2 {
                    twice.react(by, choices[which], set, None, DateTime::UNIX_EPOCH);
                }
            }
            prop_assert_eq!(once, twice);
        }
    }
}
