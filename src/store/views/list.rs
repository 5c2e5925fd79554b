//! Lists of an aggregate, in pages, in the order in which its entries came to be.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::{Error, Result};

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The entry after which it begins; the list's beginning where there is none.
    pub after: Option<Uuid>,
    /// How many entries at most, 1 to 1,000.
    pub limit: i64,
    /// Which end the list begins at.
    pub order: Order,
}

impl Default for Page {
    /// The first hundred.
    fn default() -> Self {
        Self { after: None, limit: 100, order: Order::Oldest }
    }
}

/// Which end a list begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The oldest entry first.
    Oldest,
    /// The newest entry first.
    Newest,
}

impl Order {
    /// How an entry compares with the one before it, and the direction to sort in.
    pub(in crate::store) fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Oldest => (">", "asc"),
            Self::Newest => ("<", "desc"),
        }
    }
}

/// What is listed: pieces of SQL that are part of this program, and the values that its condition asks for.
pub(super) struct Listed<'a> {
    /// The table.
    pub(super) table: &'static str,
    /// The column of when an entry came to be.
    pub(super) at: &'static str,
    /// A condition on `x`, the entry, and `$5`, an array of texts.
    pub(super) only: &'static str,
    /// The values of `$5`.
    pub(super) values: &'a [Option<&'a str>],
}

impl Listed<'_> {
    /// The page's rows, read as a type of the domain.
    pub(super) async fn page<T>(&self, pool: &PgPool, org: Uuid, page: Page) -> Result<Vec<T>>
    where
        T: DeserializeOwned + Send + Unpin + 'static,
    {
        let Self { table, at, only, values } = self;
        let after = match page.after {
            None => None,
            Some(id) => Some((self.at(pool, org, id).await?, id)),
        };
        let (beyond, direction) = page.order.sql();
        let beyond =
            after.map(|_| format!("(x.{at}, x.id) {beyond} ($2::timestamptz, $3::uuid) and ")).unwrap_or_default();
        // The page first and its JSON afterwards, so that no row beyond the page is written out.
        let sql = format!(
            "select to_jsonb(x) from (
                 select x.* from {table} as x
                 where x.org = $1 and {beyond}({only})
                 order by x.{at} {direction}, x.id {direction} limit $4
             ) as x order by x.{at} {direction}, x.id {direction}"
        );
        let rows: Vec<Json<T>> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(org)
            .bind(after.map(|(at, _)| at))
            .bind(after.map(|(_, id)| id))
            .bind(page.limit)
            .bind(values)
            .fetch_all(pool)
            .await?;
        Ok(rows.into_iter().map(|Json(row)| row).collect())
    }

    async fn at(&self, pool: &PgPool, org: Uuid, id: Uuid) -> Result<DateTime<Utc>> {
        let Self { table, at, .. } = self;
        let sql = format!("select x.{at} from {table} as x where x.org = $1 and x.id = $2");
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).bind(org).bind(id).fetch_optional(pool).await?;
        found.ok_or(Error::UnknownMark(id))
    }
}

/// Rows that belong to something, read as a type of the domain. `sql` gives one JSON value a row, of `$1`, the
/// organisation, and `$2`, the ids.
pub(super) async fn rows<T>(pool: &PgPool, org: Uuid, ids: &[Uuid], sql: &'static str) -> Result<Vec<T>>
where
    T: DeserializeOwned + Send + Unpin + 'static,
{
    let rows: Vec<Json<T>> = sqlx::query_scalar(sql).bind(org).bind(ids).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|Json(row)| row).collect())
}
