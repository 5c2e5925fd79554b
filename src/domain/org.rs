//! The organisation: its people and what each of them may do, its personas, and where things are said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::act::Calendar;
use crate::name::Handle;
use crate::persona::Persona;
use crate::playbook::Playbook;
use crate::team::{Brand, Team};

/// Something a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Right {
    /// Ask personas for work.
    Command,
    /// Vote on approvals.
    Approve,
    /// Change budgets.
    Spend,
    /// Silence a persona in a thread and speak in its place.
    TakeOver,
    /// See everything, retry dead letters.
    Operate,
}

/// A person of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name they go by.
    pub name: String,
    /// What they may do.
    pub rights: BTreeSet<Right>,
}

/// What a decision may know beyond its own lane: read-only, replaced as a whole when a file or setting changes.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The organisation's id.
    pub org: Uuid,
    /// Its name.
    pub name: String,
    /// Its time zone.
    pub zone: Tz,
    /// Its people.
    pub people: Vec<Person>,
    /// Its personas.
    pub personas: BTreeMap<Handle, Arc<Persona>>,
    /// Its team: layers, channels, autonomy.
    pub team: Arc<Team>,
    /// Its brand.
    pub brand: Arc<Brand>,
    /// Its playbooks, by name, in their newest version.
    pub playbooks: BTreeMap<String, Arc<Playbook>>,
}

impl Directory {
    /// The person of this name, compared without regard to case.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.name.to_lowercase() == name.to_lowercase())
    }

    /// Whether this name is a listed person with this right.
    #[must_use]
    pub fn may(&self, name: &str, right: Right) -> bool {
        self.person(name).is_some_and(|p| p.rights.contains(&right))
    }

    /// The names of all who hold a right.
    #[must_use]
    pub fn holders(&self, right: Right) -> Vec<String> {
        self.people.iter().filter(|p| p.rights.contains(&right)).map(|p| p.name.clone()).collect()
    }

    /// The channel of a persona's layer; `all-hands` where it has none.
    #[must_use]
    pub fn channel_of(&self, handle: &Handle) -> String {
        self.personas
            .get(handle)
            .and_then(|p| self.team.channel_of(&p.layer))
            .map_or_else(|| ALL_HANDS.to_owned(), |c| c.name.clone())
    }

    /// Whether a channel is one of ours (and not a direct conversation).
    #[must_use]
    pub fn is_channel(&self, name: &str) -> bool {
        self.team.channels.iter().any(|c| c.name == name)
    }

    /// A calendar for reading dates in answers.
    #[must_use]
    pub fn calendar(&self, now: chrono::DateTime<chrono::Utc>) -> Calendar {
        Calendar { now, zone: self.zone }
    }

    /// The playbooks that a persona may begin when asked.
    #[must_use]
    pub fn led_by(&self, handle: &Handle) -> Vec<Arc<Playbook>> {
        self.playbooks.values().filter(|p| p.owner == *handle && !p.takes.is_empty()).cloned().collect()
    }
}

/// The channel that everybody reads.
pub const ALL_HANDS: &str = "all-hands";
/// The channel that decision records are posted in.
pub const DECISIONS: &str = "decisions";
/// The channel that published pieces are announced in.
pub const PUBLISHED: &str = "published";
/// The department's own voice: kind fixed answers and notices, never a model's.
pub const DESK: &str = "bullpen";
