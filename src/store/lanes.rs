//! Lanes: loading the snapshots of many at once, and saving what changed in them.

use std::collections::HashMap;

use bullpen_domain::approval::Approval;
use bullpen_domain::lane::Lane;
use bullpen_domain::letter::Letter;
use bullpen_domain::proposal::Proposal;
use bullpen_domain::record::{Deliverable, Envelope, Escalation, Record, Review};
use bullpen_domain::snapshot::Snapshot;
use bullpen_domain::task::Task;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::audit;

/// Loads the state of lanes. A conversation's is what it still waits for: letters and escalations.
pub async fn load(conn: &mut PgConnection, org: Uuid, lanes: &[&Lane]) -> sqlx::Result<HashMap<Lane, Snapshot>> {
    let mut snapshots: HashMap<Lane, Snapshot> =
        lanes.iter().map(|lane| ((*lane).clone(), Snapshot::empty(org, (*lane).clone()))).collect();
    let all: Vec<&str> = lanes.iter().map(|l| l.as_str()).collect();
    let letters = "select to_jsonb(l) from letters as l where l.lane = any($1) and l.closed_at is null
                   order by l.at, l.id";
    for letter in rows::<Letter>(conn, letters, &all).await? {
        if let Some(s) = snapshots.get_mut(&letter.lane) {
            s.letters.push(letter);
        }
    }
    let escalations = "select to_jsonb(e) from escalations as e
                       where e.lane = any($1) and (e.state = 'open' or e.lane like 'task:%') order by e.at, e.id";
    for escalation in rows::<Escalation>(conn, escalations, &all).await? {
        if let Some(s) = snapshots.get_mut(&escalation.lane) {
            s.escalations.push(escalation);
        }
    }
    let keys: Vec<&str> = lanes.iter().filter(|l| l.is_task()).map(|l| l.as_str()).collect();
    if keys.is_empty() {
        return Ok(snapshots);
    }
    let tasks = "select to_jsonb(t) from tasks as t where t.lane = any($1) order by t.parent nulls first, t.position";
    for task in rows::<Task>(conn, tasks, &keys).await? {
        if let Some(s) = snapshots.get_mut(&task.lane) {
            s.tasks.push(task);
        }
    }
    let deliverables = "select to_jsonb(d) from deliverables as d where d.lane = any($1) order by d.name, d.version";
    for deliverable in rows::<Deliverable>(conn, deliverables, &keys).await? {
        if let Some(s) = snapshots.get_mut(&deliverable.lane) {
            s.deliverables.push(deliverable);
        }
    }
    let reviews = "select to_jsonb(r) from reviews as r where r.lane = any($1) order by r.at, r.version, r.id";
    for review in rows::<Review>(conn, reviews, &keys).await? {
        if let Some(s) = snapshots.get_mut(&review.lane) {
            s.reviews.push(review);
        }
    }
    let approvals = "select to_jsonb(a) from approvals as a where a.lane = any($1) order by a.created_at, a.id";
    for approval in rows::<Approval>(conn, approvals, &keys).await? {
        if let Some(s) = snapshots.get_mut(&approval.lane) {
            s.approvals.push(approval);
        }
    }
    let proposals = "select to_jsonb(p) from proposals as p where p.lane = any($1)";
    for proposal in rows::<Proposal>(conn, proposals, &keys).await? {
        if let Some(s) = snapshots.get_mut(&proposal.lane) {
            s.proposal = Some(proposal);
        }
    }
    Ok(snapshots)
}

async fn rows<T: DeserializeOwned + Send + Unpin + 'static>(
    conn: &mut PgConnection,
    sql: &'static str,
    lanes: &[&str],
) -> sqlx::Result<Vec<T>> {
    let rows: Vec<Json<T>> = sqlx::query_scalar(sql).bind(lanes).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// What changed in a batch of lanes.
#[derive(Debug, Default)]
pub struct Changes {
    tasks: Vec<Value>,
    deliverables: Vec<Value>,
    reviews: Vec<Value>,
    approvals: Vec<Value>,
    escalations: Vec<Value>,
    proposals: Vec<Value>,
    letters: Vec<Value>,
    envelopes: Vec<Value>,
    decisions: Vec<Record>,
}

impl Changes {
    /// Notes what differs between a lane as it was loaded and as it is now.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub fn note(&mut self, before: &Snapshot, after: &Snapshot) -> serde_json::Result<()> {
        differing(&mut self.tasks, &before.tasks, &after.tasks, |t| t.id)?;
        differing(&mut self.deliverables, &before.deliverables, &after.deliverables, |d| d.id)?;
        differing(&mut self.reviews, &before.reviews, &after.reviews, |r| r.id)?;
        differing(&mut self.approvals, &before.approvals, &after.approvals, |a| a.id)?;
        differing(&mut self.letters, &before.letters, &after.letters, |l| l.id)?;
        differing(&mut self.escalations, &before.escalations, &after.escalations, |e| e.id)?;
        differing(&mut self.proposals, before.proposal.as_slice(), after.proposal.as_slice(), |p| p.id)
    }

    /// Notes records that are only ever added.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub fn add(&mut self, envelopes: &[Envelope], decisions: &[Record]) -> serde_json::Result<()> {
        for envelope in envelopes {
            self.envelopes.push(serde_json::to_value(envelope)?);
        }
        self.decisions.extend_from_slice(decisions);
        Ok(())
    }

    /// Whether anything did.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let rows = [
            &self.tasks,
            &self.deliverables,
            &self.reviews,
            &self.approvals,
            &self.escalations,
            &self.proposals,
            &self.letters,
            &self.envelopes,
        ];
        rows.iter().all(|rows| rows.is_empty()) && self.decisions.is_empty()
    }

    /// Writes it all.
    pub async fn save(self, conn: &mut PgConnection, org: Uuid) -> sqlx::Result<()> {
        write(conn, SAVE_TASKS, self.tasks).await?;
        write(conn, SAVE_DELIVERABLES, self.deliverables).await?;
        write(conn, SAVE_REVIEWS, self.reviews).await?;
        write(conn, SAVE_APPROVALS, self.approvals).await?;
        write(conn, SAVE_ESCALATIONS, self.escalations).await?;
        write(conn, SAVE_PROPOSALS, self.proposals).await?;
        write(conn, SAVE_LETTERS, self.letters).await?;
        write(conn, SAVE_ENVELOPES, self.envelopes).await?;
        // Last: it takes the lock of the chain.
        audit::add(conn, org, &self.decisions).await
    }
}

