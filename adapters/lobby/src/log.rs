//! The log of everything that happens, numbered in the order of commits.
//!
//! **Architecture invariant:** who writes to the log holds the organisation's turn (`lobby.turn`) from before the first
//! change to the commit. A number that can be read is never followed by a smaller one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgTransaction, Row};
use uuid::Uuid;

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
        let rows = sqlx::query(
            "select seq, kind, channel, message, body from lobby.log where org = $1 and seq > $2 order by seq limit $3",
        )
        .bind(self.org)
        .bind(seq)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let messages: Vec<Uuid> = rows.iter().map(|row| row.try_get("message")).collect::<Result<_, _>>()?;
        let shown: Vec<Shown> = sqlx::query_as("select * from lobby.shown where org = $1 and id = any($2)")
            .bind(self.org)
            .bind(&messages)
            .fetch_all(&self.pool)
            .await?;
        let directory = self.directory().await?;
        let views: HashMap<Uuid, _> = shown.into_iter().map(|shown| (shown.id, shown.view(&directory))).collect();
        rows.iter()
            .map(|row| {
                let (id, body): (Uuid, Value) = (row.try_get("message")?, row.try_get("body")?);
                let kind = Kind::parse(row.try_get("kind")?)?;
                // The log's message exists: rows of `lobby.messages` are never removed.
                let view = views.get(&id).ok_or(sqlx::Error::RowNotFound)?;
                let data = match kind {
                    Kind::Message | Kind::MessageEdited => json!(view),
                    Kind::MessageDeleted => json!({ "id": id, "channel": view.channel, "thread": view.thread }),
                    Kind::Reaction => json!({
                        "id": id, "channel": view.channel, "thread": view.thread, "reactions": view.reactions,
                        "emoji": body["emoji"], "by": body["name"], "set": body["set"],
                    }),
                };
                Ok(Entry { seq: row.try_get("seq")?, kind, channel: row.try_get("channel")?, data })
            })
            .collect()
    }
}
