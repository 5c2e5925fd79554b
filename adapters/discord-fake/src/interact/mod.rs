//! Interactions: commands, completions, clicks and forms, what applications answer, and what that allows them for a while.
//!
//! [`ask`] makes an interaction of what a person does, [`callback`] reads the first answer, [`answer`] carries it out,
//! [`later`] has follow-ups and edits by the interaction's token, [`hands`] are the people's.

mod answer;
mod ask;
mod callback;
mod hands;
mod later;
mod options;
mod routes;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::seen::Message;
pub(crate) use routes::routes;

/// What a person sees when an application has answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Answer {
    /// A message that stands in the channel.
    Shown(Message),
    /// A message that only they see.
    Whispered(Message),
    /// "… is thinking". The answer comes as an edit of it.
    Thinking {
        /// Whether the answer will be for them alone.
        ephemeral: bool,
    },
    /// Nothing, as yet: the click was taken (type 6).
    Taken,
    /// The message that they clicked on was changed (type 7).
    Changed(Message),
    /// A form to fill in.
    Modal(Modal),
    /// Suggestions: names and values.
    Choices(Vec<(String, Value)>),
}

/// A form that is open before a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Modal {
    /// The interaction that opened it.
    pub interaction: u64,
    /// Before whom.
    pub user: u64,
    /// The application's name for it.
    pub custom_id: String,
    /// What stands above it.
    pub title: String,
    /// Its rows, as they were given.
    pub components: Vec<Value>,
}

/// Why a person sees no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// There is nothing like that to click, type or fill in; or they may not.
    Nothing(String),
    /// The application has not answered in time: "The application did not respond".
    TimedOut,
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing(why) => f.write_str(why),
            Self::TimedOut => f.write_str("the application did not respond"),
        }
    }
}

impl std::error::Error for Unanswered {}

/// A message that one person alone sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ephemeral {
    /// Who sees it.
    pub user: u64,
    /// What they see.
    pub message: Message,
}

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Command,
    Component,
    Complete,
    Modal,
}

impl Sort {
    /// Discord's type of the interaction.
    const fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Complete => 4,
            Self::Modal => 5,
        }
    }
}

/// What stands as `@original`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Original {
    /// Nothing was answered yet, or something that is no message.
    None,
    /// A message in the channel: the answer, or the one that was clicked on.
    Standing { message: u64 },
    /// A message that one person sees.
    Whispered { message: u64 },
}

/// An interaction, for as long as its token lives.
#[derive(Debug)]
pub(crate) struct Interaction {
    id: u64,
    token: String,
    /// The application, which has the number of its bot's user.
    app: u64,
    user: u64,
    channel: u64,
    sort: Sort,
    created: DateTime<Utc>,
    /// The message that was clicked on, and whether only the person sees it.
    message: Option<(u64, bool)>,
    /// `interaction_metadata` of messages that answer it.
    metadata: Value,
    answered: bool,
    original: Original,
    /// What follow-ups have shown.
    shown: Vec<Original>,
    waiter: Option<oneshot::Sender<Answer>>,
}

/// Interactions under way, and what only single people see.
#[derive(Debug, Default)]
pub(crate) struct Interactions {
    open: BTreeMap<u64, Interaction>,
    ephemerals: Vec<Ephemeral>,
    modals: Vec<Modal>,
}

impl Interactions {
    pub(crate) fn ephemerals(&self) -> &[Ephemeral] {
        &self.ephemerals
    }

    /// The forms that are open before people.
    pub(crate) fn modals(&self) -> &[Modal] {
        &self.modals
    }

    pub(crate) fn close_modal(&mut self, user: u64) {
        self.modals.retain(|modal| modal.user != user);
    }

    pub(crate) fn dismiss(&mut self, user: u64, message: u64) {
        self.ephemerals.retain(|e| !(e.user == user && e.message.id == message));
    }
}
