//! One task with everything that was said and made around it.

use bullpen_domain::record::{Deliverable, Envelope, Review};
use bullpen_domain::task::{Note, Task};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::PgPool;
use uuid::Uuid;

use super::list::rows;
use super::tasks::{Head, Made, View, root_of, show};
use super::{Result, approvals, decisions, escalations, letters};

/// A task, whole.
#[derive(Debug, Clone, Serialize)]
pub struct Whole {
    /// The task.
    #[serde(flatten)]
    pub task: Head,
    /// All versions of what it made, oldest first.
    pub deliverables: Vec<Version>,
    /// The request's fields; of a root task.
    pub request: Option<Map<String, Value>>,
    /// What this round has to answer.
    pub notes: Vec<Note>,
    /// Its steps, in the playbook's order; of a root task.
    pub steps: Vec<View>,
    /// The reviews.
    pub reviews: Vec<Judged>,
    /// The messages between colleagues.
    pub handoffs: Vec<Envelope>,
    /// The decision records.
    pub decisions: Vec<decisions::View>,
    /// The approvals.
    pub approvals: Vec<approvals::View>,
    /// The escalations.
    pub escalations: Vec<escalations::View>,
    /// Who was told what, and what answered it.
    pub letters: Vec<letters::View>,
}

/// A version of something made, with all that it holds.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    /// As lists show it.
    #[serde(flatten)]
    pub made: Made,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Those of its fields that are longer texts, as HTML that is safe to show.
    pub html: Map<String, Value>,
    /// Its picture, when it is one.
    pub picture: Option<PictureView>,
}

/// A picture and where it lies on this server.
#[derive(Debug, Clone, Serialize)]
pub struct PictureView {
    /// Its path.
    pub url: String,
    /// SHA-256 of the bytes in hex.
    pub digest: String,
    /// E.g. `image/png`.
    pub media_type: String,
    /// What it shows.
    pub alt: String,
}

impl From<bullpen_domain::effect::Picture> for PictureView {
    fn from(picture: bullpen_domain::effect::Picture) -> Self {
        let bullpen_domain::effect::Picture { digest, media_type, alt } = picture;
        Self { url: format!("/pictures/{digest}"), digest, media_type, alt }
    }
}

/// A review as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// Its id.
    pub id: Uuid,
    /// The playbook's name for the review step.
    pub step: String,
    /// The version of what was reviewed.
    pub version: i32,
    /// Which round of this review it is.
    pub round: i32,
    /// The handle of who judged.
    pub by: String,
    /// The verdict.
    pub verdict: bullpen_domain::act::Verdict,
    /// The check's score, 0 to 100, where one ran.
    pub score: Option<i32>,
    /// In a sentence or two.
    pub summary: String,
    /// What to change.
    pub notes: Vec<String>,
    /// What the check found, whole.
    pub checks: Value,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<Review> for Judged {
    fn from(review: Review) -> Self {
        Self {
            id: review.id,
            step: review.step,
            version: review.version,
            round: review.round,
            by: review.by.to_string(),
            verdict: review.verdict,
            score: review.score,
            summary: review.summary,
            notes: review.notes,
            checks: review.check,
            at: review.at,
        }
    }
}

impl From<Deliverable> for Version {
    fn from(deliverable: Deliverable) -> Self {
        let long = |value: &Value| value.as_str().filter(|text| text.contains('\n')).map(html);
        Self {
            made: Made::of(&deliverable),
            html: deliverable.fields.iter().filter_map(|(name, v)| Some((name.clone(), long(v)?.into()))).collect(),
            fields: deliverable.fields,
            picture: deliverable.picture.map(PictureView::from),
        }
    }
}

/// Markdown that anybody may have written, as HTML that is safe to show.
pub(super) fn html(markdown: &str) -> String {
    bullpen_skills::page::html(markdown, "")
}

const TASK: &str = "select to_jsonb(t) from tasks as t where t.org = $1 and t.id = any($2)";
const STEPS: &str = "select to_jsonb(t) from tasks as t where t.org = $1 and t.parent = any($2)
    and t.lane = any(select 'task:' || id::text from unnest($2::uuid[]) as r (id)) order by t.position, t.id";
const DELIVERABLES: &str = "select to_jsonb(d) from deliverables as d
    where d.org = $1 and d.task = any($2) order by d.at, d.name, d.version";
const REVIEWS: &str = "select to_jsonb(r) from reviews as r where r.org = $1 and r.task = any($2)
    and r.lane = any(select 'task:' || id::text from unnest($2::uuid[]) as r (id)) order by r.at, r.id";
const ENVELOPES: &str =
    "select to_jsonb(e) from envelopes as e where e.org = $1 and e.task = any($2) order by e.at, e.id";

/// A task, whole; `None` where there is none with this id. Of a step, what belongs to it; of a root task, everything.
///
/// # Errors
/// [`super::Error`]
pub async fn find(pool: &PgPool, org: Uuid, id: Uuid) -> Result<Option<Whole>> {
    let Some(task) = rows::<Task>(pool, org, &[id], TASK).await?.pop() else { return Ok(None) };
    let root = [root_of(&task)];
    let mut deliverables: Vec<Deliverable> = rows(pool, org, &root, DELIVERABLES).await?;
    let mut reviews: Vec<Review> = rows(pool, org, &root, REVIEWS).await?;
    let mut handoffs: Vec<Envelope> = rows(pool, org, &root, ENVELOPES).await?;
    let mut decisions = decisions::of(pool, org, root[0]).await?;
    let mut approvals = approvals::of(pool, org, root[0]).await?;
    let mut escalations = escalations::of(pool, org, root[0]).await?;
    let mut letters = letters::of(pool, org, root[0]).await?;
    let mut steps = Vec::new();
    if task.is_root() {
        steps = show(pool, org, rows(pool, org, &root, STEPS).await?).await?;
    } else {
        deliverables.retain(|deliverable| Some(&deliverable.step) == task.step.as_ref());
        reviews.retain(|review| Some(&review.step) == task.step.as_ref());
        handoffs.retain(|envelope| envelope.step == task.step);
        decisions.clear();
        approvals.retain(|approval| approval.step_task == id);
        escalations.retain(|escalation| escalation.step_task == Some(id));
        letters.retain(|letter| letter.step_task == Some(id));
    }
    let (notes, request) = (task.notes.clone(), task.is_root().then(|| task.request.clone()));
    Ok(show(pool, org, vec![task]).await?.pop().map(|shown| Whole {
        task: shown.task,
        deliverables: deliverables.into_iter().map(Version::from).collect(),
        request,
        notes,
        steps,
        reviews: reviews.into_iter().map(Judged::from).collect(),
        handoffs,
        decisions,
        approvals,
        escalations,
        letters,
    }))
}
