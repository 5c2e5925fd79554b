//! What a test looks at.

use serde_json::Value;

use crate::Fake;
use crate::plan::BotKeys;
use crate::seen::{Call, Message, Ping, Place, Role, Thread, Webhook};

impl Fake {
    /// The guild, which is also its `@everyone`.
    #[must_use]
    pub fn guild(&self) -> u64 {
        self.shared.read(|state| state.guild)
    }

    /// The guild's owner, who may everything.
    #[must_use]
    pub fn owner(&self) -> u64 {
        self.shared.read(|state| state.owner)
    }

    /// The messages of a channel, thread or direct conversation in their order. Discord's own notices (started threads)
    /// are left out; [`Fake::history`] has them.
    #[must_use]
    pub fn messages(&self, channel: u64) -> Vec<Message> {
        self.history(channel).into_iter().filter(Message::is_said).collect()
    }

    /// Everything that stands in a channel, notices included.
    #[must_use]
    pub fn history(&self, channel: u64) -> Vec<Message> {
        self.shared.read(|state| {
            state.channels.get(&channel).map(|c| c.messages.values().cloned().collect()).unwrap_or_default()
        })
    }

    /// One message.
    #[must_use]
    pub fn message(&self, channel: u64, id: u64) -> Option<Message> {
        self.shared.read(|state| state.message(channel, id).ok().cloned())
    }

    /// The guild's channels and categories in the order of their making; no threads, no direct conversations.
    #[must_use]
    pub fn channels(&self) -> Vec<Place> {
        self.shared.read(|state| {
            let channels = state.channels.values().filter(|c| c.is_of_guild());
            let place = |c: &crate::state::Channel| Place {
                id: c.id,
                name: c.name.clone(),
                kind: c.kind.number(),
                parent: c.parent,
                topic: c.topic.clone(),
                position: c.position,
                overwrites: c.overwrites.iter().map(|(id, o)| (*id, (o.allow, o.deny))).collect(),
            };
            channels.map(place).collect()
        })
    }

    /// The threads of a channel in the order of their making.
    #[must_use]
    pub fn threads(&self, channel: u64) -> Vec<Thread> {
        self.shared.read(|state| {
            let thread = |c: &crate::state::Channel| {
                let part = c.thread.as_ref()?;
                Some(Thread {
                    id: c.id,
                    parent: c.parent?,
                    name: c.name.clone(),
                    owner: part.owner,
                    archived: part.archived,
                    locked: part.locked,
                })
            };
            state.channels.values().filter_map(thread).filter(|t| t.parent == channel).collect()
        })
    }

    /// The roles in the order of their making, `@everyone` first.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        self.shared.read(|state| {
            let members = |id: u64| {
                let with = state.members.iter().filter(move |(_, m)| m.roles.contains(&id) || id == state.guild);
                with.map(|(user, _)| *user).collect()
            };
            let role = |r: &crate::state::Role| Role {
                id: r.id,
                name: r.name.clone(),
                permissions: r.permissions,
                position: r.position,
                mentionable: r.mentionable,
                bot: r.bot,
                members: members(r.id),
            };
            state.roles.values().map(role).collect()
        })
    }

    /// The webhooks of a channel in the order of their making.
    #[must_use]
    pub fn webhooks(&self, channel: u64) -> Vec<Webhook> {
        self.shared.read(|state| {
            let webhook = |w: &crate::state::Webhook| Webhook {
                id: w.id,
                channel: w.channel,
                name: w.name.clone(),
                application: w.application,
            };
            state.webhooks.values().filter(|w| w.channel == channel).map(webhook).collect()
        })
    }

    /// The commands of a bot: those of the guild first, then those that it has everywhere.
    #[must_use]
    pub fn commands(&self, bot: &BotKeys) -> Vec<Value> {
        self.shared.read(|state| {
            let of = |guild| state.commands.get(&(bot.application, guild)).cloned().unwrap_or_default();
            [of(Some(state.guild)), of(None)].concat()
        })
    }

    /// All calls of REST, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.read(|state| state.calls.clone())
    }

    /// Who was notified by which message, in order.
    #[must_use]
    pub fn pings(&self) -> Vec<Ping> {
        self.shared.read(|state| state.pings.clone())
    }

    /// Who has shown that they are typing and where, in order.
    #[must_use]
    pub fn typed(&self) -> Vec<(u64, u64)> {
        self.shared.read(|state| state.typed.clone())
    }

    /// What somebody may do in a channel or thread.
    #[must_use]
    pub fn permissions(&self, user: u64, channel: u64) -> u64 {
        self.shared.read(|state| state.permissions(user, channel))
    }

    /// Waits until what stands in the guild is as `look` wants it, or `patience` is over. Returns whether it is.
    pub async fn until(&self, patience: std::time::Duration, mut look: impl FnMut(&Self) -> bool) -> bool {
        let mut version = self.shared.version.subscribe();
        let waited = async {
            while !look(self) {
                if version.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(patience, waited).await;
        look(self)
    }
}
