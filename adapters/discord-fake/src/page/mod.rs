//! The browser's side: the guild as a person sees it, and hands for whoever sits before it.
//!
//! The page is plain HTML, CSS and JavaScript, embedded; it writes everything that others wrote as text, never as HTML.
//! What it asks for is below `/preview/`. There is no sign-in: whoever reaches the port is whom they say they are.

mod acts;
mod avatar;
mod shown;

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::server::Shared;

/// The files of the page: name, media type, content.
const FILES: &[(&str, &str, &str)] = &[
    ("style.css", "text/css", include_str!("files/style.css")),
    ("message.css", "text/css", include_str!("files/message.css")),
    ("main.js", "text/javascript", include_str!("files/main.js")),
    ("dom.js", "text/javascript", include_str!("files/dom.js")),
    ("text.js", "text/javascript", include_str!("files/text.js")),
    ("messages.js", "text/javascript", include_str!("files/messages.js")),
    ("embeds.js", "text/javascript", include_str!("files/embeds.js")),
    ("sidebar.js", "text/javascript", include_str!("files/sidebar.js")),
    ("members.js", "text/javascript", include_str!("files/members.js")),
    ("composer.js", "text/javascript", include_str!("files/composer.js")),
    ("modal.js", "text/javascript", include_str!("files/modal.js")),
    ("icons.js", "text/javascript", include_str!("files/icons.js")),
];

/// What a page may load: its own files, and pictures from anywhere, which posts may name.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: https: http:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(index))
        .route("/channels/{guild}/{channel}", get(index))
        .route("/channels/{guild}/{channel}/{message}", get(index))
        .route("/page/{file}", get(file))
        .route("/avatars/{user}", get(avatar::avatar))
        .route("/preview/guild", get(shown::guild))
        .route("/preview/channels/{channel}", get(shown::channel))
        .route("/preview/changes", get(shown::changes))
        .route("/preview/acts/{act}", post(acts::act))
}

async fn index() -> Response {
    document(include_str!("files/index.html"), "text/html")
}

async fn file(Path(file): Path<String>) -> Response {
    match FILES.iter().find(|(name, _, _)| *name == file) {
        Some((_, media_type, content)) => document(content, media_type),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn document(content: &'static str, media_type: &str) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(&format!("{media_type}; charset=utf-8")) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
