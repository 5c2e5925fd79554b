//! What one person sees of the department in a few lines.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::Result;

/// Most lines of a kind.
const MOST: i64 = 20;

/// A line.
#[derive(Debug, Clone, FromRow)]
pub struct Line {
    /// What it is.
    pub title: String,
    /// How it stands, in one of the words of its kind.
    pub state: String,
    /// The handle of the persona that answers for it.
    pub owner: String,
    /// When it should be done, or runs out.
    pub due: Option<DateTime<Utc>>,
    /// The channel and the id of the message to open.
    pub channel: Option<String>,
    /// The message.
    pub message: Option<String>,
}

/// The approvals that wait for this person, the first to run out first.
///
/// # Errors
/// [`super::Error`]
pub async fn approvals(pool: &PgPool, org: Uuid, person: &str) -> Result<Vec<Line>> {
    lines(
        pool,
        org,
        person,
        "select a.title, a.state, a.asked_by as owner, a.expires_at as due, m.channel, m.id as message
         from approvals as a left join messages as m on m.org = a.org and m.post = a.post
         where a.org = $1 and a.state = 'open'
           and (a.asked_of ? $2 or a.deputies @> jsonb_build_array(jsonb_build_object('by', $2)))
         order by a.expires_at, a.id limit $3",
    )
    .await
}

/// The root tasks that this person asked for and that are not over, newest first.
///
/// # Errors
/// [`super::Error`]
pub async fn asked_for(pool: &PgPool, org: Uuid, person: &str) -> Result<Vec<Line>> {
    lines(
        pool,
        org,
        person,
        "select t.title, t.state, t.owner, t.due, m.channel, m.id as message
         from tasks as t left join messages as m on m.org = t.org and m.post = t.post
         where t.org = $1 and t.parent is null and t.creator = $2 and t.state not in ('done', 'cancelled', 'failed')
         order by t.created_at desc, t.id limit $3",
    )
    .await
}

/// All root tasks that are not over, newest first.
///
/// # Errors
/// [`super::Error`]
pub async fn running(pool: &PgPool, org: Uuid) -> Result<Vec<Line>> {
    lines(
        pool,
        org,
        "",
        "select t.title, t.state, t.owner, t.due, m.channel, m.id as message
         from tasks as t left join messages as m on m.org = t.org and m.post = t.post
         where t.org = $1 and t.parent is null and t.state not in ('done', 'cancelled', 'failed') and $2 = ''
         order by t.created_at desc, t.id limit $3",
    )
    .await
}

async fn lines(pool: &PgPool, org: Uuid, person: &str, sql: &'static str) -> Result<Vec<Line>> {
    Ok(sqlx::query_as(sql).bind(org).bind(person).bind(MOST).fetch_all(pool).await?)
}
