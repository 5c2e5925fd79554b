//! Versions of playbooks and personas, kept because running work is pinned to them; and system prompts, kept longer than the
//! prompts that were made with them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// The kind of what a persona's model is told at every turn of a day.
pub const SYSTEM_PROMPT: &str = "system_prompt";

/// Keeps a version.
pub async fn keep<T: Serialize + Sync>(
    conn: &mut PgConnection,
    org: Uuid,
    kind: &str,
    name: &str,
    digest: &str,
    body: &T,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into definitions (org, kind, name, digest, body, first_seen) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
    )
    .bind(org)
    .bind(kind)
    .bind(name)
    .bind(digest)
    .bind(Json(body))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Finds a version.
pub async fn find<T: DeserializeOwned + Send + Unpin + 'static>(
    conn: &mut PgConnection,
    org: Uuid,
    kind: &str,
    name: &str,
    digest: &str,
) -> sqlx::Result<Option<T>> {
    let found: Option<Json<T>> =
        sqlx::query_scalar("select body from definitions where org = $1 and kind = $2 and name = $3 and digest = $4")
            .bind(org)
            .bind(kind)
            .bind(name)
            .bind(digest)
            .fetch_optional(conn)
            .await?;
    Ok(found.map(|f| f.0))
}

/// The digest that a task is pinned to, of a kind (`playbook`, `persona`) and name.
pub async fn pin(conn: &mut PgConnection, task: Uuid, kind: &str, name: &str) -> sqlx::Result<Option<String>> {
    let pinned: Option<Option<String>> =
        sqlx::query_scalar("select pins ->> ($2 || ':' || $3) from tasks where id = $1")
            .bind(task)
            .bind(kind)
            .bind(name)
            .fetch_optional(conn)
            .await?;
    Ok(pinned.flatten())
}

/// Forgets system prompts that were first needed before a time. Each tells its day, so none is needed again.
pub async fn trim(conn: &mut PgConnection, org: Uuid, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query("delete from definitions where org = $1 and kind = $2 and first_seen < $3")
        .bind(org)
        .bind(SYSTEM_PROMPT)
        .bind(before)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
