//! The pages, from within the program: the lobby's, and the console's beside them.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::asked::Of;
use super::media::media_type;
use super::problem::Problem;

/// What a page may load and talk to: this server, and nothing of what anybody wrote is ever run.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

#[derive(RustEmbed)]
#[folder = "adapters/lobby/pages"]
struct Lobby;

#[derive(RustEmbed)]
#[folder = "src/console/pages"]
struct Console;

/// `GET /`
pub(super) async fn home(request: Request) -> Response {
    answer(Lobby::get("index.html"), "index.html", &request)
}

/// `GET /favicon.svg`
pub(super) async fn icon(request: Request) -> Response {
    answer(Lobby::get("icon.svg"), "icon.svg", &request)
}

/// `GET /assets/lobby/{*path}`
pub(super) async fn lobby(Of(path): Of, request: Request) -> Response {
    answer(Lobby::get(&path), &path, &request)
}

/// `GET /assets/console/{*path}`
pub(super) async fn console(Of(path): Of, request: Request) -> Response {
    answer(Console::get(&path), &path, &request)
}

/// A page that is made here.
pub(super) fn html(status: StatusCode, page: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, page).into_response()
}

fn answer(file: Option<EmbeddedFile>, path: &str, request: &Request) -> Response {
    let Some(file) = file else { return Problem::unknown("file", path).into_response() };
    let hash = file.metadata.sha256_hash();
    // Weak: what goes over the wire may be compressed.
    let tag: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("W/\"{tag}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type(path).to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    if is_known(request, &tag) {
        return (StatusCode::NOT_MODIFIED, headers, policy).into_response();
    }
    (headers, policy, file.data).into_response()
}

/// Whether the caller has the version with this tag already. As the standard has it, weak tags are compared like strong
/// ones.
pub(super) fn is_known(request: &Request, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).map(bare).any(|known| known == "*" || known == bare(tag))
}
