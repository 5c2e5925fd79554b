//! A platform that is always ahead: its gateway hands over numbered mentions of guests as fast as they are taken, its
//! poster answers at once and remembers what it was given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bullpen_chat::{
    Author, Body, Error, Event, Gateway, Heard, Key, Message, MessageRef, Place, Plan, Post, Poster, Provisioned,
    Reactions, Receipt, Wanted,
};
use chrono::Utc;
use tokio::sync::{Notify, watch};

/// What is said, by whom, where.
#[derive(Debug, Clone)]
pub(super) struct Script {
    /// The channel that all conversations are threads of.
    pub channel: String,
    /// The persona that is mentioned.
    pub persona: String,
    /// How many threads take turns.
    pub conversations: usize,
    /// How many messages there are in all.
    pub messages: usize,
    /// Most messages handed over at once.
    pub batch: usize,
}

/// Says what the script says, as guests whose names carry the order: a guest's mention is answered without a model, by
/// name.
pub(super) struct Crowd {
    script: Script,
    told: usize,
    acked: usize,
    upto: watch::Receiver<usize>,
}

impl Crowd {
    /// A crowd that says no more messages than `upto` allows.
    #[must_use]
    pub(super) fn new(script: Script, upto: watch::Receiver<usize>) -> Self {
        Self { script, told: 0, acked: 0, upto }
    }

    fn message(&self, number: usize) -> Heard {
        let name = format!("guest-{number}");
        let thread = format!("thread-{}", number % self.script.conversations);
        let place = Place { channel: self.script.channel.clone(), thread: Some(thread) };
        let message = Message {
            place,
            id: format!("message-{number}"),
            author: Author::Member { id: name.clone(), name, email: None, groups: Vec::new() },
            text: format!("@{} this is message {number}, who can help me with it?", self.script.persona),
            mentions: Vec::new(),
            direct: None,
        };
        Heard {
            key: format!("bench:{number}"),
            at: Utc::now(),
            event: Event::Posted(message),
            token: number.to_string(),
        }
    }
}

#[async_trait]
impl Gateway for Crowd {
    async fn next(&mut self) -> Result<Vec<Heard>, Error> {
        let acked = self.acked;
        let upto = self.upto.wait_for(|upto| *upto > acked).await.map(|upto| *upto).ok();
        let Some(upto) = upto else { return std::future::pending().await };
        // What was told and not acknowledged is told again.
        let upto = (self.acked + self.script.batch).min(upto);
        let heard = (self.acked..upto).map(|number| self.message(number)).collect();
        self.told = upto;
        Ok(heard)
    }

    async fn ack(&mut self, _heard: &[Heard]) -> Result<(), Error> {
        self.acked = self.told;
        Ok(())
    }
}

/// What a [`Silence`] was given: for each thread the numbers of the messages that were answered, in order.
pub(super) type Answers = BTreeMap<String, Vec<usize>>;

/// Takes every post and shows it to nobody.
#[derive(Default)]
pub(super) struct Silence {
    answers: Mutex<(usize, Answers)>,
    /// Rung at every post.
    pub posted: Notify,
}

impl Silence {
    /// How many answers were given.
    pub(super) fn count(&self) -> usize {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Everything that was answered.
    pub(super) fn answers(&self) -> Answers {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

/// The number of the message that an answer greets the author of.
fn number(post: &Post) -> Option<usize> {
    let Body::Markdown { text } = &post.body else { return None };
    text.split_once("guest-")?.1.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[async_trait]
impl Poster for Silence {
    fn platform(&self) -> &'static str {
        "bench"
    }

    async fn provision(&self, _plan: &Plan) -> Result<Provisioned, Error> {
        Ok(Provisioned::default())
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        if let (Some(thread), Some(number)) = (&post.place.thread, number(post)) {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.0 += 1;
            answers.1.entry(thread.clone()).or_default().push(number);
        }
        self.posted.notify_one();
        Ok(Receipt { message: MessageRef { channel: post.place.channel.clone(), id: key.to_string() } })
    }

    async fn edit(&self, message: &MessageRef, _revision: i64, _post: &Post) -> Result<Receipt, Error> {
        Ok(Receipt { message: message.clone() })
    }

    async fn find(&self, _key: Key, _post: &Post) -> Result<Option<Receipt>, Error> {
        Ok(None)
    }

    async fn reactions(&self, _message: &MessageRef, _wanted: &Wanted) -> Result<Reactions, Error> {
        Ok(Reactions { whole: true, ..Reactions::default() })
    }

    async fn typing(&self, _place: &Place, _handle: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// Shared by the department and by who looks at it.
pub(super) type Shared = Arc<Silence>;
