//! Writing messages: one statement that finds their place, takes the organisation's turn, writes the message and logs it.

use chrono::{DateTime, SubsecRound as _, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::direct::Direct;
use crate::log::{Body, Kind};
use crate::message::{Shown, View};
use crate::name::Member;
use crate::{Error, Lobby, card, mention};

/// The most characters of a member's message.
pub const TEXT_LIMIT: usize = 40_000;

/// The most characters of an idempotency key.
const KEY_LIMIT: usize = 200;

/// What a member wants to say.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// What, as Markdown.
    pub text: String,
    /// The thread's root, or any reply in it; `None` for the channel's top level.
    pub thread: Option<String>,
    /// The member's own idempotency key: the same key gives the same message again.
    pub key: Option<String>,
}

/// A message that is about to be written.
pub(crate) struct Draft<'a> {
    pub(crate) id: Uuid,
    pub(crate) channel: &'a str,
    /// The thread's root, or any reply in it.
    pub(crate) thread: Option<&'a str>,
    pub(crate) author: Writer<'a>,
    pub(crate) text: &'a str,
    pub(crate) card: Option<&'a card::Stored>,
    pub(crate) notify: &'a [String],
    pub(crate) key: Option<&'a str>,
}

/// Where a draft went.
pub(crate) struct Written {
    /// The root of its thread.
    pub(crate) thread: Option<Uuid>,
    /// Its number, and when it was written; `None` where such a message stands already.
    pub(crate) fresh: Option<(i64, DateTime<Utc>)>,
}

/// Who writes it.
#[derive(Clone, Copy)]
pub(crate) enum Writer<'a> {
    Member(&'a Member),
    Persona { handle: &'a str, name: &'a str },
}

impl<'a> Writer<'a> {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Persona { .. } => "persona",
        }
    }

    pub(crate) fn id(self) -> &'a str {
        match self {
            Self::Member(member) => member.as_str(),
            Self::Persona { handle, .. } => handle,
        }
    }

    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Member(member) => member.as_str(),
            Self::Persona { name, .. } => name,
        }
    }
}

/// Checks what a member wants a message to say.
pub(crate) fn check_text(text: &str) -> Result<(), Error> {
    if text.contains('\0') {
        return Err(Error::Nul("text"));
    }
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    match text.chars().count() {
        length if length > TEXT_LIMIT => Err(Error::TooLong(length)),
        _ => Ok(()),
    }
}

