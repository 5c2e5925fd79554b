//! Channels as they are listed, and how far each member has read them.

use serde::Serialize;
use uuid::Uuid;

use crate::name::Member;
use crate::{Error, Lobby};

/// A channel as readers get it, in JSON of the HTTP contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Channel {
    /// Its id: its name, or `dm:{persona}:{member}`.
    pub id: String,
    /// Its name; of a direct conversation, the persona's name.
    pub name: String,
    /// The layer of the organisation that it mirrors.
    pub layer: Option<String>,
    /// One line on what it is for.
    pub topic: String,
    /// In a direct conversation, the persona's handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<String>,
    /// What the asking member has not read; absent where nobody asks.
    #[serde(flatten)]
    #[sqlx(skip)]
    pub unread: Option<Unread>,
}

/// What a member has not read in a channel. Counts stop at 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, sqlx::FromRow)]
pub struct Unread {
    /// Messages of others.
    pub unread: i64,
    /// Those of them that were meant to notify the member.
    pub mentions: i64,
}

#[derive(sqlx::FromRow)]
struct Counted {
    #[sqlx(flatten)]
    channel: Channel,
    #[sqlx(flatten)]
    unread: Unread,
}

impl Lobby {
    /// The channels that are open to all, in their order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn channels(&self) -> Result<Vec<Channel>, Error> {
        let channels = sqlx::query_as(
            "select id, name, layer, topic, persona as direct from lobby.channels
             where org = $1 and member is null order by position, id",
        )
        .bind(self.org)
        .fetch_all(&self.pool)
        .await?;
        Ok(channels)
    }

    /// The same with the member's own direct conversations after them, and what the member has not read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn channels_of(&self, member: &Member) -> Result<Vec<Channel>, Error> {
        let rows: Vec<Counted> = sqlx::query_as(
            "select c.id, coalesce(i.name, c.name) as name, c.layer, c.topic, c.persona as direct, n.unread, n.mentions
             from lobby.channels c
             left join lobby.identities i on i.org = c.org and i.handle = c.persona
             left join lobby.reads r on r.org = c.org and r.channel = c.id and r.member = $2
             cross join lateral
                (select count(*) as unread, count(*) filter (where u.named) as mentions
                 from (select $2 = any(m.notify) as named from lobby.messages m
                       where m.org = c.org and m.channel = c.id and m.seq > coalesce(r.seq, 0) and m.deleted_at is null
                         and not (m.author_kind = 'member' and m.author = $2)
                       limit 1000) u) n
             where c.org = $1 and (c.member is null or c.member = $2)
             order by (c.member is not null), c.position, c.id",
        )
        .bind(self.org)
        .bind(member.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|row| Channel { unread: Some(row.unread), ..row.channel }).collect())
    }

    /// Notes that `member` has read `channel` up to `message`, and tells what is left. Reading does not go backwards.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`] where the message does not stand in this channel, [`Error::NotForYou`].
    pub async fn read(&self, channel: &str, member: &Member, message: Uuid) -> Result<Unread, Error> {
        self.check_sight(channel, Some(member))?;
        let marked = sqlx::query(
            "insert into lobby.reads (org, member, channel, seq)
             select org, $2, channel, seq from lobby.messages where org = $1 and channel = $3 and id = $4
             on conflict (org, member, channel) do update set seq = greatest(reads.seq, excluded.seq)",
        )
        .bind(self.org)
        .bind(member.as_str())
        .bind(channel)
        .bind(message)
        .execute(&self.pool)
        .await?
        .rows_affected();
        if marked == 0 {
            return Err(Error::UnknownMessage(message.to_string()));
        }
        let left = sqlx::query_as(
            "select count(*) as unread, count(*) filter (where u.named) as mentions
             from (select $2 = any(m.notify) as named from lobby.messages m
                   join lobby.reads r on r.org = m.org and r.channel = m.channel and r.member = $2
                   where m.org = $1 and m.channel = $3 and m.seq > r.seq and m.deleted_at is null
                     and not (m.author_kind = 'member' and m.author = $2)
                   limit 1000) u",
        )
        .bind(self.org)
        .bind(member.as_str())
        .bind(channel)
        .fetch_one(&self.pool)
        .await?;
        Ok(left)
    }

    pub(crate) async fn channel_exists(&self, channel: &str) -> Result<bool, Error> {
        let exists = sqlx::query_scalar("select exists (select from lobby.channels where org = $1 and id = $2)")
            .bind(self.org)
            .bind(channel)
            .fetch_one(&self.pool)
            .await?;
        Ok(exists)
    }
}