fn differing<T: Serialize + PartialEq>(
    out: &mut Vec<Value>,
    before: &[T],
    after: &[T],
    id: impl Fn(&T) -> Uuid,
) -> serde_json::Result<()> {
    let known: HashMap<Uuid, &T> = before.iter().map(|row| (id(row), row)).collect();
    for row in after {
        if known.get(&id(row)).is_none_or(|old| *old != row) {
            out.push(serde_json::to_value(row)?);
        }
    }
    Ok(())
}

async fn write(conn: &mut PgConnection, sql: &'static str, rows: Vec<Value>) -> sqlx::Result<()> {
    if !rows.is_empty() {
        sqlx::query(sql).bind(Json(rows)).execute(conn).await?;
    }
    Ok(())
}

const SAVE_TASKS: &str = "
    insert into tasks select * from jsonb_populate_recordset(null::tasks, $1)
    on conflict (id) do update set
        title = excluded.title, state = excluded.state, owner = excluded.owner, priority = excluded.priority,
        due = excluded.due, depends_on = excluded.depends_on, pins = excluded.pins, request = excluded.request,
        round = excluded.round, notes = excluded.notes, call = excluded.call, retries = excluded.retries,
        hold = excluded.hold, channel = excluded.channel, post = excluded.post, revision = excluded.revision,
        taken_over = excluded.taken_over, started_at = excluded.started_at, finished_at = excluded.finished_at,
        cause = excluded.cause, chased = excluded.chased";

const SAVE_DELIVERABLES: &str =
    "insert into deliverables select * from jsonb_populate_recordset(null::deliverables, $1)";

const SAVE_REVIEWS: &str = "insert into reviews select * from jsonb_populate_recordset(null::reviews, $1)";

const SAVE_APPROVALS: &str = "
    insert into approvals select * from jsonb_populate_recordset(null::approvals, $1)
    on conflict (id) do update set
        state = excluded.state, votes = excluded.votes, post = excluded.post, revision = excluded.revision,
        words_from = excluded.words_from,
        reason = excluded.reason, turned_away = excluded.turned_away, spent = excluded.spent,
        deputies = excluded.deputies, passed_on = excluded.passed_on, lapsed = excluded.lapsed, low_risk = excluded.low_risk,
        expires_at = excluded.expires_at,
        decided_at = excluded.decided_at, decided_by = excluded.decided_by";

const SAVE_ESCALATIONS: &str = "
    insert into escalations select * from jsonb_populate_recordset(null::escalations, $1)
    on conflict (id) do update set
        level = excluded.level, \"to\" = excluded.\"to\", attempts = excluded.attempts,
        respond_by = excluded.respond_by, reminded = excluded.reminded, answer = excluded.answer,
        answered_by = excluded.answered_by, state = excluded.state, revision = excluded.revision,
        place = excluded.place, post = excluded.post, earlier = excluded.earlier,
        closed_at = excluded.closed_at";

const SAVE_PROPOSALS: &str = "
    insert into proposals select * from jsonb_populate_recordset(null::proposals, $1)
    on conflict (id) do update set
        plan = excluded.plan, version = excluded.version, maker = excluded.maker, round = excluded.round,
        turn = excluded.turn, positions = excluded.positions, evidence = excluded.evidence, waiting = excluded.waiting,
        agreed = excluded.agreed, test = excluded.test, state = excluded.state, respond_by = excluded.respond_by,
        look_at = excluded.look_at, escalated = excluded.escalated, record = excluded.record, decided_at = excluded.decided_at";

// That a letter was read is noted by the turn that read it, and stays noted.
const SAVE_LETTERS: &str = "
    insert into letters as l select * from jsonb_populate_recordset(null::letters, $1)
    on conflict (id) do update set
        talk = excluded.talk, held = excluded.held, dropped = excluded.dropped, call = excluded.call,
        respond_by = excluded.respond_by, chased_at = excluded.chased_at, escalation = excluded.escalation,
        read_at = coalesce(l.read_at, excluded.read_at), answered_at = excluded.answered_at,
        answer_post = excluded.answer_post, answer_message = excluded.answer_message,
        answer_emoji = excluded.answer_emoji, closed_at = excluded.closed_at";

const SAVE_ENVELOPES: &str = "insert into envelopes select * from jsonb_populate_recordset(null::envelopes, $1)";
