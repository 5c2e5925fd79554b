//! Who may do what where, computed as Discord computes it.

use super::{Kind, Refusal, State};
use crate::bits::permissions as p;

/// What both sides of a direct conversation may do.
const DIRECT: u64 =
    p::VIEW_CHANNEL | p::SEND_MESSAGES | p::READ_MESSAGE_HISTORY | p::ADD_REACTIONS | p::EMBED_LINKS | p::ATTACH_FILES;

impl State {
    /// What somebody may do in the guild, whatever its channels say; 0 for those who are not in it.
    pub(crate) fn base_permissions(&self, user: u64) -> u64 {
        let Some(member) = self.members.get(&user) else { return 0 };
        if user == self.owner {
            return p::ALL;
        }
        let roles = member.roles.iter().chain([&self.guild]);
        let base = roles.filter_map(|id| self.roles.get(id)).fold(0, |sum, role| sum | role.permissions);
        if base & p::ADMINISTRATOR != 0 { p::ALL } else { base }
    }

    /// What somebody may do in a channel or thread.
    pub(crate) fn permissions(&self, user: u64, channel: u64) -> u64 {
        let Some(found) = self.channels.get(&channel) else { return 0 };
        if found.kind == Kind::Direct {
            return if found.recipients.contains(&user) { DIRECT } else { 0 };
        }
        // A thread's are its channel's.
        let is_thread = found.thread.is_some();
        let found = match found.parent {
            Some(parent) if is_thread => match self.channels.get(&parent) {
                Some(parent) => parent,
                None => return 0,
            },
            _ => found,
        };
        let mut may = self.base_permissions(user);
        let Some(member) = self.members.get(&user) else { return 0 };
        if may == p::ALL {
            return may;
        }
        if let Some(everyone) = found.overwrites.get(&self.guild) {
            may = may & !everyone.deny | everyone.allow;
        }
        let (mut allow, mut deny) = (0, 0);
        for overwrite in member.roles.iter().filter_map(|role| found.overwrites.get(role)) {
            allow |= overwrite.allow;
            deny |= overwrite.deny;
        }
        may = may & !deny | allow;
        if let Some(own) = found.overwrites.get(&user) {
            may = may & !own.deny | own.allow;
        }
        if may & p::VIEW_CHANNEL == 0 {
            return 0;
        }
        if !is_thread && may & p::SEND_MESSAGES == 0 {
            may &= !(p::MENTION_EVERYONE | p::ATTACH_FILES | p::EMBED_LINKS);
        }
        may
    }

    /// Whether somebody sees a channel or thread.
    pub(crate) fn sees(&self, user: u64, channel: u64) -> bool {
        self.permissions(user, channel) & p::VIEW_CHANNEL != 0
    }

    /// Refuses those who do not see the channel (50001), or may not all of this in it (50013).
    pub(crate) fn need(&self, user: u64, channel: u64, what: u64) -> Result<(), Refusal> {
        self.channel(channel)?;
        let may = self.permissions(user, channel);
        if may & p::VIEW_CHANNEL == 0 {
            return Err(Refusal::missing_access());
        }
        if may & what == what { Ok(()) } else { Err(Refusal::missing_permissions()) }
    }

    /// Refuses those who are not in the guild (50001), or may not all of this in it (50013).
    pub(crate) fn need_in_guild(&self, user: u64, what: u64) -> Result<(), Refusal> {
        if !self.members.contains_key(&user) {
            return Err(Refusal::missing_access());
        }
        if self.base_permissions(user) & what == what { Ok(()) } else { Err(Refusal::missing_permissions()) }
    }

    /// The position of somebody's highest role; the owner stands above all.
    pub(crate) fn rank(&self, user: u64) -> u32 {
        if user == self.owner {
            return u32::MAX;
        }
        let roles = self.members.get(&user).map(|m| m.roles.iter()).into_iter().flatten();
        roles.filter_map(|id| self.roles.get(id)).map(|role| role.position).max().unwrap_or_default()
    }
}
