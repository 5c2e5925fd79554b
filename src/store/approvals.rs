//! Approvals, beyond what lanes load and save: the last look before an act.

use bullpen_domain::name::Handle;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Whether this approval was given, its one act handed out, and these are the very arguments that it was given for.
pub async fn granted(conn: &mut PgConnection, org: Uuid, id: Option<Uuid>, input: &Value) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from approvals
                        where id = $1 and org = $2 and state = 'approved' and spent and input = $3)",
    )
    .bind(id)
    .bind(org)
    .bind(input)
    .fetch_one(conn)
    .await
}

/// Whether one of these personas approved something of this task by one of the reviews named.
pub async fn agreed(
    conn: &mut PgConnection,
    org: Uuid,
    task: Option<Uuid>,
    reviews: &[Uuid],
    who: &[Handle],
) -> sqlx::Result<bool> {
    let who: Vec<&str> = who.iter().map(Handle::as_str).collect();
    sqlx::query_scalar(
        "select exists (select from reviews
                        where org = $1 and task = $2 and id = any($3) and \"by\" = any($4) and verdict = 'approve')",
    )
    .bind(org)
    .bind(task)
    .bind(reviews)
    .bind(who)
    .fetch_one(conn)
    .await
}

/// The messages (channel and id) of approvals that are open, where they stand.
pub async fn on_show(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as(
        "select m.channel, m.id from approvals as a join messages as m on m.post = a.post
         where a.org = $1 and m.org = $1 and a.state = 'open' and m.deleted_at is null order by a.created_at",
    )
    .bind(org)
    .fetch_all(conn)
    .await
}
