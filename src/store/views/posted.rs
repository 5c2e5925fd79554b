//! Where our posts stand: by the effect that posted them.

use std::collections::HashMap;

use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::Result;

/// A post that stands on a platform.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Posted {
    post: Uuid,
    /// The channel's id.
    pub(super) channel: String,
    /// The message's id.
    pub(super) message: String,
    /// The root of the thread that it is a reply in.
    pub(super) reply_to: Option<String>,
}

impl Posted {
    /// The root of the thread that it stands in, itself where it is one.
    pub(super) fn thread(&self) -> String {
        self.reply_to.clone().unwrap_or_else(|| self.message.clone())
    }
}

/// The root posts of these tasks, by task.
pub(super) async fn roots(pool: &PgPool, org: Uuid, tasks: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let rows: Vec<(Uuid, Uuid)> =
        sqlx::query_as("select id, post from tasks where org = $1 and id = any($2) and post is not null")
            .bind(org)
            .bind(tasks)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Those of these posts that stand.
pub(super) async fn posted(pool: &PgPool, org: Uuid, posts: &[Uuid]) -> Result<HashMap<Uuid, Posted>> {
    // The receipt is kept with the post at once; what is known of the message may come a moment later, and stays longer.
    let rows: Vec<Posted> = sqlx::query_as(
        "select wanted.post, coalesce(m.channel, o.channel) as channel, coalesce(m.id, o.message) as message,
                m.thread as reply_to
         from (
             -- What was folded stands where its fold does.
             select w.post, coalesce(s.fold, w.post) as stands from (select distinct unnest($2::uuid[])) as w (post)
             left join statuses as s on s.org = $1 and s.post = w.post
         ) as wanted
         left join messages as m on m.org = $1 and m.post = wanted.stands
         left join outbox as o on o.org = $1 and o.id = wanted.stands and o.state = 'sent'
         where coalesce(m.channel, o.channel) is not null and coalesce(m.id, o.message) is not null",
    )
    .bind(org)
    .bind(posts)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.post, row)).collect())
}
