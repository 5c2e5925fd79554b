//! Where a post stands in Discord: a channel, a thread that is made on a message when it is first answered, or a direct
//! conversation, which has no threads.

use bullpen_chat::{Error, Place};
use serde_json::{Value, json};

use super::{Trouble, code};
use crate::Discord;
use crate::guild::Channel;

/// Longest name of a thread; Discord takes 100 characters.
const NAME: usize = 80;
/// After so many minutes without a word a thread is put away: a week, the longest that there is.
const ARCHIVE: u32 = 10_080;
/// Why threads are made, for the guild's audit log.
const REASON: &str = "An answer of Bullpen's to a message";

/// Where a post stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    /// The channel that the port names: of a thread, its parent.
    pub(super) channel: u64,
    /// The channel that messages go to.
    pub(super) place: u64,
    /// The message that is answered, where there are no threads.
    pub(super) reply: Option<u64>,
    /// Whether it is a direct conversation.
    pub(super) direct: bool,
}

impl At {
    /// Whether messages go to a thread.
    pub(super) fn thread(&self) -> Option<u64> {
        (self.place != self.channel).then_some(self.place)
    }
}

/// An id of Discord's as the port writes it.
pub(super) fn id(text: &str) -> Result<u64, Error> {
    text.parse().map_err(|_| Error::Refused { why: format!("{text:?} is no id of Discord's") })
}

impl Discord {
    /// Where a place is. Asks Discord about a channel that it has not told of.
    pub(super) async fn at(&self, place: &Place) -> Result<At, Trouble> {
        let channel = id(&place.channel)?;
        let root = place.thread.as_deref().map(id).transpose()?;
        let known = match self.guild.channel(channel) {
            Some(known) => Some(known),
            None => self.learn(channel).await?,
        };
        let direct = known.as_ref().is_some_and(Channel::is_direct);
        let (place, reply) = match root {
            Some(root) if direct => (channel, Some(root)),
            Some(root) => (root, None),
            None => (channel, None),
        };
        Ok(At { channel, place, reply, direct })
    }

    /// Asks what a channel is, as each bot that might see it.
    async fn learn(&self, channel: u64) -> Result<Option<Channel>, Trouble> {
        for bot in self.bots.iter() {
            match bot.api.get::<Value>(&format!("/channels/{channel}")).await {
                Ok(told) => {
                    let found = Channel::read(&told);
                    if let Some(found) = &found {
                        self.guild.set_channel(found.clone());
                    }
                    return Ok(found);
                }
                Err(failure) if failure.code().is_some() => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(None)
    }

    /// Makes the thread of a place exist. A thread that is there already is fine.
    pub(super) async fn open(&self, at: &At, fallback: &str) -> Result<(), Trouble> {
        let Some(root) = at.thread().filter(|thread| self.guild.channel(*thread).is_none()) else { return Ok(()) };
        let bot = self.bots.shared();
        let body =
            json!({ "name": self.thread_name(at.channel, root, fallback).await, "auto_archive_duration": ARCHIVE });
        let path = format!("/channels/{}/messages/{root}/threads", at.channel);
        let made = bot.api.call::<Value>(reqwest::Method::POST, &path, Some(&body), &[], Some(REASON)).await;
        match made {
            Ok(made) => {
                if let Some(thread) = Channel::read(&made) {
                    self.guild.set_channel(thread);
                }
                Ok(())
            }
            Err(failure) if failure.code() == Some(code::HAS_THREAD) => {
                self.learn(root).await?;
                Ok(())
            }
            // A thread outlives the message that it was made on.
            Err(failure) if failure.code() == Some(code::UNKNOWN_MESSAGE) => match self.learn(root).await? {
                Some(_) => Ok(()),
                None => {
                    let why = format!("the message {root} was deleted, so nothing can be said below it ({failure})");
                    Err(Trouble::Port(Error::Refused { why }))
                }
            },
            // Nothing is said yet: a thread that was made after all is found by the next attempt.
            Err(failure @ crate::api::Failure::Ambiguous { .. }) => {
                Err(Trouble::Port(Error::Retry { why: failure.to_string(), after: None }))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// The first words of the message that a thread is made on.
    async fn thread_name(&self, channel: u64, root: u64, fallback: &str) -> String {
        let told: Value =
            self.bots.shared().api.get(&format!("/channels/{channel}/messages/{root}")).await.unwrap_or_default();
        let words = told["content"].as_str().filter(|content| !content.trim().is_empty());
        let words = words.or_else(|| told.pointer("/embeds/0/title").and_then(Value::as_str)).unwrap_or_default();
        let name = first_words(words);
        if !name.is_empty() {
            return name;
        }
        let fallback = first_words(fallback);
        if fallback.is_empty() { "Thread".into() } else { fallback }
    }

    /// Takes a thread out of the archive, so that what stands in it can be changed.
    pub(super) async fn unarchive(&self, thread: u64) -> Result<(), Trouble> {
        let body = json!({ "archived": false });
        let path = format!("/channels/{thread}");
        let changed =
            self.bots.shared().api.call::<Value>(reqwest::Method::PATCH, &path, Some(&body), &[], Some(REASON));
        match changed.await {
            Ok(_) => Ok(()),
            // Said once or twice, it stays the same.
            Err(crate::api::Failure::Ambiguous { route, why }) => {
                Err(Trouble::Discord(crate::api::Failure::Unreachable { route, why }))
            }
            Err(failure) if failure.code() == Some(code::NO_PERMISSION) => {
                let why = format!(
                    "the thread {thread} is locked; open it in Discord and unlock it, or give the role of the bot {} “Manage Threads” \
                     ({failure})",
                    self.bots.shared().name()
                );
                Err(Trouble::Port(Error::Refused { why }))
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// The first line of a text that has words, without marks and mentions, as long as a name may be.
fn first_words(text: &str) -> String {
    for line in text.lines() {
        let words: Vec<String> = line
            .split_whitespace()
            .filter(|word| !(word.starts_with('<') && word.ends_with('>')))
            .map(|word| word.chars().filter(|c| !c.is_control() && !"*_~`|\\#>\u{200b}\u{2060}".contains(*c)).collect())
            .filter(|word: &String| !word.is_empty() && word != "-")
            .collect();
        let mut name = String::new();
        for word in words {
            if name.encode_utf16().count() + word.encode_utf16().count() + 1 > NAME {
                if name.is_empty() {
                    name = word.chars().take(NAME / 2).collect();
                }
                name.push('…');
                break;
            }
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&word);
        }
        if !name.is_empty() {
            return name;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn a_thread_is_called_by_the_first_words_of_its_message() {
        assert_eq!(first_words("<@&12> **we** need a blog post\nabout ducks"), "we need a blog post");
        assert_eq!(first_words("\n# A `title`\ntext"), "A title");
        assert_eq!(first_words("<@1>"), "");
        let long = first_words(&"word ".repeat(60));
        assert!(long.ends_with("word…") && long.encode_utf16().count() <= 100, "{long}");
        assert!(first_words(&"🦊".repeat(300)).encode_utf16().count() <= 100);
    }
}
