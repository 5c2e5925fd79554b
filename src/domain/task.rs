//! Durable work with one owner. A root task heads a lane; the steps of its playbook are tasks below it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::event::{Event, MessageId};
use crate::lane::Lane;
use crate::name::Handle;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Not begun: what it depends on is not done, or nobody has taken it up.
    Open,
    /// Its owner is at it.
    InProgress,
    /// What it made is being reviewed.
    InReview,
    /// It waits for a person, a time, or for its fellow reviews.
    Waiting,
    /// It cannot go on by itself; an escalation says why.
    Blocked,
    /// Finished.
    Done,
    /// Stopped by a person.
    Cancelled,
    /// Given up.
    Failed,
}

impl State {
    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }

    /// The words that people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "not begun",
            Self::InProgress => "in progress",
            Self::InReview => "in review",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// How soon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before everything else.
    Urgent,
    /// In turn.
    #[default]
    Normal,
    /// When there is time.
    Low,
}

impl Priority {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Low];

    /// In a word.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// Whether it is in turn.
    #[must_use]
    pub fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

/// Something that the next version has to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who says it.
    pub from: String,
    /// Where it comes from.
    pub kind: NoteKind,
    /// The review step it comes from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What it says.
    pub text: String,
}

/// Where a note comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A colleague's review.
    Review,
    /// A person's wish for changes.
    Change,
    /// The request itself was edited.
    Edit,
    /// What somebody above answered when the work could not go on.
    Answer,
    /// What was said while a person had taken the work over.
    Meanwhile,
}

/// A person has taken a piece of work over: its personas are silent until it is handed back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenOver {
    /// Who has it.
    pub by: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The post that their 🙋 stands on: taking it back hands the work back. None where they said it, or by button.
    #[serde(default)]
    pub on: Option<Uuid>,
    /// What people said meanwhile, the newest last.
    #[serde(default)]
    pub words: Vec<Note>,
    /// What happened meanwhile and is dealt with when it is handed back, in order.
    #[serde(default)]
    pub kept: Vec<Event>,
}

/// A task, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id; a root task's names the lane.
    pub id: Uuid,
    /// The organisation it belongs to.
    pub org: Uuid,
    /// The lane it lives in.
    pub lane: Lane,
    /// The root task, for a step.
    pub parent: Option<Uuid>,
    /// The playbook's step id, for a step.
    pub step: Option<String>,
    /// Position among its siblings.
    pub position: i32,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The persona that answers for it.
    pub owner: Handle,
    /// Who asked for it: a person's name or a persona's handle.
    pub creator: String,
    /// How soon.
    pub priority: Priority,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// Tasks that must be done first.
    pub depends_on: Vec<Uuid>,
    /// The playbook's name.
    pub playbook: Option<String>,
    /// Digests of the versions that it began with, by `playbook:<name>` and `persona:<handle>` (root only).
    pub pins: BTreeMap<String, String>,
    /// The request's fields (root only).
    pub request: Map<String, Value>,
    /// How often the request or a person's change set it back (root), or which round this is (step; from 1).
    pub round: i32,
    /// What this round has to answer.
    pub notes: Vec<Note>,
    /// The call whose answer is awaited. An answer to any other call is out of date and dropped.
    pub call: Option<Uuid>,
    /// How often the call was asked again in this round because its answer did not validate.
    pub retries: i32,
    /// Why it waits or is blocked.
    pub hold: Option<String>,
    /// The message that asked for it (root only).
    pub source: Option<MessageId>,
    /// The channel that its root post stands in (root only).
    pub channel: Option<String>,
    /// The effect that posted its root post (root only).
    pub post: Option<Uuid>,
    /// The revision of the root post that was sent last (root only).
    pub revision: i64,
    /// Who has taken it over, if a person has (root only).
    #[serde(default)]
    pub taken_over: Option<TakenOver>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When work on it began, in its latest round.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// What set it off (root only).
    #[serde(default)]
    pub cause: Option<Cause>,
    /// What was last said about its due date (root only).
    #[serde(default)]
    pub chased: Option<Chased>,
}

/// What set a piece of work off. It travels with everything that the work sets off in turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// What its calls are charged to.
    pub allowance: String,
    /// The playbooks on the way, oldest first.
    pub path: Vec<String>,
}

/// What was last said about a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chased {
    /// The due date.
    pub due: DateTime<Utc>,
    /// How many of the words about it were said: the reminders, the chase, the escalation.
    pub said: usize,
}

impl Task {
    /// Whether it heads its lane.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }
}
