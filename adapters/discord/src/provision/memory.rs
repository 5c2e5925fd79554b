//! Which channels and roles of a guild are the department's, by id, so that people may rename them.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgAdvisoryLock, PgAdvisoryLockGuard};
use sqlx::{PgConnection, PgPool, Postgres};
use uuid::Uuid;

use crate::error::Error;

/// The longest that one server waits for another one that provisions the same guild.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Category,
    Channel,
    Role,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Channel => "channel",
            Self::Role => "role",
        }
    }
}

/// One thing of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) id: u64,
    /// The topic that we set last.
    pub(crate) topic: Option<String>,
}

/// What we remember of a guild. While it is open, nobody else provisions that guild with the same database.
pub(crate) struct Memory {
    held: Option<PgAdvisoryLockGuard<PoolConnection<Postgres>>>,
    org: Uuid,
    guild: u64,
    known: BTreeMap<(Kind, String), Known>,
}

type Row = (String, String, i64, Option<String>);

/// The guild that something is remembered of: the wanted one, else the only one.
pub(crate) async fn guild(pool: &PgPool, org: Uuid, wanted: Option<u64>) -> Result<Option<u64>, Error> {
    if wanted.is_some() {
        return Ok(wanted);
    }
    let all: Vec<i64> = sqlx::query_scalar("select distinct guild from discord.arranged where org = $1")
        .bind(org)
        .fetch_all(pool)
        .await?;
    Ok(match all.as_slice() {
        [only] => Some(only.cast_unsigned()),
        _ => None,
    })
}

impl Memory {
    /// A memory that ends with the process, for where there is no database.
    pub(crate) fn none() -> Self {
        Self { held: None, org: Uuid::nil(), guild: 0, known: BTreeMap::new() }
    }

    /// Waits for its turn, and reads what is remembered.
    pub(crate) async fn open(pool: &PgPool, org: Uuid, guild: u64) -> Result<Self, Error> {
        let lock = PgAdvisoryLock::new(format!("bullpen discord provision {org} {guild}"));
        let connection = pool.acquire().await?;
        let held = tokio::time::timeout(PATIENCE, lock.acquire(connection)).await;
        let busy =
            |_| Error::Config(format!("another server prepares the guild {guild} and does not end; try again later"));
        let mut held = held.map_err(busy)??;
        let known = known(&mut held, org, guild).await?;
        Ok(Self { held: Some(held), org, guild, known })
    }

    /// Reads what is remembered, without a turn: it is not written to.
    pub(crate) async fn read(pool: &PgPool, org: Uuid, guild: u64) -> Result<Self, Error> {
        let known = known(&mut *pool.acquire().await?, org, guild).await?;
        Ok(Self { held: None, org, guild, known })
    }

    /// Whether it lasts.
    pub(crate) fn lasts(&self) -> bool {
        self.held.is_some()
    }

    pub(crate) fn get(&self, kind: Kind, name: &str) -> Option<&Known> {
        self.known.get(&(kind, name.to_owned()))
    }

    /// Everything of a kind, by name.
    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = (&str, &Known)> {
        self.known.iter().filter(move |((of, _), _)| *of == kind).map(|((_, name), known)| (name.as_str(), known))
    }

    /// Remembers one thing; writes only what is new.
    pub(crate) async fn keep(&mut self, kind: Kind, name: &str, known: Known) -> Result<(), Error> {
        if self.get(kind, name) == Some(&known) {
            return Ok(());
        }
        if let Some(held) = &mut self.held {
            sqlx::query(
                "insert into discord.arranged (org, guild, kind, name, id, topic) values ($1, $2, $3, $4, $5, $6) \
                 on conflict on constraint arranged_pkey do update set id = excluded.id, topic = excluded.topic",
            )
            .bind(self.org)
            .bind(self.guild.cast_signed())
            .bind(kind.name())
            .bind(name)
            .bind(known.id.cast_signed())
            .bind(&known.topic)
            .execute(&mut **held)
            .await?;
        }
        self.known.insert((kind, name.to_owned()), known);
        Ok(())
    }

    /// Lets the next one in.
    pub(crate) async fn close(self) -> Result<(), Error> {
        if let Some(held) = self.held {
            held.release_now().await?;
        }
        Ok(())
    }
}

async fn known(conn: &mut PgConnection, org: Uuid, guild: u64) -> Result<BTreeMap<(Kind, String), Known>, Error> {
    let rows: Vec<Row> =
        sqlx::query_as("select kind, name, id, topic from discord.arranged where org = $1 and guild = $2")
            .bind(org)
            .bind(guild.cast_signed())
            .fetch_all(conn)
            .await?;
    let kind = |name: &str| [Kind::Category, Kind::Channel, Kind::Role].into_iter().find(|k| k.name() == name);
    let entry = |(named, name, id, topic): Row| Some(((kind(&named)?, name), Known { id: id.cast_unsigned(), topic }));
    Ok(rows.into_iter().filter_map(entry).collect())
}
