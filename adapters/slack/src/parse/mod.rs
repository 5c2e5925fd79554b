//! From Slack's facts to the events of the chat port.

pub(crate) mod emoji;
pub(crate) mod mrkdwn;

use std::collections::{BTreeMap, BTreeSet};

use bullpen_chat::{Author, Event, Message, MessageRef, Place};
use chrono::{DateTime, Utc};

use crate::Slack;
use crate::api::Failure;
use crate::members::{Members, User};
use crate::payload::{By, Fact, Said};
use mrkdwn::Names;

/// Who of the workspace's users and bots is one of our apps.
#[derive(Debug, Default)]
pub(crate) struct Ours {
    /// User to handle.
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) bots: BTreeSet<String>,
}

impl Ours {
    /// Whether one of our apps wrote it.
    pub(crate) fn wrote(&self, said: &Said) -> bool {
        match &said.by {
            By::User(id) => self.users.contains_key(id),
            By::Bot { id, user, .. } => self.bots.contains(id) || self.users.contains_key(user),
        }
    }
}

impl Slack {
    /// Who we are. An app whose token Slack refuses cannot speak, and is left out.
    pub(crate) async fn ours(&self) -> Result<Ours, Failure> {
        let mut ours = Ours::default();
        for app in self.apps.iter() {
            match app.me().await {
                Ok(me) => {
                    ours.users.insert(me.user_id.clone(), app.handle().to_owned());
                    ours.bots.insert(me.bot_id.clone());
                }
                Err(failure) if !failure.passes() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(ours)
    }
}

/// Everything that a fact needs to be told by name.
pub(crate) struct Scene<'a> {
    pub(crate) ours: &'a Ours,
    pub(crate) users: &'a BTreeMap<String, User>,
    pub(crate) channels: &'a BTreeMap<String, String>,
    pub(crate) members: &'a Members,
    /// The handle of the app that heard it.
    pub(crate) heard_by: &'a str,
}

impl Names for Scene<'_> {
    fn ours(&self, user: &str) -> Option<String> {
        self.ours.users.get(user).cloned()
    }

    fn user(&self, user: &str) -> Option<String> {
        self.users.get(user).map(|user| user.name.clone())
    }

    fn group(&self, group: &str) -> Option<String> {
        self.members.group(group)
    }

    fn channel(&self, channel: &str) -> Option<String> {
        self.channels.get(channel).cloned()
    }
}

impl Scene<'_> {
    /// The event behind a fact; `None` where it is our own doing.
    pub(crate) fn tell(&self, fact: Fact) -> Option<Event> {
        match fact {
            Fact::Posted(said) if self.ours.wrote(&said) => None,
            Fact::Edited { said, .. } if self.ours.wrote(&said) => None,
            Fact::Reacted { user, .. } if self.ours.users.contains_key(&user) => None,
            Fact::Posted(said) => Some(Event::Posted(self.message(said))),
            Fact::Edited { said, version } => Some(Event::Edited { message: self.message(said), version }),
            Fact::Deleted { channel, ts, .. } => Some(Event::Deleted { message: MessageRef { channel, id: ts } }),
            Fact::Reacted { channel, ts, user, emoji, set, .. } => {
                let message = MessageRef { channel, id: ts };
                Some(Event::Reacted { message, author: self.member(&user), emoji, set, button: false })
            }
        }
    }

    fn message(&self, said: Said) -> Message {
        let author = match said.by {
            By::User(id) => self.member(&id),
            By::Bot { id, name, .. } => Author::Bot { id, name },
        };
        let mut words = mrkdwn::markdown(&said.text, self);
        if !said.files.is_empty() {
            let files = said.files.join(", ");
            let gap = if words.text.is_empty() { "" } else { "\n\n" };
            words.text = format!("{}{gap}📎 {files}", words.text);
        }
        Message {
            place: Place { channel: said.channel, thread: said.thread },
            id: said.ts,
            author,
            text: words.text,
            mentions: words.mentions,
            direct: said.direct.then(|| self.heard_by.to_owned()),
        }
    }

    fn member(&self, id: &str) -> Author {
        self.users.get(id).map_or_else(|| User::unknown(id).author(), User::author)
    }
}

/// When something happened, from Slack's time stamp.
pub(crate) fn at(ts: &str) -> Option<DateTime<Utc>> {
    let (seconds, rest) = ts.split_once('.')?;
    let micros: u32 = format!("{rest:0<6}").get(..6)?.parse().ok()?;
    DateTime::from_timestamp(seconds.parse().ok()?, micros * 1_000)
}

/// A time as Slack would stamp it.
pub(crate) fn stamp(at: DateTime<Utc>) -> String {
    format!("{:010}.{:06}", at.timestamp().max(0), at.timestamp_subsec_micros().min(999_999))
}

#[cfg(test)]
mod tests;
