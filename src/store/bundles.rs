//! Cards that list several low-risk approvals.

use bullpen_domain::bundle::{Bundle, Item};
use bullpen_domain::lane::Lane;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// An open low-risk approval that no card lists yet.
#[derive(Debug, Clone)]
pub struct Unlisted {
    /// As it would be listed.
    pub item: Item,
    /// Who is asked.
    pub asked_of: Vec<String>,
    /// The channel that its own card stands in.
    pub channel: String,
}

/// Id, lane, digest, title, who is asked, channel.
type Row = (Uuid, String, String, String, Json<Vec<String>>, String);

/// The open low-risk approvals that stand on a platform and on no bundle, the oldest first. One server at a time is told: the
/// others get none until the transaction ends.
pub async fn unlisted(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<Vec<Unlisted>> {
    let turn: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtextextended('bundles:' || $1, 0))")
        .bind(org.to_string())
        .fetch_one(&mut *conn)
        .await?;
    if !turn {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, a.lane, a.digest, a.title, a.asked_of, m.channel
         from approvals as a join messages as m on m.post = a.post
         where a.org = $1 and m.org = $1 and a.state = 'open' and a.low_risk and m.deleted_at is null
           and not exists (select from bundles as b where b.org = $1
                           and b.items @> jsonb_build_array(jsonb_build_object('approval', a.id)))
         order by a.created_at, a.id",
    )
    .bind(org)
    .fetch_all(conn)
    .await?;
    let read = |(approval, lane, digest, title, Json(asked_of), channel): Row| Unlisted {
        item: Item { approval, lane: Lane::stored(lane), digest, title },
        asked_of,
        channel,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Keeps a bundle.
pub async fn keep(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>, bundle: &Bundle) -> sqlx::Result<()> {
    sqlx::query("insert into bundles (post, org, channel, items, at) values ($1, $2, $3, $4, $5)")
        .bind(bundle.post)
        .bind(org)
        .bind(&bundle.channel)
        .bind(Json(&bundle.items))
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The bundles that these posts are.
pub async fn find(conn: &mut PgConnection, org: Uuid, posts: &[Uuid]) -> sqlx::Result<Vec<Bundle>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, Json<Vec<Item>>)> =
        sqlx::query_as("select post, channel, items from bundles where org = $1 and post = any($2)")
            .bind(org)
            .bind(posts)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(post, channel, Json(items))| Bundle { post, channel, items }).collect())
}
