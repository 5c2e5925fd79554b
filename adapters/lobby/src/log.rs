//! The log of everything that happens, numbered in the order of commits.
//!
//! **Architecture invariant:** who writes to the log holds the organisation's turn (`lobby.turn`) from before the first
//! change to the commit. A number that can be read is never followed by a smaller one.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::directory::Directory;
use crate::message::Shown;
use crate::{Error, Lobby};

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A message was written.
    Message,
    /// A message says something else now.
    MessageEdited,
    /// A message is gone.
    MessageDeleted,
    /// A reaction was set or taken back.
    Reaction,
}

impl Kind {
    /// Its name in the table, the event stream and the socket.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::MessageEdited => "message_edited",
            Self::MessageDeleted => "message_deleted",
            Self::Reaction => "reaction",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Error> {
        [Self::Message, Self::MessageEdited, Self::MessageDeleted, Self::Reaction]
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| Error::Database(sqlx::Error::Decode(format!("unknown kind of log entry: {name}").into())))
    }
}

/// Something that happened, as readers get it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub seq: i64,
    /// What happened.
    pub kind: Kind,
    /// The channel's id.
    pub channel: String,
    /// For a message and an edit the [`crate::View`] as it stands now; for a deletion `{id, channel, thread}`; for a
    /// reaction `{id, channel, thread, reactions, emoji, by, set}`.
    pub data: Value,
}

/// What a row of the log keeps beside the message's id.
pub(crate) enum Body<'a> {
    /// What a member's message says from here on, for the gateway to tell each version as it was.
    Text(&'a str),
    /// Nothing: what a persona said stands in its message.
    Nothing,
    /// A reaction is now set, or not.
    Reaction { emoji: &'a str, name: &'a str, set: bool },
}

impl Body<'_> {
    /// As it is stored; `v` is the version of this shape.
    pub(crate) fn stored(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "v": 1, "text": text }),
            Self::Nothing => json!({ "v": 1 }),
            Self::Reaction { emoji, name, set } => json!({ "v": 1, "emoji": emoji, "name": name, "set": set }),
        }
    }
}

/// The organisation's turn to write: a transaction that nobody of the same organisation overtakes.
pub(crate) struct Turn {
    pub(crate) tx: PgTransaction<'static>,
    pub(crate) org: Uuid,
    pub(crate) at: DateTime<Utc>,
    seq: i64,
}

impl Turn {
    /// Writes the log's entry of this turn and commits. A turn has one entry at most.
    pub(crate) async fn log(
        mut self,
        kind: Kind,
        channel: &str,
        message: Uuid,
        body: Body<'_>,
        heard: bool,
    ) -> Result<(), Error> {
        sqlx::query(
            "insert into lobby.log (org, seq, kind, channel, message, body, heard, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.org)
        .bind(self.seq)
        .bind(kind.as_str())
        .bind(channel)
        .bind(message)
        .bind(body.stored())
        .bind(heard)
        .bind(self.at)
        .execute(&mut *self.tx)
        .await?;
        self.tx.commit().await?;
        Ok(())
    }
}

/// An entry of the log, and its message as it stands now.
#[derive(sqlx::FromRow)]
struct Told {
    entry: i64,
    kind: String,
    body: Value,
    #[sqlx(flatten)]
    message: Shown,
}

impl Told {
    fn entry(self, directory: &Directory) -> Result<Entry, Error> {
        let Self { entry: seq, kind, body, message } = self;
        let (kind, view) = (Kind::parse(&kind)?, message.view(directory));
        let data = match kind {
            Kind::Message | Kind::MessageEdited => json!(view),
            Kind::MessageDeleted => json!({ "id": view.id, "channel": view.channel, "thread": view.thread }),
            Kind::Reaction => json!({
                "id": view.id, "channel": view.channel, "thread": view.thread, "reactions": view.reactions,
                "emoji": body["emoji"], "by": body["name"], "set": body["set"],
            }),
        };
        Ok(Entry { seq, kind, channel: view.channel, data })
    }
}

impl Lobby {
    pub(crate) async fn turn(&self) -> Result<Turn, Error> {
        let mut tx = self.pool.begin().await?;
        let seq = sqlx::query_scalar("select lobby.turn($1)").bind(self.org).fetch_one(&mut *tx).await?;
        Ok(Turn { tx, org: self.org, at: self.now(), seq })
    }

    /// The number of the newest entry, 0 while there is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn log_head(&self) -> Result<i64, Error> {
        let head = sqlx::query_scalar("select coalesce(max(seq), 0) from lobby.log where org = $1")
            .bind(self.org)
            .fetch_one(&self.pool)
            .await?;
        Ok(head)
    }

    /// At most `limit` entries after number `seq`, in order, direct messages included. Messages are given as they stand
    /// now, so that what was deleted since is not told again.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn log_after(&self, seq: i64, limit: i64) -> Result<Vec<Entry>, Error> {
        // One look into the index of messages for each entry, whatever is in the tables.
        let rows: Vec<Told> = sqlx::query_as(
            "select l.seq as entry, l.kind, l.body, m.*
             from (select * from lobby.log where org = $1 and seq > $2 order by seq limit $3) as l
             cross join lateral (select * from lobby.shown where org = $1 and id = l.message offset 0) as m
             order by l.seq",
        )
        .bind(self.org)
        .bind(seq)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let directory = self.directory().await?;
        rows.into_iter().map(|row| row.entry(&directory)).collect()
    }
}
