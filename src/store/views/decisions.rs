//! Decision records.

use bullpen_domain::record::Record;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::{Listed, rows};
use super::posted::{Posted, posted};
use super::{Page, Result};

/// A decision record as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// Who decided: a person's name or a persona's handle.
    pub maker: String,
    /// What kind of decision it is.
    pub kind: String,
    /// What it was about.
    pub context: String,
    /// What was decided.
    pub decision: String,
    /// Why.
    pub reasoning: String,
    /// What follows: `[{what, owner, due}]`.
    pub actions: Value,
    /// Who agreed on the way: `[{by, what, at}]`.
    pub chain: Value,
    /// Who disagreed: `[{by, what}]`.
    pub dissent: Value,
    /// Whether it came up by an escalation.
    pub escalated: bool,
    /// The root task.
    pub task: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The message that says it; none until it stands.
    pub message: Option<String>,
    /// The channel of that message.
    pub channel: Option<String>,
    /// The root message of its thread.
    pub thread: Option<String>,
}

/// The decision records of a page; only those that hold all words of `search`, upper and lower case alike.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, search: &str, page: Page) -> Result<Vec<View>> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let listed = Listed {
        table: "decisions",
        at: "at",
        only: "not exists (
                   select from unnest($5::text[]) as word
                   where position(word in lower(concat_ws(' ', x.maker, x.kind, x.context, x.decision, x.reasoning,
                                                          x.actions::text))) = 0)",
        values: &words.iter().map(|word| Some(word.as_str())).collect::<Vec<_>>(),
    };
    show(pool, org, listed.page(pool, org, page).await?).await
}

/// The decision records of a root task.
pub(super) async fn of(pool: &PgPool, org: Uuid, task: Uuid) -> Result<Vec<View>> {
    let sql = "select to_jsonb(d) from decisions as d where d.org = $1 and d.task = any($2) order by d.at, d.id";
    show(pool, org, rows(pool, org, &[task], sql).await?).await
}

async fn show(pool: &PgPool, org: Uuid, records: Vec<Record>) -> Result<Vec<View>> {
    let posts: Vec<Uuid> = records.iter().map(|record| record.post).collect();
    let posted = posted(pool, org, &posts).await?;
    let view = |record: Record| {
        let post = posted.get(&record.post);
        View {
            id: record.id,
            maker: record.maker,
            kind: record.kind,
            context: record.context,
            decision: record.decision,
            reasoning: record.reasoning,
            actions: record.actions,
            chain: record.chain,
            dissent: record.dissent,
            escalated: record.escalated,
            task: record.task,
            at: record.at,
            message: post.map(|post| post.message.clone()),
            channel: post.map(|post| post.channel.clone()),
            thread: post.map(Posted::thread),
        }
    };
    Ok(records.into_iter().map(view).collect())
}
