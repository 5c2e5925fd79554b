//! `/api/messages`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::asked::{Asked, Of, message_id};
use super::fields::Fields;
use super::problem::Problem;
use crate::{Lobby, View};

type Ours = State<Arc<Lobby>>;

/// `GET /api/messages/{id}[?as=]`
pub(super) async fn one(State(lobby): Ours, Of(id): Of<String>, asked: Asked) -> Result<Json<View>, Problem> {
    let viewer = asked.viewer(&lobby).await?;
    Ok(Json(lobby.message(message_id(&id)?, viewer.as_ref()).await?))
}

/// `GET /api/messages/{id}/thread[?as=&after=&before=&limit=]`
pub(super) async fn thread(State(lobby): Ours, Of(id): Of<String>, asked: Asked) -> Result<Json<Vec<View>>, Problem> {
    let viewer = asked.viewer(&lobby).await?;
    Ok(Json(lobby.thread(message_id(&id)?, viewer.as_ref(), asked.page()?).await?))
}

/// `PATCH /api/messages/{id}` `{as, text}`
pub(super) async fn edit(
    State(lobby): Ours,
    Of(id): Of<String>,
    asked: Asked,
    fields: Fields,
) -> Result<Json<View>, Problem> {
    let fields = fields.only(&["as", "text"])?;
    let text = fields.required("text")?;
    let member = asked.speaker(&lobby, fields.optional("as")?).await?;
    Ok(Json(lobby.edit(message_id(&id)?, &member, text).await?))
}

/// `DELETE /api/messages/{id}` `{as}`; answers with the empty place that is left.
pub(super) async fn delete(
    State(lobby): Ours,
    Of(id): Of<String>,
    asked: Asked,
    fields: Fields,
) -> Result<Json<View>, Problem> {
    let fields = fields.only(&["as"])?;
    let member = asked.speaker(&lobby, fields.optional("as")?).await?;
    Ok(Json(lobby.delete(message_id(&id)?, &member).await?))
}
