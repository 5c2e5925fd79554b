//! Reactions.

use serde_json::{Value, json};

use super::{Refusal, State};
use crate::bits::{intents, permissions};
use crate::seen::Reaction;

/// Most distinct emojis on a message.
const DISTINCT: usize = 20;

/// Whether something is an emoji that people set: a symbol of Unicode, a flag, or a keycap.
fn is_unicode_emoji(text: &str) -> bool {
    let symbol = |c: char| {
        matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{20e3}'
            | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}'
            | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}')
    };
    let joiner =
        |c: char| matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '0'..='9' | '#' | '*' | '\u{e0020}'..='\u{e007f}');
    text.chars().count() <= 16 && text.chars().any(symbol) && text.chars().all(|c| symbol(c) || joiner(c))
}

/// The same emoji, whether written with a variation selector or without. Skin tones are emojis of their own.
pub(crate) fn same_emoji(one: &str, other: &str) -> bool {
    one.chars().filter(|c| *c != '\u{fe0f}').eq(other.chars().filter(|c| *c != '\u{fe0f}'))
}

impl State {
    /// The emoji that a request names: the character itself, or `name:id` of one of the guild's.
    pub(crate) fn emoji(&self, given: &str) -> Result<String, Refusal> {
        if is_unicode_emoji(given) {
            return Ok(given.to_owned());
        }
        let id = given.rsplit_once(':').and_then(|(_, id)| id.parse().ok());
        match id.and_then(|id: u64| Some((id, self.emojis.get(&id)?))) {
            Some((id, name)) => Ok(format!("{name}:{id}")),
            None => Err(Refusal::new(400, 10014, "Unknown Emoji")),
        }
    }

    pub(crate) fn emoji_json(&self, emoji: &str) -> Value {
        match emoji.rsplit_once(':') {
            Some((name, id)) => json!({"id": id, "name": name}),
            None => json!({"id": null, "name": emoji}),
        }
    }

    /// Sets or takes back somebody's reaction; nothing happens where it is so already.
    pub(crate) fn react(&mut self, user: u64, channel: u64, id: u64, emoji: &str, set: bool) -> Result<(), Refusal> {
        let emoji = self.emoji(emoji)?;
        self.need(user, channel, permissions::VIEW_CHANNEL | permissions::READ_MESSAGE_HISTORY)?;
        let message = self.message(channel, id)?;
        if self.channel(channel)?.thread.as_ref().is_some_and(|t| t.archived) {
            return Err(Refusal::archived());
        }
        let known = message.reactions.iter().position(|r| same_emoji(&r.emoji, &emoji));
        let changed = match (set, known) {
            (true, None) => {
                self.need(user, channel, permissions::ADD_REACTIONS)?;
                let reactions = &mut self.message_mut(channel, id)?.reactions;
                if reactions.len() >= DISTINCT {
                    return Err(Refusal::new(400, 30010, "Maximum number of reactions reached (20)"));
                }
                reactions.push(Reaction { emoji: emoji.clone(), users: vec![user] });
                true
            }
            (true, Some(at)) => {
                let users = &mut self.message_mut(channel, id)?.reactions[at].users;
                let is_new = !users.contains(&user);
                if is_new {
                    users.push(user);
                }
                is_new
            }
            (false, None) => false,
            (false, Some(at)) => {
                let reactions = &mut self.message_mut(channel, id)?.reactions;
                let before = reactions[at].users.len();
                reactions[at].users.retain(|u| *u != user);
                let changed = reactions[at].users.len() != before;
                reactions.retain(|r| !r.users.is_empty());
                changed
            }
        };
        if changed {
            self.tell_reaction(user, channel, id, &emoji, set);
        }
        Ok(())
    }

    fn tell_reaction(&mut self, user: u64, channel: u64, id: u64, emoji: &str, set: bool) {
        let mut data = json!({
            "user_id": user.to_string(), "channel_id": channel.to_string(), "message_id": id.to_string(),
            "emoji": self.emoji_json(emoji), "burst": false, "type": 0,
        });
        self.add_guild(channel, &mut data);
        if set {
            if data.get("guild_id").is_some() && self.members.contains_key(&user) {
                data["member"] = self.member_json(user);
            }
            if let Ok(message) = self.message(channel, id)
                && message.webhook.is_none()
            {
                data["message_author_id"] = json!(message.author.to_string());
            }
        }
        let name = if set { "MESSAGE_REACTION_ADD" } else { "MESSAGE_REACTION_REMOVE" };
        self.tell_channel(channel, name, self.reaction_intent(channel), data);
    }

    /// Takes all reactions from a message, or all with one emoji.
    pub(crate) fn clear_reactions(&mut self, channel: u64, id: u64, emoji: Option<&str>) -> Result<(), Refusal> {
        let reactions = &mut self.message_mut(channel, id)?.reactions;
        reactions.retain(|r| emoji.is_some_and(|emoji| !same_emoji(&r.emoji, emoji)));
        let mut data = json!({"channel_id": channel.to_string(), "message_id": id.to_string()});
        self.add_guild(channel, &mut data);
        let name = match emoji {
            Some(emoji) => {
                data["emoji"] = self.emoji_json(emoji);
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
            None => "MESSAGE_REACTION_REMOVE_ALL",
        };
        self.tell_channel(channel, name, self.reaction_intent(channel), data);
        Ok(())
    }

    fn reaction_intent(&self, channel: u64) -> u64 {
        match self.message_intent(channel) {
            intents::DIRECT_MESSAGES => intents::DIRECT_MESSAGE_REACTIONS,
            _ => intents::GUILD_MESSAGE_REACTIONS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_unicode_emoji, same_emoji};

    #[test]
    fn emojis_are_told_from_words() {
        for emoji in ["✅", "👍🏽", "✔\u{fe0f}", "1\u{fe0f}\u{20e3}", "🇩🇪", "👩\u{200d}💻", "❌"] {
            assert!(is_unicode_emoji(emoji), "{emoji}");
        }
        for word in ["", "ok", ":+1:", "1", "white_check_mark", "ä"] {
            assert!(!is_unicode_emoji(word), "{word}");
        }
        assert!(same_emoji("✔\u{fe0f}", "✔") && !same_emoji("👍🏽", "👍"));
    }
}
