//! Very many messages at once, for measurements: told to bots from a recipe, not kept.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

/// Very many messages. They go to every session that may hear them, as fast as its line takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flood {
    /// How many in all.
    pub messages: u64,
    /// The channels that they are said in, in turn.
    pub channels: Vec<u64>,
    /// The people who say them, in turn; the guild's first person where it is empty.
    pub users: Vec<u64>,
    /// What each says, before its number.
    pub text: String,
    /// How many of the last ones stand in the guild afterwards, for whoever reads the channels. At most 10,000.
    pub kept: usize,
}

impl Flood {
    /// So many messages in some channels.
    #[must_use]
    pub fn new(messages: u64, channels: &[u64]) -> Self {
        Self { messages, channels: channels.to_vec(), users: Vec::new(), text: "flood".into(), kept: 0 }
    }
}

/// What became of a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flooded {
    /// The sessions that were told.
    pub sessions: usize,
    /// Frames in all.
    pub frames: u64,
    /// The id of the first message. Each has the next number.
    pub first: u64,
    /// From the first frame until all were written.
    pub took: Duration,
}

/// A flood as the task of a line writes it.
#[derive(Debug)]
pub(crate) struct Torrent {
    pub(crate) messages: u64,
    /// The id of the first message.
    pub(crate) first: u64,
    channels: Vec<u64>,
    /// The JSON of each author with member, roles and guild, from `"author":` on.
    authors: Vec<String>,
    /// `timestamp`, and everything that is the same in all.
    rest: String,
    /// What each says, before its number, as the inside of a JSON string; empty for who may not read it.
    text: Option<String>,
}

impl Torrent {
    /// `sample` is a message of the guild as MESSAGE_CREATE has it, for everything that is the same in all; `authors` are
    /// `author` and `member` of those who speak.
    pub(crate) fn new(flood: &Flood, first: u64, sample: &Value, authors: &[(Value, Value)], content: bool) -> Self {
        let authors =
            authors.iter().map(|(author, member)| format!(r#""author":{author},"member":{member}"#)).collect();
        let mut rest = sample.clone();
        if let Some(rest) = rest.as_object_mut() {
            for own in ["id", "channel_id", "content", "author", "member"] {
                rest.remove(own);
            }
        }
        let rest = rest.to_string();
        let text = json!(flood.text).to_string();
        Self {
            messages: flood.messages,
            first,
            channels: flood.channels.clone(),
            authors,
            rest: rest[1..].to_owned(),
            text: content.then(|| text[1..text.len() - 1].to_owned()),
        }
    }

    /// The frame of the message `i` with its sequence number.
    pub(crate) fn frame(&self, seq: u64, i: u64) -> String {
        let (channel, author) =
            (self.channels[i as usize % self.channels.len()], &self.authors[i as usize % self.authors.len()]);
        let mut frame = String::with_capacity(160 + author.len() + self.rest.len());
        // Writing into a string does not fail.
        let _ = write!(
            frame,
            r#"{{"t":"MESSAGE_CREATE","s":{seq},"op":0,"d":{{"id":"{}","channel_id":"{channel}","content":""#,
            self.first + i
        );
        if let Some(text) = &self.text {
            let _ = write!(frame, "{text} {i}");
        }
        frame.push_str("\",");
        frame.push_str(author);
        frame.push(',');
        frame.push_str(&self.rest);
        frame.push('}');
        frame
    }
}

/// What a flood waits for.
pub(crate) struct Waiting {
    pub(crate) began: Instant,
    pub(crate) done: Vec<watch::Receiver<bool>>,
    pub(crate) flooded: Flooded,
}

impl Waiting {
    /// Until every session was written all of it, on one line or over several.
    pub(crate) async fn wait(mut self) -> Flooded {
        for done in &mut self.done {
            // Its session is over: nobody will be told any more.
            let _ = done.wait_for(|done| *done).await;
        }
        Flooded { took: self.began.elapsed(), ..self.flooded }
    }
}
