//! Our channels in the workspaces of platforms, as they were found last.

use std::collections::BTreeMap;

use bullpen_domain::org::Rooms;
use sqlx::PgConnection;
use uuid::Uuid;

/// All that is known, by platform.
pub async fn all(conn: &mut PgConnection, org: Uuid) -> sqlx::Result<BTreeMap<String, Rooms>> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("select platform, name, channel from rooms where org = $1").bind(org).fetch_all(conn).await?;
    let mut found: BTreeMap<String, Rooms> = BTreeMap::new();
    for (platform, name, channel) in rows {
        found.entry(platform).or_default().insert(name, channel);
    }
    Ok(found)
}

/// Keeps what a platform told; a channel that it did not name keeps its last id.
pub async fn keep(conn: &mut PgConnection, org: Uuid, platform: &str, rooms: &Rooms) -> sqlx::Result<()> {
    let (names, channels): (Vec<&str>, Vec<&str>) = rooms.iter().map(|(n, c)| (n.as_str(), c.as_str())).unzip();
    sqlx::query(
        "insert into rooms (org, platform, name, channel) select $1, $2, n.* from unnest($3::text[], $4::text[]) as n
         on conflict (org, platform, name) do update set channel = excluded.channel",
    )
    .bind(org)
    .bind(platform)
    .bind(names)
    .bind(channels)
    .execute(conn)
    .await?;
    Ok(())
}
