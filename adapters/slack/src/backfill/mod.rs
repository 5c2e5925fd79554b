//! Fetches what was said while nobody listened: after the start, and after each time without a connection.
//!
//! For each conversation the cursor says up to where everything was heard. What is newer is read from Slack's own history and
//! written down under the same keys as if it had been told, so that nothing is doubled whatever was told as well. A
//! conversation without a cursor begins now: what was said before we listened is no work.
//!
//! It is gentle: one call at a time, within [`crate::limit`], bounded pages. After a short gap Slack itself tells again what it
//! could not deliver, so only what a look at each channel shows is fetched; after a long one, or a start, threads in which we
//! take part are read as well, for the reactions in them.

mod calls;
mod reactions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::Slack;
use crate::apps::App;
use crate::error::Error;
use crate::parse::Ours;
use crate::payload::{Event, is_ts};
use crate::received::{self, Received};
use crate::socket::ears::Gap;
use calls::Conversation;

/// How long the first connections are waited for, so that what happens meanwhile is heard and need not be fetched.
const FIRST: Duration = Duration::from_secs(5);
/// A gap from this length on is a long one.
const LONG: Duration = Duration::from_secs(60);
/// So much before the cursor is read again, in seconds: what Slack tells comes out of order.
const OVERLAP: u64 = 10 * 60;
/// Threads that moved within this time before the newest message are read for reactions after a long gap, in seconds: as long
/// as a person may take to decide.
const ALIVE: u64 = 4 * 24 * 60 * 60;
/// Most threads of a conversation that are read for reactions.
const THREADS: usize = 20;
/// Pauses after a failure grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5 * 60));
/// Before everything.
const ZERO: &str = "0000000000.000000";

/// Fetches what was missed whenever something was, until `stop`.
pub(crate) async fn keep_up(slack: Arc<Slack>, stop: CancellationToken) {
    slack.ears.missed();
    let connected = async {
        let apps: Vec<_> = slack.apps.iter().filter(|app| app.config.app_token.is_some()).collect();
        while !apps.iter().all(|app| slack.ears.standing(app.name()).is_ok()) {
            slack.ears.behind.notified().await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => return,
        // Connected or not, it is time to look then.
        _ = tokio::time::timeout(FIRST, connected) => {}
    }
    let mut pause = PAUSES.0;
    loop {
        while let Some(gap) = slack.ears.gap() {
            let fetched = tokio::select! {
                () = stop.cancelled() => return,
                fetched = fetch(&slack, gap) => fetched,
            };
            let Err(error) = fetched else {
                slack.ears.fetched(gap);
                pause = PAUSES.0;
                continue;
            };
            tracing::warn!(%error, "what may have been missed in Slack was not fetched; it is tried again");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSES.1),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = slack.ears.behind.notified() => {}
        }
    }
}

/// Fetches what was missed in every conversation that our apps are in.
async fn fetch(slack: &Arc<Slack>, gap: Gap) -> Result<(), Error> {
    let ours = slack.ours().await?;
    let mut known = BTreeSet::new();
    for app in slack.apps.iter() {
        let shared = app.config.persona.is_none();
        let conversations = match calls::conversations(slack, app).await {
            Ok(conversations) => conversations,
            // A persona's app that Slack lets do less hears less; what is said in channels, the shared one fetches.
            Err(Error::Slack(failure)) if !shared && !failure.passes() => {
                tracing::warn!(app = app.name(), %failure, "its direct conversations are not looked through");
                continue;
            }
            Err(error) => return Err(error),
        };
        for conversation in conversations.into_iter().filter(|c| known.insert(c.id.clone())) {
            match catch_up(slack, app, &conversation, &ours, gap).await {
                Err(Error::Slack(failure)) if !failure.passes() => {
                    tracing::warn!(channel = conversation.id, %failure, "a conversation is not looked through");
                }
                caught_up => caught_up?,
            }
        }
    }
    Ok(())
}

/// One conversation.
async fn catch_up(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    conversation: &Conversation,
    ours: &Ours,
    gap: Gap,
) -> Result<(), Error> {
    let channel = conversation.id.as_str();
    let Some(after) = cursor(slack, channel).await? else {
        let newest = calls::newest(slack, app, channel).await?.unwrap_or_else(|| ZERO.to_owned());
        return advance(slack, channel, &newest).await;
    };
    let mark = reactions::mark(slack).await?;
    let history = calls::history(slack, app, channel, &after).await?;
    let newest = history.iter().map(ts).filter(|ts| is_ts(ts)).max().unwrap_or_default().to_owned();
    let mut heard: BTreeMap<String, Value> = BTreeMap::new();
    for (root, whole) in threads(&history, ours, &after, gap) {
        let since = if whole { None } else { Some(after.as_str()) };
        for reply in calls::replies(slack, app, channel, root, since).await? {
            heard.insert(ts(&reply).to_owned(), reply);
        }
    }
    for message in history {
        heard.insert(ts(&message).to_owned(), message);
    }
    let reactions = reactions::changes(slack, app, channel, heard.values(), ours, mark).await?;
    let mut rows = messages(slack, app, conversation, &heard, &after).await?;
    rows.retain(|row| !row.key.starts_with("x:"));
    rows.extend(reactions);
    let count = rows.len();
    for some in rows.chunks(received::BATCH) {
        slack.keep(some.to_vec()).await?;
    }
    if count > 0 {
        tracing::info!(channel, count, "fetched what was missed in Slack, or may have been");
    }
    if newest > after { advance(slack, channel, &newest).await } else { Ok(()) }
}

