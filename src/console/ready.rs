//! `/healthz`, `/readyz` and `/metrics`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::{Console, Ours};
use crate::health::Parts;
use crate::metrics;
use crate::store::probe;
use crate::store::views::depths;

/// Most time that the database may take to count as ready; also how long an answer here may be held up by it.
const DATABASE: Duration = Duration::from_secs(1);

/// Most time that is waited for the model to say whether it is ready; a probe of an endpoint ends before.
const MODEL: Duration = Duration::from_secs(6);

/// `GET /healthz`: the process lives.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "alive": true }))
}

/// `GET /readyz`: `{"ready", <part>: {"ready", "reason"?}…}`, with 503 and an error while a part is not ready.
pub(super) async fn ready(State(console): Ours) -> Response {
    let parts = parts(&console).await;
    let reasons: Vec<String> =
        parts.iter().filter_map(|(part, state)| Some(format!("{part}: {}", state.as_ref().err()?))).collect();
    let mut told: Map<String, Value> = parts
        .into_iter()
        .map(|(part, state)| match state {
            Ok(()) => (part.to_owned(), json!({ "ready": true })),
            Err(reason) => (part.to_owned(), json!({ "ready": false, "reason": reason })),
        })
        .collect();
    told.insert("ready".to_owned(), reasons.is_empty().into());
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        told.insert("error".to_owned(), json!({ "code": "not_ready", "message": reasons.join("; ") }));
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(told)).into_response()
}

/// `GET /metrics`: as Prometheus reads it. How much waits is left as it was when the database does not answer.
pub(super) async fn metrics(State(console): Ours) -> Response {
    if let Ok(Ok(depths)) = timeout(DATABASE, depths::now(&console.pool, console.org)).await {
        // Counts of rows are far below 2^53.
        ::metrics::gauge!(metrics::INBOX_DEPTH).set(depths.inbox as f64);
        ::metrics::gauge!(metrics::OUTBOX_DEPTH).set(depths.outbox as f64);
        ::metrics::gauge!(metrics::CALLS_DEPTH).set(depths.calls as f64);
        ::metrics::gauge!(metrics::DEAD_LETTERS).set(depths.dead as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::text()).into_response()
}

/// How the workers say they stand, with what can be asked now.
async fn parts(console: &Console) -> Parts {
    let (database, lobby, model) = tokio::join!(database(console), lobby(console), model(console));
    let mut parts = console.health.parts();
    for (part, state) in [("database", database), ("lobby", lobby), ("model", model)] {
        // A worker that says that it cannot work knows better than a probe that succeeded.
        let told = parts.entry(part).or_insert_with(|| Ok(()));
        if told.is_ok() {
            *told = state;
        }
    }
    parts
}

async fn database(console: &Console) -> Result<(), String> {
    let asked = async { probe::answers(&mut *console.pool.acquire().await?).await };
    match timeout(DATABASE, asked).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("it cannot be asked: {error}")),
        Err(_) => Err(format!("it has not answered within {} s", DATABASE.as_secs())),
    }
}

async fn lobby(console: &Console) -> Result<(), String> {
    match timeout(DATABASE, console.lobby.channels()).await {
        Ok(Ok(channels)) if channels.is_empty() => Err("it has no channels yet".to_owned()),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it waits for the database".to_owned()),
    }
}

async fn model(console: &Console) -> Result<(), String> {
    match timeout(MODEL, console.model.ready()).await {
        Ok(ready) => ready.map_err(|error| error.to_string()),
        Err(_) => Err(format!("it has not answered within {} s", MODEL.as_secs())),
    }
}
