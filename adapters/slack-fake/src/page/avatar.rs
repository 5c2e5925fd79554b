//! Pictures of people and apps: initials on a colour.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::server::Shared;
use crate::state::escape;

const COLOURS: [&str; 8] = ["#2f6f9f", "#8a4f9e", "#11694f", "#b4552d", "#5b5fc7", "#9a6a00", "#a83a5b", "#3d7a3a"];

/// `GET /avatars/{user}.svg`.
pub(super) async fn avatar(State(shared): State<Arc<Shared>>, Path(user): Path<String>) -> Response {
    let id = user.trim_end_matches(".svg");
    // In the order of their coming, so that the first few differ.
    let (name, place) = shared.read(|state| {
        let place = state.users.keys().position(|known| known == id).unwrap_or_default();
        (state.users.get(id).map(|u| u.real_name.clone()).unwrap_or_default(), place)
    });
    let colour = COLOURS[place % COLOURS.len()];
    let initials: String =
        name.split(|c: char| !c.is_alphanumeric()).filter_map(|w| w.chars().next()).take(2).collect();
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'><rect width='48' height='48' \
         fill='{colour}'/><text x='24' y='24' fill='#fff' font-family='Inter,Arial,sans-serif' font-size='19' \
         font-weight='600' text-anchor='middle' dominant-baseline='central'>{}</text></svg>",
        escape(&initials.to_uppercase())
    );
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CONTENT_SECURITY_POLICY, "default-src 'none'")], svg)
        .into_response()
}
