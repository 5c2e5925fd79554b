//! What each persona has on its desk.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::Result;

/// The most tasks that are shown of one desk.
const SHOWN: i64 = 20;

/// A persona's desk.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// Its live tasks, the latest begun first, 20 at most.
    pub tasks: Vec<OnDesk>,
    /// How many calls are ready or running for it.
    pub pending: i64,
}

impl Desk {
    /// Whether it works on something now.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.pending > 0 || self.tasks.iter().any(|task| task.state == "in_progress")
    }

    /// What it is at, in words.
    #[must_use]
    pub fn doing(&self) -> Option<String> {
        let at = |task: &&OnDesk| task.state == "in_progress";
        let task = self.tasks.iter().filter(|task| task.is_step).find(at).or_else(|| self.tasks.iter().find(at))?;
        Some(match &task.step {
            Some(step) => format!("{step}: {}", task.title),
            None => task.title.clone(),
        })
    }
}

/// A task on a desk.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct OnDesk {
    #[serde(skip)]
    owner: String,
    #[serde(skip)]
    is_step: bool,
    /// The task's id.
    pub id: Uuid,
    /// What the whole is about.
    pub title: String,
    /// Where it stands.
    pub state: String,
    /// What of it this persona does; none where it answers for the whole.
    pub step: Option<String>,
}

/// The desks that have something on them, by handle.
///
/// # Errors
/// [`super::Error`]
pub async fn all(pool: &PgPool, org: Uuid) -> Result<HashMap<String, Desk>> {
    let tasks: Vec<OnDesk> = sqlx::query_as(
        "select owner, is_step, id, title, state, step from (
             select t.owner, t.parent is not null as is_step, t.id, coalesce(r.title, t.title) as title, t.state,
                    case when t.parent is null then null else t.title end as step, t.started_at,
                    row_number() over (partition by t.owner order by t.started_at desc nulls last, t.id) as place
             from tasks as t left join tasks as r on r.id = t.parent and r.org = t.org
             where t.org = $1 and t.state not in ('done', 'cancelled', 'failed', 'open')
         ) as live
         where place <= $2 order by owner, place",
    )
    .bind(org)
    .bind(SHOWN)
    .fetch_all(pool)
    .await?;
    let pending: Vec<(String, i64)> = sqlx::query_as(
        "select persona, count(*) from (
             select persona from calls where org = $1 and state = 'ready'
             union all
             select persona from calls where org = $1 and state = 'running'
         ) as unanswered
         group by persona",
    )
    .bind(org)
    .fetch_all(pool)
    .await?;
    let mut desks: HashMap<String, Desk> = HashMap::new();
    for task in tasks {
        desks.entry(task.owner.clone()).or_default().tasks.push(task);
    }
    for (persona, count) in pending {
        desks.entry(persona).or_default().pending = count;
    }
    Ok(desks)
}
