//! Letters: who was told what, which turn read it, what answered it. A lane writes its letters with the rest of its state
//! (`lanes`); that they were read is noted when a turn's prompt is stored (`calls::prepared`).

use bullpen_domain::letter::Letter;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// The open letters that these posts are, wherever their answers are waited for.
pub async fn of_posts(conn: &mut PgConnection, org: Uuid, posts: &[Uuid]) -> sqlx::Result<Vec<Letter>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select to_jsonb(l) from letters as l where l.org = $1 and l.post = any($2) and l.closed_at is null";
    let rows: Vec<Json<Letter>> = sqlx::query_scalar(sql).bind(org).bind(posts).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
