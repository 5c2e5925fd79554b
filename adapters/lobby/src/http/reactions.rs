//! `/api/messages/{id}/reactions/{emoji}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::asked::{Asked, Of, message_id};
use super::problem::Problem;
use crate::{Emoji, Lobby, View};

type Ours = State<Arc<Lobby>>;

/// `PUT /api/messages/{id}/reactions/{emoji}?as=`
pub(super) async fn set(lobby: Ours, pieces: Of<(String, String)>, asked: Asked) -> Result<Json<View>, Problem> {
    react(lobby, pieces, asked, true).await
}

/// `DELETE /api/messages/{id}/reactions/{emoji}?as=`
pub(super) async fn unset(lobby: Ours, pieces: Of<(String, String)>, asked: Asked) -> Result<Json<View>, Problem> {
    react(lobby, pieces, asked, false).await
}

async fn react(
    State(lobby): Ours,
    Of((id, emoji)): Of<(String, String)>,
    asked: Asked,
    set: bool,
) -> Result<Json<View>, Problem> {
    let (id, emoji) = (message_id(&id)?, Emoji::parse(&emoji)?);
    let member = asked.speaker(&lobby, None).await?;
    Ok(Json(lobby.react(id, &member, &emoji, set).await?))
}
