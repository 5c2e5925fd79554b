//! What is kept of the work: deliverables, reviews, envelopes, decision records, escalations. Each is written once;
//! only an escalation is closed later.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::act::Verdict;
use crate::effect::{Picture, Place};
use crate::event::MessageId;
use crate::lane::Lane;
use crate::name::Handle;
use crate::task::Priority;

/// Something that a step made: versioned, addressed by its digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deliverable {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task.
    pub task: Uuid,
    /// The step that gave it.
    pub step: String,
    /// Its name in the playbook.
    pub name: String,
    /// Its version, from 1.
    pub version: i32,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Its picture, when it is one.
    pub picture: Option<Picture>,
    /// Who made it.
    pub by: Handle,
    /// SHA-256 over fields and picture, in hex.
    pub digest: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Deliverable {
    /// The digest of fields and a picture.
    #[must_use]
    pub fn digest_of(fields: &Map<String, Value>, picture: Option<&Picture>) -> String {
        let mut hash = Sha256::new();
        hash.update(Value::Object(fields.clone()).to_string().as_bytes());
        hash.update(picture.map(|p| p.digest.as_str()).unwrap_or_default().as_bytes());
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A field's text, or nothing.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A judgement on one version of something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task.
    pub task: Uuid,
    /// The review step.
    pub step: String,
    /// The version of what was reviewed.
    pub version: i32,
    /// Which round of this review it is, from 1.
    pub round: i32,
    /// Who judged.
    pub by: Handle,
    /// The verdict.
    pub verdict: Verdict,
    /// The check's score, 0 to 100, where one ran.
    pub score: Option<i32>,
    /// In a sentence or two.
    pub summary: String,
    /// What to change.
    pub notes: Vec<String>,
    /// What the check found, whole.
    pub check: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// A message between colleagues: typed, stored whole, shown as a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task.
    pub task: Uuid,
    /// The step it is about.
    pub step: Option<String>,
    /// Who wrote it.
    pub from: Handle,
    /// To whom.
    pub to: Vec<String>,
    /// What kind of message it is.
    pub kind: EnvelopeKind,
    /// How soon.
    pub priority: Priority,
    /// What it belongs to: `{project, deadline, related}`.
    pub context: Value,
    /// The heading.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What an answer must satisfy.
    pub requirements: Value,
    /// Deliverables that go with it: `[{name, version, digest}]`.
    pub attachments: Value,
    /// Whether an answer is wanted.
    pub response_required: bool,
    /// Until when.
    pub respond_by: Option<DateTime<Utc>>,
    /// The effect that posted it, where it was shown.
    pub post: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Kinds of envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeKind {
    /// Work is handed over.
    Handoff,
    /// What was asked for comes back.
    Answer,
    /// A judgement comes back.
    Review,
    /// Something climbs.
    Escalation,
    /// For information.
    Inform,
}

/// The record of a decision of weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task.
    pub task: Uuid,
    /// Who decided: a person's name or a persona's handle.
    pub maker: String,
    /// What kind of decision it is.
    pub kind: String,
    /// What it was about.
    pub context: String,
    /// What was decided.
    pub decision: String,
    /// Why.
    pub reasoning: String,
    /// What else was thought of: texts. Null in a record from before there were any.
    #[serde(default)]
    pub alternatives: Value,
    /// What follows: `[{what, owner, due}]`.
    pub actions: Value,
    /// Who agreed on the way: `[{by, what, at}]`.
    pub chain: Value,
    /// Who disagreed: `[{by, what}]`.
    pub dissent: Value,
    /// Whether it came up by an escalation.
    pub escalated: bool,
    /// The effect that posted it.
    pub post: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that could not be settled where it arose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The root task, if there is one.
    pub task: Option<Uuid>,
    /// The step's task that is blocked by it, if one is.
    pub step_task: Option<Uuid>,
    /// How high it went: 1 a manager, 2 the VP, 3 the CMO, 4 people.
    pub level: i32,
    /// What kind of trouble it is.
    pub category: Category,
    /// Who raises it.
    pub from: Handle,
    /// To whom.
    pub to: Vec<String>,
    /// What is wrong.
    pub issue: String,
    /// How pressing it is.
    pub urgency: Urgency,
    /// What the one who raises it would do.
    pub recommendation: String,
    /// What was tried on the way up: who was asked, and what came of it.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub attempts: Vec<String>,
    /// What stands still because of it.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub impact: String,
    /// When it climbs on, or people are reminded.
    #[serde(default)]
    pub respond_by: Option<DateTime<Utc>>,
    /// How often people were reminded.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub reminded: i32,
    /// What settled it.
    #[serde(default)]
    pub answer: Option<String>,
    /// Who settled it: a handle, or a person's name.
    #[serde(default)]
    pub answered_by: Option<String>,
    /// Whether it still stands.
    pub state: EscalationState,
    /// Where it arose: what settles it is said there.
    #[serde(default)]
    pub origin: Option<Place>,
    /// Where its card stands.
    #[serde(default)]
    pub place: Option<Place>,
    /// The effect that posted its card.
    pub post: Uuid,
    /// The effects that posted its cards on the way, before it climbed on.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub earlier: Vec<Uuid>,
    /// The revision of its card.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub revision: i64,
    /// When it was raised.
    pub at: DateTime<Utc>,
    /// When it was settled.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Escalation {
    /// Whether a post is its card, or was before it climbed.
    #[must_use]
    pub fn stands_on(&self, post: Uuid) -> bool {
        self.post == post || self.earlier.contains(&post)
    }

    /// The root of the thread where it arose, where the place names it.
    #[must_use]
    pub fn thread(&self) -> Option<MessageId> {
        self.origin.as_ref()?.thread()
    }
}

/// Kinds of trouble.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Category {
    /// Work cannot go on.
    Blocked,
    /// The budget is empty.
    Budget,
    /// What one cause may cost is used up.
    Allowance,
    /// Nobody answered in time.
    DeadlineMissed,
    /// Reviews and revisions go round without end.
    NoAgreement,
    /// The model's answers make no sense.
    Model,
    /// People want different things.
    Conflict,
    /// A decision that is not theirs who would take it.
    OutsideAuthority,
    /// Law and compliance.
    Legal,
    /// What goes out does not speak in the organisation's voice.
    BrandVoice,
    /// Something that harms people or the organisation now.
    Crisis,
    /// Somebody is upset, and wants a person.
    UpsetPerson,
}

impl Category {
    /// Whether somebody's word is what is waited for, and not that something is mended.
    #[must_use]
    pub fn waits_for_word(self) -> bool {
        match self {
            Self::Blocked
            | Self::Conflict
            | Self::Crisis
            | Self::UpsetPerson
            | Self::BrandVoice
            | Self::OutsideAuthority
            | Self::Legal => true,
            Self::Budget | Self::Allowance | Self::DeadlineMissed | Self::NoAgreement | Self::Model => false,
        }
    }

    /// Whether rules stopped it, and not the world.
    #[must_use]
    pub fn is_of_rules(self) -> bool {
        matches!(self, Self::OutsideAuthority | Self::Legal)
    }
}

/// How pressing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::Display, strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Urgency {
    /// Some day.
    Low,
    /// In the course of work.
    Medium,
    /// Today.
    High,
    /// Now.
    Critical,
}

/// Whether an escalation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationState {
    /// It waits for an answer.
    Open,
    /// It was settled.
    Answered,
}
