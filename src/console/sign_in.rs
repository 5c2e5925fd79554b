//! `POST /api/sign-in`: a person's token for a cookie. Where the server listens on a loopback address, nobody has to.

use std::sync::Arc;

use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::door::Door;
use super::guard::address;
use super::media::media_type;
use super::pages;
use super::problem::Problem;
use crate::metrics;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    token: String,
}

/// The page that asks for a token.
pub(super) fn page(status: StatusCode) -> Response {
    pages::html(status, include_str!("sign_in.html"))
}

/// `GET /assets/sign-in.css`
pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, media_type("sign-in.css"))], include_str!("sign_in.css")).into_response()
}

/// `POST /api/sign-in` `{token}`, as JSON or as a form; a form is answered with the way to the pages.
pub(super) async fn sign_in(State(door): State<Arc<Door>>, request: Request) -> Result<Response, Problem> {
    let from = address(&request);
    let wanted = || Problem::malformed("send `{\"token\": \"…\"}` as JSON, or as a form, and nothing else");
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    let token = if is_form {
        Form::<Given>::from_request(request, &()).await.map_err(|_| wanted())?.0.token
    } else {
        Json::<Given>::from_request(request, &()).await.map_err(|_| wanted())?.0.token
    };
    let name = door.whose(token.trim(), from).map_err(|refusal| {
        ::metrics::counter!(metrics::REFUSED, "why" => refusal.why()).increment(1);
        Problem::from(refusal)
    })?;
    let cookie = door.cookie(&name).and_then(|cookie| HeaderValue::from_str(&cookie).ok());
    let cookie = cookie.map(|cookie| [(header::SET_COOKIE, cookie)]);
    Ok(if is_form {
        (cookie, Redirect::to("/")).into_response()
    } else {
        (cookie, Json(json!({ "name": name }))).into_response()
    })
}
