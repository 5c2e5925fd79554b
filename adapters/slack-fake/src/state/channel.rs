//! Channels: public, private, and direct conversations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Refusal, State};
use crate::seen::Message;

/// The sorts of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Public,
    Private,
    Direct,
}

impl Sort {
    /// As `channel_type` in events.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Direct => "im",
        }
    }

    /// The beginning of the scopes' and events' names.
    pub(crate) fn family(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Direct => "im",
        }
    }

    /// As in the `types` of `conversations.list`.
    pub(crate) fn listed(self) -> &'static str {
        match self {
            Self::Public => "public_channel",
            Self::Private => "private_channel",
            Self::Direct => "im",
        }
    }
}

/// A conversation.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) previous: Vec<String>,
    pub(crate) sort: Sort,
    pub(crate) creator: String,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) archived: bool,
    pub(crate) shared: bool,
    pub(crate) topic: String,
    pub(crate) purpose: String,
    pub(crate) members: BTreeSet<String>,
    pub(crate) messages: BTreeMap<String, Message>,
}

impl Channel {
    /// The other side of a direct conversation.
    pub(crate) fn other(&self, than: &str) -> &str {
        self.members.iter().find(|m| *m != than).or(self.members.first()).map_or("", String::as_str)
    }
}

impl State {
    pub(crate) fn channel(&self, id: &str) -> Result<&Channel, Refusal> {
        self.channels.get(id).ok_or(Refusal::new("channel_not_found"))
    }

    pub(crate) fn channel_mut(&mut self, id: &str) -> Result<&mut Channel, Refusal> {
        self.channels.get_mut(id).ok_or(Refusal::new("channel_not_found"))
    }

    pub(crate) fn channel_by_name(&self, name: &str) -> Option<String> {
        self.channels.values().find(|c| c.sort != Sort::Direct && c.name == name).map(|c| c.id.clone())
    }

    /// The channel as far as a bot's user can see it: private ones and direct ones only from inside.
    pub(crate) fn visible(&self, user: &str, id: &str) -> Result<&Channel, Refusal> {
        let channel = self.channel(id)?;
        if channel.sort == Sort::Public || channel.members.contains(user) {
            Ok(channel)
        } else {
            Err(Refusal::new("channel_not_found"))
        }
    }

    pub(crate) fn create_channel(
        &mut self,
        name: &str,
        private: bool,
        creator: Option<&str>,
    ) -> Result<String, Refusal> {
        self.check_name(name, None)?;
        let id = self.id("C");
        let now = self.now().timestamp();
        let channel = Channel {
            id: id.clone(),
            name: name.to_owned(),
            previous: Vec::new(),
            sort: if private { Sort::Private } else { Sort::Public },
            creator: creator.unwrap_or("USLACKBOT").to_owned(),
            created: now,
            updated: now * 1000,
            archived: false,
            shared: false,
            topic: String::new(),
            purpose: String::new(),
            members: creator.into_iter().map(str::to_owned).collect(),
            messages: BTreeMap::new(),
        };
        self.channels.insert(id.clone(), channel);
        if !private {
            let shown = json!({"id": id, "name": name, "name_normalized": name, "created": now, "creator": creator,
                "is_channel": true, "is_shared": false, "is_org_shared": false, "context_team_id": self.team});
            self.tell_all("channel_created", |ts| json!({"type": "channel_created", "channel": shown, "event_ts": ts}));
        }
        Ok(id)
    }

    /// Slack's rules for a channel's name.
    fn check_name(&self, name: &str, own: Option<&str>) -> Result<(), Refusal> {
        if name.is_empty() {
            return Err(Refusal::new("invalid_name_required"));
        }
        if name.chars().count() > 80 {
            return Err(Refusal::new("invalid_name_maxlength"));
        }
        if name.chars().all(|c| matches!(c, '-' | '_')) {
            return Err(Refusal::new("invalid_name_punctuation"));
        }
        if name.chars().any(|c| c.is_uppercase() || !(c.is_alphanumeric() || matches!(c, '-' | '_'))) {
            return Err(Refusal::new("invalid_name_specials"));
        }
        match self.channel_by_name(name) {
            Some(other) if own != Some(&other) => Err(Refusal::new("name_taken")),
            _ => Ok(()),
        }
    }

    /// Returns whether they were not in it before.
    pub(crate) fn join(&mut self, user: &str, channel: &str, inviter: Option<&str>) -> Result<bool, Refusal> {
        self.user(user)?;
        let found = self.channel_mut(channel)?;
        if found.archived {
            return Err(Refusal::new("is_archived"));
        }
        if !found.members.insert(user.to_owned()) {
            return Ok(false);
        }
        let event = |kind: &str, ts: &str, team: &str| {
            let mut event = json!({"type": kind, "user": user, "channel": channel, "channel_type": "C", "team": team,
                "event_ts": ts});
            if let Some(inviter) = inviter {
                event["inviter"] = json!(inviter);
            }
            event
        };
        let team = self.team.clone();
        self.tell_channel("member_joined_channel", channel, |ts| event("member_joined_channel", ts, &team));
        self.notice(channel, user, "channel_join", format!("<@{user}> has joined the channel"));
        Ok(true)
    }

