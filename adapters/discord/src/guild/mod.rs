//! What is known of the guild: its channels, threads, roles and members, who of them is ours, and which listed person is
//! which member. Filled by the events of the shared bot's line, and by calls where a line has not told.
//!
//! **Architecture invariant:** rights are not decided here. The guild says who somebody is, never what they may do.

mod known;
pub(crate) mod lookup;
mod members;
mod name;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub(crate) use known::{Channel, Role, id, number};
pub(crate) use members::{Member, Members, Seen, user_name};
pub(crate) use name::{clean, handle_of};

use known::Known;

/// What is known of the guild. Nothing in it outlives the process.
#[derive(Debug, Default)]
pub(crate) struct Guild {
    known: RwLock<Known>,
    roster: RwLock<Roster>,
    /// Its members, as far as Discord has told.
    pub(crate) members: Members,
    /// What is asked of Discord just now.
    pub(crate) lookups: lookup::Lookups,
}

/// Who and what in the guild is the department's.
#[derive(Debug, Default)]
struct Roster {
    /// Channels by the name that the plan gives them; `None` before it was said which.
    ours: Option<BTreeMap<String, u64>>,
    /// The same, as a set.
    ids: BTreeSet<u64>,
    /// Roles of personas: role to handle.
    handles: BTreeMap<u64, String>,
    /// Listed people: name to user.
    people: BTreeMap<String, u64>,
    /// Our personas: handle to a line about them.
    personas: BTreeMap<String, String>,
}

impl Guild {
    /// Nothing is known yet but, where it is configured, which guild it is.
    pub(crate) fn new(id: Option<u64>) -> Self {
        let guild = Self::default();
        guild.write().id = id;
        guild
    }

    /// The guild: the configured one, or the only one that the shared bot is in, once that is known.
    pub(crate) fn id(&self) -> Option<u64> {
        self.read().id
    }

    /// Says which guild it is, where that was found by a call.
    pub(crate) fn set_id(&self, id: u64) {
        self.write().id = Some(id);
    }

    /// What was known may be out of date: all but which guild it is and where threads are is asked anew.
    pub(crate) fn forget(&self) {
        self.members.forget();
        let mut known = self.write();
        known.filled = false;
        known.channels.clear();
        known.roles.clear();
    }

    /// Whether Discord has said what the guild holds since the last fresh session.
    pub(crate) fn is_filled(&self) -> bool {
        self.read().filled
    }

    /// A channel or thread.
    pub(crate) fn channel(&self, id: u64) -> Option<Channel> {
        self.read().channels.get(&id).cloned()
    }

    /// Says what a channel or thread is, where a call has told.
    pub(crate) fn set_channel(&self, channel: Channel) {
        self.write().put(channel);
    }

    /// The channel that a thread is in; itself for what is no thread, or is not known.
    pub(crate) fn parent_of(&self, channel: u64) -> u64 {
        let known = self.read();
        known.threads.get(&channel).copied().unwrap_or(channel)
    }

    /// Every channel and every known thread, by id.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        self.read().channels.values().cloned().collect()
    }

    /// Whether this channel, or the one that this thread is in, is the department's.
    pub(crate) fn is_ours(&self, channel: u64) -> bool {
        let parent = self.parent_of(channel);
        self.roster().ids.contains(&parent)
    }

    /// Whether it has been said which channels are the department's.
    pub(crate) fn knows_ours(&self) -> bool {
        self.roster().ours.is_some()
    }

    /// Says which channels are the department's: by the name that the plan gives them.
    pub(crate) fn set_ours(&self, ours: BTreeMap<String, u64>) {
        let mut roster = self.roster_mut();
        roster.ids = ours.values().copied().collect();
        roster.ours = Some(ours);
    }

    /// A channel is gone.
    fn no_longer_ours(&self, channel: u64) {
        let mut roster = self.roster_mut();
        roster.ids.remove(&channel);
        if let Some(ours) = &mut roster.ours {
            ours.retain(|_, id| *id != channel);
        }
    }

    /// The department's channels, by the name that the plan gives them.
    pub(crate) fn ours(&self) -> BTreeMap<String, u64> {
        self.roster().ours.clone().unwrap_or_default()
    }

    /// A role.
    pub(crate) fn role(&self, id: u64) -> Option<Role> {
        self.read().roles.get(&id).cloned()
    }

    /// The roles that bots have for themselves, of the bots that `whose` says.
    pub(crate) fn roles_of(&self, whose: impl Fn(u64) -> bool) -> Vec<u64> {
        self.read().roles.values().filter(|role| role.bot.is_some_and(&whose)).map(|role| role.id).collect()
    }

    /// Says which role stands for which persona.
    pub(crate) fn set_handles(&self, handles: BTreeMap<u64, String>) {
        self.roster_mut().handles = handles;
    }

    /// The mentionable role of a persona.
    pub(crate) fn role_of(&self, handle: &str) -> Option<u64> {
        self.roster().handles.iter().find(|(_, of)| *of == handle).map(|(role, _)| *role)
    }

    /// The persona that a role stands for. A role of the same name is not enough.
    pub(crate) fn handle_of_role(&self, role: u64) -> Option<String> {
        self.roster().handles.get(&role).cloned()
    }

    /// Says which user each listed person is.
    pub(crate) fn set_people(&self, people: BTreeMap<String, u64>) {
        self.roster_mut().people = people;
    }

    /// Whether it has been said who the listed people are.
    pub(crate) fn knows_people(&self) -> bool {
        !self.roster().people.is_empty()
    }

    /// The user of a listed person.
    pub(crate) fn person(&self, name: &str) -> Option<u64> {
        self.roster().people.get(name).copied()
    }

    /// Says who our personas are: handle, and a line about them. Help and completion show it.
    pub(crate) fn set_personas(&self, personas: BTreeMap<String, String>) {
        self.roster_mut().personas = personas;
    }

    /// Our personas, as far as told: handle, and a line about them.
    pub(crate) fn personas(&self) -> BTreeMap<String, String> {
        self.roster().personas.clone()
    }

    /// A member, if known already.
    pub(crate) fn member(&self, user: u64) -> Option<Member> {
        match self.members.seen(user)? {
            Seen::Member(member) => Some(member.as_ref().clone()),
            Seen::Gone => None,
        }
    }

    /// Whether a reader could take `@` and this name for somebody of ours, or for everybody.
    pub(crate) fn sounds_like_ours(&self, name: &str) -> bool {
        let name = handle_of(name);
        let roster = self.roster();
        let begins = |with: &str| !with.trim().is_empty() && name.starts_with(&handle_of(with));
        // Before we are told who there is, anybody may be meant.
        roster.personas.is_empty()
            || [crate::config::SHARED, "everyone", "here", "channel"].into_iter().any(begins)
            || roster.handles.values().any(|handle| begins(handle))
            || roster.personas.iter().any(|(handle, line)| begins(handle) || line.split(',').any(begins))
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn roster(&self) -> RwLockReadGuard<'_, Roster> {
        self.roster.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn roster_mut(&self) -> RwLockWriteGuard<'_, Roster> {
        self.roster.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
