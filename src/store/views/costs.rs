//! What a day's calls of models cost.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::Result;
use crate::clock;

/// Millionths of a US dollar in a dollar.
const MICROS: f64 = 1_000_000.0;

/// A day's calls and what they cost, in US dollars.
#[derive(Debug, Clone, Serialize)]
pub struct Costs {
    /// The day, in the organisation's zone.
    pub day: NaiveDate,
    /// What is spent.
    pub spent_usd: f64,
    /// What is set aside for calls under way.
    pub reserved_usd: f64,
    /// How many calls of a model were answered.
    pub calls: i64,
    /// By class of model.
    pub by_tier: Vec<OfTier>,
    /// By persona, the dearest first.
    pub by_persona: Vec<OfPersona>,
}

/// The calls of a class of models.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct OfTier {
    /// `strategic`, `standard` or `routine`.
    pub tier: String,
    /// How many.
    pub calls: i64,
    /// Tokens of the questions.
    pub input_tokens: i64,
    /// Tokens of the answers.
    pub output_tokens: i64,
    /// What they cost, in US dollars.
    pub usd: f64,
}

/// The calls of a persona.
#[derive(Debug, Clone, Serialize, FromRow)]
pub struct OfPersona {
    /// Its handle.
    pub persona: String,
    /// How many.
    pub calls: i64,
    /// What they cost, in US dollars.
    pub usd: f64,
}

/// The costs of the day, in the organisation's zone, that `now` lies in.
///
/// # Errors
/// [`super::Error`]
pub async fn on(pool: &PgPool, org: Uuid, now: DateTime<Utc>, zone: Tz) -> Result<Costs> {
    let day = now.with_timezone(&zone).date_naive();
    let (from, until) = (clock::begins(day, zone), clock::begins(day + TimeDelta::days(1), zone));
    let (spent, reserved) = crate::store::budget::on(&mut *pool.acquire().await?, org, day).await?;
    let by_tier: Vec<OfTier> = sqlx::query_as(
        "select coalesce(tier, 'standard') as tier, count(*) as calls, sum(input_tokens)::bigint as input_tokens,
                sum(output_tokens)::bigint as output_tokens, sum(cost_micros)::float8 / 1e6 as usd
         from calls where org = $1 and state = 'done' and kind = 'turn' and finished_at >= $2 and finished_at < $3
         group by 1 order by array_position(array['strategic', 'standard', 'routine'], coalesce(tier, 'standard'))",
    )
    .bind(org)
    .bind(from)
    .bind(until)
    .fetch_all(pool)
    .await?;
    let by_persona = sqlx::query_as(
        "select persona, count(*) as calls, sum(cost_micros)::float8 / 1e6 as usd
         from calls where org = $1 and state = 'done' and kind = 'turn' and finished_at >= $2 and finished_at < $3
         group by persona order by usd desc, calls desc, persona",
    )
    .bind(org)
    .bind(from)
    .bind(until)
    .fetch_all(pool)
    .await?;
    Ok(Costs {
        day,
        // A day's micros are far below 2^53.
        spent_usd: spent as f64 / MICROS,
        reserved_usd: reserved as f64 / MICROS,
        calls: by_tier.iter().map(|tier| tier.calls).sum(),
        by_tier,
        by_persona,
    })
}
