//! Reactions.

use serde_json::json;

use super::{Refusal, State};
use crate::emoji;
use crate::seen::Reaction;

/// How many different emoji a message takes: 50.
const EMOJI: usize = 50;

impl State {
    /// Sets or takes back a reaction.
    pub(crate) fn react(&mut self, user: &str, channel: &str, ts: &str, name: &str, set: bool) -> Result<(), Refusal> {
        let name = emoji::canonical(name).ok_or(Refusal::new("invalid_name"))?;
        self.user(user)?;
        let message = self.message_mut(channel, ts)?;
        let at = message.reactions.iter().position(|r| r.name == name);
        let has = at.is_some_and(|i| message.reactions[i].users.iter().any(|u| u == user));
        match (set, has, at) {
            (true, true, _) => return Err(Refusal::new("already_reacted")),
            (false, false, _) | (false, _, None) => return Err(Refusal::new("no_reaction")),
            (true, false, Some(i)) => message.reactions[i].users.push(user.to_owned()),
            (true, false, None) => {
                if message.reactions.len() >= EMOJI {
                    return Err(Refusal::new("too_many_emoji"));
                }
                message.reactions.push(Reaction { name: name.clone(), users: vec![user.to_owned()] });
            }
            (false, true, Some(i)) => {
                message.reactions[i].users.retain(|u| u != user);
                message.reactions.retain(|r| !r.users.is_empty());
            }
        }
        let author = message.user.clone();
        let event = if set { "reaction_added" } else { "reaction_removed" };
        self.tell_channel(event, channel, |event_ts| {
            let mut told = json!({
                "type": event, "user": user, "reaction": name,
                "item": {"type": "message", "channel": channel, "ts": ts}, "event_ts": event_ts,
            });
            if let Some(author) = &author {
                told["item_user"] = json!(author);
            }
            told
        });
        Ok(())
    }
}
