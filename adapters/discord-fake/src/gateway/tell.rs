//! Who hears what, and in which shape.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::hub::Hub;
use super::session::Session;
use crate::bits::intents;
use crate::state::{Dispatch, Kind, State};

impl State {
    /// Takes what has happened to the sessions that hear it. Belongs to every change, under the lock.
    pub(crate) fn pump(&mut self) {
        let mut hub = std::mem::take(&mut self.hub);
        let mut tap = hub.tap.take().unwrap_or_else(|| self.bus.subscribe());
        while let Ok(dispatch) = tap.try_recv() {
            self.take_to_all(&mut hub, &dispatch);
        }
        hub.tap = Some(tap);
        self.hub = hub;
    }

    /// Lets the hub do its round. Returns when it wants the next one.
    pub(crate) fn round(&mut self, now: Instant) -> Option<Instant> {
        self.pump();
        self.hub.round(&self.settings, now)
    }

    fn take_to_all(&mut self, hub: &mut Hub, dispatch: &Dispatch) {
        let is_message = matches!(dispatch.name, "MESSAGE_CREATE" | "MESSAGE_UPDATE");
        let hearing: Vec<(String, Option<u64>)> = hub
            .sessions()
            .filter(|session| self.hears(session, dispatch))
            .map(|session| {
                let reads = !is_message || session.intents & intents::MESSAGE_CONTENT != 0;
                (session.id.clone(), (!reads).then_some(session.bot))
            })
            .collect();
        if hearing.is_empty() {
            return;
        }
        let whole: Arc<str> = dispatch.data.to_string().into();
        for (id, blind) in hearing {
            let data = match blind {
                Some(bot) => {
                    let mut data = dispatch.data.clone();
                    self.strip(&mut data, bot);
                    data.to_string().into()
                }
                None => Arc::clone(&whole),
            };
            let fate = self.dice.event();
            if fate.dropped {
                hub.cut(&id);
            }
            let now = Instant::now();
            if let Some(after) = fate.again {
                hub.hold(&id, dispatch.name, &data, now + after);
            }
            if fate.held.is_zero() {
                hub.tell(&id, dispatch.name, &data, &self.settings);
            } else {
                hub.hold(&id, dispatch.name, &data, now + fate.held);
            }
        }
    }

    fn hears(&self, session: &Session, dispatch: &Dispatch) -> bool {
        let wanted = dispatch.intent == 0 || session.intents & dispatch.intent != 0;
        wanted && dispatch.to.contains(&session.bot) && self.is_on(session.shard, dispatch)
    }

    /// Whether an event belongs to a shard: those of guilds by the guild's id, all others to the first.
    fn is_on(&self, shard: (u32, u32), dispatch: &Dispatch) -> bool {
        let direct = dispatch.channel.and_then(|id| self.channels.get(&id)).is_some_and(|c| c.kind == Kind::Direct);
        let of_guild =
            dispatch.data.get("guild_id").is_some_and(Value::is_string) || dispatch.name.starts_with("GUILD_");
        // Neighbours are on the guild's shard, so that they meet.
        if of_guild && !direct { self.has_guild(shard) } else { shard.0 == 0 }
    }

    /// Whether the guild is on a shard.
    pub(crate) fn has_guild(&self, (shard, of): (u32, u32)) -> bool {
        (self.guild >> 22) % u64::from(of.max(1)) == u64::from(shard)
    }
}
