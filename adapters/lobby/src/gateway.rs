//! The inbound connection: reads what members do from the log, from a stored cursor.
//!
//! **Architecture invariant:** what our own personas say is never handed over; the department hears it through its own
//! tables.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{Author, Error, Event, Gateway, Heard, Message, MessageRef, Place};
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use crate::direct::Direct;
use crate::feed::{BATCH, POLL};
use crate::log::Kind;
use crate::{Lobby, error};

/// How long the database is not told of what was acknowledged, when nothing else is said.
const SOON: Duration = Duration::from_millis(25);

/// The lobby's [`Gateway`]. What is not acknowledged is handed over again, by the next call already.
#[derive(Debug)]
pub struct LobbyGateway {
    lobby: Arc<Lobby>,
    name: String,
    written: watch::Receiver<()>,
    /// Up to where everything is acknowledged; read from the database at first use.
    acked: Option<i64>,
    /// Whether the database does not know that yet. The next look at the log tells it, which is at most [`SOON`] away:
    /// after a crash events are heard again, and known.
    unsaved: bool,
    /// The last entry that was read, where there was no more.
    end: Option<i64>,
    /// Whether the log may hold more than is acknowledged.
    behind: bool,
}

/// An entry of the log with what is needed to tell it.
#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    kind: String,
    body: Value,
    at: DateTime<Utc>,
    message: Uuid,
    channel: String,
    thread: Option<Uuid>,
    author: String,
}

impl LobbyGateway {
    pub(crate) fn new(lobby: Arc<Lobby>, name: &str) -> Self {
        let written = lobby.heard.subscribe();
        Self { lobby, name: name.to_owned(), written, acked: None, unsaved: false, end: None, behind: true }
    }

    async fn read(&mut self) -> Result<Vec<Heard>, error::Error> {
        let acked = match self.acked {
            Some(acked) => acked,
            None => {
                let (stored, known) = (self.cursor().await?, self.lobby.acked(&self.name));
                // A connection of this name ended before it had told the database.
                self.unsaved |= known > stored;
                *self.acked.insert(stored.max(known))
            }
        };
        let rows: Vec<Row> = sqlx::query_as(
            "with soon as materialized (select set_config('synchronous_commit', 'off', true)),
             kept as (
                 insert into lobby.cursors (org, name, seq) select $1, $4, $2 from soon where $5
                 on conflict (org, name) do update set seq = greatest(cursors.seq, excluded.seq))
             select l.seq, l.kind, l.body, l.at, l.message, l.channel, m.thread, m.author
             from lobby.log l join lobby.messages m on m.org = l.org and m.id = l.message
             where l.org = $1 and l.seq > $2 and l.heard order by l.seq limit $3",
        )
        .bind(self.lobby.org)
        .bind(acked)
        .bind(BATCH)
        .bind(&self.name)
        .bind(self.unsaved)
        .fetch_all(&self.lobby.pool)
        .await?;
        self.unsaved = false;
        self.end = rows.last().map(|row| row.seq).filter(|_| i64::try_from(rows.len()).is_ok_and(|read| read < BATCH));
        rows.into_iter().map(Row::tell).collect()
    }

    async fn cursor(&self) -> Result<i64, error::Error> {
        let stored = sqlx::query_scalar("select seq from lobby.cursors where org = $1 and name = $2")
            .bind(self.lobby.org)
            .bind(&self.name)
            .fetch_optional(&self.lobby.pool)
            .await?;
        Ok(stored.unwrap_or(0))
    }
}

impl Row {
    fn tell(self) -> Result<Heard, error::Error> {
        let Self { seq, kind, body, at, message: id, channel, thread, author } = self;
        let message = MessageRef { channel: channel.clone(), id: id.to_string() };
        let source = format!("lobby:m:{id}");
        let (key, event) = match Kind::parse(&kind)? {
            Kind::Message => (source, Event::Posted(said(channel, thread, id, author, &body))),
            Kind::MessageEdited => {
                let message = said(channel, thread, id, author, &body);
                (format!("{source}:{seq}"), Event::Edited { message, version: seq.to_string() })
            }
            Kind::MessageDeleted => (format!("{source}:deleted"), Event::Deleted { message }),
            Kind::Reaction => {
                let author = member(text(&body, "name"));
                let (emoji, set) = (text(&body, "emoji"), body["set"] == Value::Bool(true));
                (format!("lobby:{seq}"), Event::Reacted { message, author, emoji, set, button: false })
            }
        };
        Ok(Heard { key, at, event, token: seq.to_string() })
    }
}

fn said(channel: String, thread: Option<Uuid>, id: Uuid, author: String, body: &Value) -> Message {
    let direct = Direct::parse(&channel).map(|direct| direct.persona);
    Message {
        place: Place { channel, thread: thread.map(|thread| thread.to_string()) },
        id: id.to_string(),
        author: member(author),
        text: text(body, "text"),
        // The lobby has no mentions beside the text: the department reads `@handle` there.
        mentions: Vec::new(),
        direct,
    }
}

pub(crate) fn member(name: String) -> Author {
    Author::Member { id: name.clone(), name, email: None, groups: Vec::new() }
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

#[async_trait]
impl Gateway for LobbyGateway {
    async fn next(&mut self) -> Result<Vec<Heard>, Error> {
        loop {
            if self.behind {
                self.written.borrow_and_update();
                let heard = self.read().await?;
                if !heard.is_empty() {
                    return Ok(heard);
                }
            }
            // Both ways to wake are fine: what this process wrote, and the time to look for what others did.
            let wait = if self.unsaved { SOON } else { POLL };
            let _ = tokio::time::timeout(wait, self.written.changed()).await;
            self.behind = true;
        }
    }

    async fn ack(&mut self, heard: &[Heard]) -> Result<(), Error> {
        let Some(seq) = heard.iter().filter_map(|heard| heard.token.parse::<i64>().ok()).max() else {
            return Ok(());
        };
        self.lobby.ack(&self.name, seq);
        self.acked = Some(self.acked.unwrap_or(0).max(seq));
        self.unsaved = true;
        self.behind = self.end != self.acked;
        Ok(())
    }
}
