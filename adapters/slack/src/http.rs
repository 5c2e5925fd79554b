//! Signed HTTP: Slack's events, interactions and slash commands at `/slack/{app}/…`, for apps with a signing secret.
//!
//! A request is read up to a limit, its signature is compared over the raw body, and only then it is understood. Whatever is
//! refused is counted, and no work is done for it. What is stored is answered with 200; when the database is away the answer
//! is 503, and Slack tries again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::{FutureExt as _, StreamExt as _};
use moka::sync::Cache;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use slack_morphism::SlackSigningSecret;
use slack_morphism::signature_verifier::{SlackEventSignatureVerifier, SlackEventSignatureVerifierError};
use tokio::time::timeout;

use crate::apps::App;
use crate::{Slack, command, received};

/// The largest body that is read, in bytes: Slack's own are some tens of thousands, with many blocks a few hundred thousand.
const LARGEST: usize = 1 << 20;
/// As much of a body that is too large is read and thrown away, so that the other side gets to read why.
const SWALLOWED: usize = 32 << 20;
/// Most time for a body to arrive.
const ARRIVING: Duration = Duration::from_secs(10);
/// How far a request's time may be from ours, in seconds (Slack's own advice).
const SKEW: i64 = SlackEventSignatureVerifier::MAX_TIMESTAMP_AGE_SECONDS;
/// Most time to store: Slack wants an answer within 3 s.
const STORING: Duration = Duration::from_millis(2_400);

/// Signatures that were seen within the time in which they would be accepted again. Only of this process: across servers,
/// and after a restart, the keys of [`crate::received`] make a repeat come to nothing.
pub(crate) struct Seen(Cache<String, ()>);

impl Seen {
    pub(crate) fn new() -> Self {
        let kept = Duration::from_secs(2 * SKEW.unsigned_abs() + 60);
        Self(Cache::builder().max_capacity(100_000).time_to_live(kept).build())
    }
}

