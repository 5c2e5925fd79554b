//! `GET /api/stream`: server-sent events, resumable by `Last-Event-ID`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::{Stream, StreamExt, stream};

use super::asked::{Asked, LastEventId};
use super::problem::Problem;
use crate::{Aside, Feed, Item, Lobby};

/// How long a reader waits before it asks a database again that did not answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Says that the connection is alive where nothing happens.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /api/stream[?as=&after=]`: events `message`, `message_edited`, `message_deleted` and `reaction` with the log's
/// number as their id, and `typing` without one. Begins after `Last-Event-ID`, else after `after`, else now.
pub(super) async fn events(
    State(lobby): State<Arc<Lobby>>,
    asked: Asked,
    LastEventId(last): LastEventId,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let viewer = asked.viewer(&lobby).await?;
    let after = match last {
        Some(last) => Some(last),
        None => asked.after()?,
    };
    let feed = lobby.feed(after, viewer).await?;
    let events = stream::unfold(feed, |mut feed| async { patiently(&mut feed).await.map(|items| (items, feed)) })
        .flat_map(|items| stream::iter(items.into_iter().filter_map(event).map(Ok)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// What comes next, however long the database is gone; `None` at the end.
pub(super) async fn patiently(feed: &mut Feed) -> Option<Vec<Item>> {
    loop {
        match feed.next().await {
            Ok(items) => return items,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, seq = feed.seq(), "a reader has to wait");
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

fn event(item: Item) -> Option<Event> {
    match item {
        Item::Entry(entry) => {
            Some(Event::default().id(entry.seq.to_string()).event(entry.kind.as_str()).data(entry.data.to_string()))
        }
        Item::Aside(aside) => match aside.as_ref() {
            Aside::Typing { .. } => {
                let mut data = aside.to_json();
                data.as_object_mut().map(|fields| fields.remove("type"));
                Some(Event::default().event("typing").data(data.to_string()))
            }
            Aside::Announced(_) => None,
        },
    }
}
