//! Pictures, addressed by what they contain.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Keeps a file; the same bytes are kept once.
pub async fn keep(
    conn: &mut PgConnection,
    org: Uuid,
    digest: &str,
    media_type: &str,
    bytes: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into files (org, digest, media_type, bytes, added_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(org)
    .bind(digest)
    .bind(media_type)
    .bind(bytes)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A file's media type and bytes.
pub async fn find(conn: &mut PgConnection, org: Uuid, digest: &str) -> sqlx::Result<Option<(String, Vec<u8>)>> {
    sqlx::query_as("select media_type, bytes from files where org = $1 and digest = $2")
        .bind(org)
        .bind(digest)
        .fetch_optional(conn)
        .await
}
