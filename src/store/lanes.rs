//! Lanes: loading the snapshots of many at once, and saving what changed in them.

use std::collections::{HashMap, HashSet};

use bullpen_domain::delegation::Delegation;
use bullpen_domain::lane::Lane;
use bullpen_domain::record::{Envelope, Record};
use bullpen_domain::snapshot::Snapshot;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::audit;
use super::delegations::IN_FORCE;
use super::inbox::Pending;

/// What is there of a batch of lanes, as it was read first: their events, and what each of them waits for.
#[derive(Debug)]
pub struct Opened {
    /// The events to process, in order.
    pub events: Vec<Pending>,
    /// Letters, escalations and delegations. Read later, so that what cannot be read counts against an event.
    standing: Vec<Row>,
}

/// A record of some kind.
type Row = (String, Value);

/// Opens lanes with one statement. Takes up at most `each` of the events of each, none behind one that is to be retried later:
/// with this transaction they are done. Reads what every lane needs: the letters and escalations that it waits for (a piece
/// of work has all its escalations), and the newest delegation of each person, where it is in force. The caller holds the
/// lanes.
pub async fn open(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    lanes: &[String],
    each: i64,
) -> sqlx::Result<Opened> {
    let sql = format!(
        "with ready as (
             select e.id, bool_or(e.later) over (partition by l.lane order by e.seq) as held
             from unnest($3::text[]) as l (lane)
             cross join lateral (
                 select id, seq, coalesce(retry_at > now(), false) as later from inbox
                 where org = $1 and lane = l.lane and state = 'ready' order by seq limit $4
             ) as e
         ), taken as (
             -- Looked for by their ids, one by one, however many events there are.
             update inbox set state = 'done', done_at = $2, error = null
             where id = any(array(select id from ready where not held))
             returning seq, id, lane, event
         )
         select kind, row from (
             select 'event' as kind, seq as n, to_jsonb(taken) as row from taken
             union all
             select 'letter', row_number() over (order by l.at, l.id), to_jsonb(l)
             from letters as l where l.org = $1 and l.lane = any($3) and l.closed_at is null
             union all
             select 'escalation', row_number() over (order by e.at, e.id), to_jsonb(e)
             from escalations as e where e.org = $1 and e.lane = any($3) and (e.state = 'open' or e.lane like 'task:%')
             union all
             select 'delegation', row_number() over (order by d.\"from\"), to_jsonb(d) from ({IN_FORCE}) as d
         ) as opened order by kind, n"
    );
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(org).bind(now).bind(lanes).bind(each).fetch_all(conn).await?;
    let (events, standing): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|(kind, _)| kind == "event");
    let events = events.iter().map(|(_, row)| read(row)).collect::<sqlx::Result<_>>()?;
    Ok(Opened { events, standing })
}

impl Opened {
    /// The lanes of the events as they stand, and the delegations in force. What is more than that about work is read here.
    pub async fn snapshots(
        &self,
        conn: &mut PgConnection,
        org: Uuid,
    ) -> sqlx::Result<(HashMap<Lane, Snapshot>, Vec<Delegation>)> {
        let lanes: HashSet<&Lane> = self.events.iter().map(|event| &event.lane).collect();
        let mut snapshots: HashMap<Lane, Snapshot> =
            lanes.iter().map(|lane| ((*lane).clone(), Snapshot::empty(org, (*lane).clone()))).collect();
        let mut delegations = Vec::new();
        let work: Vec<&str> = lanes.iter().filter(|lane| lane.is_task()).map(|lane| lane.as_str()).collect();
        let work = if work.is_empty() { Vec::new() } else { of_work(conn, &work).await? };
        for (kind, row) in self.standing.iter().chain(&work) {
            if kind == "delegation" {
                delegations.push(read(row)?);
            } else if let Some(lane) = row["lane"].as_str().map(|lane| Lane::stored(lane.to_owned()))
                && let Some(snapshot) = snapshots.get_mut(&lane)
            {
                put(snapshot, kind, row)?;
            }
        }
        Ok((snapshots, delegations))
    }
}

fn put(snapshot: &mut Snapshot, kind: &str, row: &Value) -> sqlx::Result<()> {
    match kind {
        "letter" => snapshot.letters.push(read(row)?),
        "escalation" => snapshot.escalations.push(read(row)?),
        "task" => snapshot.tasks.push(read(row)?),
        "deliverable" => snapshot.deliverables.push(read(row)?),
        "review" => snapshot.reviews.push(read(row)?),
        "approval" => snapshot.approvals.push(read(row)?),
        "proposal" => snapshot.proposal = Some(read(row)?),
        other => return Err(sqlx::Error::Decode(format!("unknown kind of record: {other}").into())),
    }
    Ok(())
}

fn read<T: DeserializeOwned>(row: &Value) -> sqlx::Result<T> {
    T::deserialize(row).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// What only work has.
async fn of_work(conn: &mut PgConnection, lanes: &[&str]) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "select kind, row from (
             select 'task' as kind, row_number() over (order by t.parent nulls first, t.position) as n, to_jsonb(t) as row
             from tasks as t where t.lane = any($1)
             union all
             select 'deliverable', row_number() over (order by d.name, d.version), to_jsonb(d)
             from deliverables as d where d.lane = any($1)
             union all
             select 'review', row_number() over (order by r.at, r.version, r.id), to_jsonb(r)
             from reviews as r where r.lane = any($1)
             union all
             select 'approval', row_number() over (order by a.created_at, a.id), to_jsonb(a)
             from approvals as a where a.lane = any($1)
             union all
             select 'proposal', 1, to_jsonb(p) from proposals as p where p.lane = any($1)
         ) as work order by kind, n",
    )
    .bind(lanes)
    .fetch_all(conn)
    .await
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
