//! What is done to lines, and what a test looks at of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{How, Presence};
use crate::Fake;
use crate::bits::intents;
use crate::flood::{Flood, Flooded, Torrent, Waiting};
use crate::seen::Message;
use crate::state::State;

/// Most messages of a flood that stand in the guild afterwards.
const KEPT: u64 = 10_000;

impl Fake {
    /// Does something to all lines of a bot. `bot` is its user. Returns how many there were.
    pub fn disconnect(&self, bot: u64, how: How) -> usize {
        self.shared.change(|state| state.hub.disconnect(bot, how))
    }

    /// Whether RESUME is answered with op 9 from now on.
    pub fn refuse_resumes(&self, refuse: bool) {
        self.shared.change(|state| state.hub.refuse_resumes = refuse);
    }

    /// How many lines a bot has that are ready.
    #[must_use]
    pub fn connections(&self, bot: u64) -> usize {
        self.shared.read(|state| state.hub.lines_of(bot))
    }

    /// How many sessions a bot has, with a line or without.
    #[must_use]
    pub fn sessions(&self, bot: u64) -> usize {
        self.shared.read(|state| state.hub.sessions().filter(|session| session.bot == bot).count())
    }

    /// How often a bot has identified.
    #[must_use]
    pub fn identified(&self, bot: u64) -> u32 {
        self.shared.read(|state| state.hub.identified(bot))
    }

    /// How often a bot has resumed a session.
    #[must_use]
    pub fn resumed(&self, bot: u64) -> u32 {
        self.shared.read(|state| state.hub.resumed(bot))
    }

    /// All presences that bots have set, in order.
    #[must_use]
    pub fn presences(&self) -> Vec<Presence> {
        self.shared.read(|state| state.hub.presences.clone())
    }

    /// Waits until no event is held back by a fault.
    pub async fn settled(&self) {
        let mut changes = self.shared.version.subscribe();
        while !self.shared.read(|state| state.hub.is_settled()) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Tells very many messages to all sessions that may hear them, and returns when all were written. They are not kept
    /// (but for [`Flood::kept`]): a session that is resumed is told them again from the recipe.
    ///
    /// # Panics
    /// When no channel is given, or one that is not there.
    pub async fn flood(&self, flood: Flood) -> Flooded {
        let waiting = self.shared.change(|state| state.flood(&flood));
        waiting.wait().await
    }
}

impl State {
    fn flood(&mut self, flood: &Flood) -> Waiting {
        let Some(channel) = flood.channels.first().copied() else { panic!("a flood needs a channel to be said in") };
        assert!(
            flood.channels.iter().all(|id| self.channels.contains_key(id)),
            "one of the channels of the flood is not there"
        );
        let users = if flood.users.is_empty() {
            self.members.keys().copied().filter(|id| !self.bots.contains_key(id)).take(1).collect()
        } else {
            flood.users.clone()
        };
        let first = self.ids(flood.messages);
        let message = Message { id: first, channel, author: users[0], ..Message::default() };
        let mut sample = self.message_json(&message, None);
        sample["guild_id"] = serde_json::json!(self.guild.to_string());
        sample["channel_type"] = serde_json::json!(0);
        let authors: Vec<_> = users
            .iter()
            .map(|user| {
                let mut member = self.member_json(*user);
                if let Some(fields) = member.as_object_mut() {
                    fields.remove("user");
                }
                (self.user_json(*user), member)
            })
            .collect();
        // Those without MESSAGE_CONTENT are told the same without the words.
        let whole = Arc::new(Torrent::new(flood, first, &sample, &authors, true));
        let blind = Arc::new(Torrent::new(flood, first, &sample, &authors, false));
        let hearing: Vec<(String, bool)> = self
            .hub
            .sessions()
            .filter(|s| {
                s.intents & intents::GUILD_MESSAGES != 0 && self.has_guild(s.shard) && self.sees(s.bot, channel)
            })
            .map(|s| (s.id.clone(), s.intents & intents::MESSAGE_CONTENT != 0))
            .collect();
        let began = Instant::now();
        let mut done = Vec::new();
        for (id, reads) in &hearing {
            let torrent = if *reads { &whole } else { &blind };
            done.extend(self.hub.flood(id, torrent));
        }
        for i in flood.messages.saturating_sub((flood.kept as u64).min(KEPT))..flood.messages {
            let (channel, author) =
                (flood.channels[i as usize % flood.channels.len()], users[i as usize % users.len()]);
            let (id, content) = (first + i, format!("{} {i}", flood.text));
            if let Ok(found) = self.channel_mut(channel) {
                found.messages.insert(id, Message { id, channel, author, content, ..Message::default() });
                found.last_message = Some(id);
            }
        }
        let frames = flood.messages * hearing.len() as u64;
        let flooded = Flooded { sessions: hearing.len(), frames, first, took: Duration::ZERO };
        Waiting { began, done, flooded }
    }
}
