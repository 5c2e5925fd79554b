//! The browser's side: the workspace as a person sees it, and hands for whoever sits before it.
//!
//! The page is plain HTML, CSS and JavaScript, embedded; it writes everything that others wrote as text, never as HTML.
//! What it asks for is below `/preview/`. There is no sign-in: whoever reaches the port is whom they say they are.

mod acts;
mod avatar;
mod shown;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::server::Shared;

/// The files of the page: name, media type, content.
const FILES: &[(&str, &str, &str)] = &[
    ("style.css", "text/css", include_str!("files/style.css")),
    ("message.css", "text/css", include_str!("files/message.css")),
    ("blocks.css", "text/css", include_str!("files/blocks.css")),
    ("main.js", "text/javascript", include_str!("files/main.js")),
    ("dom.js", "text/javascript", include_str!("files/dom.js")),
    ("text.js", "text/javascript", include_str!("files/text.js")),
    ("blocks.js", "text/javascript", include_str!("files/blocks.js")),
    ("elements.js", "text/javascript", include_str!("files/elements.js")),
    ("messages.js", "text/javascript", include_str!("files/messages.js")),
    ("sidebar.js", "text/javascript", include_str!("files/sidebar.js")),
    ("composer.js", "text/javascript", include_str!("files/composer.js")),
    ("views.js", "text/javascript", include_str!("files/views.js")),
    ("icons.js", "text/javascript", include_str!("files/icons.js")),
];

/// What a page may load: its own files, and pictures from anywhere, which posts may name.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data: https: http:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(index))
        .route("/archives/{channel}/{message}", get(index))
        .route("/page/{file}", get(file))
        .route("/avatars/{user}", get(avatar::avatar))
        .route("/files/{id}/{name}", get(shared_file))
        .route("/oauth/v2/authorize", get(acts::authorize))
        .route("/preview/emoji", get(shown::emoji))
        .route("/preview/workspace", get(shown::workspace))
        .route("/preview/channels/{channel}", get(shown::channel))
        .route("/preview/home/{app}", get(shown::home))
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

/// `url_private` of a file: with a token that may read files, or for the page itself.
async fn shared_file(
    State(shared): State<Arc<Shared>>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let own = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    let token =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let found = shared.read(|state| {
        let may = own || state.caller(token).is_ok_and(|t| t.scopes.iter().any(|s| s == "files:read"));
        may.then(|| state.files.get(&id).map(|file| (file.mimetype.clone(), file.bytes.clone()))).flatten()
    });
    let Some((media_type, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = bytes.into_response();
    // What is no picture is not opened by the browser.
    let media_type = if media_type.starts_with("image/") && media_type != "image/svg+xml" {
        &media_type
    } else {
        "application/octet-stream"
    };
    if let Ok(media_type) = HeaderValue::from_str(media_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    }
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