    pub(crate) fn leave(&mut self, user: &str, channel: &str) -> Result<(), Refusal> {
        if !self.channel(channel)?.members.contains(user) {
            return Err(Refusal::new("not_in_channel"));
        }
        let team = self.team.clone();
        self.notice(channel, user, "channel_leave", format!("<@{user}> has left the channel"));
        self.tell_channel("member_left_channel", channel, |ts| {
            json!({"type": "member_left_channel", "user": user, "channel": channel, "channel_type": "C", "team": team,
                "event_ts": ts})
        });
        self.channel_mut(channel)?.members.remove(user);
        let told = self.app_of_user(user).map(|a| (a.id.clone(), a.events.contains("channel_left")));
        if let Some((app, true)) = told {
            let ts = self.ts();
            self.tell(
                &app,
                json!({"type": "channel_left", "channel": channel, "actor_id": "USLACKBOT", "event_ts": ts}),
            );
        }
        Ok(())
    }

    pub(crate) fn archive(&mut self, channel: &str, archived: bool, by: Option<&str>) -> Result<(), Refusal> {
        let found = self.channel_mut(channel)?;
        if found.sort == Sort::Direct {
            return Err(Refusal::new("method_not_supported_for_channel_type"));
        }
        if found.archived == archived {
            return Err(Refusal::new(if archived { "already_archived" } else { "not_archived" }));
        }
        let private = found.sort == Sort::Private;
        let by = by.unwrap_or("USLACKBOT").to_owned();
        let event = match (private, archived) {
            (false, true) => "channel_archive",
            (false, false) => "channel_unarchive",
            (true, true) => "group_archive",
            (true, false) => "group_unarchive",
        };
        let text = if archived { "archived the channel" } else { "un-archived the channel" };
        self.notice(channel, &by, event, format!("<@{by}> {text}"));
        self.channel_mut(channel)?.archived = archived;
        let told = |ts: &str| json!({"type": event, "channel": channel, "user": by, "is_moved": 0, "event_ts": ts});
        if private {
            self.tell_channel(event, channel, told)
        } else {
            self.tell_all(event, told)
        }
        Ok(())
    }

    pub(crate) fn rename(&mut self, channel: &str, name: &str, by: Option<&str>) -> Result<(), Refusal> {
        self.check_name(name, Some(channel))?;
        let found = self.channel_mut(channel)?;
        if found.sort == Sort::Direct {
            return Err(Refusal::new("method_not_supported_for_channel_type"));
        }
        let old = std::mem::replace(&mut found.name, name.to_owned());
        found.previous.push(old.clone());
        let (private, created) = (found.sort == Sort::Private, found.created);
        let by = by.unwrap_or("USLACKBOT").to_owned();
        let event = if private { "group_rename" } else { "channel_rename" };
        self.notice(
            channel,
            &by,
            "channel_name",
            format!("<@{by}> has renamed the channel from \"{old}\" to \"{name}\""),
        );
        let told = |ts: &str| {
            let shown = json!({"id": channel, "name": name, "name_normalized": name, "created": created,
                "is_channel": !private, "is_mpim": false});
            json!({"type": event, "channel": shown, "event_ts": ts})
        };
        if private {
            self.tell_channel(event, channel, told)
        } else {
            self.tell_all(event, told)
        }
        Ok(())
    }

    pub(crate) fn share(&mut self, channel: &str) -> Result<(), Refusal> {
        self.channel_mut(channel)?.shared = true;
        Ok(())
    }

    pub(crate) fn open_direct(&mut self, one: &str, other: &str) -> Result<String, Refusal> {
        self.user(one)?;
        self.user(other)?;
        let members = BTreeSet::from([one.to_owned(), other.to_owned()]);
        if let Some(known) = self.channels.values().find(|c| c.sort == Sort::Direct && c.members == members) {
            return Ok(known.id.clone());
        }
        let id = self.id("D");
        let now = self.now().timestamp();
        let channel = Channel {
            id: id.clone(),
            name: String::new(),
            previous: Vec::new(),
            sort: Sort::Direct,
            creator: one.to_owned(),
            created: now,
            updated: now * 1000,
            archived: false,
            shared: false,
            topic: String::new(),
            purpose: String::new(),
            members,
            messages: BTreeMap::new(),
        };
        self.channels.insert(id.clone(), channel);
        Ok(id)
    }

    /// A channel as `conversations.info` gives it to a bot's user.
    pub(crate) fn channel_json(&self, channel: &Channel, viewer: &str) -> Value {
        if channel.sort == Sort::Direct {
            let other = channel.other(viewer);
            return json!({
                "id": channel.id, "created": channel.created, "is_archived": false, "is_im": true, "is_org_shared": false,
                "context_team_id": self.team, "updated": channel.updated, "user": other, "last_read": "0000000000.000000",
                "is_open": true, "priority": 0,
                "is_user_deleted": self.users.get(other).is_some_and(|u| u.deleted),
            });
        }
        let public = channel.sort == Sort::Public;
        json!({
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "previous_names": channel.previous,
            "is_channel": public,
            "is_group": !public,
            "is_im": false,
            "is_mpim": false,
            "is_private": !public,
            "is_general": channel.name == "general",
            "created": channel.created,
            "updated": channel.updated,
            "creator": channel.creator,
            "is_archived": channel.archived,
            "is_shared": channel.shared,
            "is_ext_shared": channel.shared,
            "is_org_shared": false,
            "is_pending_ext_shared": false,
            "pending_shared": [],
            "pending_connected_team_ids": [],
            "shared_team_ids": [self.team],
            "context_team_id": self.team,
            "parent_conversation": null,
            "unlinked": 0,
            "is_member": channel.members.contains(viewer),
            "topic": {"value": channel.topic, "creator": "", "last_set": 0},
            "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
            "num_members": channel.members.len(),
        })
    }
}
