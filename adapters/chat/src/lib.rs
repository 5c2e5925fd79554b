//! The chat port: what a chat platform adapter offers to the department, and the only words the two share.
//!
//! An adapter turns its platform's events into [`Heard`] and its [`Gateway`] hands them over; the department turns what
//! its personas do into [`Post`] and the adapter's [`Poster`] puts them on show. Nothing here knows what a task, an
//! approval or a persona's authority is, and nothing here knows a platform.
//!
//! **Architecture invariant:** this crate imports nothing of ours, and every adapter passes [`contract`].

pub mod contract;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use uuid::Uuid;

/// Where a message stands on a platform: a channel, and the root message of a thread in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The platform's id of the channel.
    pub channel: String,
    /// The platform's id of the thread's root message; `None` at the channel's top level.
    pub thread: Option<String>,
}

/// A message that exists on a platform. `id` is unique within its channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageRef {
    /// The platform's id of the channel.
    pub channel: String,
    /// The platform's id of the message (a Slack `ts`, a Discord snowflake, a lobby UUID): text, never a number.
    pub id: String,
}

/// Who wrote or reacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// A human. `id` is the platform's stable id, `name` what people see.
    Member {
        /// The platform's stable id of the member.
        id: String,
        /// The name that people see.
        name: String,
        /// Their mail address, only where the platform vouches for it: a full member of the workspace, not a guest and
        /// nobody from elsewhere.
        #[serde(default)]
        email: Option<String>,
        /// The groups that they are in on this platform, where it has such a thing: of a role in Discord its id and its
        /// name.
        #[serde(default)]
        groups: Vec<String>,
    },
    /// A bot identity, ours or somebody else's. Never counts as a person.
    Bot {
        /// The platform's stable id of the bot.
        id: String,
        /// The name that people see.
        name: String,
    },
}

/// A message as it was heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Where it stands.
    pub place: Place,
    /// The platform's id of the message.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// What it says, as Markdown; native mentions of our identities are written `@handle`.
    pub text: String,
    /// Identities (handles) that the platform itself marks as mentioned; plain `@handle` text is found by the department.
    pub mentions: Vec<String>,
    /// In a direct conversation, the identity it is held with.
    pub direct: Option<String>,
}

/// A fact that a platform reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A new message.
    Posted(Message),
    /// A message's text is now this. `version` grows with each edit and is part of the source key.
    Edited {
        /// The message with its new text.
        message: Message,
        /// The platform's mark of this version.
        version: String,
    },
    /// A message is gone.
    Deleted {
        /// Which one.
        message: MessageRef,
    },
    /// A reaction is now set, or not: a state, so repeats are harmless.
    Reacted {
        /// The message reacted on.
        message: MessageRef,
        /// Who reacted.
        author: Author,
        /// The emoji, as Unicode without variation selector and skin tone, or `:name:` for a custom one.
        emoji: String,
        /// Whether it is set now.
        set: bool,
        /// Whether it is a click on a card's button, which stands for the reaction and leaves none on the message.
        #[serde(default)]
        button: bool,
    },
}

/// An event with what intake needs to store it once and acknowledge it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Unique per fact on this platform and workspace; the same fact told twice has the same key. An edit's includes its
    /// version. For reactions, which are state and may be set and unset many times, a key that is unique per change.
    pub key: String,
    /// When the platform says it happened.
    pub at: DateTime<Utc>,
    /// The fact.
    pub event: Event,
    /// The adapter's own token for [`Gateway::ack`].
    pub token: String,
}

/// A live inbound connection. One holder each.
#[async_trait]
pub trait Gateway: Send {
    /// Waits for events and returns them in the platform's order, at least one. Cancel-safe: an event that was not
    /// acknowledged is handed over again by this or the next connection.
    async fn next(&mut self) -> Result<Vec<Heard>, Error>;

    /// Says that everything in `heard` is stored. Called only after the commit.
    async fn ack(&mut self, heard: &[Heard]) -> Result<(), Error>;
}