impl Lobby {
    /// Writes a member's message into a channel; a reply to a reply joins the same thread.
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], [`Error::UnknownThread`]; [`Error::NotForYou`] for a direct conversation of others;
    /// [`Error::Empty`], [`Error::TooLong`], [`Error::Nul`]; [`Error::KeyReused`] where the key belongs to a message that
    /// says something else.
    pub async fn say(&self, channel: &str, member: &Member, said: &Said) -> Result<View, Error> {
        check_text(&said.text)?;
        if let Some(key) = &said.key {
            if key.is_empty() || key.chars().count() > KEY_LIMIT {
                return Err(Error::Key);
            }
            if key.contains('\0') {
                return Err(Error::Nul("key"));
            }
        }
        if Direct::parse(channel).is_some_and(|direct| direct.member != member.as_str()) {
            return Err(Error::NotForYou);
        }
        let directory = self.directory().await?;
        let notify = mention::people(&said.text, &directory);
        let id = Uuid::now_v7();
        let draft = Draft {
            id,
            channel,
            thread: said.thread.as_deref(),
            author: Writer::Member(member),
            text: &said.text,
            card: None,
            notify: &notify,
            key: said.key.as_deref(),
        };
        let written = self.write(&draft).await?;
        let shown = match written.fresh {
            Some((seq, at)) => Shown::fresh(&draft, written.thread, seq, at),
            None => self.shown(self.written_before(&draft, written.thread).await?).await?,
        };
        Ok(shown.view(&directory))
    }

    /// Writes a member's direct message to the persona of this handle; their conversation begins with it.
    ///
    /// # Errors
    /// [`Error::UnknownPersona`], and those of [`Lobby::say`].
    pub async fn say_directly(&self, persona: &str, member: &Member, said: &Said) -> Result<View, Error> {
        check_text(&said.text)?;
        let direct = Direct::new(self.directory().await?.persona(persona)?, member);
        self.begin_direct(&direct).await?;
        self.say(&direct.channel(), member, said).await
    }

    pub(crate) async fn begin_direct(&self, direct: &Direct) -> Result<(), Error> {
        sqlx::query(
            "insert into lobby.channels (org, id, name, layer, topic, position, persona, member)
             values ($1, $2, $3, null, '', 0, $3, $4) on conflict (org, id) do nothing",
        )
        .bind(self.org)
        .bind(direct.channel())
        .bind(&direct.persona)
        .bind(&direct.member)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Writes the message and its entry in the log, unless such a message stands already; a reply to a reply joins the same
    /// thread.
    pub(crate) async fn write(&self, draft: &Draft<'_>) -> Result<Written, Error> {
        let (heard, body) = match draft.author {
            Writer::Member(_) => (true, Body::Text(draft.text)),
            Writer::Persona { .. } => (false, Body::Nothing),
        };
        // As Postgres keeps it.
        let at = self.now().trunc_subsecs(6);
        // One statement, so that the turn is never held while we are on our way to the database.
        let written: Option<(Option<Uuid>, Option<i64>)> = sqlx::query_as(
            "with place as materialized (
                select (select coalesce(m.thread, m.id) from lobby.messages m
                        where m.org = c.org and m.channel = c.id and m.id = $4) as root
                from lobby.channels c where c.org = $1 and c.id = $3),
             turn as materialized (select lobby.turn($1) as seq, root from place where root is not null or not $5),
             written as (
                insert into lobby.messages
                    (org, id, seq, channel, thread, author_kind, author, author_name, text, card, notify, revision, key,
                     created_at)
                select $1, $2, turn.seq, $3, turn.root, $6, $7, $8, $9, $10, $11, 0, $12, $13 from turn
                on conflict do nothing
                returning org, id, seq, channel, created_at),
             logged as (
                insert into lobby.log (org, seq, kind, channel, message, body, heard, at)
                select org, seq, $14, channel, id, $15, $16, created_at from written)
             select place.root, written.seq from place left join written on true",
        )
        .bind(self.org)
        .bind(draft.id)
        .bind(draft.channel)
        .bind(draft.thread.and_then(|thread| Uuid::try_parse(thread).ok()))
        .bind(draft.thread.is_some())
        .bind(draft.author.kind())
        .bind(draft.author.id())
        .bind(draft.author.name())
        .bind(draft.text)
        .bind(draft.card.map(Json))
        .bind(draft.notify)
        .bind(draft.key)
        .bind(at)
        .bind(Kind::Message.as_str())
        .bind(body.stored())
        .bind(heard)
        .fetch_optional(&self.pool)
        .await?;
        let Some((thread, seq)) = written else { return Err(Error::UnknownChannel(draft.channel.to_owned())) };
        if let (None, Some(given)) = (thread, draft.thread) {
            return Err(Error::UnknownThread(given.to_owned()));
        }
        if seq.is_some() {
            self.wake(heard);
        }
        Ok(Written { thread, fresh: seq.map(|seq| (seq, at)) })
    }

    /// The message that was written with this draft's key, if it said the same when it was written.
    async fn written_before(&self, draft: &Draft<'_>, thread: Option<Uuid>) -> Result<Uuid, Error> {
        let (id, same): (Uuid, bool) = sqlx::query_as(
            "select m.id,
                    m.channel = $5 and m.thread is not distinct from $6
                    and $7 = coalesce((select v.text from lobby.versions v
                                       where v.org = m.org and v.message = m.id order by v.revision limit 1), m.text)
             from lobby.messages m
             where m.org = $1 and m.author_kind = $2 and m.author = $3 and m.key = $4",
        )
        .bind(self.org)
        .bind(draft.author.kind())
        .bind(draft.author.id())
        .bind(draft.key)
        .bind(draft.channel)
        .bind(thread)
        .bind(draft.text)
        .fetch_one(&self.pool)
        .await?;
        if same { Ok(id) } else { Err(Error::KeyReused) }
    }
}
