//! What models wanted and did not get.

use bullpen_domain::refusal::Refusal;
use sqlx::PgConnection;
use sqlx::types::Json;

/// Keeps refusals; a repeat keeps nothing twice.
pub async fn insert(conn: &mut PgConnection, refusals: &[Refusal]) -> sqlx::Result<()> {
    if refusals.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into refusals (id, org, lane, task, persona, wanted, reason, at)
         select id, org, lane, task, persona, wanted, reason, at from jsonb_populate_recordset(null::refusals, $1)
         on conflict (id) do nothing",
    )
    .bind(Json(refusals))
    .execute(conn)
    .await?;
    Ok(())
}
