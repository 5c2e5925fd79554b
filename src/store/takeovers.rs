//! Threads that a person has taken over: personas are silent in them.

use std::collections::HashMap;

use bullpen_domain::event::MessageId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Gives a thread to a person, or back to the personas. Who has it keeps it.
pub async fn set(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    thread: &MessageId,
    by: Option<&str>,
) -> sqlx::Result<()> {
    let sql = match by {
        Some(_) => {
            "insert into takeovers (org, channel, root, \"by\", at) values ($1, $2, $3, $4, $5) on conflict do nothing"
        }
        None => {
            "delete from takeovers where org = $1 and channel = $2 and root = $3 and $4::text is null
             and $5::timestamptz is not null"
        }
    };
    sqlx::query(sql).bind(org).bind(&thread.channel).bind(&thread.id).bind(by).bind(now).execute(conn).await?;
    Ok(())
}

/// Those of these threads that somebody has, and who.
pub async fn of(
    conn: &mut PgConnection,
    org: Uuid,
    threads: impl IntoIterator<Item = &MessageId>,
) -> sqlx::Result<HashMap<MessageId, String>> {
    let (channels, roots): (Vec<&str>, Vec<&str>) =
        threads.into_iter().map(|m| (m.channel.as_str(), m.id.as_str())).unzip();
    if roots.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select t.channel, t.root, t.\"by\" from unnest($2::text[], $3::text[]) as w (channel, root)
         join takeovers as t on t.org = $1 and t.channel = w.channel and t.root = w.root",
    )
    .bind(org)
    .bind(channels)
    .bind(roots)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(channel, id, by)| (MessageId { channel, id }, by)).collect())
}
