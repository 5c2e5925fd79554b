//! Makes the channels, identities and people of a plan exist. Nothing is removed: who is absent is marked as gone.

use bullpen_chat::{Plan, Provisioned};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::direct::Direct;
use crate::{Error, Lobby};

impl Lobby {
    pub(crate) async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        let mut provisioned = Provisioned::default();
        let mut tx = self.pool.begin().await?;
        // One at a time, so that two servers that start together do not wait for each other's rows in a ring.
        sqlx::query("select pg_advisory_xact_lock(hashtextextended('lobby.provision ' || $1::text, 0))")
            .bind(self.org)
            .execute(&mut *tx)
            .await?;
        let mut changed = 0;
        for (position, channel) in (0_i32..).zip(&plan.channels) {
            if channel.name.is_empty() || Direct::reserves(&channel.name) || channel.name.contains(['/', '#', '\0']) {
                provisioned.missing.push(format!(
                    "The channel “{}” cannot be made: a name may not be empty, begin with “dm:” or hold “/” or “#”. Give \
                     it another name in the team's file.",
                    channel.name
                ));
                continue;
            }
            changed += sqlx::query(
                "insert into lobby.channels as c (org, id, name, layer, topic, position) values ($1, $2, $2, $3, $4, $5)
                 on conflict (org, id) do update
                     set layer = excluded.layer, topic = excluded.topic, position = excluded.position
                     where (c.layer, c.topic, c.position)
                         is distinct from (excluded.layer, excluded.topic, excluded.position)",
            )
            .bind(self.org)
            .bind(&channel.name)
            .bind(&channel.layer)
            .bind(&channel.topic)
            .bind(position)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            provisioned.channels.insert(channel.name.clone(), channel.name.clone());
        }
        changed += identities(&mut tx, self.org, plan).await?;
        changed += people(&mut tx, self.org, plan).await?;
        tx.commit().await?;
        if changed > 0 {
            self.names.invalidate(&()).await;
            self.announce(json!({ "type": "changed", "what": ["channels", "personas", "people"] }));
        }
        Ok(provisioned)
    }
}

async fn identities(db: &mut PgConnection, org: Uuid, plan: &Plan) -> Result<u64, Error> {
    let mut changed = 0;
    for (position, identity) in (0_i32..).zip(&plan.identities) {
        changed += sqlx::query(
            "insert into lobby.identities as i (org, handle, name, role, avatar, position, gone)
             values ($1, $2, $3, $4, $5, $6, false)
             on conflict (org, handle) do update
                 set name = excluded.name, role = excluded.role, avatar = excluded.avatar,
                     position = excluded.position, gone = false
                 where (i.name, i.role, i.avatar, i.position, i.gone)
                     is distinct from (excluded.name, excluded.role, excluded.avatar, excluded.position, false)",
        )
        .bind(org)
        .bind(&identity.handle)
        .bind(&identity.name)
        .bind(&identity.role)
        .bind(&identity.avatar)
        .bind(position)
        .execute(&mut *db)
        .await?
        .rows_affected();
    }
    let present: Vec<&str> = plan.identities.iter().map(|identity| identity.handle.as_str()).collect();
    changed += sqlx::query("update lobby.identities set gone = true where org = $1 and not gone and handle <> all($2)")
        .bind(org)
        .bind(&present)
        .execute(&mut *db)
        .await?
        .rows_affected();
    Ok(changed)
}

async fn people(db: &mut PgConnection, org: Uuid, plan: &Plan) -> Result<u64, Error> {
    let mut changed = 0;
    for (position, name) in (0_i32..).zip(plan.people.iter().map(|p| &p.name)) {
        changed += sqlx::query(
            "insert into lobby.people as p (org, name, position, gone) values ($1, $2, $3, false)
             on conflict (org, name) do update set position = excluded.position, gone = false
                 where (p.position, p.gone) is distinct from (excluded.position, false)",
        )
        .bind(org)
        .bind(name)
        .bind(position)
        .execute(&mut *db)
        .await?
        .rows_affected();
    }
    changed += sqlx::query("update lobby.people set gone = true where org = $1 and not gone and name <> all($2)")
        .bind(org)
        .bind(plan.people.iter().map(|p| p.name.as_str()).collect::<Vec<_>>())
        .execute(&mut *db)
        .await?
        .rows_affected();
    Ok(changed)
}
