//! What Slack told us, written down once per fact before it is acknowledged.
//!
//! A key says what the fact is, not who told it or how often: `message` and `app_mention`, our several apps, Slack's
//! retries and [`crate::backfill`] all come to the same row, for as long as the row lives, which is for ever (its payload
//! is trimmed). A channel's id is unique across workspaces and the rows belong to one organisation, so a key needs no team.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use crate::Slack;
use crate::apps::App;
use crate::error::Error;
use crate::parse::{Ours, stamp};
use crate::payload::{Event, Fact, Reading, is_ts, scrub};

/// How long what is done keeps its payload.
const PAYLOADS: chrono::Duration = chrono::Duration::days(30);
/// Rows that are trimmed at once.
pub(crate) const TRIM: u64 = 1_000;
/// Rows that are read at once.
pub(crate) const BATCH: usize = 200;
/// What an `action_id` of ours begins with when it stands for a reaction; the emoji follows.
pub(crate) const REACT: &str = "react:";

/// What a row was received as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Event,
    Interaction,
    Command,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Interaction => "interaction",
            Self::Command => "command",
        }
    }
}

/// A row to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Received {
    pub(crate) key: String,
    pub(crate) app: String,
    pub(crate) kind: Kind,
    pub(crate) channel: String,
    pub(crate) message: String,
    pub(crate) ts: String,
    pub(crate) payload: Value,
}

/// A row that nobody has read yet.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) key: String,
    pub(crate) app: String,
    pub(crate) kind: String,
    pub(crate) payload: Value,
    pub(crate) channel: String,
    pub(crate) message: String,
    pub(crate) ts: String,
    pub(crate) received_at: DateTime<Utc>,
}

impl Fact {
    /// What the fact is known by.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Posted(said) => format!("m:{}:{}", said.channel, said.ts),
            Self::Edited { said, version } => format!("e:{}:{}:{version}", said.channel, said.ts),
            Self::Deleted { channel, ts, .. } => format!("d:{channel}:{ts}"),
            Self::Reacted { channel, ts, user, emoji, set, at } => {
                let change = if *set { "+" } else { "-" };
                format!("{}{at}:{change}", reaction(channel, ts, user, emoji))
            }
        }
    }

    /// The channel, the message and the time stamp that it is sorted by.
    fn place(&self) -> (&str, &str, &str) {
        match self {
            Self::Posted(said) => (&said.channel, &said.ts, &said.ts),
            Self::Edited { said, version } => (&said.channel, &said.ts, version),
            Self::Deleted { channel, ts, at } | Self::Reacted { channel, ts, at, .. } => (channel, ts, at),
        }
    }
}

/// What all keys of one member's reaction on a message begin with.
pub(crate) fn reaction(channel: &str, ts: &str, user: &str, emoji: &str) -> String {
    format!("r:{channel}:{ts}:{user}:{emoji}:")
}

/// What all keys of a reaction begin with that was found, not told, when `after` was the last row of it.
pub(crate) fn found(channel: &str, ts: &str, user: &str, emoji: &str, after: i64) -> String {
    format!("{}found-{after}:", reaction(channel, ts, user, emoji))
}

/// After which row a reaction was found; `None` where it was told.
pub(crate) fn found_after(key: &str) -> Option<i64> {
    key.rsplit(':').nth(1)?.strip_prefix("found-")?.parse().ok()
}

/// The row of a payload of the Events API; `None` where the department has nothing to hear. `ours` as far as known: what
/// is missed here is left out when it is read.
pub(crate) fn event(app: &str, mut body: Value, ours: Option<&Ours>) -> Option<Received> {
    scrub(&mut body);
    let inner = body.get_mut("event").map(Value::take)?;
    let fact = match Event::parse(&inner).read() {
        Reading::Noise => return None,
        Reading::Fact(fact) => fact,
        Reading::Broken => {
            let id = body.get("event_id").and_then(Value::as_str).map_or_else(|| inner.to_string(), str::to_owned);
            return Some(Received {
                key: format!("x:{}", digest(&id)),
                app: app.to_owned(),
                kind: Kind::Event,
                channel: String::new(),
                message: String::new(),
                ts: String::new(),
                payload: json!({ "event": inner }),
            });
        }
    };
    if let (Fact::Posted(said) | Fact::Edited { said, .. }, Some(ours)) = (&fact, ours)
        && ours.wrote(said)
    {
        return None;
    }
    let (channel, message, ts) = fact.place();
    Some(Received {
        key: fact.key(),
        app: app.to_owned(),
        kind: Kind::Event,
        channel: channel.to_owned(),
        message: message.to_owned(),
        ts: ts.to_owned(),
        payload: json!({ "event": inner }),
    })
}

