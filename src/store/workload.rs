//! What was decided before, for a persona's answers.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// The newest decisions of a kind, and what came of them, oldest first: what was learned bears on the next one.
pub async fn precedents(conn: &mut PgConnection, org: Uuid, kind: &str) -> sqlx::Result<Vec<Value>> {
    sqlx::query_scalar(
        "select row from (
             select d.at, d.number, jsonb_build_object('kind', d.kind, 'about', d.context, 'decided', d.decision,
                    'why', d.reasoning, 'by', d.maker, 'at', d.at) as row
             from decisions as d
             where d.org = $1 and d.kind in ($2, $2 || '.outcome') and d.erased_in is null
             order by d.at desc, d.number desc limit 8
         ) as newest order by at, number",
    )
    .bind(org)
    .bind(kind)
    .fetch_all(conn)
    .await
}
