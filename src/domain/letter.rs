//! A letter: a message as one addressee has it. Who said it, which turn had it in its prompt, what answered it, and until
//! when an answer is waited for. Envelopes between colleagues, hand-ons in conversation, questions to people, and what
//! people say to personas all become letters, one for each addressee.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::effect::Place;
use crate::event::{MessageId, Talk};
use crate::lane::Lane;

/// A message as one addressee has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Its id.
    pub id: Uuid,
    /// The organisation.
    pub org: Uuid,
    /// The lane that waits for the answer.
    pub lane: Lane,
    /// The root task, if it is about one.
    pub task: Option<Uuid>,
    /// The step's task that it hands over, if it does.
    pub step_task: Option<Uuid>,
    /// The envelope that it belongs to, if there is one.
    pub envelope: Option<Uuid>,
    /// The message, where a person wrote it.
    pub message: Option<MessageId>,
    /// The effect that posted it, where a persona did.
    pub post: Option<Uuid>,
    /// Who said it: a person's name or a persona's handle.
    pub from: String,
    /// Whether a person said it.
    pub by_person: bool,
    /// Whom it addresses: a person's name or a persona's handle.
    pub to: String,
    /// Whether that is a person.
    pub to_person: bool,
    /// How it begins.
    pub subject: String,
    /// Where it stands, and where an answer is chased.
    pub place: Option<Place>,
    /// What a persona answers to, kept while it is held or may be asked anew.
    pub talk: Option<Talk>,
    /// Whether it waits until a person who has the floor was answered.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub held: bool,
    /// How often an answer to it was dropped because a person spoke meanwhile.
    #[serde(default, deserialize_with = "crate::field::or_default")]
    pub dropped: i32,
    /// The turn that is to answer it.
    pub call: Option<Uuid>,
    /// Until when an answer is waited for; none where nobody is chased.
    pub respond_by: Option<DateTime<Utc>>,
    /// When its addressee was chased.
    pub chased_at: Option<DateTime<Utc>>,
    /// The escalation that it came to, if it did.
    pub escalation: Option<Uuid>,
    /// When its addressee had read it: a persona by a turn with it in the prompt, a person by answering.
    pub read_at: Option<DateTime<Utc>>,
    /// The turn that had it in its prompt.
    pub read_call: Option<Uuid>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The post that answered it.
    pub answer_post: Option<Uuid>,
    /// The message that answered it.
    pub answer_message: Option<MessageId>,
    /// The reaction that answered it.
    pub answer_emoji: Option<String>,
    /// When nothing more was waited for: it was answered, or nobody needs the answer any more, or none was wanted.
    pub closed_at: Option<DateTime<Utc>>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Letter {
    /// Whether its answer is still waited for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Notes what answered it. What was answered stays so.
    pub fn answer(&mut self, now: DateTime<Utc>, by: Answer) {
        if self.answered_at.is_some() {
            return;
        }
        self.answered_at = Some(now);
        self.closed_at = Some(now);
        self.held = false;
        self.talk = None;
        if self.to_person {
            // Who answers has read it; platforms tell no more than that.
            self.read_at.get_or_insert(now);
        }
        match by {
            Answer::Post(post) => self.answer_post = post,
            Answer::Message(message) => self.answer_message = Some(message),
            Answer::Reaction(emoji) => self.answer_emoji = Some(emoji),
        }
    }

    /// Nobody needs the answer any more.
    pub fn withdraw(&mut self, now: DateTime<Utc>) {
        self.closed_at.get_or_insert(now);
        self.held = false;
        self.talk = None;
    }
}

/// What answered a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A post of a persona; none where what it did speaks for itself.
    Post(Option<Uuid>),
    /// A message of a person.
    Message(MessageId),
    /// A reaction of a person.
    Reaction(String),
}

/// The beginning of a text, in one line.
#[must_use]
pub fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(160) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line,
    }
}
