//! A decision of the authority matrix in the making: proposed, discussed in rounds, put before whoever may decide it, and
//! looked at again when its outcome shows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::authority::{Audience, Situation};
use crate::lane::Lane;
use crate::name::Handle;

/// A proposal, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task that stands for it.
    pub task: Uuid,
    /// The kind of decision: a row of the matrix.
    pub kind: String,
    /// Who proposes it.
    pub by: Handle,
    /// The root task of the work whose due date it moves, if it does.
    pub about: Option<Uuid>,
    /// Whose opinion is asked.
    pub stakeholders: Vec<Handle>,
    /// What is proposed, as it reads now.
    pub plan: Plan,
    /// The version of the plan, from 1. What was agreed to holds for its version alone.
    pub version: i32,
    /// Who answers for the decision: the one who proposes, until somebody above has to settle it.
    pub maker: Handle,
    /// The round of the discussion, from 1.
    pub round: i32,
    /// Grows with each question: what a timer of an earlier one wakes is nothing.
    pub turn: i32,
    /// What the stakeholders said, oldest first.
    pub positions: Vec<Position>,
    /// What was asked of those who know, and what they found.
    pub evidence: Vec<Evidence>,
    /// Whose words are awaited.
    pub waiting: Vec<Waiting>,
    /// Who of those who decide or approve said what to which version.
    pub agreed: Vec<Agreement>,
    /// The test whose data decides, if one was ordered.
    pub test: Option<Test>,
    /// Where it stands.
    pub state: State,
    /// Until when the question at hand is open.
    pub respond_by: Option<DateTime<Utc>>,
    /// When its outcome is looked at.
    pub look_at: Option<DateTime<Utc>>,
    /// Whether somebody else than who proposed it had to settle it.
    pub escalated: bool,
    /// The record of the decision.
    pub record: Option<Uuid>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided, refused or withdrawn.
    pub decided_at: Option<DateTime<Utc>>,
}

/// What is to be decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What is to happen.
    pub text: String,
    /// Why.
    pub reasoning: String,
    /// What else was thought of.
    pub alternatives: Vec<String>,
    /// Who does what until when.
    pub actions: Vec<Action>,
    /// The date that it sets.
    pub due: Option<DateTime<Utc>>,
    /// How much money it is about, in whole units of the organisation's currency.
    pub amount: Option<u64>,
    /// Who gets to see what follows from it.
    pub audience: Audience,
}

/// Something that somebody has to do once it is decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub what: String,
    /// Who.
    pub owner: Handle,
    /// Until when.
    pub due: Option<DateTime<Utc>>,
}

/// What somebody thinks of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Who: a persona's handle or a person's name.
    pub by: String,
    /// In which round.
    pub round: i32,
    /// Of which version.
    pub version: i32,
    /// For or against.
    pub stance: Stance,
    /// Why, or what instead.
    pub text: String,
    /// What it rests on.
    pub evidence: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// For or against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Stance {
    /// For it.
    Agree,
    /// Against it.
    Object,
    /// Neither.
    Abstain,
    /// Nothing came in time, or nothing that could be used.
    Silent,
}

/// A question for facts, and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who is asked.
    pub of: Handle,
    /// Who asks.
    pub asked_by: Handle,
    /// What.
    pub question: String,
    /// What they found; none until they answer.
    pub finding: Option<String>,
}

/// Somebody whose word is awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The call.
    pub call: Uuid,
    /// Who.
    pub who: Handle,
    /// What for.
    pub voice: Voice,
}

/// What somebody is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "voice", rename_all = "snake_case")]
pub enum Voice {
    /// What they think of it.
    Position,
    /// What they know.
    Evidence {
        /// Which of [`Proposal::evidence`].
        index: usize,
    },
    /// What the one who proposes makes of the objections.
    Answer,
    /// The decision between those who disagree.
    Decide,
    /// A yes that the rules want.
    Agree,
    /// What a test gave.
    Measure,
    /// What came of it.
    LookBack,
}

/// A word of somebody who decides or approves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Who: a persona's handle or a person's name.
    pub by: String,
    /// To which version.
    pub version: i32,
    /// What they did: `decides`, `approves`, `sends back`, `orders a test`.
    pub what: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A small test whose data decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// What is measured.
    pub measure: String,
    /// The proposal stands when the figure is at least this.
    pub at_least: f64,
    /// What is done otherwise.
    pub otherwise: String,
    /// Until when it runs.
    pub until: DateTime<Utc>,
    /// Who measures.
    pub measured_by: Handle,
    /// How often the figure was asked for.
    pub asked: i32,
    /// The figure.
    pub value: Option<f64>,
    /// Where the figure is from.
    pub source: Option<String>,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Stakeholders are asked.
    Discussing,
    /// Whoever may decide or approve is asked.
    Deciding,
    /// A test runs.
    Testing,
    /// It is decided.
    Decided,
    /// It will not be.
    Rejected,
    /// Who proposed or asked for it took it back.
    Withdrawn,
}

impl State {
    /// Whether nothing is left to decide.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Decided | Self::Rejected | Self::Withdrawn)
    }

    /// The words that people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Discussing => "in discussion",
            Self::Deciding => "before who decides",
            Self::Testing => "a test decides",
            Self::Decided => "decided",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Proposal {
    /// What the rules look at.
    #[must_use]
    pub fn situation(&self) -> Situation<'_> {
        Situation { amount: self.plan.amount, audience: self.plan.audience, channel: None }
    }

    /// The newest position of each who has one. Silence takes nothing back that was said of the same version.
    pub fn latest(&self) -> impl Iterator<Item = &Position> {
        let said = |p: &Position, q: &Position| q.by == p.by && q.version == p.version && q.stance != Stance::Silent;
        let counts: Vec<&Position> = self
            .positions
            .iter()
            .filter(|p| p.stance != Stance::Silent || !self.positions.iter().any(|q| said(p, q)))
            .collect();
        let newest = |i: usize| counts[i + 1..].iter().all(|q| q.by != counts[i].by);
        let newest: Vec<&Position> = (0..counts.len()).filter(|i| newest(*i)).map(|i| counts[i]).collect();
        newest.into_iter()
    }

    /// The objections that stand: those to the version at hand.
    pub fn objections(&self) -> impl Iterator<Item = &Position> {
        self.latest().filter(|p| p.stance == Stance::Object && p.version == self.version)
    }

    /// What somebody who decides or approves said of the version at hand.
    #[must_use]
    pub fn word_of(&self, who: &Handle) -> Option<&Agreement> {
        self.agreed.iter().rfind(|a| a.by == who.as_str() && a.version == self.version)
    }
}
