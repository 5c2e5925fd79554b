//! Escalations: what could not be settled where it arose.

use bullpen_domain::record::{Category, Escalation, EscalationState, Urgency};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::{Listed, rows};
use super::posted::{Posted, posted};
use super::{Page, Result};

/// An escalation as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// How high it went: 1 a manager, 2 the VP, 3 the CMO, 4 people.
    pub level: i32,
    /// What kind of trouble it is.
    pub category: Category,
    /// The handle of who raises it.
    pub from: String,
    /// To whom: names and handles.
    pub to: Vec<String>,
    /// What is wrong.
    pub issue: String,
    /// How pressing it is.
    pub urgency: Urgency,
    /// What the one who raises it would do.
    pub recommendation: String,
    /// What was tried on the way up: who was asked, and what came of it.
    pub attempts: Vec<String>,
    /// What stands still because of it.
    pub impact: String,
    /// When it climbs on, or people are reminded; none for what people hear of at once.
    pub respond_by: Option<DateTime<Utc>>,
    /// What settled it, where an answer did.
    pub answer: Option<String>,
    /// Who gave that answer: a handle, or a person's name.
    pub answered_by: Option<String>,
    /// Whether it still stands.
    pub state: EscalationState,
    /// The root task, if there is one.
    pub task: Option<Uuid>,
    /// The step that is blocked by it, if one is.
    pub step_task: Option<Uuid>,
    /// When it was raised.
    pub at: DateTime<Utc>,
    /// When it was settled.
    pub closed_at: Option<DateTime<Utc>>,
    /// The message that says it; none until it stands.
    pub message: Option<String>,
    /// The channel of that message.
    pub channel: Option<String>,
    /// The root message of its thread.
    pub thread: Option<String>,
}

/// The escalations of a page, in one of these states, in any where there is none.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, states: &[EscalationState], page: Page) -> Result<Vec<View>> {
    let name = |state: &EscalationState| match state {
        EscalationState::Open => Some("open"),
        EscalationState::Answered => Some("answered"),
    };
    let listed = Listed {
        table: "escalations",
        at: "at",
        only: "cardinality($5::text[]) = 0 or x.state = any($5)",
        values: &states.iter().map(name).collect::<Vec<_>>(),
    };
    show(pool, org, listed.page(pool, org, page).await?).await
}

/// The escalations of a root task.
pub(super) async fn of(pool: &PgPool, org: Uuid, task: Uuid) -> Result<Vec<View>> {
    let sql = "select to_jsonb(e) from escalations as e
               where e.org = $1 and e.lane = any(select 'task:' || id::text from unnest($2::uuid[]) as r (id))
               order by e.at, e.id";
    show(pool, org, rows(pool, org, &[task], sql).await?).await
}

async fn show(pool: &PgPool, org: Uuid, escalations: Vec<Escalation>) -> Result<Vec<View>> {
    let posts: Vec<Uuid> = escalations.iter().map(|escalation| escalation.post).collect();
    let posted = posted(pool, org, &posts).await?;
    let view = |escalation: Escalation| {
        let card = posted.get(&escalation.post);
        View {
            id: escalation.id,
            level: escalation.level,
            category: escalation.category,
            from: escalation.from.to_string(),
            to: escalation.to,
            issue: escalation.issue,
            urgency: escalation.urgency,
            recommendation: escalation.recommendation,
            attempts: escalation.attempts,
            impact: escalation.impact,
            respond_by: escalation.respond_by.filter(|_| escalation.state == EscalationState::Open),
            answer: escalation.answer,
            answered_by: escalation.answered_by,
            state: escalation.state,
            task: escalation.task,
            step_task: escalation.step_task,
            at: escalation.at,
            closed_at: escalation.closed_at,
            message: card.map(|card| card.message.clone()),
            channel: card.map(|card| card.channel.clone()),
            thread: card.map(Posted::thread),
        }
    };
    Ok(escalations.into_iter().map(view).collect())
}
