//! The lobby's part of the HTTP contract: channels, messages, reactions, direct messages, the event stream and the
//! browsers' socket. Every error is `{"error":{"code","message"}}`.

mod asked;
mod channels;
mod direct;
mod fields;
mod live;
mod messages;
mod problem;
mod reactions;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, patch, put};

pub use asked::SignedIn;
use problem::{no_such_method, no_such_route};

use crate::Lobby;

/// The routes under `/api/channels`, `/api/direct`, `/api/messages`, `/api/stream` and `/api/live`, each with its own
/// fallback, so that it can be merged into any other router.
///
/// Who is signed in is told by a request extension [`SignedIn`]; without one the callers' `as` is believed, as on a
/// loopback address. `Host` and `Origin` are not looked at here.
pub fn router(lobby: Arc<Lobby>) -> Router {
    let channels = Router::new()
        .route("/", get(channels::list))
        .route("/{id}/messages", get(channels::messages).post(channels::say))
        .route("/{id}/read", put(channels::read));
    let direct = Router::new().route("/{persona}/messages", get(direct::messages).post(direct::say));
    let messages = Router::new()
        .route("/{id}", patch(messages::edit).get(messages::one).delete(messages::delete))
        .route("/{id}/thread", get(messages::thread))
        .route("/{id}/reactions/{emoji}", put(reactions::set).delete(reactions::unset));
    let stream = Router::new().route("/", get(stream::events));
    let live = Router::new().route("/", get(live::socket));
    [
        ("/api/channels", channels),
        ("/api/direct", direct),
        ("/api/messages", messages),
        ("/api/stream", stream),
        ("/api/live", live),
    ]
    .into_iter()
    .fold(Router::new(), |all, (path, part)| {
        // The address with a slash at its end is nobody's: a nested router does not answer it.
        all.route(&format!("{path}/"), any(no_such_route))
            .nest(path, part.fallback(no_such_route).method_not_allowed_fallback(no_such_method))
    })
    .with_state(lobby)
}
