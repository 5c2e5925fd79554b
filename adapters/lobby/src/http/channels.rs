//! `/api/channels`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::asked::{Asked, Of, channel_id, message_id};
use super::fields::Fields;
use super::problem::Problem;
use crate::{Channel, Lobby, Said, Unread, View};

type Ours = State<Arc<Lobby>>;

/// `GET /api/channels[?as=]`
pub(super) async fn list(State(lobby): Ours, asked: Asked) -> Result<Json<Vec<Channel>>, Problem> {
    Ok(Json(match asked.viewer(&lobby).await? {
        Some(member) => lobby.channels_of(&member).await?,
        None => lobby.channels().await?,
    }))
}

/// `GET /api/channels/{id}/messages[?after=&before=&limit=&as=]`
pub(super) async fn messages(State(lobby): Ours, Of(id): Of<String>, asked: Asked) -> Result<Json<Vec<View>>, Problem> {
    let viewer = asked.viewer(&lobby).await?;
    Ok(Json(lobby.messages(channel_id(&id)?, viewer.as_ref(), asked.page()?).await?))
}

/// `POST /api/channels/{id}/messages` `{as, text, thread?, key?}`
pub(super) async fn say(
    State(lobby): Ours,
    Of(id): Of<String>,
    asked: Asked,
    fields: Fields,
) -> Result<(StatusCode, Json<View>), Problem> {
    let (said, speaker) = said(&fields.only(&["as", "text", "thread", "key"])?)?;
    let member = asked.speaker(&lobby, speaker.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(lobby.say(channel_id(&id)?, &member, &said).await?)))
}

/// What a body says, and who says it.
pub(super) fn said(fields: &Fields) -> Result<(Said, Option<String>), Problem> {
    let own = |field: Option<&str>| field.map(str::to_owned);
    let said = Said {
        text: fields.required("text")?.to_owned(),
        thread: own(fields.optional("thread")?),
        key: own(fields.optional("key")?),
    };
    Ok((said, own(fields.optional("as")?)))
}

/// `PUT /api/channels/{id}/read?as=` `{message}`
pub(super) async fn read(
    State(lobby): Ours,
    Of(id): Of<String>,
    asked: Asked,
    fields: Fields,
) -> Result<Json<Unread>, Problem> {
    let fields = fields.only(&["as", "message"])?;
    let message = message_id(fields.required("message")?)?;
    let member = asked.speaker(&lobby, fields.optional("as")?).await?;
    Ok(Json(lobby.read(channel_id(&id)?, &member, message).await?))
}
