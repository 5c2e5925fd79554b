//! Decision records.

use std::collections::HashMap;

use bullpen_domain::audit::{ERASURE, Kept};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::{Listed, rows};
use super::posted::{Posted, posted, roots};
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
    /// What else was thought of.
    pub alternatives: Value,
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
    /// Where the work that it is about was asked for: the channel and the root message of the project's thread.
    pub project: Option<Project>,
    /// Its number in the chain; none where it is not in it.
    pub number: Option<i64>,
    /// Its link in the chain, SHA-256 in hex.
    pub link: Option<String>,
    /// Who erased its texts, when and why; none where they stand.
    pub erased: Option<Erased>,
    /// Whether it can be erased.
    pub erasable: bool,
}

/// A project's thread.
#[derive(Debug, Clone, Serialize)]
pub struct Project {
    /// The channel.
    pub channel: String,
    /// The root message.
    pub thread: String,
}

/// An erasure.
#[derive(Debug, Clone, Serialize)]
pub struct Erased {
    /// Who erased.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
}

/// The decision records of a page; only those in which all words of `search` begin words, upper and lower case alike. What
/// is erased is found by no word.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, search: &str, page: Page) -> Result<Vec<View>> {
    let wanted = query(search);
    let listed = Listed {
        table: "decisions",
        at: "at",
        only: if search.trim().is_empty() {
            "cardinality($5::text[]) = 1"
        } else {
            "x.erased_in is null
             and decision_words(x.maker, x.kind, x.context, x.decision, x.reasoning, x.actions, x.chain, x.dissent,
                                x.alternatives)
                 @@ to_tsquery('simple', ($5::text[])[1])"
        },
        values: &[Some(&wanted)],
    };
    show(pool, org, listed.page(pool, org, page).await?).await
}

/// What people type, as a query that finds the beginnings of words. Where nothing of it is a word, nothing is found.
fn query(search: &str) -> String {
    let words = search.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ")
}

/// The decision records of a root task.
pub(super) async fn of(pool: &PgPool, org: Uuid, task: Uuid) -> Result<Vec<View>> {
    let sql = "select to_jsonb(d) from decisions as d where d.org = $1 and d.task = any($2) order by d.at, d.id";
    show(pool, org, rows(pool, org, &[task], sql).await?).await
}

async fn show(pool: &PgPool, org: Uuid, records: Vec<Kept>) -> Result<Vec<View>> {
    let tasks: Vec<Uuid> = records.iter().map(|kept| kept.record.task).collect();
    let roots = roots(pool, org, &tasks).await?;
    let posts: Vec<Uuid> = records.iter().map(|kept| kept.record.post).chain(roots.values().copied()).collect();
    let posted = posted(pool, org, &posts).await?;
    let erasures = erasures(pool, org, &records).await?;
    let view = |Kept { record, seal, erased_in }: Kept| {
        let post = posted.get(&record.post);
        let project = roots.get(&record.task).and_then(|root| posted.get(root));
        View {
            erasable: seal.is_some() && erased_in.is_none() && record.kind != ERASURE,
            id: record.id,
            maker: record.maker,
            kind: record.kind,
            context: record.context,
            decision: record.decision,
            reasoning: record.reasoning,
            alternatives: record.alternatives,
            actions: record.actions,
            chain: record.chain,
            dissent: record.dissent,
            escalated: record.escalated,
            task: record.task,
            at: record.at,
            message: post.map(|post| post.message.clone()),
            channel: post.map(|post| post.channel.clone()),
            thread: post.map(Posted::thread),
            project: project.map(|root| Project { channel: root.channel.clone(), thread: root.thread() }),
            number: seal.as_ref().map(|seal| seal.number),
            link: seal.map(|seal| seal.link),
            erased: erased_in.and_then(|number| erasures.get(&number).cloned()),
        }
    };
    Ok(records.into_iter().map(view).collect())
}

/// The erasures of these records, by the numbers of the records that tell of them.
async fn erasures(pool: &PgPool, org: Uuid, records: &[Kept]) -> Result<HashMap<i64, Erased>> {
    let numbers: Vec<i64> = records.iter().filter_map(|kept| kept.erased_in).collect();
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, String, DateTime<Utc>, String)> =
        sqlx::query_as("select number, maker, at, reasoning from decisions where org = $1 and number = any($2)")
            .bind(org)
            .bind(numbers)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().map(|(number, by, at, why)| (number, Erased { by, at, why })).collect())
}
