//! The HTTP side of the server: the department's state as JSON and as pages, the lobby mounted beside it, and the door
//! that all of it lies behind.
//!
//! **Architecture invariant:** nothing here decides anything about the work. People act through the lobby, as on any
//! other platform; what can be done here is to put a dead letter back to work, and to erase the texts of a decision record.

mod announce;
mod asked;
mod audit;
mod cookie;
mod door;
mod faces;
mod frame;
mod guard;
mod media;
mod pages;
mod problem;
mod published;
mod ready;
mod records;
mod session;
mod sign_in;
mod team;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use uuid::Uuid;

use crate::config::Config;
use crate::health::Health;
use crate::office::Office;
use crate::wake::Wakes;
use crate::{clock, metrics};

pub use announce::announce_changes;

use door::Door;

/// The most bytes of a request's body, the lobby's own apart.
const BODY_LIMIT: usize = 16 * 1024;

/// What the console shows, and whom it asks.
pub struct Console {
    /// The department's database.
    pub pool: PgPool,
    /// The organisation.
    pub org: Uuid,
    /// Its people and personas.
    pub office: Arc<Office>,
    /// Its lobby.
    pub lobby: Arc<bullpen_lobby::Lobby>,
    /// Business time.
    pub clock: clock::Shared,
    /// To wake workers when a dead letter is to be tried again, and to hear of changes.
    pub wakes: Arc<Wakes>,
    /// How the workers stand.
    pub health: Arc<Health>,
    /// What was configured.
    pub config: Arc<Config>,
    /// The model that speaks.
    pub model: Arc<dyn bullpen_model::Model>,
    /// The folder of published pieces.
    pub published: PathBuf,
    /// What adapters serve, each below a path of its own, e.g. `/slack`.
    pub mounted: Vec<(&'static str, Router)>,
}

/// The console, as handlers get it.
type Ours = State<Arc<Console>>;

/// Everything that is served, behind the door.
///
/// Wrong tokens are counted by the caller's address where [`axum::extract::ConnectInfo`] tells it, as under [`serve`].
pub fn router(console: Arc<Console>) -> Router {
    metrics::install();
    let door = Arc::new(Door::of(&console.config, Arc::clone(&console.clock)));
    let api = Router::new()
        .route("/api/tasks", get(records::tasks))
        .route("/api/tasks/{id}", get(records::task))
        .route("/api/approvals", get(records::approvals))
        .route("/api/approvals/{id}", get(records::approval))
        .route("/api/delegations", get(records::delegations))
        .route("/api/escalations", get(records::escalations))
        .route("/api/proposals", get(records::proposals))
        .route("/api/letters", get(records::letters))
        .route("/api/decisions", get(records::decisions))
        .route("/api/decisions/{id}/erase", post(audit::erase))
        .route("/api/audit", get(audit::verify))
        .route("/api/refusals", get(records::refusals))
        .route("/api/dead-letters", get(records::dead_letters))
        .route("/api/dead-letters/{id}/retry", post(records::retry))
        .route("/api/costs", get(session::costs))
        .route("/api/personas", get(team::personas))
        .route("/api/session", get(session::session))
        .route("/api/notices", get(session::notices))
        .route("/healthz", get(ready::alive))
        .route("/readyz", get(ready::ready))
        .route("/metrics", get(ready::metrics))
        .route("/pictures/{digest}", get(faces::picture))
        .route("/avatars/{file}", get(faces::avatar))
        .route("/published/", get(published::index))
        .route("/published/{*path}", get(published::file))
        .with_state(Arc::clone(&console));
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/favicon.svg", get(pages::icon))
        .route("/assets/sign-in.css", get(sign_in::style))
        .route("/assets/lobby/{*path}", get(pages::lobby))
        .route("/assets/console/{*path}", get(pages::console));
    let mounted = console.mounted.iter().fold(Router::new(), |all, (path, router)| all.nest(path, router.clone()));
    let sign_in = Router::new().route("/api/sign-in", post(sign_in::sign_in)).with_state(Arc::clone(&door));
    api.merge(pages)
        .merge(sign_in)
        .merge(mounted)
        .merge(bullpen_lobby::router(Arc::clone(&console.lobby)))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(frame::in_time))
        .layer(from_fn_with_state(door, guard::guard))
        .layer(from_fn(frame::without_panics))
        .layer(CompressionLayer::new())
        .layer(from_fn(frame::with_safe_headers))
        .layer(from_fn(frame::counted))
}

/// Serves [`router`] on `listener` until `shutdown`, and keeps browsers told of changes meanwhile. Open event streams
/// and sockets are ended; requests under way are answered.
///
/// # Errors
/// When the listener fails.
pub async fn serve(console: Arc<Console>, listener: TcpListener, shutdown: CancellationToken) -> io::Result<()> {
    let lobby = Arc::clone(&console.lobby);
    let told = tokio::spawn(announce_changes(Arc::clone(&console), shutdown.clone()));
    let kept = tokio::spawn(metrics::upkeep(shutdown.clone()));
    let listener = listener.tap_io(|stream| {
        // Small answers go out at once. Where that cannot be set, they go out a little later.
        let _ = stream.set_nodelay(true);
    });
    let service = router(console).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            shutdown.cancelled().await;
            lobby.close();
        })
        .await;
    told.abort();
    kept.abort();
    served
}
