//! Calls of models and skills under a lease. The first result counts.

use bullpen_domain::effect::{Ask, Run};
use bullpen_domain::event::Purpose;
use bullpen_domain::name::Handle;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::budget::Reservation;
use super::inbox;
use super::talk::Shown;

/// What is called.
#[derive(Debug, Clone)]
pub enum Spec {
    /// A model.
    Turn(Box<Ask>),
    /// A skill.
    Skill(Box<Run>),
}

/// A call to enqueue.
#[derive(Debug, Clone)]
pub struct New {
    /// The effect's id.
    pub id: Uuid,
    /// The lane that its result goes to.
    pub lane: String,
    /// What is called.
    pub spec: Spec,
}

/// Enqueues calls.
pub async fn insert(conn: &mut PgConnection, org: Uuid, now: DateTime<Utc>, new: &[New]) -> sqlx::Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let parts: Vec<(&str, &str, Option<Uuid>, Value)> = new
        .iter()
        .map(|n| match &n.spec {
            Spec::Turn(ask) => ("turn", ask.persona.as_str(), ask.task, json!(ask)),
            Spec::Skill(run) => ("skill", run.persona.as_str(), run.task, json!(run)),
        })
        .collect();
    sqlx::query(
        "insert into calls (id, org, lane, kind, persona, task, spec, created_at)
         select id, $1, lane, kind, persona, task, spec, $2
         from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::jsonb[])
              with ordinality as n (id, lane, kind, persona, task, spec, position)
         order by position
         on conflict (id) do nothing",
    )
    .bind(org)
    .bind(now)
    .bind(new.iter().map(|n| n.id).collect::<Vec<_>>())
    .bind(new.iter().map(|n| n.lane.as_str()).collect::<Vec<_>>())
    .bind(parts.iter().map(|p| p.0).collect::<Vec<_>>())
    .bind(parts.iter().map(|p| p.1).collect::<Vec<_>>())
    .bind(parts.iter().map(|p| p.2).collect::<Vec<_>>())
    .bind(parts.into_iter().map(|p| Json(p.3)).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// A call under a lease.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Its id.
    pub id: Uuid,
    /// The lane that its result goes to.
    pub lane: String,
    /// What is called, or why that cannot be read.
    pub spec: Result<Spec, String>,
    /// For whom and what for, whether or not the rest can be read.
    pub addressee: Option<(Handle, Purpose)>,
    /// This attempt's number.
    pub attempt: i32,
    /// The prompt of an earlier attempt, to be repeated unchanged.
    pub prompt: Option<Value>,
    /// What an earlier attempt reserved and never settled.
    pub lost: Option<Reservation>,
    /// Whether a person has taken over the work, or the thread of the conversation, that it is for.
    pub taken_over: bool,
}

