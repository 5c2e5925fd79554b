//! Tasks, as lists show them.

use std::collections::HashMap;

use bullpen_domain::record::Deliverable;
use bullpen_domain::task::{Priority, State, Task};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::{Listed, rows};
use super::posted::{Posted, posted};
use super::{Page, Result};

/// Which tasks are listed.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Root tasks only.
    pub roots: bool,
    /// The steps of this root task only.
    pub parent: Option<Uuid>,
    /// In one of these states; in any where there is none.
    pub states: Vec<State>,
}

/// A task as it is shown in lists.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// The task.
    #[serde(flatten)]
    pub task: Head,
    /// The newest version of each thing that it made.
    pub deliverables: Vec<Made>,
}

/// A task without what it made.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The handle of the persona that answers for it.
    pub owner: String,
    /// How soon.
    pub priority: Priority,
    /// The share of it that is done, 0 to 1.
    pub progress: f64,
    /// How many of its steps are done; of a root task.
    pub step_count: Option<Steps>,
    /// The root task; of a step.
    pub parent: Option<Uuid>,
    /// The playbook's name for it; of a step.
    pub step: Option<String>,
    /// Its place among its siblings.
    pub position: i32,
    /// Which round this is.
    pub round: i32,
    /// The tasks that must be done first.
    pub depends_on: Vec<Uuid>,
    /// The playbook that it follows.
    pub playbook: Option<String>,
    /// Who asked for it: a person's name or a persona's handle.
    pub asked_by: String,
    /// Why it waits or is blocked.
    pub hold: Option<String>,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When work on it began, in its latest round.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// The channel that it runs in.
    pub channel: Option<String>,
    /// The root message of the thread that it runs in; none until it stands.
    pub thread: Option<String>,
}

/// How many steps are done.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Steps {
    /// Steps that are done.
    pub done: i64,
    /// All steps.
    pub total: i64,
}

/// A version of something made.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// Its name in the playbook.
    pub name: String,
    /// Its version, from 1.
    pub version: i32,
    /// SHA-256 over fields and picture, in hex.
    pub digest: String,
    /// The handle of the persona that made it.
    pub by: String,
    /// The playbook's name for the step that gave it.
    pub step: String,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// The tasks of a page.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, which: &Which, page: Page) -> Result<Vec<View>> {
    let parent = which.parent.map(|id| id.to_string());
    let states: Vec<String> = which.states.iter().map(ToString::to_string).collect();
    let mut values = vec![which.roots.then_some("roots"), parent.as_deref()];
    values.extend(states.iter().map(|state| Some(state.as_str())));
    let listed = Listed {
        table: "tasks",
        at: "created_at",
        only: "(($5::text[])[1] is null or x.parent is null) and (($5::text[])[2] is null or x.parent = ($5::text[])[2]::uuid)
               and (cardinality($5::text[]) = 2 or x.state = any(($5::text[])[3:]))",
        values: &values,
    };
    show(pool, org, listed.page(pool, org, page).await?).await
}

/// Tasks as they are shown, in the order given.
pub(super) async fn show(pool: &PgPool, org: Uuid, tasks: Vec<Task>) -> Result<Vec<View>> {
    let around = Around::of(pool, org, &tasks).await?;
    Ok(tasks.into_iter().map(|task| around.view(task)).collect())
}

/// What a task's view takes from its root, its steps and what they made.
struct Around {
    roots: HashMap<Uuid, Task>,
    posted: HashMap<Uuid, Posted>,
    steps: HashMap<Uuid, Steps>,
    made: HashMap<Uuid, Vec<Deliverable>>,
}

impl Around {
    async fn of(pool: &PgPool, org: Uuid, tasks: &[Task]) -> Result<Self> {
        let mut ids: Vec<Uuid> = tasks.iter().map(root_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let roots: Vec<Task> =
            rows(pool, org, &ids, "select to_jsonb(t) from tasks as t where t.org = $1 and t.id = any($2)").await?;
        let posts: Vec<Uuid> = roots.iter().filter_map(|root| root.post).collect();
        let counted: Vec<(Uuid, i64, i64)> = sqlx::query_as(
            "select parent, count(*) filter (where state = 'done'), count(*) from tasks
             where org = $1 and lane = any(select 'task:' || id::text from unnest($2::uuid[]) as r (id))
               and parent is not null
             group by parent",
        )
        .bind(org)
        .bind(&ids)
        .fetch_all(pool)
        .await?;
        let newest: Vec<Deliverable> = rows(
            pool,
            org,
            &ids,
            // The fields may be long, and lists do not show them.
            "select to_jsonb(d) || '{\"fields\": {}}' from (
                 select distinct on (task, name) * from deliverables
                 where org = $1 and task = any($2) order by task, name, version desc
             ) as d order by d.at, d.name",
        )
        .await?;
        let mut made: HashMap<Uuid, Vec<Deliverable>> = HashMap::new();
        for deliverable in newest {
            made.entry(deliverable.task).or_default().push(deliverable);
        }
        Ok(Self {
            posted: posted(pool, org, &posts).await?,
            roots: roots.into_iter().map(|root| (root.id, root)).collect(),
            steps: counted.into_iter().map(|(root, done, total)| (root, Steps { done, total })).collect(),
            made,
        })
    }

    fn view(&self, task: Task) -> View {
        let root = self.roots.get(&root_of(&task));
        let stands = root.and_then(|root| root.post).and_then(|post| self.posted.get(&post));
        let steps = task.is_root().then(|| self.steps.get(&task.id).copied().unwrap_or_default());
        let made = self.made.get(&root_of(&task)).map(Vec::as_slice).unwrap_or_default();
        let deliverables = made.iter().filter(|d| task.is_root() || Some(&d.step) == task.step.as_ref()).map(Made::of);
        let deliverables = deliverables.collect();
        let task = Head {
            progress: progress(task.state, steps),
            channel: root.and_then(|root| root.channel.clone()).or_else(|| stands.map(|p| p.channel.clone())),
            thread: stands.map(Posted::thread),
            id: task.id,
            title: task.title,
            state: task.state,
            owner: task.owner.to_string(),
            priority: task.priority,
            step_count: steps,
            parent: task.parent,
            step: task.step,
            position: task.position,
            round: task.round,
            depends_on: task.depends_on,
            playbook: task.playbook.or_else(|| root.and_then(|root| root.playbook.clone())),
            asked_by: task.creator,
            hold: task.hold,
            due: task.due,
            created_at: task.created_at,
            started_at: task.started_at,
            finished_at: task.finished_at,
        };
        View { task, deliverables }
    }
}

impl Made {
    pub(super) fn of(deliverable: &Deliverable) -> Self {
        Self {
            name: deliverable.name.clone(),
            version: deliverable.version,
            digest: deliverable.digest.clone(),
            by: deliverable.by.to_string(),
            step: deliverable.step.clone(),
            at: deliverable.at,
        }
    }
}

pub(super) fn root_of(task: &Task) -> Uuid {
    task.parent.unwrap_or(task.id)
}

/// What is done counts whole, its steps count alike.
fn progress(state: State, steps: Option<Steps>) -> f64 {
    match (state, steps) {
        (State::Done, _) => 1.0,
        // A playbook has a few dozen steps at most, so nothing is lost.
        (_, Some(Steps { done, total })) if total > 0 => done as f64 / total as f64,
        _ => 0.0,
    }
}
