//! What went out. The folder of published files is a projection of this and can be made anew.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Something published.
#[derive(Debug, Clone, FromRow)]
pub struct Publication {
    /// Its id.
    pub id: Uuid,
    /// The root task.
    pub task: Option<Uuid>,
    /// Where it was published: `page`, or the name of a folder of notes.
    pub place: String,
    /// Its address there, unique.
    pub slug: String,
    /// Its version, from 1.
    pub version: i32,
    /// Its title.
    pub title: String,
    /// What was published, whole.
    pub body: Value,
    /// When it was first published.
    pub published_at: DateTime<Utc>,
    /// When its newest version was.
    pub updated_at: DateTime<Utc>,
}

/// What is to be published.
#[derive(Debug)]
pub struct New<'a> {
    /// The call that publishes it: repeated, it changes nothing.
    pub call: Uuid,
    /// The root task: its second publication at a place is a new version of the first.
    pub task: Option<Uuid>,
    /// Where.
    pub place: &'a str,
    /// The address wished for; a number is added where another task's piece has it.
    pub slug: &'a str,
    /// The title.
    pub title: &'a str,
    /// What, whole.
    pub body: &'a Value,
    /// The approval that allows it.
    pub grant: Option<Uuid>,
}

/// Publishes: new, or a new version of what this task published there before. The caller's transaction.
pub async fn publish(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    new: &New<'_>,
) -> sqlx::Result<Publication> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('publish:' || $1::text || $2, 0))")
        .bind(org)
        .bind(new.place)
        .execute(&mut *conn)
        .await?;
    let earlier: Option<Publication> = sqlx::query_as(
        "select id, task, place, slug, version, title, body, published_at, updated_at from publications
         where org = $1 and place = $2 and task = $3",
    )
    .bind(org)
    .bind(new.place)
    .bind(new.task)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(earlier) = earlier {
        if earlier.title == new.title && earlier.body == *new.body {
            return Ok(earlier);
        }
        return sqlx::query_as(
            "update publications set version = version + 1, title = $2, body = $3, grant_id = $4, updated_at = $5
             where id = $1
             returning id, task, place, slug, version, title, body, published_at, updated_at",
        )
        .bind(earlier.id)
        .bind(new.title)
        .bind(new.body)
        .bind(new.grant)
        .bind(now)
        .fetch_one(conn)
        .await;
    }
    sqlx::query_as(
        "insert into publications (id, org, task, place, slug, version, title, body, grant_id, published_at, updated_at)
         select $1, $2, $3, $4,
                (select $5 || case when n = 1 then '' else '-' || n end from generate_series(1, 100000) as n
                 where not exists (select from publications where org = $2 and place = $4
                                     and slug = $5 || case when n = 1 then '' else '-' || n end)
                 order by n limit 1),
                1, $6, $7, $8, $9, $9
         returning id, task, place, slug, version, title, body, published_at, updated_at",
    )
    .bind(new.call)
    .bind(org)
    .bind(new.task)
    .bind(new.place)
    .bind(new.slug)
    .bind(new.title)
    .bind(new.body)
    .bind(new.grant)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// The newest publications at a place.
pub async fn newest(conn: &mut PgConnection, org: Uuid, place: &str, limit: i64) -> sqlx::Result<Vec<Publication>> {
    sqlx::query_as(
        "select id, task, place, slug, version, title, body, published_at, updated_at from publications
         where org = $1 and place = $2 order by published_at desc, id limit $3",
    )
    .bind(org)
    .bind(place)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Everything published at other places than `page`.
pub async fn notes(conn: &mut PgConnection, org: Uuid, page: &str) -> sqlx::Result<Vec<Publication>> {
    sqlx::query_as(
        "select id, task, place, slug, version, title, body, published_at, updated_at from publications
         where org = $1 and place <> $2 order by published_at, id",
    )
    .bind(org)
    .bind(page)
    .fetch_all(conn)
    .await
}

/// Who had a hand in a task's piece.
#[derive(Debug, FromRow)]
pub struct Makers {
    /// Handles of those who wrote what has a body.
    pub authors: Vec<String>,
    /// Handles of those whose reviews let it pass.
    pub reviewers: Vec<String>,
    /// Names of the people who approved it.
    pub approvers: Vec<String>,
}

/// Who had a hand in a task's piece.
pub async fn makers(conn: &mut PgConnection, task: Option<Uuid>) -> sqlx::Result<Makers> {
    sqlx::query_as(
        "select array(select distinct \"by\" from deliverables where task = $1 and fields ? 'body' order by 1) as authors,
                array(select distinct \"by\" from reviews where task = $1 and verdict = 'approve' order by 1) as reviewers,
                array(select distinct decided_by from approvals
                      where task = $1 and state = 'approved' and decided_by is not null
                          and kind not in ('task.start', 'task.step') order by 1) as approvers",
    )
    .bind(task)
    .fetch_one(conn)
    .await
}

/// Whether the step that called for this still waits for it. Holds the step until the end of the transaction: who stops or
/// edits the work is first, or waits.
pub async fn still_wanted(conn: &mut PgConnection, org: Uuid, call: Uuid) -> sqlx::Result<bool> {
    let wanted: Option<i32> = sqlx::query_scalar(
        "select 1 from tasks where org = $1 and call = $2 and state = 'in_progress' for no key update",
    )
    .bind(org)
    .bind(call)
    .fetch_optional(conn)
    .await?;
    Ok(wanted.is_some())
}
