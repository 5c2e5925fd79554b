//! The calls that read Slack's history: paged, bounded, within the limits, and patient with what passes.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::ts;
use crate::Slack;
use crate::api::Failure;
use crate::apps::App;
use crate::error::Error;

/// Messages in a page.
const PAGE: &str = "200";
/// Most pages of a conversation, or of a thread.
const PAGES: usize = 5;
/// Most pages of the list of conversations.
const LISTS: usize = 25;
/// How often a call is tried that fails in passing, apart from waits that Slack asks for.
const TRIES: u32 = 4;
/// How often Slack may ask for a wait.
const WAITS: u32 = 20;

/// A conversation that an app is in.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: String,
    #[serde(default)]
    is_im: bool,
}

impl Conversation {
    /// A message of the history, or a change, as the Events API would have told it.
    pub(super) fn told(&self, mut event: Value, at: &str) -> Value {
        if let Some(fields) = event.as_object_mut() {
            fields.insert("type".into(), "message".into());
            fields.insert("channel".into(), self.id.clone().into());
            fields.insert("channel_type".into(), if self.is_im { "im" } else { "channel" }.into());
            fields.insert("event_ts".into(), at.into());
        }
        json!({ "event": event })
    }
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(alias = "channels", alias = "messages", default = "Vec::new")]
    items: Vec<T>,
    #[serde(default)]
    response_metadata: Option<Next>,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next_cursor: Option<String>,
}

impl<T> Page<T> {
    fn next(&self) -> Option<String> {
        self.response_metadata.as_ref()?.next_cursor.clone().filter(|cursor| !cursor.is_empty())
    }
}

/// The conversations that an app is in.
pub(super) async fn conversations(slack: &Arc<Slack>, app: &Arc<App>) -> Result<Vec<Conversation>, Error> {
    let query = [
        ("types", Some("public_channel,private_channel,mpim,im")),
        ("exclude_archived", Some("true")),
        ("limit", Some(PAGE)),
    ];
    pages(slack, app, "users.conversations", "", &query, LISTS, |_| true).await
}

/// The time stamp of the newest message.
pub(super) async fn newest(slack: &Arc<Slack>, app: &Arc<App>, channel: &str) -> Result<Option<String>, Error> {
    let query = [("channel", Some(channel)), ("limit", Some("1"))];
    let page: Page<Value> = call(slack, app, "conversations.history", channel, &query).await?;
    Ok(page.items.first().map(|message| ts(message).to_owned()).filter(|ts| !ts.is_empty()))
}

/// A conversation's newest messages without replies: at least one page, for the threads in it, and all that is newer than
/// `after` within the bounds.
pub(super) async fn history(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    channel: &str,
    after: &str,
) -> Result<Vec<Value>, Error> {
    let query = [("channel", Some(channel)), ("limit", Some(PAGE))];
    let more = |messages: &[Value]| messages.last().is_some_and(|oldest| ts(oldest) > after);
    pages(slack, app, "conversations.history", channel, &query, PAGES, more).await
}

/// A thread, or what was said in it since a time stamp.
pub(super) async fn replies(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    channel: &str,
    root: &str,
    since: Option<&str>,
) -> Result<Vec<Value>, Error> {
    let query = [("channel", Some(channel)), ("ts", Some(root)), ("oldest", since), ("limit", Some(PAGE))];
    pages(slack, app, "conversations.replies", channel, &query, PAGES, |_| true).await
}

/// One message with all its reactions, and all who set each.
pub(super) async fn reactions(slack: &Arc<Slack>, app: &Arc<App>, channel: &str, ts: &str) -> Result<Value, Error> {
    let query = [("channel", Some(channel)), ("timestamp", Some(ts)), ("full", Some("true"))];
    let answer: Value = call(slack, app, "reactions.get", channel, &query).await?;
    Ok(answer.get("message").cloned().unwrap_or_default())
}

async fn pages<T: DeserializeOwned + Send>(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    method: &str,
    channel: &str,
    query: &[(&str, Option<&str>)],
    most: usize,
    more: impl Fn(&[T]) -> bool + Send,
) -> Result<Vec<T>, Error> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..most {
        let mut query = query.to_vec();
        query.push(("cursor", cursor.as_deref()));
        let page: Page<T> = call(slack, app, method, channel, &query).await?;
        let next = page.next();
        all.extend(page.items);
        match next {
            Some(next) if more(&all) => cursor = Some(next),
            _ => return Ok(all),
        }
    }
    tracing::warn!(
        app = app.name(),
        method,
        channel,
        "there is more in Slack than is fetched at once; the oldest is left out"
    );
    Ok(all)
}

async fn call<Answer: DeserializeOwned + Send>(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    method: &str,
    channel: &str,
    query: &[(&str, Option<&str>)],
) -> Result<Answer, Error> {
    let (mut tries, mut waits) = (0, 0);
    loop {
        let pause = match slack.limits.wait(app.name(), method, channel).await {
            Err(bullpen_chat::Error::Retry { after, .. }) if waits < WAITS => {
                waits += 1;
                after.unwrap_or(Duration::from_secs(1))
            }
            // Whatever else the limiter says, Slack has the last word.
            _ => match app.api.get(method, query).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Limited { after, .. }) if waits < WAITS => {
                    waits += 1;
                    slack.limits.told(app.name(), method, after);
                    after
                }
                Err(failure) if failure.passes() && tries + 1 < TRIES => {
                    tries += 1;
                    Duration::from_millis(200) * 2_u32.pow(tries)
                }
                Err(failure) => return Err(failure.into()),
            },
        };
        tokio::time::sleep(pause).await;
    }
}