/// An account that a persona speaks through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The mention handle, without `@`.
    pub handle: String,
    /// The name shown.
    pub name: String,
    /// A short line shown beside the name, e.g. the role.
    pub role: String,
    /// Path of the avatar on this server, e.g. `/avatars/cmo.svg`; the same with `.png` gives a picture for platforms that
    /// draw no SVG.
    pub avatar: String,
    /// An emoji (Unicode) that stands for it where the platform cannot fetch the avatar.
    #[serde(default)]
    pub emoji: Option<String>,
}

/// A channel that the department wants to exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelPlan {
    /// The channel's name, e.g. `all-hands`.
    pub name: String,
    /// The layer it mirrors, if it mirrors one.
    pub layer: Option<String>,
    /// One line on what it is for.
    pub topic: String,
}

/// What the department wants a workspace to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Channels, in the order to show them.
    pub channels: Vec<ChannelPlan>,
    /// Identities, in the order to show them.
    pub identities: Vec<Identity>,
    /// The people who are listed; anyone else is a guest.
    pub people: Vec<Listed>,
}

/// A listed person, as far as a platform needs to know them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Their name, which [`Post::notify`] uses.
    pub name: String,
    /// Their id on this platform, where it is known.
    pub id: Option<String>,
    /// Their mail address, by which a platform may find them.
    pub email: Option<String>,
}

/// What the department says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Who says it.
    pub identity: Identity,
    /// Where.
    pub place: Place,
    /// What.
    pub body: Body,
    /// Names or handles the department means to notify. Anyone else named in the text must not be pinged.
    pub notify: Vec<String>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Plain Markdown.
    Markdown {
        /// The Markdown.
        text: String,
    },
    /// A card that may be updated in place.
    Card(Card),
}

/// A titled block with fields, text, a picture and actions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The heading.
    pub title: String,
    /// Short name-value pairs.
    pub fields: Vec<Field>,
    /// Markdown under the fields; may be long.
    pub text: String,
    /// A picture to show.
    pub picture: Option<Picture>,
    /// What a person can do, each by a reaction (and a button where the platform has them).
    pub actions: Vec<Action>,
}

/// A name-value pair on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The value, plain text.
    pub value: String,
}

/// A picture, addressed by what it contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// SHA-256 of the bytes, in hex. Served at `/pictures/{digest}` and read through [`Pictures`].
    pub digest: String,
    /// E.g. `image/png`.
    pub media_type: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// Something a person can do on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The reaction that does it.
    pub emoji: String,
    /// The button's label.
    pub label: String,
    /// What the person is asked for with it, e.g. "What should change?"; what they answer is their reply below the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
}

/// Gives adapters that upload pictures the bytes behind a digest.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// The bytes, or `None` where there is no such picture.
    async fn bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, Error>;
}

/// What one member sees of the department on a page of their own (Slack's App Home) or in answer to a command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// One or two sentences, Markdown.
    pub summary: String,
    /// What waits for them, what is theirs, what the department does.
    pub sections: Vec<Section>,
}

/// A part of an [`Overview`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// A word that commands name it by, e.g. `approvals`.
    pub key: String,
    /// The heading.
    pub title: String,
    /// At most 20, the most urgent first.
    pub items: Vec<Item>,
    /// What stands there when there are none.
    pub empty: String,
}

/// A line of a [`Section`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is, plain text.
    pub title: String,
    /// How it stands, plain text.
    pub detail: String,
    /// The message to open, where there is one on this platform.
    pub message: Option<MessageRef>,
}

/// Answers what a member sees of the department.
#[async_trait]
pub trait Overviews: Send + Sync {
    /// The overview of a member; of a guest, only what everybody may see.
    async fn of(&self, member: &Author) -> Result<Overview, Error>;
}

/// The idempotency key of a post: the same on every attempt.
pub type Key = Uuid;

/// A platform's word that a post or an edit stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The message that now exists (of a post cut in several, the first).
    pub message: MessageRef,
}

/// Puts posts on show. All calls are bounded in time by the adapter itself (at most [`CALL_LIMIT`]).
#[async_trait]
pub trait Poster: Send + Sync {
    /// The platform's name, e.g. `lobby`.
    fn platform(&self) -> &'static str;