/// Leases up to `limit` calls, oldest first. Where the caller's commit does not wait for the disk, an attempt's number may be
/// given twice after a crash of Postgres; then the first that ends is the one that counts.
pub async fn lease(conn: &mut PgConnection, org: Uuid, holder: i32, limit: i64) -> sqlx::Result<Vec<Leased>> {
    let rows = sqlx::query(
        "with chosen as (
             select id from calls
             where org = $1 and state = 'ready' and (retry_at is null or retry_at <= now())
             order by seq limit $3 for update skip locked
         )
         update calls as c set state = 'running', holder = $2, attempts = attempts + 1
         from chosen where c.id = chosen.id
         returning c.seq, c.id, c.lane, c.kind, c.spec, c.attempts, c.prompt, c.reserved_micros, c.reserved_on,
                   c.reserved_cause,
                   exists (select from tasks as t where t.lane = c.lane and t.parent is null and t.taken_over is not null)
                   or (c.spec #>> '{purpose,for}' = 'talk'
                       and exists (select from takeovers as t
                                   where t.org = c.org and t.channel = c.spec #>> '{purpose,said,message,channel}'
                                     and t.root = coalesce(c.spec #>> '{purpose,said,thread}',
                                                           c.spec #>> '{purpose,said,message,id}')))
                   is true as taken_over",
    )
    .bind(org)
    .bind(holder)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let mut leased: Vec<(i64, Leased)> = rows
        .into_iter()
        .map(|row| {
            let kind: String = row.try_get("kind")?;
            // What cannot be read keeps no other call from being leased: by now they all are.
            let spec: Result<Value, String> = row.try_get("spec").map_err(|e| e.to_string());
            let (spec, unreadable) = spec.map_or_else(|why| (Value::Null, Some(why)), |spec| (spec, None));
            let addressee = Option::zip(part(&spec, "persona"), part(&spec, "purpose"));
            let spec = match kind.as_str() {
                "turn" => serde_json::from_value(spec).map(Spec::Turn),
                _ => serde_json::from_value(spec).map(Spec::Skill),
            };
            let micros: i64 = row.try_get("reserved_micros")?;
            let on: Option<chrono::NaiveDate> = row.try_get("reserved_on")?;
            let cause: Option<String> = row.try_get("reserved_cause")?;
            let leased = Leased {
                id: row.try_get("id")?,
                lane: row.try_get("lane")?,
                spec: spec.map_err(|e| {
                    format!("the stored call cannot be read: {}", unreadable.unwrap_or_else(|| e.to_string()))
                }),
                addressee,
                attempt: row.try_get("attempts")?,
                prompt: row.try_get("prompt").unwrap_or_default(),
                lost: on.filter(|_| micros > 0).map(|day| Reservation { micros, day, cause }),
                taken_over: row.try_get("taken_over")?,
            };
            Ok((row.try_get("seq")?, leased))
        })
        .collect::<sqlx::Result<_>>()?;
    leased.sort_by_key(|(seq, _)| *seq);
    Ok(leased.into_iter().map(|(_, call)| call).collect())
}

/// A field of a stored call, where it can be read.
fn part<T: DeserializeOwned>(spec: &Value, name: &str) -> Option<T> {
    T::deserialize(spec.get(name)?).ok()
}

/// A prompt as it is stored.
#[derive(Debug)]
pub struct Prepared<'a, P> {
    /// Who is asked.
    pub persona: &'a str,
    /// The model's tier.
    pub tier: &'a str,
    /// The model's name.
    pub model: &'a str,
    /// What is asked.
    pub prompt: &'a P,
    /// The messages that it shows.
    pub shown: &'a [Shown],
    /// What is set aside for it.
    pub reserved: &'a Reservation,
}

/// Stores the prompt and the reservation before the call is made. The persona has read what the prompt shows and what it is
/// to answer; what it read before stays so. Returns whether this attempt is still the one that counts. Where no money is
/// reserved, nobody waits for the disk: what a crash of Postgres takes back is asked again.
pub async fn prepared<P: Serialize + Sync>(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    call: &Leased,
    new: &Prepared<'_, P>,
) -> sqlx::Result<bool> {
    // A letter that its lane writes at this moment is passed over: nothing may wait here.
    let done = sqlx::query(
        "with soon as materialized (select set_config('synchronous_commit', 'off', true) where $6 = 0),
         read as (
             update letters set read_at = $10, read_call = $1 where id in (
                 select id from letters as l
                 where org = $9 and \"to\" = $11 and not to_person and read_at is null
                   and (call = $1 or post = any($12)
                        or exists (select from unnest($13::text[], $14::text[]) as m (channel, id)
                                   where m.channel = l.message ->> 'channel' and m.id = l.message ->> 'id'))
                 for update skip locked)
         )
         update calls set prepared = attempts, tier = $3, model = $4, prompt = $5, reserved_micros = $6, reserved_on = $7, reserved_cause = $8
         from (select count(*) from soon) as first
         where id = $1 and attempts = $2 and state = 'running'",
    )
    .bind(call.id)
    .bind(call.attempt)
    .bind(new.tier)
    .bind(new.model)
    .bind(Json(new.prompt))
    .bind(new.reserved.micros)
    .bind(new.reserved.day)
    .bind(&new.reserved.cause)
    .bind(org)
    .bind(now)
    .bind(new.persona)
    .bind(new.shown.iter().filter_map(|s| s.post).collect::<Vec<_>>())
    .bind(new.shown.iter().map(|s| s.id.channel.as_str()).collect::<Vec<_>>())
    .bind(new.shown.iter().map(|s| s.id.id.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether this attempt is still the one that counts; then, the prompt and the reservation that it has stored already. Waits
/// for one that is just being stored.
pub async fn prepared_before(
    conn: &mut PgConnection,
    call: &Leased,
) -> sqlx::Result<Option<Option<(Value, Reservation)>>> {
    type Row = (bool, Option<Value>, i64, Option<chrono::NaiveDate>, Option<String>);
    let row: Option<Row> = sqlx::query_as(
        "select coalesce(prepared = attempts, false), prompt, reserved_micros, reserved_on, reserved_cause from calls
         where id = $1 and attempts = $2 and state = 'running' for update",
    )
    .bind(call.id)
    .bind(call.attempt)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(prepared, prompt, micros, on, cause)| {
        let stored = prompt.zip(on).filter(|_| prepared);
        stored.map(|(prompt, day)| (prompt, Reservation { micros, day, cause }))
    }))
}

/// What a call took.
#[derive(Debug, Clone, Default)]
pub struct Spent {
    /// Tokens of the question.
    pub input: i64,
    /// Tokens of the answer.
    pub output: i64,
    /// Millionths of a dollar.
    pub micros: i64,
}

/// Ends a call with its answer, and tells that to its lane. Returns whether this attempt was still the one that counts; the
/// lane is told of no other. Where it cost nothing, nobody waits for the disk: what a crash of Postgres takes back is asked
/// again.
pub async fn answered(
    conn: &mut PgConnection,
    org: Uuid,
    now: DateTime<Utc>,
    call: &Leased,
    answer: &inbox::New,
    spent: &Spent,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "with soon as materialized (select set_config('synchronous_commit', 'off', true) where $6 = 0),
         ended as (
             update calls set state = 'done', holder = null, answer = $3, input_tokens = $4, output_tokens = $5,
                    cost_micros = $6, reserved_micros = 0, finished_at = $7, error = null
             from (select count(*) from soon) as first
             where id = $1 and attempts = $2 and state = 'running'
             returning id
         ), locked as materialized (
             select pg_advisory_xact_lock(hashtextextended('queue:' || $10, 0)) from ended
         ), told as (
             insert into inbox (id, org, lane, source, event, state, received_at)
             select $9, $8, $10, $11, $3, 'ready', $7 from locked
             on conflict (org, source) do nothing
         )
         select exists (select from ended)",
    )
    .bind(call.id)
    .bind(call.attempt)
    .bind(Json(&answer.event))
    .bind(spent.input)
    .bind(spent.output)
    .bind(spent.micros)
    .bind(now)
    .bind(org)
    .bind(answer.id)
    .bind(answer.lane.as_str())
    .bind(&answer.source)
    .fetch_one(conn)
    .await
}

/// Puts a call aside that cannot be read: nobody can be told. Returns whether this attempt was still the one that counts.
pub async fn broken(conn: &mut PgConnection, now: DateTime<Utc>, call: &Leased, why: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update calls set state = 'done', holder = null, answer = $3, reserved_micros = 0, finished_at = $4, error = null
         where id = $1 and attempts = $2 and state = 'running'",
    )
    .bind(call.id)
    .bind(call.attempt)
    .bind(json!({ "broken": why }))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a call off. Its reservation is released by the caller. Returns whether this attempt was still the one that counts.
pub async fn put_off(
    conn: &mut PgConnection,
    id: Uuid,
    attempt: i32,
    why: &str,
    after_secs: f64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update calls set state = 'ready', holder = null, error = $3, reserved_micros = 0,
                retry_at = now() + make_interval(secs => $4)
         where id = $1 and attempts = $2 and state = 'running'",
    )
    .bind(id)
    .bind(attempt)
    .bind(why)
    .bind(after_secs)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Hands a call back untouched, at a graceful stop.
pub async fn hand_back(conn: &mut PgConnection, holder: i32) -> sqlx::Result<()> {
    sqlx::query("update calls set state = 'ready', holder = null where holder = $1 and state = 'running'")
        .bind(holder)
        .execute(&mut *conn)
        .await?;
    sqlx::query("update outbox set state = 'ready', holder = null where holder = $1 and state = 'running'")
        .bind(holder)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets the prompts of old calls.
pub async fn trim(conn: &mut PgConnection, org: Uuid, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "update calls set prompt = null, spec = '{}', answer = null
         where org = $1 and finished_at < $2 and prompt is not null",
    )
    .bind(org)
    .bind(before)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
