//! The organisation: its people and what each of them may do, its personas, and where things are said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::act::Calendar;
use crate::attendance::{Attendance, Workdays};
use crate::name::Handle;
use crate::persona::Persona;
use crate::playbook::Playbook;
use crate::team::{Brand, Places, Team};

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
    /// Their account on each platform that has accounts of its own, by the platform's name.
    #[serde(skip)]
    pub accounts: BTreeMap<String, String>,
    /// A group that stands for them on a platform, such as a role there: whoever is in it acts as this person. By the
    /// platform's name.
    #[serde(skip)]
    pub groups: BTreeMap<String, String>,
    /// Their mail address, by which a platform that vouches for addresses may know them.
    #[serde(skip)]
    pub email: Option<String>,
    /// When they are there.
    #[serde(skip)]
    pub attendance: Attendance,
    /// Who votes in their place while they are away, or when they have not decided in time.
    #[serde(skip)]
    pub stand_ins: Vec<String>,
}

/// Who somebody is on a platform, as far as the platform vouches for it.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// The platform.
    pub platform: &'a str,
    /// Their account there.
    pub id: &'a str,
    /// Their mail address.
    pub email: Option<&'a str>,
    /// The groups that they are in.
    pub groups: &'a [String],
}

/// Our channels in a workspace of a platform: ids by name.
pub type Rooms = BTreeMap<String, String>;

/// What a decision may know beyond its own lane: read-only, replaced as a whole when a file or setting changes.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The organisation's id.
    pub org: Uuid,
    /// Its name.
    pub name: String,
    /// Its time zone.
    pub zone: Tz,
    /// When its people work who have said nothing else.
    pub workdays: Workdays,
    /// Its people.
    pub people: Vec<Person>,
    /// Its personas.
    pub personas: BTreeMap<Handle, Arc<Persona>>,
    /// Its team: layers, channels, autonomy.
    pub team: Arc<Team>,
    /// Where the rules of team and personas stand.
    pub places: Arc<Places>,
    /// Its brand.
    pub brand: Arc<Brand>,
    /// Its playbooks, by name, in their newest version.
    pub playbooks: BTreeMap<String, Arc<Playbook>>,
    /// Its channels on platforms with ids of their own, by the platform's name. In the lobby a channel's id is its name.
    pub workspaces: BTreeMap<String, Rooms>,
    /// The platform where what nobody asked for is said; the lobby where it is none of `workspaces`.
    pub home: String,
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

    /// The name of one of our channels by its id; none for others and for direct conversations.
    #[must_use]
    pub fn channel_name(&self, id: &str) -> Option<&str> {
        match self.workspaces.get(platform(id)) {
            Some(rooms) => rooms.iter().find(|(_, room)| *room == id).map(|(name, _)| name.as_str()),
            None => self.team.channels.iter().map(|c| c.name.as_str()).find(|name| *name == id),
        }
    }

    /// Whether a channel is one of ours (and not a direct conversation).
    #[must_use]
    pub fn is_channel(&self, id: &str) -> bool {
        self.channel_name(id).is_some()
    }

    /// The id of our channel of this name: in the workspace that the channel `near` is in, else at home. Where that
    /// workspace has none of this name, it is the lobby's, which has them all.
    #[must_use]
    pub fn room(&self, near: Option<&str>, name: &str) -> String {
        let rooms = self.workspaces.get(near.map_or(self.home.as_str(), platform));
        rooms.and_then(|rooms| rooms.get(name)).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// The listed person that somebody is: by their account, else by an address, else by a group that stands for a person.
    #[must_use]
    pub fn person_of(&self, account: Account<'_>) -> Option<&Person> {
        let Account { platform, id, email, groups } = account;
        let by_account = self.people.iter().find(|p| p.accounts.get(platform).is_some_and(|known| known == id));
        let by_address = || {
            let email = email?.to_lowercase();
            // Who is listed with another account is not known by an address as well.
            let free = |p: &&Person| !p.accounts.contains_key(platform);
            self.people.iter().filter(free).find(|p| p.email.as_ref().is_some_and(|e| e.to_lowercase() == email))
        };
        let by_group = || {
            self.people.iter().find(|p| p.groups.get(platform).is_some_and(|group| groups.iter().any(|g| g == group)))
        };
        by_account.or_else(by_address).or_else(by_group)
    }

    /// File and line of a field in a persona's file, or else in the team's.
    #[must_use]
    pub fn place(&self, persona: Option<&Handle>, field: &str) -> Option<String> {
        self.places.of(persona, field)
    }

    /// All that a persona answers to: its leads, theirs, and so on up.
    #[must_use]
    pub fn leads(&self, handle: &Handle) -> BTreeSet<Handle> {
        let mut leads = BTreeSet::new();
        let mut open = vec![handle];
        while let Some(handle) = open.pop() {
            for lead in self.personas.get(handle).map(|p| p.reports_to.as_slice()).unwrap_or_default() {
                if leads.insert(lead.clone()) {
                    open.push(lead);
                }
            }
        }
        leads
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

/// The platform of a channel's id: what stands before the colon. The lobby's channels and direct conversations have ids
/// without the name of a platform.
#[must_use]
pub fn platform(channel: &str) -> &str {
    channel.split_once(':').map_or("", |(platform, _)| platform)
}

/// The channel that everybody reads.
pub const ALL_HANDS: &str = "all-hands";
/// The channel that decision records are posted in.
pub const DECISIONS: &str = "decisions";
/// The channel that published pieces are announced in.
pub const PUBLISHED: &str = "published";
/// The department's own voice: kind fixed answers and notices, never a model's.
pub const DESK: &str = "bullpen";
