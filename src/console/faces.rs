//! Pictures and avatars: what cards and messages show. Public, since platforms fetch them too.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bullpen_domain::name::Handle;
use bullpen_domain::org::DESK;
use bullpen_skills::avatar;

use super::Ours;
use super::asked::Of;
use super::pages::is_known;
use super::problem::Problem;
use crate::store::files;

/// A picture is looked at, whatever stands in it.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

/// `GET /pictures/{digest}`: the bytes with this SHA-256 never change.
pub(super) async fn picture(State(console): Ours, Of(digest): Of, request: Request) -> Result<Response, Problem> {
    let unknown = || Problem::unknown("picture", &digest);
    if digest.len() != 64 || !digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(unknown());
    }
    let tag = format!("\"{digest}\"");
    let forever =
        [(header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()), (header::ETAG, tag.clone())];
    if is_known(&request, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, forever).into_response());
    }
    let mut conn = console.pool.acquire().await?;
    let (media_type, bytes) = files::find(&mut conn, console.org, &digest).await?.ok_or_else(unknown)?;
    let media_type = HeaderValue::from_str(&media_type).ok().filter(|_| media_type.starts_with("image/"));
    let kind = [(header::CONTENT_TYPE, media_type.ok_or_else(unknown)?), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((forever, kind, bytes).into_response())
}

/// Pixels on each side of an avatar that is no SVG: four times what platforms show beside a message.
const AVATAR_SIZE: u32 = 192;

/// `GET /avatars/{handle}.svg`, or `.png` for platforms that draw no SVG; also of those who are no longer here, as their messages still show it.
pub(super) async fn avatar(State(console): Ours, Of(file): Of) -> Result<Response, Problem> {
    let unknown = || Problem::unknown("avatar", &file);
    let (name, kind) = file.rsplit_once('.').ok_or_else(unknown)?;
    let handle = Handle::parse(name).map_err(|_| unknown())?;
    let directory = console.office.directory();
    let persona = directory.personas.get(&handle);
    let name = match persona {
        Some(persona) => persona.name.as_str(),
        None if handle.as_str() == DESK => "Bullpen",
        None => handle.as_str(),
    };
    let drawn = avatar::avatar(handle.as_str(), name, persona.map_or("", |persona| &persona.layer));
    let (media_type, body) = match kind {
        "svg" => ("image/svg+xml", drawn.into_bytes()),
        // Drawn anew each time, in about a millisecond: platforms keep what they fetched.
        "png" => ("image/png", avatar::png(&drawn, AVATAR_SIZE).map_err(|_| unknown())?),
        _ => return Err(unknown()),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    Ok((headers, body).into_response())
}