/// After which time stamp to look: a while before the cursor, but not before we began to listen.
async fn cursor(slack: &Slack, channel: &str) -> Result<Option<String>, Error> {
    let found: Option<(String, String)> =
        sqlx::query_as("select ts, began from slack.cursors where org = $1 and channel = $2")
            .bind(slack.org)
            .bind(channel)
            .fetch_optional(&slack.pool)
            .await?;
    Ok(found.map(|(ts, began)| earlier(&ts, OVERLAP).max(began)))
}

async fn advance(slack: &Slack, channel: &str, newest: &str) -> Result<(), Error> {
    let mut conn = slack.pool.acquire().await?;
    slack.advance(&mut conn, &BTreeMap::from([(channel, newest)])).await
}

/// A time stamp some seconds earlier.
fn earlier(ts: &str, seconds: u64) -> String {
    let (at, rest) = ts.split_once('.').unwrap_or((ts, "000000"));
    format!("{:010}.{rest}", at.parse::<u64>().unwrap_or(0).saturating_sub(seconds))
}

fn ts(message: &Value) -> &str {
    message.get("ts").and_then(Value::as_str).unwrap_or_default()
}

/// The threads to read, and whether to read the whole of each.
fn threads<'a>(history: &'a [Value], ours: &Ours, after: &str, gap: Gap) -> Vec<(&'a str, bool)> {
    let long = gap.length.is_none_or(|length| length >= LONG);
    let newest = history.iter().map(ts).max().unwrap_or_default();
    let alive = earlier(newest, ALIVE);
    let mut quiet = 0;
    let mut threads = Vec::new();
    for message in history {
        let event = Event::parse(message);
        let moved = event.latest_reply.as_str() > after;
        let part = event.reply_users.iter().any(|user| ours.users.contains_key(user))
            || event.said("-", false).is_some_and(|said| ours.wrote(&said));
        let interesting = long && part && event.latest_reply > alive && quiet < THREADS;
        if interesting && !moved {
            quiet += 1;
        }
        if moved || interesting {
            threads.push((ts(message), interesting));
        }
    }
    threads
}

/// The rows of messages that are new since `after`, and of edits since then of those that were known.
async fn messages(
    slack: &Slack,
    app: &App,
    conversation: &Conversation,
    heard: &BTreeMap<String, Value>,
    after: &str,
) -> Result<Vec<Received>, Error> {
    let edited_after = |message: &Value| {
        let at = message.pointer("/edited/ts").and_then(Value::as_str).unwrap_or_default().to_owned();
        (is_ts(&at) && at.as_str() > after).then_some(at)
    };
    let edited: Vec<String> = heard
        .iter()
        .filter(|(_, message)| edited_after(message).is_some())
        .map(|(ts, _)| format!("m:{}:{ts}", conversation.id))
        .collect();
    // The version that was received, where that was fetched as well.
    let known: Vec<(String, Option<String>)> = sqlx::query_as(
        "select key, payload #>> '{event,edited,ts}' from slack.received where org = $1 and key = any($2)",
    )
    .bind(slack.org)
    .bind(&edited)
    .fetch_all(&slack.pool)
    .await?;
    let known: BTreeMap<String, Option<String>> = known.into_iter().collect();
    let is_news = |ts: &str, at: &String| {
        let version = known.get(&format!("m:{}:{ts}", conversation.id));
        version.is_some_and(|version| version.as_ref().is_none_or(|version| version < at))
    };
    let ours = slack.known_ours();
    let mut rows = Vec::new();
    for (ts, message) in heard {
        if ts.as_str() > after {
            rows.extend(received::event(app.name(), conversation.told(message.clone(), ts), Some(&ours)));
        }
        if let Some(at) = edited_after(message).filter(|at| is_news(ts, at)) {
            let change = json!({ "subtype": "message_changed", "message": message });
            rows.extend(received::event(app.name(), conversation.told(change, &at), Some(&ours)));
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::earlier;

    #[test]
    fn time_stamps_go_back() {
        assert_eq!(earlier("1700000600.000200", 600), "1700000000.000200");
        assert_eq!(earlier("0000000000.000000", 600), "0000000000.000000");
    }
}
