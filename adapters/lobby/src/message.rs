//! Messages as they are shown, and lists of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::card::{self, CardView};
use crate::direct::Direct;
use crate::directory::Directory;
use crate::markdown;
use crate::name::Member;
use crate::write::Draft;
use crate::{Error, Lobby};

/// A message as readers get it, in JSON of the HTTP contract.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// Its place in the order of everything that happens; grows.
    pub seq: i64,
    /// The channel's id.
    pub channel: String,
    /// In a direct conversation, the persona's handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<String>,
    /// The root message's id, `None` at the channel's top level.
    pub thread: Option<Uuid>,
    /// Who wrote it.
    pub author: AuthorView,
    /// What it says, as Markdown; of a card, everything on it. Empty once deleted.
    pub text: String,
    /// The text as HTML that is safe to show.
    pub html: String,
    /// What a card shows, part by part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<CardView>,
    /// Who it was meant to notify: names and handles.
    pub notify: Vec<String>,
    /// Names by emoji.
    pub reactions: BTreeMap<String, Vec<String>>,
    /// How often it was changed.
    pub revision: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub edited_at: Option<DateTime<Utc>>,
    /// Set where it was deleted and only its place is kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// How many replies hang below it.
    pub replies: i64,
    /// When the newest of them was written.
    pub last_reply_at: Option<DateTime<Utc>>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Serialize)]
pub struct AuthorView {
    /// The name shown.
    pub name: String,
    /// `member` or `persona`.
    pub kind: String,
    /// A persona's handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
}

/// A row of `lobby.shown`.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Shown {
    pub(crate) id: Uuid,
    seq: i64,
    pub(crate) channel: String,
    pub(crate) thread: Option<Uuid>,
    pub(crate) author_kind: String,
    pub(crate) author: String,
    author_name: String,
    pub(crate) text: String,
    card: Option<Json<card::Stored>>,
    notify: Vec<String>,
    pub(crate) reactions: Json<BTreeMap<String, Vec<String>>>,
    pub(crate) revision: i64,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    replies: i64,
    last_reply_at: Option<DateTime<Utc>>,
}

impl Shown {
    /// A message that was written at this moment: nothing hangs on it yet.
    pub(crate) fn fresh(draft: &Draft<'_>, thread: Option<Uuid>, seq: i64, at: DateTime<Utc>) -> Self {
        Self {
            id: draft.id,
            seq,
            channel: draft.channel.to_owned(),
            thread,
            author_kind: draft.author.kind().to_owned(),
            author: draft.author.id().to_owned(),
            author_name: draft.author.name().to_owned(),
            text: draft.text.to_owned(),
            card: draft.card.cloned().map(Json),
            notify: draft.notify.to_vec(),
            reactions: Json::default(),
            revision: 0,
            created_at: at,
            edited_at: None,
            deleted_at: None,
            replies: 0,
            last_reply_at: None,
        }
    }

    pub(crate) fn view(self, directory: &Directory) -> View {
        let deleted = self.deleted_at.is_some();
        let text = if deleted { String::new() } else { self.text };
        let is_persona = self.author_kind == "persona";
        View {
            id: self.id,
            seq: self.seq,
            direct: Direct::parse(&self.channel).map(|direct| direct.persona),
            channel: self.channel,
            thread: self.thread,
            html: markdown::to_html(&text, directory),
            text,
            card: self.card.filter(|_| !deleted).map(|Json(card)| card.view(directory)),
            author: AuthorView {
                name: self.author_name,
                handle: is_persona.then_some(self.author),
                kind: self.author_kind,
            },
            notify: self.notify,
            reactions: if deleted { BTreeMap::new() } else { self.reactions.0 },
            revision: self.revision,
            created_at: self.created_at,
            edited_at: self.edited_at,
            deleted,
            replies: self.replies,
            last_reply_at: self.last_reply_at,
        }
    }
}

/// A part of a list, in the order of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From where.
    pub start: Start,
    /// How many at most, 1 to 1,000.
    pub limit: i64,
}

/// Where a part of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The newest.
    Newest,
    /// The first ones after this.
    After(Mark),
    /// The last ones before this.
    Before(Mark),
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A message.
    Message(Uuid),
    /// A number of the log.
    Seq(i64),
}

impl Default for Page {
    /// The newest hundred.
    fn default() -> Self {
        Self { start: Start::Newest, limit: 100 }
    }
}

/// What a list is of. Two statements rather than one with a condition that may be absent: each has its own index.
#[derive(Debug, Clone, Copy)]
enum List<'a> {
    Channel(&'a str),
    Thread(Uuid),
}

/// The first messages of a list between two marks.
macro_rules! first {
    ($list:literal) => {
        concat!(
            "select * from lobby.shown where org = $1 and ",
            $list,
            " and seq > $3 and seq < $4 and (deleted_at is null or replies > 0) order by seq limit $5"
        )
    };
}