    /// How long after an attempt of unknown fate the platform may still carry it out: [`Poster::find`] is not asked
    /// before.
    fn settles(&self) -> Duration {
        Duration::ZERO
    }

    /// Makes channels and identities exist as far as the platform lets us. Running it again changes nothing that is
    /// right. Returns the platform's channel id by channel name, and what is missing and who can mend it.
    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error>;

    /// Posts once: a repeat with the same key answers with the same receipt where the platform has idempotency keys.
    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error>;

    /// Replaces what `message` says. `revision` grows; an older one than what stands is ignored and answered alike.
    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error>;

    /// Looks for a post whose fate is unknown ([`Error::Ambiguous`]) before it is sent again.
    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error>;

    /// Who has set which emoji on a message now (of a post cut in several, on any part of it), for the times when events were
    /// missed. The number of calls that this makes is bounded, whatever stands there.
    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error>;

    /// Changes each time when a gap was closed: events may have been missed, and what could be fetched of them was. What no
    /// platform tells afterwards, such as [`Poster::reactions`], is worth a look then. `None` where nothing is ever missed.
    fn gaps(&self) -> Option<watch::Receiver<u64>> {
        None
    }

    /// Shows that an identity is writing, where the platform has that. Best effort, a few seconds long.
    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error>;
}

/// Which reactions are wanted of [`Poster::reactions`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The emoji, as [`Event::Reacted`] names them.
    pub emoji: Vec<String>,
    /// Members by the platform's id. Nothing else needs to be known of them.
    pub ids: Vec<String>,
    /// Whether others are wanted too who may be known by their address. Where neither this nor `by_group`, nobody is looked up.
    pub by_address: bool,
    /// Whether others are wanted too who may be known by a group.
    pub by_group: bool,
}

/// Who has set which emoji on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reactions {
    /// By emoji, as [`Event::Reacted`] names them. There may be more than was wanted; our own identities are left out.
    pub by: BTreeMap<String, Vec<Author>>,
    /// Whether nobody that is wanted can be missing. Where there are too many to look at all, somebody may be.
    pub whole: bool,
}

/// What [`Poster::provision`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisioned {
    /// The platform's channel id by channel name.
    pub channels: BTreeMap<String, String>,
    /// What is missing, each a sentence that says who can mend it and how.
    pub missing: Vec<String>,
}

/// The longest that one call of a [`Poster`] may take.
pub const CALL_LIMIT: Duration = Duration::from_secs(10);

/// Why a platform call did not do what was asked; the kind says what the caller may do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing happened; try again, not before `after` where the platform says so.
    #[error("not now: {why}")]
    Retry {
        /// What the platform said.
        why: String,
        /// How long to wait at least.
        after: Option<Duration>,
    },
    /// It may have happened: call [`Poster::find`] before sending again.
    #[error("unknown whether it was done: {why}")]
    Ambiguous {
        /// What broke.
        why: String,
    },
    /// The message to edit is not there any more: somebody deleted it. Nothing is left to do.
    #[error("no longer there: {why}")]
    Gone {
        /// What the platform said.
        why: String,
    },
    /// It will never work as asked (channel gone, message too long, no permission).
    #[error("refused: {why}")]
    Refused {
        /// A sentence that says what to mend.
        why: String,
    },
}

/// Folds an emoji to the form in which it is compared: without variation selectors (U+FE0E, U+FE0F) and skin tones
/// (U+1F3FB to U+1F3FF).
#[must_use]
pub fn fold_emoji(emoji: &str) -> String {
    emoji.chars().filter(|c| !matches!(*c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')).collect()
}

#[cfg(test)]
mod tests {
    use super::fold_emoji;

    #[test]
    fn an_emoji_is_compared_without_its_looks() {
        assert_eq!(fold_emoji("👍🏽"), "👍");
        assert_eq!(fold_emoji("✔\u{fe0f}"), "✔");
        assert_eq!(fold_emoji("✅"), "✅");
    }
}
