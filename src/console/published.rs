//! The folder of published pieces, as it lies on the disk.

use std::io;
use std::path::{Component, Path};

use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::asked::Of;
use super::media::media_type;
use super::problem::Problem;
use super::{Console, Ours};

/// Published pages carry their style with them, and need nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'",
);

/// `GET /published/`
pub(super) async fn index(State(console): Ours, uri: Uri) -> Result<Response, Problem> {
    answer(&console, &uri, "").await
}

/// `GET /published/{*path}`
pub(super) async fn file(State(console): Ours, uri: Uri, Of(path): Of) -> Result<Response, Problem> {
    answer(&console, &uri, &path).await
}

async fn answer(console: &Console, uri: &Uri, asked: &str) -> Result<Response, Problem> {
    let unknown = || Problem::unknown("published file", asked);
    // A plain way down, and no hidden file on it.
    let plain =
        |part: Component<'_>| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b"."));
    if asked.contains(['\\', '\0']) || !Path::new(asked).components().all(plain) {
        return Err(unknown());
    }
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => unknown(),
        _ => {
            tracing::error!(error = &error as &dyn std::error::Error, path = asked, "a published file cannot be read");
            unknown()
        }
    };
    let root = tokio::fs::canonicalize(&console.published).await.map_err(failed)?;
    // Links are followed, and may not lead out.
    let mut path = tokio::fs::canonicalize(root.join(asked)).await.map_err(failed)?;
    if path.is_dir() {
        if !asked.is_empty() && !asked.ends_with('/') {
            // Relative addresses on the page lead to the right place from below the folder only.
            return Ok(Redirect::permanent(&format!("{}/", uri.path())).into_response());
        }
        path = tokio::fs::canonicalize(path.join("index.html")).await.map_err(failed)?;
    }
    if !path.starts_with(&root) || !path.is_file() {
        return Err(unknown());
    }
    let bytes = tokio::fs::read(&path).await.map_err(failed)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type(&path.to_string_lossy()))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    Ok((headers, bytes).into_response())
}