/// The last messages of a list between two marks, in the same order.
macro_rules! last {
    ($list:literal) => {
        concat!(
            "select * from (select * from lobby.shown where org = $1 and ",
            $list,
            " and seq > $3 and seq < $4 and (deleted_at is null or replies > 0) order by seq desc limit $5) newest
             order by seq"
        )
    };
}

impl Lobby {
    /// The messages of a channel, replies included. A deleted message is left out unless a thread hangs below it.
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], [`Error::NotForYou`], [`Error::UnknownMessage`] for the page's mark.
    pub async fn messages(&self, channel: &str, viewer: Option<&Member>, page: Page) -> Result<Vec<View>, Error> {
        self.check_sight(channel, viewer)?;
        if !self.channel_exists(channel).await? {
            return Err(Error::UnknownChannel(channel.to_owned()));
        }
        self.page(List::Channel(channel), page).await
    }

    /// The messages between a member and a persona; none where they have not begun to talk.
    ///
    /// # Errors
    /// [`Error::UnknownPersona`], [`Error::UnknownMessage`] for the page's mark.
    pub async fn direct_messages(&self, persona: &str, member: &Member, page: Page) -> Result<Vec<View>, Error> {
        let direct = Direct::new(self.directory().await?.persona(persona)?, member);
        self.page(List::Channel(&direct.channel()), page).await
    }

    /// The replies in the thread that `message` stands in, its root left out.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::NotForYou`].
    pub async fn thread(&self, message: Uuid, viewer: Option<&Member>, page: Page) -> Result<Vec<View>, Error> {
        let shown = self.shown(message).await?;
        self.check_sight(&shown.channel, viewer)?;
        self.page(List::Thread(shown.thread.unwrap_or(shown.id)), page).await
    }

    /// One message; a deleted one as the empty place it left.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`], [`Error::NotForYou`].
    pub async fn message(&self, id: Uuid, viewer: Option<&Member>) -> Result<View, Error> {
        let shown = self.shown(id).await?;
        self.check_sight(&shown.channel, viewer)?;
        Ok(shown.view(self.directory().await?.as_ref()))
    }

    pub(crate) async fn shown(&self, id: Uuid) -> Result<Shown, Error> {
        sqlx::query_as("select * from lobby.shown where org = $1 and id = $2")
            .bind(self.org)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?
            .ok_or_else(|| Error::UnknownMessage(id.to_string()))
    }

    /// Whether `viewer` may see what stands in `channel`. Without a viewer everything is seen: the rim decides who may
    /// ask that way.
    pub(crate) fn sees(&self, channel: &str, viewer: Option<&Member>) -> bool {
        match (Direct::parse(channel), viewer) {
            (Some(direct), Some(viewer)) => direct.member == viewer.as_str() || (self.sees_all)(viewer.as_str()),
            _ => true,
        }
    }

    pub(crate) fn check_sight(&self, channel: &str, viewer: Option<&Member>) -> Result<(), Error> {
        if self.sees(channel, viewer) { Ok(()) } else { Err(Error::NotForYou) }
    }

    async fn page(&self, list: List<'_>, page: Page) -> Result<Vec<View>, Error> {
        let (after, before, forward) = match page.start {
            Start::Newest => (0, i64::MAX, false),
            Start::After(mark) => (self.seq_of(mark).await?, i64::MAX, true),
            Start::Before(mark) => (0, self.seq_of(mark).await?, false),
        };
        let query = match (list, forward) {
            (List::Channel(channel), true) => sqlx::query_as(first!("channel = $2")).bind(self.org).bind(channel),
            (List::Channel(channel), false) => sqlx::query_as(last!("channel = $2")).bind(self.org).bind(channel),
            (List::Thread(root), true) => sqlx::query_as(first!("thread = $2")).bind(self.org).bind(root),
            (List::Thread(root), false) => sqlx::query_as(last!("thread = $2")).bind(self.org).bind(root),
        };
        let rows: Vec<Shown> = query.bind(after).bind(before).bind(page.limit).fetch_all(&self.pool).await?;
        let directory = self.directory().await?;
        Ok(rows.into_iter().map(|row| row.view(&directory)).collect())
    }

    async fn seq_of(&self, mark: Mark) -> Result<i64, Error> {
        match mark {
            Mark::Seq(seq) => Ok(seq),
            Mark::Message(id) => sqlx::query_scalar("select seq from lobby.messages where org = $1 and id = $2")
                .bind(self.org)
                .bind(id)
                .fetch_optional(&self.pool)
                .await?
                .ok_or_else(|| Error::UnknownMessage(id.to_string())),
        }
    }
}
