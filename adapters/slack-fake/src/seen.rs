//! What stands in the workspace and what has happened, for tests to look at.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// A message as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Message {
    /// The channel, `C…` or `D…`.
    pub channel: String,
    /// Its id in the channel and the time of posting: text, never a number.
    pub ts: String,
    /// The root's `ts`, of replies; of roots that have replies, their own.
    pub thread_ts: Option<String>,
    /// A reply that the channel's top level shows as well.
    pub broadcast: bool,
    /// The author; nobody for posts with a `username` of their own.
    pub user: Option<String>,
    /// The bot that posted it.
    pub bot_id: Option<String>,
    /// The app that posted it.
    pub app_id: Option<String>,
    /// E.g. `bot_message`, `channel_join`, `tombstone`.
    pub subtype: Option<String>,
    /// The name shown, where the post had one of its own.
    pub username: Option<String>,
    /// The picture shown, where the post had one of its own: `{"emoji": …}` or `{"image_48": …}`.
    pub icons: Option<Value>,
    /// The text, in Slack's own writing.
    pub text: String,
    /// Blocks as they were given, with `block_id`s filled in.
    pub blocks: Vec<Value>,
    /// Attachments: old ones, and unfurled links.
    pub attachments: Vec<Value>,
    /// Ids of files.
    pub files: Vec<String>,
    /// `{"event_type", "event_payload"}`.
    pub metadata: Option<Value>,
    /// Reactions in the order of their first setting.
    pub reactions: Vec<Reaction>,
    /// Who edited it last, and the `ts` of that.
    pub edited: Option<(String, String)>,
    /// The client's own id of it.
    pub client_msg_id: Option<String>,
    /// Whether links are unfurled.
    pub unfurl_links: bool,
}

impl Message {
    /// Whether it is a reply in a thread.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        self.thread_ts.as_ref().is_some_and(|root| *root != self.ts)
    }
}

/// A reaction on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// Its name, with the skin tone: `+1::skin-tone-2`.
    pub name: String,
    /// Who has set it.
    pub users: Vec<String>,
}

/// A message that one member alone saw, until they reloaded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ephemeral {
    /// Who saw it.
    pub user: String,
    /// What it said.
    pub message: Message,
}

/// A file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// `F…`.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// The title shown.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub alt: Option<String>,
    /// E.g. `image/png`.
    pub mimetype: String,
    /// Who uploaded it.
    pub user: String,
    /// The channels it is shared in.
    pub channels: Vec<String>,
    /// What is in it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A call of the Web API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// When it came in.
    pub at: DateTime<Utc>,
    /// The name of the app whose token it carried; empty without one.
    pub app: String,
    /// E.g. `chat.postMessage`.
    pub method: String,
    /// Its arguments, without the token.
    pub arguments: Value,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Done and answered.
    Done,
    /// Answered `ok: false` with this word.
    Refused(String),
    /// Answered 429, by a limit or by a fault.
    Limited,
    /// A fault: answered 500.
    Failed {
        /// Whether it was carried out all the same.
        done: bool,
    },
    /// A fault: carried out and not answered in time.
    TimedOut,
    /// A fault: the connection was cut.
    Cut {
        /// Whether it was carried out all the same.
        done: bool,
    },
}

/// Something that Slack told an app, or still tries to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// The event's id (`Ev…`), or an id of the stand-in's own for interactions and commands.
    pub id: String,
    /// The app's name.
    pub app: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// The event's type, the interaction's type, or the command.
    pub name: String,
    /// The whole payload.
    pub payload: Value,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether the app has acknowledged it.
    pub acked: bool,
    /// Whether Slack has given up on it.
    pub gave_up: bool,
}

/// The kinds of things that Slack tells an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An event of the Events API.
    Event,
    /// A click, a submitted view.
    Interaction,
    /// A slash command.
    Command,
}

/// What a person sees at once after a slash command.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Response {
    /// The text, if any.
    pub text: String,
    /// The blocks, if any.
    pub blocks: Vec<Value>,
    /// Whether the channel sees it, or only the person.
    pub in_channel: bool,
}

/// Why a person's click, command or form came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// There is nothing to click: the message, view or element is not there.
    Nothing(String),
    /// The app did not acknowledge it in time. People see a warning sign.
    TimedOut,
    /// The app is not connected, cannot be reached, or answered with an error.
    Failed(String),
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing(what) => write!(f, "there is nothing to act on: {what}"),
            Self::TimedOut => f.write_str("the app did not answer in time"),
            Self::Failed(why) => write!(f, "the app did not answer: {why}"),
        }
    }
}

impl std::error::Error for Unanswered {}

/// How a Socket Mode connection ends or falters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The server closes it.
    Close,
    /// The server announces it (`disconnect`, reason `warning`), and after [`crate::Settings::warning`] says
    /// `refresh_requested` and closes.
    Warned,
    /// The TCP connection is gone without a word.
    Cut,
    /// It stays open, but nothing is read or sent any more, not even pings.
    Deaf,
}
