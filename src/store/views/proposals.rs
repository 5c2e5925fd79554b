//! Decisions in the making, and what became of them.

use bullpen_domain::proposal::{Agreement, Evidence, Plan, Position, Proposal, State, Test};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::Listed;
use super::posted::{Posted, posted, roots};
use super::{Page, Result};

/// A proposal as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// The kind of decision: a row of the matrix.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// The handle of who proposes it.
    pub by: String,
    /// The handle of who answers for it now.
    pub with: String,
    /// What is proposed: `{text, reasoning, alternatives, actions, due, amount, audience}`.
    pub plan: Plan,
    /// The version of that, from 1.
    pub version: i32,
    /// The round of the discussion, from 1.
    pub round: i32,
    /// Whose positions are asked.
    pub stakeholders: Vec<String>,
    /// What they said.
    pub positions: Vec<Position>,
    /// What was asked of those who know.
    pub evidence: Vec<Evidence>,
    /// What those said who decide or approve.
    pub agreed: Vec<Agreement>,
    /// The test that decides, if one does.
    pub test: Option<Test>,
    /// Until when the question at hand is open.
    pub respond_by: Option<DateTime<Utc>>,
    /// When its outcome is looked at.
    pub look_at: Option<DateTime<Utc>>,
    /// The record of the decision.
    pub decision: Option<Uuid>,
    /// The root task.
    pub task: Uuid,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub decided_at: Option<DateTime<Utc>>,
    /// The channel of its thread; none until that stands.
    pub channel: Option<String>,
    /// The root message of its thread.
    pub thread: Option<String>,
}

/// The proposals of a page, in one of these states, in any where there is none.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, states: &[State], page: Page) -> Result<Vec<View>> {
    let names: Vec<String> = states.iter().map(ToString::to_string).collect();
    let listed = Listed {
        table: "proposals",
        at: "created_at",
        only: "cardinality($5::text[]) = 0 or x.state = any($5)",
        values: &names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>(),
    };
    let proposals: Vec<Proposal> = listed.page(pool, org, page).await?;
    let tasks: Vec<Uuid> = proposals.iter().map(|p| p.task).collect();
    let roots = roots(pool, org, &tasks).await?;
    let posted = posted(pool, org, &roots.values().copied().collect::<Vec<_>>()).await?;
    let view = |p: Proposal| {
        let root = roots.get(&p.task).and_then(|post| posted.get(post));
        View {
            id: p.id,
            kind: p.kind,
            state: p.state,
            by: p.by.to_string(),
            with: p.maker.to_string(),
            plan: p.plan,
            version: p.version,
            round: p.round,
            stakeholders: p.stakeholders.iter().map(ToString::to_string).collect(),
            positions: p.positions,
            evidence: p.evidence,
            agreed: p.agreed,
            test: p.test,
            respond_by: p.respond_by.filter(|_| !p.state.is_over()),
            look_at: p.look_at,
            decision: p.record,
            task: p.task,
            created_at: p.created_at,
            decided_at: p.decided_at,
            channel: root.map(|root| root.channel.clone()),
            thread: root.map(Posted::thread),
        }
    };
    Ok(proposals.into_iter().map(view).collect())
}
