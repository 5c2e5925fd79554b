//! What should happen, as data. Effects are saved with the state that they follow from, and carried out afterwards.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::delegation::Delegation;
use crate::event::{Event, MessageId, Purpose, Timer};
use crate::lane::Lane;
use crate::name::Handle;

/// Where a post goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum Place {
    /// A channel's top level.
    Channel {
        /// The channel's id (of our own channels: its name).
        channel: String,
    },
    /// The thread of a message that stands on the platform.
    Thread {
        /// The channel's id.
        channel: String,
        /// The thread's root.
        root: String,
    },
    /// The thread below one of our own posts, which may not stand yet.
    Below {
        /// The channel's id.
        channel: String,
        /// The effect that posts the root.
        post: Uuid,
    },
}

impl Place {
    /// The channel's id.
    #[must_use]
    pub fn channel(&self) -> &str {
        match self {
            Self::Channel { channel } | Self::Thread { channel, .. } | Self::Below { channel, .. } => channel,
        }
    }

    /// The root of the thread, where the place names it.
    #[must_use]
    pub fn thread(&self) -> Option<MessageId> {
        match self {
            Self::Thread { channel, root } => Some(MessageId { channel: channel.clone(), id: root.clone() }),
            Self::Channel { .. } | Self::Below { .. } => None,
        }
    }
}

/// What a post says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "body", rename_all = "snake_case")]
pub enum Body {
    /// Markdown.
    Text {
        /// The Markdown.
        text: String,
    },
    /// A card.
    Card(Card),
}

/// A titled block that may be updated in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The heading.
    pub title: String,
    /// Name-value pairs.
    pub fields: Vec<(String, String)>,
    /// Markdown.
    pub text: String,
    /// A picture.
    pub picture: Option<Picture>,
    /// What a person can do.
    pub actions: Vec<Action>,
}

/// Something that a person can do on a card, by a reaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredAction")]
pub struct Action {
    /// The reaction.
    pub emoji: String,
    /// What it is called.
    pub label: String,
    /// What the person is asked for with it, where words belong to it. They are their reply below the card.
    pub asks: Option<String>,
}

impl Action {
    /// An action that needs no words.
    #[must_use]
    pub fn new(emoji: &str, label: &str) -> Self {
        Self { emoji: emoji.to_owned(), label: label.to_owned(), asks: None }
    }

    /// The same, with a question for its words.
    #[must_use]
    pub fn asking(self, question: &str) -> Self {
        Self { asks: Some(question.to_owned()), ..self }
    }
}

/// An action as it is kept: older versions kept emoji and label alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredAction {
    Pair(String, String),
    Whole { emoji: String, label: String, asks: Option<String> },
}

impl From<StoredAction> for Action {
    fn from(stored: StoredAction) -> Self {
        match stored {
            StoredAction::Pair(emoji, label) => Self { emoji, label, asks: None },
            StoredAction::Whole { emoji, label, asks } => Self { emoji, label, asks },
        }
    }
}

/// A picture in the department's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// SHA-256 of the bytes in hex.
    pub digest: String,
    /// E.g. `image/png`.
    pub media_type: String,
    /// What it shows.
    pub alt: String,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Who says it.
    pub from: Handle,
    /// Where.
    pub at: Place,
    /// What.
    pub body: Body,
    /// People and personas it means to notify.
    pub notify: Vec<String>,
    /// Where nobody asked for it: what it is, in a line of Markdown. Over the channel's noise budget that line is listed
    /// instead of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A question to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Who answers.
    pub persona: Handle,
    /// What for.
    pub purpose: Purpose,
    /// The root task it is charged to.
    pub task: Option<Uuid>,
    /// The root cause whose allowance it is charged to as well.
    #[serde(default)]
    pub cause: Option<String>,
    /// What is wanted now.
    pub ask: String,
    /// What the answer rests on, as far as the lane knows it; the turn adds the persona's workload and the thread.
    pub material: Value,
    /// What may be answered, each with its schema.
    pub acts: Vec<crate::act::Spec>,
}

/// A call of a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// For whom.
    pub persona: Handle,
    /// What for.
    pub purpose: Purpose,
    /// The root task.
    pub task: Option<Uuid>,
    /// The skill's name.
    pub skill: String,
    /// Its arguments.
    pub input: Value,
    /// The action kind it carries out, where it acts on the world.
    pub action: Option<String>,
    /// The approval that covers it, where one is needed: good for this one call.
    pub grant: Option<Uuid>,
    /// The reviews by which personas agreed to it, where the rules want their yes.
    #[serde(default)]
    pub agreed: Vec<Uuid>,
}

/// Something that should happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Say something.
    Post(Post),
    /// Say something else in a post's place.
    Revise {
        /// The effect that made the post.
        post: Uuid,
        /// Grows with each revision; only the newest is sent.
        revision: i64,
        /// The whole post as it should read now.
        content: Post,
    },
    /// Ask a model.
    Ask(Box<Ask>),
    /// Run a skill.
    Run(Box<Run>),
    /// Wake this lane later.
    Wake {
        /// When.
        at: DateTime<Utc>,
        /// What for.
        timer: Timer,
    },
    /// Tell another lane.
    Tell {
        /// Which one.
        lane: Lane,
        /// What.
        event: Event,
    },
    /// A person has a conversation's thread to themselves from now on, or no longer.
    Hold {
        /// The thread's root.
        thread: MessageId,
        /// Who has it; nobody any more where there is none.
        by: Option<String>,
    },
    /// A person's approvals are in another's hands from now on, or (none given) nobody else's any more. Each lane where they
    /// are asked hears of it.
    Delegate {
        /// Whose.
        from: String,
        /// The delegation that replaces whatever was in force.
        given: Option<Delegation>,
    },
    /// From now on, what concerns this message (its thread, edits, deletion) belongs to that lane.
    Route {
        /// The message.
        message: MessageId,
        /// The lane.
        lane: Lane,
    },
}