/// The rows of an interaction: one for each button of ours that stands for a reaction.
pub(crate) fn interaction(app: &str, body: &Value) -> Vec<Received> {
    if body.get("type").and_then(Value::as_str) != Some("block_actions") {
        return Vec::new();
    }
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let either = |a: &'static str, b: &'static str| Some(text(a)).filter(|t| !t.is_empty()).unwrap_or_else(|| text(b));
    let channel = either("/container/channel_id", "/channel/id");
    let (message, user) = (either("/container/message_ts", "/message/ts"), text("/user/id"));
    let actions = body.get("actions").and_then(Value::as_array).into_iter().flatten();
    let rows = actions.filter_map(|action| {
        let field = |name: &str| action.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, at) = (field("action_id"), field("action_ts"));
        let emoji = id.strip_prefix(REACT).filter(|emoji| !emoji.is_empty())?;
        if channel.is_empty() || user.is_empty() || !is_ts(message) || !is_ts(at) {
            return None;
        }
        Some(Received {
            key: format!("i:{channel}:{message}:{user}:{id}:{at}"),
            app: app.to_owned(),
            kind: Kind::Interaction,
            channel: channel.to_owned(),
            message: message.to_owned(),
            ts: at.to_owned(),
            payload: json!({ "click": { "user": user, "emoji": emoji } }),
        })
    });
    rows.collect()
}

/// The row of a slash command. Its id is a secret for a while, so that only a digest of it is kept.
pub(crate) fn command(app: &str, trigger: &str, channel: &str, at: DateTime<Utc>, ask: Value) -> Received {
    Received {
        key: format!("c:{}", digest(trigger)),
        app: app.to_owned(),
        kind: Kind::Command,
        channel: channel.to_owned(),
        message: String::new(),
        ts: stamp(at),
        payload: json!({ "command": ask }),
    }
}

/// SHA-256, in hex.
pub(crate) fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

impl Slack {
    /// What a payload of the Events API comes to: its row, if any, and what it says of our own books.
    pub(crate) async fn event_row(self: &Arc<Self>, app: &Arc<App>, body: Value) -> Option<Received> {
        if body.get("type").and_then(Value::as_str) == Some("app_rate_limited") {
            tracing::warn!(app = app.name(), "Slack withholds events: too many within an hour; they are fetched");
            self.ears.missed();
            return None;
        }
        let inner = body.get("event").map(Event::parse).unwrap_or_default();
        match inner.kind.as_str() {
            "user_change" | "user_profile_changed" => self.members.forget_user(&inner.user).await,
            "channel_rename"
            | "channel_archive"
            | "channel_unarchive"
            | "group_rename"
            | "group_archive"
            | "group_unarchive"
            | "member_joined_channel"
            | "member_left_channel"
            | "channel_left"
            | "group_left" => {
                self.members.forget_channel(self, &inner.channel).await;
            }
            "app_home_opened" if inner.tab == "home" => self.show_home(app, inner.user),
            "tokens_revoked" | "app_uninstalled" => {
                tracing::error!(app = app.name(), "the app was removed from the workspace; install it again");
            }
            _ => {}
        }
        let ours = self.known_ours();
        event(app.name(), body, Some(&ours))
    }

    /// Who we are, as far as Slack has said so already.
    pub(crate) fn known_ours(&self) -> Ours {
        let mut ours = Ours::default();
        for app in self.apps.iter() {
            if let Some(me) = app.known() {
                ours.users.insert(me.user_id.clone(), app.handle().to_owned());
                ours.bots.insert(me.bot_id.clone());
            }
        }
        ours
    }