/// Why a request is refused: the word of the metric, the status.
#[derive(Debug, Clone, Copy)]
struct Refused(&'static str, StatusCode);

/// What Slack sends here.
#[derive(Debug, Clone, Copy)]
enum Door {
    Events,
    Interactions,
    Commands,
}

impl Slack {
    /// The routes, to be mounted at `/slack`. They need no other protection: each request bears Slack's signature.
    pub fn router(self: &Arc<Self>) -> Router {
        let door = |door: Door| {
            post(
                move |State(slack): State<Arc<Self>>, Path(app): Path<String>, headers: HeaderMap, body: Body| async move {
                    slack.receive(door, &app, &headers, body).await
                },
            )
        };
        Router::new()
            .route("/{app}/events", door(Door::Events))
            .route("/{app}/interactions", door(Door::Interactions))
            .route("/{app}/commands", door(Door::Commands))
            .with_state(Arc::clone(self))
    }

    async fn receive(self: &Arc<Self>, door: Door, name: &str, headers: &HeaderMap, body: Body) -> Response {
        let Some(app) = self.apps.named(name).cloned() else {
            return refuse("unknown", Refused("unknown_app", StatusCode::NOT_FOUND));
        };
        let signed = match self.open(&app, headers, body).await {
            Ok(signed) => signed,
            Err(refused) => return refuse(app.name(), refused),
        };
        let work = async {
            let answer = match door {
                Door::Events => self.take_event(&app, &signed.body).await,
                Door::Interactions => self.take_interaction(&app, &signed.body).await,
                Door::Commands => self.take_command(&app, &signed.body).await,
            };
            if answer.status().is_success() {
                self.seen.0.insert(signed.signature, ());
            }
            answer
        };
        match AssertUnwindSafe(timeout(STORING, work)).catch_unwind().await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => unstored(self, &app, "the database took too long"),
            Err(_) => unstored(self, &app, "a bug"),
        }
    }

    /// Reads the body and holds it to its signature.
    async fn open(&self, app: &App, headers: &HeaderMap, body: Body) -> Result<Signed, Refused> {
        let Some(secret) = &app.config.signing_secret else {
            tracing::warn!(app = app.name(), "Slack (or somebody) calls over HTTP, but this app has no signing secret");
            return Err(Refused("no_secret", StatusCode::NOT_FOUND));
        };
        let body = match timeout(ARRIVING, read(body)).await {
            Ok(body) => body?,
            Err(_) => return Err(Refused("slow", StatusCode::REQUEST_TIMEOUT)),
        };
        let field = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let forged = Refused("signature", StatusCode::UNAUTHORIZED);
        let signature = field(SlackEventSignatureVerifier::SLACK_SIGNED_HASH_HEADER).ok_or(forged)?;
        let at = field(SlackEventSignatureVerifier::SLACK_SIGNED_TIMESTAMP).ok_or(forged)?;
        let verifier = SlackEventSignatureVerifier::new(&SlackSigningSecret(secret.expose_secret().to_owned()));
        match verifier.verify(signature, &body, at) {
            // The crate compares the time with its own clock, after the signature; ours is the one that counts.
            Ok(()) | Err(SlackEventSignatureVerifierError::IncorrectOrExpiredTimestampError(_)) => {}
            Err(_) => return Err(forged),
        }
        let old = Refused("timestamp", StatusCode::UNAUTHORIZED);
        let at: i64 = at.parse().map_err(|_| old)?;
        if at.abs_diff(self.now().timestamp()) > SKEW.unsigned_abs() {
            return Err(old);
        }
        let signature = format!("{}:{signature}", app.name());
        if self.seen.0.contains_key(&signature) {
            return Err(Refused("replay", StatusCode::UNAUTHORIZED));
        }
        Ok(Signed { body, signature })
    }

    async fn take_event(self: &Arc<Self>, app: &Arc<App>, body: &str) -> Response {
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return refuse(app.name(), Refused("body", StatusCode::BAD_REQUEST));
        };
        if body.get("type").and_then(Value::as_str) == Some("url_verification") {
            let challenge = body.get("challenge").and_then(Value::as_str).unwrap_or_default();
            return axum::Json(json!({ "challenge": challenge })).into_response();
        }
        let rows = self.event_row(app, body).await.into_iter().collect();
        self.stored(app, rows).await
    }

    async fn take_interaction(self: &Arc<Self>, app: &Arc<App>, body: &str) -> Response {
        let payload = url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "payload");
        let payload = payload.and_then(|(_, json)| serde_json::from_str::<Value>(&json).ok());
        let Some(payload) = payload else {
            return refuse(app.name(), Refused("body", StatusCode::BAD_REQUEST));
        };
        self.stored(app, received::interaction(app.name(), &payload)).await
    }

    async fn stored(&self, app: &App, rows: Vec<received::Received>) -> Response {
        match self.keep(rows).await {
            Ok(()) => StatusCode::OK.into_response(),
            Err(error) => unstored(self, app, &error.to_string()),
        }
    }

    async fn take_command(self: &Arc<Self>, app: &Arc<App>, body: &str) -> Response {
        let fields = url::form_urlencoded::parse(body.as_bytes());
        let fields: serde_json::Map<String, Value> =
            fields.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
        if fields.contains_key("ssl_check") {
            return StatusCode::OK.into_response();
        }
        match command::answer(self, app, command::Ask::read(&Value::Object(fields))).await {
            Ok(Some(answer)) => axum::Json(answer).into_response(),
            Ok(None) => StatusCode::OK.into_response(),
            Err(error) => unstored(self, app, &error.to_string()),
        }
    }
}

/// A body that Slack signed.
struct Signed {
    body: String,
    signature: String,
}

async fn read(body: Body) -> Result<String, Refused> {
    let (mut stream, mut read, mut kept) = (body.into_data_stream(), 0, Vec::new());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refused("body", StatusCode::BAD_REQUEST))?;
        read += chunk.len();
        if read <= LARGEST {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
        if read > SWALLOWED {
            break;
        }
    }
    if read > LARGEST {
        return Err(Refused("too_large", StatusCode::PAYLOAD_TOO_LARGE));
    }
    String::from_utf8(kept).map_err(|_| Refused("body", StatusCode::BAD_REQUEST))
}

fn refuse(app: &str, Refused(why, status): Refused) -> Response {
    metrics::counter!("bullpen_slack_refused_total", "app" => app.to_owned(), "why" => why).increment(1);
    tracing::warn!(app, why, "a request to /slack was refused");
    status.into_response()
}

fn unstored(slack: &Slack, app: &App, why: &str) -> Response {
    // Slack gives up after some minutes; what it did not tell by then is fetched.
    slack.ears.missed();
    metrics::counter!("bullpen_slack_unstored_total", "app" => app.name().to_owned()).increment(1);
    tracing::warn!(app = app.name(), why, "not written down: Slack is asked to come again");
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
}
