//! Pictures of people, bots and webhooks: initials on a colour.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::server::Shared;

const COLOURS: [&str; 8] = ["#4752c4", "#2d7d46", "#b4552d", "#8a4f9e", "#1f7a8c", "#9a6a00", "#a83a5b", "#4f6d7a"];

/// `GET /avatars/{user}.svg`.
pub(super) async fn avatar(State(shared): State<Arc<Shared>>, Path(user): Path<String>) -> Response {
    let id: u64 = user.trim_end_matches(".svg").parse().unwrap_or_default();
    // In the order of their coming, so that the first few differ.
    let (name, place) = shared.read(|state| match state.users.keys().position(|known| *known == id) {
        Some(place) => (state.shown_name(id), place),
        None => (state.webhooks.get(&id).map(|w| w.name.clone()).unwrap_or_default(), id as usize % COLOURS.len()),
    });
    let initials: String =
        name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next()).take(2).collect();
    // Letters and digits only: nothing to escape.
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'><rect width='48' height='48' fill='{}'/><text x='24' \
         y='24' fill='#fff' font-family='Inter,Arial,sans-serif' font-size='19' font-weight='600' text-anchor='middle' \
         dominant-baseline='central'>{}</text></svg>",
        COLOURS[place % COLOURS.len()],
        initials.to_uppercase()
    );
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CONTENT_SECURITY_POLICY, "default-src 'none'")], svg)
        .into_response()
}
