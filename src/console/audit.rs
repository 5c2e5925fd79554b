//! The chain of decision records: `GET /api/audit` verifies it, `POST /api/decisions/{id}/erase` takes texts out of it.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use bullpen_domain::audit::{Outcome, Verifier};
use bullpen_domain::org::Right;
use futures::{StreamExt as _, pin_mut};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Ours;
use super::asked::{Asked, Of};
use super::problem::Problem;
use crate::store::audit;

/// The most characters of a reason.
const REASON: usize = 1_000;

/// `GET /api/audit?head=`: reads the whole chain, record by record.
pub(super) async fn verify(State(console): Ours, asked: Asked) -> Result<Json<Outcome>, Problem> {
    let head = asked.text("head").map(str::to_ascii_lowercase);
    if head.as_ref().is_some_and(|head| head.len() != 64 || !head.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Err(Problem::malformed("`head` must be a link: 64 hexadecimal digits"));
    }
    let mut verifier = Verifier::new(console.org, head);
    let mut conn = console.pool.acquire().await?;
    let records = audit::read(&mut conn, console.org);
    pin_mut!(records);
    while let Some(read) = records.next().await {
        let (kept, erasure) = read?;
        verifier.take(&kept, erasure.as_ref());
    }
    Ok(Json(verifier.finish()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(rename = "as")]
    by: Option<String>,
    reason: String,
}

/// `POST /api/decisions/{id}/erase` `{as, reason}`
pub(super) async fn erase(
    State(console): Ours,
    id: Of,
    asked: Asked,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(wanted) = body.map_err(|_| Problem::malformed("send `{\"as\": \"…\", \"reason\": \"…\"}` as JSON"))?;
    let Some(by) = asked.speaks_as(wanted.by.as_deref().filter(|name| !name.is_empty()))? else {
        return Err(invalid("say with `as` who erases: it is kept for good"));
    };
    if !console.office.directory().may(by, Right::Operate) {
        return Err(Problem::forbidden(format!("“{by}” may not erase decision records: it takes the right `operate`")));
    }
    let why = wanted.reason.trim();
    if why.is_empty() || why.contains('\0') || why.chars().count() > REASON {
        return Err(invalid(format!("`reason` must say in 1 to {REASON} characters why: it is kept for good")));
    }
    let record = id.id("decision record")?;
    let mut tx = console.pool.begin().await?;
    let erasure = audit::erase(&mut tx, &console.office.directory(), record, by, why, console.clock.now()).await;
    let erasure = erasure.map_err(|error| match error {
        audit::Error::Unknown => Problem::unknown("decision record", &id.0),
        audit::Error::Refused(refusal) => Problem::new(StatusCode::CONFLICT, "not_erasable", refusal.to_string()),
        audit::Error::Database(error) => error.into(),
    })?;
    tx.commit().await?;
    tracing::info!(decision.id = %record, %by, "the texts of a decision record were erased");
    console.wakes.outbox.ring_for_all();
    console.wakes.changed.notify_one();
    Ok(Json(json!({ "id": record, "erased": { "by": by, "at": erasure.at, "why": why }, "erasure": erasure.id })))
}

fn invalid(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
}
