//! `/api/direct`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::asked::{Asked, Of};
use super::channels::said;
use super::fields::Fields;
use super::problem::Problem;
use crate::{Lobby, View};

type Ours = State<Arc<Lobby>>;

/// `GET /api/direct/{persona}/messages?as=[&after=&before=&limit=]`
pub(super) async fn messages(
    State(lobby): Ours,
    Of(persona): Of<String>,
    asked: Asked,
) -> Result<Json<Vec<View>>, Problem> {
    let member = asked.speaker(&lobby, None).await?;
    Ok(Json(lobby.direct_messages(&persona, &member, asked.page()?).await?))
}

/// `POST /api/direct/{persona}/messages` `{as, text, thread?, key?}`
pub(super) async fn say(
    State(lobby): Ours,
    Of(persona): Of<String>,
    asked: Asked,
    fields: Fields,
) -> Result<(StatusCode, Json<View>), Problem> {
    let (said, speaker) = said(&fields.only(&["as", "text", "thread", "key"])?)?;
    let member = asked.speaker(&lobby, speaker.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(lobby.say_directly(&persona, &member, &said).await?)))
}
