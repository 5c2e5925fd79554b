//! Approvals: what was put before people, and what they said.

use std::collections::HashMap;

use bullpen_domain::approval::{Approval, Deputy, State, Vote};
use bullpen_domain::effect::{Body, Card};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use super::list::{Listed, rows};
use super::posted::{Posted, posted};
use super::task::{PictureView, html};
use super::{Page, Result};

/// An approval as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// The kind of action that it covers, e.g. `publish.article`.
    pub kind: String,
    /// What is asked, in a line.
    pub title: String,
    /// The handle of the persona that asks.
    pub by: String,
    /// Where it stands.
    pub state: State,
    /// The message to react on; none until it stands.
    pub message: Option<String>,
    /// The channel that its task runs in.
    pub channel: Option<String>,
    /// The root message of the thread that it stands in.
    pub thread: Option<String>,
    /// The root task.
    pub task: Uuid,
    /// The step that waits for it.
    pub step_task: Uuid,
    /// SHA-256 over what is shown and where it would go, in hex.
    pub digest: String,
    /// The names of those who are asked.
    pub asked_of: Vec<String>,
    /// Who else may vote, in whose place, and why.
    pub deputies: Vec<Deputy>,
    /// How many of them must agree.
    pub quorum: i32,
    /// Why they are asked, each rule with its file and line; empty for what was put before this was kept.
    pub why: String,
    /// The votes, in the order given; those with `taken_back` do not count.
    pub votes: Vec<Vote>,
    /// When it was put.
    pub created_at: DateTime<Utc>,
    /// When it runs out.
    pub expires_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// The reason or the change request, once given.
    pub reason: Option<String>,
    /// What was put before people, as HTML that is safe to show.
    pub text_html: Option<String>,
    /// The picture that was.
    pub picture: Option<PictureView>,
}

/// The approvals of a page, in one of these states, in any where there is none.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, states: &[State], page: Page) -> Result<Vec<View>> {
    let states: Vec<String> = states.iter().filter_map(name).collect();
    let listed = Listed {
        table: "approvals",
        at: "created_at",
        only: "cardinality($5::text[]) = 0 or x.state = any($5)",
        values: &states.iter().map(|state| Some(state.as_str())).collect::<Vec<_>>(),
    };
    show(pool, org, listed.page(pool, org, page).await?).await
}

/// The approval with this id.
///
/// # Errors
/// [`super::Error`]
pub async fn find(pool: &PgPool, org: Uuid, id: Uuid) -> Result<Option<View>> {
    let sql = "select to_jsonb(a) from approvals as a where a.org = $1 and a.id = any($2)";
    Ok(show(pool, org, rows(pool, org, &[id], sql).await?).await?.pop())
}

/// The approvals of a root task.
pub(super) async fn of(pool: &PgPool, org: Uuid, task: Uuid) -> Result<Vec<View>> {
    let sql = "select to_jsonb(a) from approvals as a
               where a.org = $1 and a.lane = any(select 'task:' || id::text from unnest($2::uuid[]) as r (id))
               order by a.created_at, a.id";
    show(pool, org, rows(pool, org, &[task], sql).await?).await
}

/// A state as it is stored.
fn name(state: &State) -> Option<String> {
    serde_json::to_value(state).ok()?.as_str().map(str::to_owned)
}

async fn show(pool: &PgPool, org: Uuid, approvals: Vec<Approval>) -> Result<Vec<View>> {
    let cards: Vec<Uuid> = approvals.iter().map(|approval| approval.post).collect();
    let tasks: Vec<Uuid> = approvals.iter().map(|approval| approval.task).collect();
    let roots: Vec<(Uuid, Option<String>, Option<Uuid>)> =
        sqlx::query_as("select id, channel, post from tasks where org = $1 and id = any($2)")
            .bind(org)
            .bind(&tasks)
            .fetch_all(pool)
            .await?;
    let posts: Vec<Uuid> = roots.iter().filter_map(|(_, _, post)| *post).chain(cards.iter().copied()).collect();
    let posted = posted(pool, org, &posts).await?;
    let mut shown = bodies(pool, org, &cards).await?;
    let roots: HashMap<Uuid, _> = roots.into_iter().map(|(id, channel, post)| (id, (channel, post))).collect();
    Ok(approvals
        .into_iter()
        .map(|approval| {
            let (channel, root) = roots.get(&approval.task).cloned().unwrap_or_default();
            let card = posted.get(&approval.post);
            let root = root.and_then(|post| posted.get(&post));
            let body = shown.remove(&approval.post);
            View {
                message: card.map(|card| card.message.clone()),
                thread: card.filter(|card| card.reply_to.is_some()).or(root).map(Posted::thread),
                channel: card.map(|card| card.channel.clone()).or(channel),
                text_html: body.as_ref().map(|card| html(&card.text)),
                picture: body.and_then(|card| card.picture).map(PictureView::from),
                id: approval.id,
                kind: approval.kind,
                title: approval.title,
                by: approval.asked_by.to_string(),
                state: approval.state,
                task: approval.task,
                step_task: approval.step_task,
                digest: approval.digest,
                asked_of: approval.asked_of,
                deputies: approval.deputies,
                quorum: approval.quorum,
                why: approval.why,
                votes: approval.votes,
                created_at: approval.created_at,
                expires_at: approval.expires_at,
                decided_at: approval.decided_at,
                decided_by: approval.decided_by,
                reason: approval.reason,
            }
        })
        .collect())
}

/// What each of these posts showed when it was first put.
async fn bodies(pool: &PgPool, org: Uuid, posts: &[Uuid]) -> Result<HashMap<Uuid, Card>> {
    let rows: Vec<(Uuid, Json<Body>)> = sqlx::query_as(
        "select id, post->'body' from outbox where org = $1 and id = any($2) and kind = 'post' and post ? 'body'",
    )
    .bind(org)
    .bind(posts)
    .fetch_all(pool)
    .await?;
    let card = |body| match body {
        Body::Card(card) => card,
        Body::Text { text } => Card { text, ..Card::default() },
    };
    Ok(rows.into_iter().map(|(id, Json(body))| (id, card(body))).collect())
}
