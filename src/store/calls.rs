//! Calls of models and skills under a lease. The first result counts.

use bullpen_domain::effect::{Ask, Run};
use bullpen_domain::event::Purpose;
use bullpen_domain::name::Handle;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::budget::Reservation;

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
    /// For whom and what for, where the rest cannot be read.
    pub addressee: Option<(Handle, Purpose)>,
    /// This attempt's number.
    pub attempt: i32,
    /// The prompt of an earlier attempt, to be repeated unchanged.
    pub prompt: Option<Value>,
    /// What an earlier attempt reserved and never settled.
    pub lost: Option<Reservation>,
}

/// Leases up to `limit` calls, oldest first.
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
                   c.reserved_cause",
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
            let spec: Value = row.try_get("spec")?;
            let part = |name: &str| spec.get(name).cloned().unwrap_or_default();
            let addressee =
                serde_json::from_value(part("persona")).ok().zip(serde_json::from_value(part("purpose")).ok());
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
                spec: spec.map_err(|e| format!("the stored call cannot be read: {e}")),
                addressee,
                attempt: row.try_get("attempts")?,
                prompt: row.try_get("prompt")?,
                lost: on.filter(|_| micros > 0).map(|day| Reservation { micros, day, cause }),
            };
            Ok((row.try_get("seq")?, leased))
        })
        .collect::<sqlx::Result<_>>()?;
    leased.sort_by_key(|(seq, _)| *seq);
    Ok(leased.into_iter().map(|(_, call)| call).collect())
}

/// Stores the prompt and the reservation before the call is made.
pub async fn prepared(
    conn: &mut PgConnection,
    call: &Leased,
    tier: &str,
    model: &str,
    prompt: &Value,
    reserved: &Reservation,
) -> sqlx::Result<()> {
    sqlx::query(
        "update calls set tier = $3, model = $4, prompt = $5, reserved_micros = $6, reserved_on = $7, reserved_cause = $8
         where id = $1 and attempts = $2",
    )
    .bind(call.id)
    .bind(call.attempt)
    .bind(tier)
    .bind(model)
    .bind(prompt)
    .bind(reserved.micros)
    .bind(reserved.day)
    .bind(&reserved.cause)
    .execute(conn)
    .await?;
    Ok(())
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

/// Ends a call with its answer. Returns whether this attempt was still the one that counts.
pub async fn finish(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    id: Uuid,
    attempt: i32,
    answer: &Value,
    spent: &Spent,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update calls set state = 'done', holder = null, answer = $3, input_tokens = $4, output_tokens = $5,
                cost_micros = $6, reserved_micros = 0, finished_at = $7, error = null
         where id = $1 and attempts = $2 and state = 'running'",
    )
    .bind(id)
    .bind(attempt)
    .bind(answer)
    .bind(spent.input)
    .bind(spent.output)
    .bind(spent.micros)
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
