//! What we posted, message by message: Slack has no idempotency keys, so each message carries its post's key as metadata,
//! and each one that stands has a row here.

use std::collections::BTreeMap;

use bullpen_chat::{Key, Place};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Slack;
use crate::apps::App;
use crate::poster::Trouble;

/// The kind of metadata that our messages carry.
const EVENT_TYPE: &str = "bullpen_post";
/// Messages on one page of a search.
const PAGE: &str = "200";
/// Most pages of a search: what is further back than 2,000 messages was not sent a moment ago.
const PAGES: usize = 10;

/// A message of a post that stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Standing {
    /// Its number in the post, from 0.
    pub(crate) part: i32,
    /// The app that posted it.
    pub(crate) app: String,
    pub(crate) channel: String,
    pub(crate) ts: String,
    /// The newest revision that all parts of the post show.
    pub(crate) revision: i64,
}

/// The parts of a post that stand, by their number.
pub(crate) type Parts = BTreeMap<usize, Standing>;

/// What a message carries, so that it is found again.
pub(crate) fn metadata(key: Key, part: usize) -> Value {
    json!({ "event_type": EVENT_TYPE, "event_payload": { "key": key.to_string(), "part": part.to_string() } })
}

impl Slack {
    /// The parts of a post that are known to stand.
    pub(crate) async fn standing(&self, key: Key) -> sqlx::Result<Parts> {
        let rows: Vec<Standing> = sqlx::query_as(
            "select part, app, channel, ts, revision from slack.posts where org = $1 and key = $2 order by part",
        )
        .bind(self.org)
        .bind(key)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(|row| Some((usize::try_from(row.part).ok()?, row))).collect())
    }

    /// Which post a message belongs to.
    pub(crate) async fn key_of(&self, channel: &str, ts: &str) -> sqlx::Result<Option<Key>> {
        sqlx::query_scalar("select key from slack.posts where org = $1 and channel = $2 and ts = $3")
            .bind(self.org)
            .bind(channel)
            .bind(ts)
            .fetch_optional(&self.pool)
            .await
    }

    /// A part of a post stands. Saying it again changes nothing.
    pub(crate) async fn record(&self, key: Key, standing: &Standing) -> sqlx::Result<()> {
        sqlx::query(
            "insert into slack.posts (org, key, part, app, channel, ts, revision) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict do nothing",
        )
        .bind(self.org)
        .bind(key)
        .bind(standing.part)
        .bind(&standing.app)
        .bind(&standing.channel)
        .bind(&standing.ts)
        .bind(standing.revision)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// All parts of a post show this revision now.
    pub(crate) async fn revised(&self, key: Key, revision: i64) -> sqlx::Result<()> {
        sqlx::query("update slack.posts set revision = $3 where org = $1 and key = $2 and revision < $3")
            .bind(self.org)
            .bind(key)
            .bind(revision)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A part of a post is no more.
    pub(crate) async fn forget(&self, key: Key, part: i32) -> sqlx::Result<()> {
        sqlx::query("delete from slack.posts where org = $1 and key = $2 and part = $3")
            .bind(self.org)
            .bind(key)
            .bind(part)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Looks among our own messages at a place for parts of a post, and records those that it finds.
    pub(crate) async fn search(&self, app: &App, key: Key, place: &Place, known: &Parts) -> Result<Parts, Trouble> {
        let mut found = known.clone();
        let bots = self.bots().await;
        let wanted = key.to_string();
        // What follows the first part is younger than it.
        let oldest = known.get(&0).filter(|first| first.channel == place.channel).map(|first| first.ts.as_str());
        let method = if place.thread.is_some() { "conversations.replies" } else { "conversations.history" };
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let query = [
                ("channel", Some(place.channel.as_str())),
                ("ts", place.thread.as_deref()),
                ("limit", Some(PAGE)),
                ("include_all_metadata", Some("true")),
                ("oldest", oldest),
                ("inclusive", oldest.map(|_| "true")),
                ("cursor", cursor.as_deref()),
            ];
            let query: Vec<_> = query.into_iter().filter(|(_, value)| value.is_some()).collect();
            let page: Page = self.get(app, method, &place.channel, &query).await?;
            for message in page.messages {
                let Some((part, bot)) = message.ours(&wanted) else { continue };
                let Some(by) = bots.get(&bot) else { continue };
                let row = Standing {
                    part: i32::try_from(part).unwrap_or(i32::MAX),
                    app: by.clone(),
                    channel: place.channel.clone(),
                    ts: message.ts,
                    revision: known.get(&0).map_or(0, |first| first.revision),
                };
                if let std::collections::btree_map::Entry::Vacant(free) = found.entry(part) {
                    self.record(key, &row).await?;
                    free.insert(row);
                }
            }
            cursor = Some(page.response_metadata.next_cursor).filter(|next| !next.is_empty());
            if cursor.is_none() {
                return Ok(found);
            }
        }
        tracing::warn!(org = %self.org, channel = %place.channel, %key, "looked for a post in the last messages only");
        Ok(found)
    }

    /// The names of our apps by their bots' ids, as far as Slack says who they are.
    async fn bots(&self) -> BTreeMap<String, String> {
        let mut bots = BTreeMap::new();
        for app in self.apps.iter() {
            if let Ok(me) = app.me().await {
                bots.insert(me.bot_id.clone(), app.name().to_owned());
            }
        }
        bots
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    response_metadata: Next,
}

#[derive(Default, Deserialize)]
struct Next {
    #[serde(default)]
    next_cursor: String,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    ts: String,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    metadata: Option<Value>,
}

impl Message {
    /// The number of the part that it is of the post `key`, and the bot that posted it.
    fn ours(&self, key: &str) -> Option<(usize, String)> {
        let metadata = self.metadata.as_ref()?;
        let field = |name: &str| metadata.get("event_payload")?.get(name)?.as_str();
        let is_it = metadata.get("event_type")?.as_str() == Some(EVENT_TYPE) && field("key") == Some(key);
        let part = field("part")?.parse().ok()?;
        is_it.then_some((part, self.bot_id.clone()?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{Message, metadata};

    #[test]
    fn a_message_is_found_by_what_it_carries() {
        let key = Uuid::new_v4();
        let message = |metadata: Value| -> Message {
            serde_json::from_value(json!({ "ts": "1.2", "bot_id": "B1", "metadata": metadata })).unwrap()
        };
        assert_eq!(message(metadata(key, 3)).ours(&key.to_string()), Some((3, "B1".into())));
        assert_eq!(message(metadata(key, 3)).ours(&Uuid::new_v4().to_string()), None);
        for other in
            [json!(null), json!({}), json!({ "event_type": "x", "event_payload": { "key": key, "part": "1" } })]
        {
            assert_eq!(message(other).ours(&key.to_string()), None);
        }
        assert!(metadata(key, 0)["event_payload"].as_object().unwrap().values().all(Value::is_string));
    }
}
