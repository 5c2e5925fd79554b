//! The guard at the door: looks at every request before anything else does.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bullpen_lobby::SignedIn;

use super::door::{Door, Refusal};
use super::problem::Problem;
use super::sign_in;
use crate::metrics;

/// What anybody may have: what platforms and readers fetch, what has signatures of its own, and whether we live.
const PUBLIC: [&str; 3] = ["/pictures/", "/avatars/", "/slack/"];

/// What those may have who are about to sign in: nothing in it is anybody's.
const BEFORE_SIGN_IN: [&str; 3] = ["/assets/", "/favicon.svg", "/api/sign-in"];

/// Lets a request through, with who is signed in as its [`SignedIn`], or answers why not.
pub(super) async fn guard(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    match admit(&door, &request) {
        Ok(name) => {
            if let Some(name) = name {
                request.extensions_mut().insert(SignedIn(name));
            }
            next.run(request).await
        }
        Err(refusal) => {
            ::metrics::counter!(metrics::REFUSED, "why" => refusal.why()).increment(1);
            tracing::debug!(why = refusal.why(), path = request.uri().path(), "a request was turned away");
            refuse(refusal, &request)
        }
    }
}

fn admit(door: &Door, request: &Request) -> Result<Option<String>, Refusal> {
    let path = request.uri().path();
    if path == "/healthz" || PUBLIC.iter().any(|public| path.starts_with(public)) {
        return Ok(None);
    }
    door.check_addresses(request.uri(), request.headers())?;
    if BEFORE_SIGN_IN.iter().any(|open| path.starts_with(open)) {
        return Ok(None);
    }
    door.signed_in(request.headers(), address(request))
}

/// Where a request comes from, as far as it is known.
pub(super) fn address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

fn refuse(refusal: Refusal, request: &Request) -> Response {
    let is_page = request.method() == Method::GET && request.uri().path() == "/";
    if is_page && refusal == Refusal::Unknown {
        return sign_in::page(StatusCode::UNAUTHORIZED);
    }
    let challenge = (refusal == Refusal::Unknown).then_some([(header::WWW_AUTHENTICATE, "Bearer")]);
    (challenge, Problem::from(refusal)).into_response()
}
