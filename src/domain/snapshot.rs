//! What a decision reads and writes: its lane, whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::approval::Approval;
use crate::bundle::Bundle;
use crate::delegation::Delegation;
use crate::event::MessageId;
use crate::lane::Lane;
use crate::letter::Letter;
use crate::playbook::Playbook;
use crate::proposal::Proposal;
use crate::record::{Deliverable, Escalation, Review};
use crate::task::Task;

/// A lane's state.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The organisation.
    pub org: Uuid,
    /// The lane.
    pub lane: Lane,
    /// The playbook that the root task is pinned to.
    pub playbook: Option<Arc<Playbook>>,
    /// The root task and its steps.
    pub tasks: Vec<Task>,
    /// Every version of everything made.
    pub deliverables: Vec<Deliverable>,
    /// Every review.
    pub reviews: Vec<Review>,
    /// Every approval.
    pub approvals: Vec<Approval>,
    /// Every escalation.
    pub escalations: Vec<Escalation>,
    /// The decision that is taken here, where the lane is a discussion.
    pub proposal: Option<Proposal>,
    /// The delegations in force, of the whole organisation.
    pub delegations: Arc<[Delegation]>,
    /// The card that the lane is about, where that lists several approvals.
    pub bundle: Option<Bundle>,
    /// The letters that are not closed.
    pub letters: Vec<Letter>,
    /// The messages that the event speaks of, as they stand now.
    pub heard: BTreeMap<MessageId, Heard>,
    /// The threads among these that a person has taken over, by their roots, and who.
    pub held: BTreeMap<MessageId, String>,
}

/// A message as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The lane that it belongs to now.
    pub lane: Lane,
    /// Its version: 0 until it is edited.
    pub version: i64,
    /// Its text; empty when it is deleted.
    pub text: String,
    /// Whether it is deleted.
    pub deleted: bool,
}

impl Snapshot {
    /// An empty lane.
    #[must_use]
    pub fn empty(org: Uuid, lane: Lane) -> Self {
        Self {
            org,
            lane,
            playbook: None,
            tasks: Vec::new(),
            deliverables: Vec::new(),
            reviews: Vec::new(),
            approvals: Vec::new(),
            escalations: Vec::new(),
            proposal: None,
            delegations: Arc::default(),
            bundle: None,
            letters: Vec::new(),
            heard: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }

    /// The root task.
    #[must_use]
    pub fn root(&self) -> Option<&Task> {
        self.tasks.iter().find(|t| t.is_root())
    }

    /// The task of a step.
    #[must_use]
    pub fn of_step(&self, step: &str) -> Option<&Task> {
        self.tasks.iter().find(|t| t.step.as_deref() == Some(step))
    }

    /// The newest version of a deliverable.
    #[must_use]
    pub fn newest(&self, name: &str) -> Option<&Deliverable> {
        self.deliverables.iter().filter(|d| d.name == name).max_by_key(|d| d.version)
    }
}
