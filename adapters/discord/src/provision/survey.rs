//! A guild as it stands: its roles, its channels and what a bot may do in them, read without changing anything.

use std::collections::BTreeMap;

use serde::Deserialize;
use serenity::model::id::{ChannelId, GenericId, GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;

use super::hand::Hand;
use crate::api::Failure;

/// A text channel.
const TEXT: u8 = 0;
/// A category.
const CATEGORY: u8 = 4;
/// A text channel whose messages others can follow.
const ANNOUNCEMENT: u8 = 5;

/// A guild as REST tells it.
#[derive(Debug, Clone)]
pub(crate) struct Survey {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) owner: u64,
    pub(crate) roles: Vec<Role>,
    /// How many members hold a role, by its id; `None` where Discord does not say.
    pub(crate) holders: Option<BTreeMap<String, u64>>,
    pub(crate) channels: Vec<Channel>,
}

/// A role of a guild.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: RoleId,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    pub(crate) position: i64,
    pub(crate) hoist: bool,
    pub(crate) managed: bool,
    pub(crate) mentionable: bool,
    #[serde(default)]
    pub(crate) tags: Tags,
}

/// What a managed role belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Tags {
    /// The bot whose own role it is.
    pub(crate) bot_id: Option<UserId>,
}

/// A channel or a category of a guild.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) topic: Option<String>,
    #[serde(default)]
    pub(crate) parent_id: Option<ChannelId>,
    #[serde(default)]
    pub(crate) permission_overwrites: Vec<Overwrite>,
}

/// What a channel gives to or takes from a role or a member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Overwrite {
    /// Of a role or of a user.
    pub(crate) id: GenericId,
    /// 0 for a role, 1 for a member.
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

/// A bot's place in a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) user: u64,
    pub(crate) roles: Vec<RoleId>,
}

#[derive(Deserialize)]
struct Guild {
    id: GuildId,
    name: String,
    owner_id: UserId,
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Member {
    roles: Vec<RoleId>,
}

impl Survey {
    /// Reads the guild.
    pub(crate) async fn of(hand: &Hand<'_>, guild: u64) -> Result<Self, Failure> {
        let Guild { id, name, owner_id, roles } = hand.get(&format!("/guilds/{guild}")).await?;
        let channels = hand.get(&format!("/guilds/{guild}/channels")).await?;
        // One call, whatever the size of the guild; listing members would take one for each thousand.
        let holders = match hand.get(&format!("/guilds/{guild}/roles/member-counts")).await {
            Err(Failure::Refused { .. }) => None,
            holders => Some(holders?),
        };
        Ok(Self { id: id.get(), name, owner: owner_id.get(), roles, holders, channels })
    }

    /// A bot's place in the guild.
    pub(crate) async fn standing(&self, hand: &Hand<'_>, user: u64) -> Result<Standing, Failure> {
        let member: Member = hand.get(&format!("/guilds/{}/members/{user}", self.id)).await?;
        Ok(Standing { user, roles: member.roles })
    }

    pub(crate) fn role(&self, id: u64) -> Option<&Role> {
        self.roles.iter().find(|role| role.id.get() == id)
    }

    /// Whether it is known that no member holds a role.
    pub(crate) fn is_free(&self, role: &Role) -> bool {
        self.holders.as_ref().is_some_and(|held| held.get(&role.id.to_string()).is_none_or(|count| *count == 0))
    }

    pub(crate) fn channel(&self, id: u64) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id.get() == id)
    }

    /// What a member may do in the guild as a whole.
    pub(crate) fn rights(&self, standing: &Standing) -> Permissions {
        if standing.user == self.owner {
            return Permissions::all();
        }
        // The role of everybody has the guild's own id.
        let theirs = self.roles.iter().filter(|role| role.id.get() == self.id || standing.roles.contains(&role.id));
        let sum = theirs.fold(Permissions::empty(), |sum, role| sum | role.permissions);
        if sum.contains(Permissions::ADMINISTRATOR) { Permissions::all() } else { sum }
    }

    /// What a member may do in a channel, in the order in which Discord applies what the channel gives and takes:
    /// everybody's, then all roles' together, then the member's own. Without a view of it they may do nothing there.
    pub(crate) fn rights_in(&self, standing: &Standing, channel: &Channel) -> Permissions {
        let base = self.rights(standing);
        if base.contains(Permissions::ADMINISTRATOR) {
            return base;
        }
        let overwrites = &channel.permission_overwrites;
        let apply = |rights: Permissions, found: &mut dyn Iterator<Item = &Overwrite>| {
            let (mut allow, mut deny) = (Permissions::empty(), Permissions::empty());
            for overwrite in found {
                allow |= overwrite.allow;
                deny |= overwrite.deny;
            }
            (rights & !deny) | allow
        };
        let role = |id: u64| standing.roles.iter().any(|role| role.get() == id);
        let mut everybody = overwrites.iter().filter(|o| o.kind == 0 && o.id.get() == self.id);
        let mut roles = overwrites.iter().filter(|o| o.kind == 0 && o.id.get() != self.id && role(o.id.get()));
        let mut own = overwrites.iter().filter(|o| o.kind == 1 && o.id.get() == standing.user);
        let rights = apply(apply(apply(base, &mut everybody), &mut roles), &mut own);
        if rights.contains(Permissions::VIEW_CHANNEL) { rights } else { Permissions::empty() }
    }

    /// A category by its name, whatever its capitals.
    pub(crate) fn category(&self, name: &str) -> Option<&Channel> {
        let wanted = name.to_lowercase();
        self.channels.iter().find(|channel| channel.kind == CATEGORY && channel.name.to_lowercase() == wanted)
    }

    /// A text channel of the category by its name, one that `standing` sees first. Channels elsewhere are the community's,
    /// whatever they are called: requests are not taken there.
    pub(crate) fn named(&self, name: &str, category: Option<u64>, standing: &Standing) -> Option<&Channel> {
        let (wanted, category) = (folded(name), category?);
        let inside = |channel: &&Channel| channel.parent_id.is_some_and(|id| id.get() == category);
        let hidden = |channel: &Channel| !self.rights_in(standing, channel).contains(Permissions::VIEW_CHANNEL);
        self.channels
            .iter()
            .filter(|channel| channel.is_text() && folded(&channel.name) == wanted)
            .filter(inside)
            .min_by_key(|channel| (hidden(channel), channel.id))
    }
}

impl Channel {
    /// Whether people write in it.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.kind, TEXT | ANNOUNCEMENT)
    }
}

/// Discord writes names of text channels in small letters, and joins their words.
fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests;