    /// Puts the member's page on show. Nothing depends on it.
    fn show_home(self: &Arc<Self>, app: &Arc<App>, user: String) {
        let (slack, app) = (Arc::clone(self), Arc::clone(app));
        tokio::spawn(async move {
            let shown = crate::home::publish(&slack, &app, &user);
            match tokio::time::timeout(bullpen_chat::CALL_LIMIT, shown).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(app = app.name(), %error, "the App Home is not shown"),
                Err(_) => tracing::warn!(app = app.name(), "the App Home is not shown: it took too long"),
            }
        });
    }

    /// Writes rows down, each once, and rings for the reader. After this they may be acknowledged.
    pub(crate) async fn keep(&self, rows: Vec<Received>) -> Result<(), Error> {
        // Several in one statement must not be the same.
        let mut once: BTreeMap<String, Received> = BTreeMap::new();
        for row in rows {
            match once.entry(row.key.clone()) {
                std::collections::btree_map::Entry::Occupied(mut known) if is_mention(&known.get().payload) => {
                    known.insert(row);
                }
                std::collections::btree_map::Entry::Occupied(_) => {}
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(row);
                }
            }
        }
        if once.is_empty() {
            return Ok(());
        }
        // By key they would be in the order of kinds and channels; the reader wants that of time.
        let mut rows: Vec<Received> = once.into_values().collect();
        rows.sort_by(|a, b| a.ts.cmp(&b.ts));
        let mut tx = self.pool.begin().await?;
        insert(&mut tx, self, &rows).await?;
        if self.ears.in_sync() {
            self.advance(&mut tx, &newest(&rows)).await?;
        }
        tx.commit().await?;
        self.arrived.notify_one();
        Ok(())
    }

    /// Moves the cursors of channels forward, never back. A channel without one begins there.
    pub(crate) async fn advance(&self, conn: &mut PgConnection, newest: &BTreeMap<&str, &str>) -> Result<(), Error> {
        sqlx::query(
            "insert into slack.cursors as c (org, channel, ts, began)
             select $1, n.channel, n.ts, n.ts from unnest($2::text[], $3::text[]) as n (channel, ts)
             on conflict (org, channel) do update set ts = greatest(c.ts, excluded.ts) where c.ts < excluded.ts",
        )
        .bind(self.org)
        .bind(newest.keys().copied().collect::<Vec<_>>())
        .bind(newest.values().copied().collect::<Vec<_>>())
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Marks rows as done.
    pub(crate) async fn finish(&self, seqs: &[i64]) -> Result<(), Error> {
        if seqs.is_empty() {
            return Ok(());
        }
        sqlx::query("update slack.received set done_at = $3 where org = $1 and seq = any($2) and done_at is null")
            .bind(self.org)
            .bind(seqs)
            .bind(self.now())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Lets go of the payloads of what has long been done. Their keys stay.
    pub(crate) async fn trim(&self) -> Result<u64, Error> {
        let trimmed = sqlx::query(
            "update slack.received set payload = null where org = $1 and key in (
                 select key from slack.received
                 where org = $1 and done_at < $2 and payload is not null order by done_at limit $3)",
        )
        .bind(self.org)
        .bind(self.now() - PAYLOADS)
        .bind(i64::try_from(TRIM).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await?;
        Ok(trimmed.rows_affected())
    }
}

async fn insert(conn: &mut PgConnection, slack: &Slack, rows: &[Received]) -> Result<(), Error> {
    let texts = |of: fn(&Received) -> &str| rows.iter().map(of).collect::<Vec<_>>();
    // What `app_mention` tells is less than what `message` tells of the same.
    sqlx::query(
        "insert into slack.received as r (org, key, app, kind, payload, channel, message, ts, received_at)
         select $1, n.*, $9 from unnest($2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[])
             as n (key, app, kind, payload, channel, message, ts)
         on conflict (org, key) do update set payload = excluded.payload
         where r.done_at is null and r.payload #>> '{event,type}' = 'app_mention'
             and excluded.payload #>> '{event,type}' = 'message'",
    )
    .bind(slack.org)
    .bind(texts(|row| &row.key))
    .bind(texts(|row| &row.app))
    .bind(texts(|row| row.kind.word()))
    .bind(rows.iter().map(|row| row.payload.clone()).collect::<Vec<_>>())
    .bind(texts(|row| &row.channel))
    .bind(texts(|row| &row.message))
    .bind(texts(|row| &row.ts))
    .bind(slack.now())
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest message of each channel.
fn newest(rows: &[Received]) -> BTreeMap<&str, &str> {
    let mut newest = BTreeMap::new();
    for row in rows.iter().filter(|row| row.key.starts_with("m:")) {
        let at = newest.entry(row.channel.as_str()).or_insert(row.ts.as_str());
        *at = (*at).max(row.ts.as_str());
    }
    newest
}

fn is_mention(payload: &Value) -> bool {
    payload.pointer("/event/type").and_then(Value::as_str) == Some("app_mention")
}

/// Rows that nobody has read, the oldest first, without those of channels that wait for something.
pub(crate) async fn unread(conn: &mut PgConnection, slack: &Slack, waiting: &[String]) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_as(
        "select seq, key, app, kind, payload, channel, message, ts, received_at from slack.received
         where org = $1 and done_at is null and channel <> all($2) order by seq limit $3",
    )
    .bind(slack.org)
    .bind(waiting)
    .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// How long a pass over what is old waits for the next.
pub(crate) const TRIM_EVERY: Duration = Duration::from_secs(60 * 60);
