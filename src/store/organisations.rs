//! Organisations: the tenants that every row belongs to.

use bullpen_domain::org::Directory;
use sqlx::PgConnection;

/// Enters an organisation, or brings its name and zone up to date.
pub async fn enrol(conn: &mut PgConnection, directory: &Directory) -> sqlx::Result<()> {
    sqlx::query(
        "insert into organisations (id, name, zone) values ($1, $2, $3)
         on conflict (id) do update set name = excluded.name, zone = excluded.zone",
    )
    .bind(directory.org)
    .bind(&directory.name)
    .bind(directory.zone.name())
    .execute(conn)
    .await?;
    Ok(())
}
