//! What models wanted and did not get.

use bullpen_domain::refusal::Refusal;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::Listed;
use super::{Page, Result};

/// The refusals of a page.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, page: Page) -> Result<Vec<Refusal>> {
    let listed = Listed { table: "refusals", at: "at", only: "cardinality($5::text[]) = 0", values: &[] };
    listed.page(pool, org, page).await
}
