//! What every answer has in common, whoever makes it.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;

use super::problem::Problem;
use crate::metrics;

/// Most time until an answer begins. Streams and sockets begin at once and last as long as they like.
const PATIENCE: Duration = Duration::from_secs(30);

/// Headers that an answer has unless its maker says otherwise.
const SAFE: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Answers that nobody makes in time are made here.
pub(super) async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_slow",
            format!("there was no answer within {} s; try again in a moment", PATIENCE.as_secs()),
        )
        .into_response(),
    }
}

/// A handler's mistake is its own, and the caller is told so in the usual shape.
pub(super) async fn without_panics(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!(%method, path, "a request was given up in a panic");
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "something went wrong in the server, which is a mistake of ours; its log says more",
            )
            .into_response()
        }
    }
}

/// Adds the headers that keep browsers from guessing, telling and lending.
pub(super) async fn with_safe_headers(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    for (name, value) in SAFE {
        answer.headers_mut().entry(name).or_insert(value);
    }
    let no_store = HeaderValue::from_static("no-store");
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(no_store);
    answer
}

/// Measures.
pub(super) async fn counted(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = match request.method().as_str() {
        method @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => method.to_owned(),
        _ => "other".to_owned(),
    };
    let path = match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        // What is not routed has as many paths as there are callers.
        None => "other".to_owned(),
        Some(path) if path.contains("__private") => "other".to_owned(),
        Some(path) => path.to_owned(),
    };
    let answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    ::metrics::histogram!(metrics::HTTP_SECONDS, "method" => method.clone(), "path" => path.clone())
        .record(began.elapsed().as_secs_f64());
    ::metrics::counter!(metrics::HTTP_REQUESTS, "method" => method, "path" => path, "status" => status).increment(1);
    answer
}
