//! Letters: who was told what, which turn read it, what answered it. A lane writes its letters with the rest of its state
//! (`lanes`); that they were read is noted here, when a turn's prompt is stored.

use bullpen_domain::event::MessageId;
use bullpen_domain::letter::Letter;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// What a turn was shown of a conversation.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The message.
    pub id: MessageId,
    /// The effect that posted it, where a persona said it.
    pub post: Option<Uuid>,
}

/// A persona has read what its turn was shown, and what the turn is to answer. What was read before stays so.
pub async fn read(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    persona: &str,
    call: Uuid,
    shown: &[Shown],
) -> sqlx::Result<()> {
    // A letter that its lane writes at this moment is passed over: nothing may wait here.
    sqlx::query(
        "update letters set read_at = $2, read_call = $4 where id in (
             select id from letters as l
             where org = $1 and \"to\" = $3 and not to_person and read_at is null
               and (call = $4 or post = any($5)
                    or exists (select from unnest($6::text[], $7::text[]) as m (channel, id)
                               where m.channel = l.message ->> 'channel' and m.id = l.message ->> 'id'))
             for update skip locked)",
    )
    .bind(org)
    .bind(now)
    .bind(persona)
    .bind(call)
    .bind(shown.iter().filter_map(|s| s.post).collect::<Vec<_>>())
    .bind(shown.iter().map(|s| s.id.channel.as_str()).collect::<Vec<_>>())
    .bind(shown.iter().map(|s| s.id.id.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// The open letters that these posts are, wherever their answers are waited for.
pub async fn of_posts(conn: &mut PgConnection, org: Uuid, posts: &[Uuid]) -> sqlx::Result<Vec<Letter>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select to_jsonb(l) from letters as l where l.org = $1 and l.post = any($2) and l.closed_at is null";
    let rows: Vec<Json<Letter>> = sqlx::query_scalar(sql).bind(org).bind(posts).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
