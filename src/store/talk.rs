//! What an answer in conversation rests on beside its lane: the thread, the persona's workload, and what it made lately. One
//! statement reads them all, since people wait for it.

use bullpen_domain::event::MessageId;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a turn was shown of a conversation.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The message.
    pub id: MessageId,
    /// The effect that posted it, where a persona said it.
    pub post: Option<Uuid>,
}

/// A message of a conversation.
#[derive(Debug, Deserialize, sqlx::FromRow)]
pub(super) struct Line {
    author: String,
    text: String,
    said_at: DateTime<Utc>,
    channel: String,
    id: String,
    post: Option<Uuid>,
}

impl Line {
    /// As a model is shown it, cut where it is long; and which one it is.
    pub(super) fn shown(self) -> (Value, Shown) {
        let text: String = self.text.chars().take(1_500).collect();
        let id = MessageId { channel: self.channel, id: self.id };
        (json!({ "from": self.author, "text": text, "at": self.said_at }), Shown { id, post: self.post })
    }
}

/// Which conversation, and with whom.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The channel.
    pub channel: &'a str,
    /// The thread's root; none at the channel's top level.
    pub root: Option<&'a str>,
    /// The persona.
    pub persona: &'a str,
    /// The task that is talked about.
    pub task: Option<Uuid>,
    /// Most messages.
    pub limit: i64,
}

/// What is known of a conversation.
#[derive(Debug, Default)]
pub struct Known {
    /// Its newest messages, oldest first.
    pub thread: Vec<(Value, Shown)>,
    /// Live steps of the persona, newest first.
    pub workload: Vec<Value>,
    /// Its newest reviews and deliverables; of one task where one is named.
    pub recent: Vec<Value>,
}

/// The newest messages of a thread.
const THREAD: &str = "
    (select author, text, said_at, channel, id, post, seq from messages
     where org = $1 and channel = $2 and thread = $3 and deleted_at is null order by seq desc limit $4)
    union all
    select author, text, said_at, channel, id, post, seq from messages
    where org = $1 and channel = $2 and id = $3 and deleted_at is null";

/// The newest messages of a channel's top level.
const TOP_LEVEL: &str = "
    select author, text, said_at, channel, id, post, seq from messages
    where org = $1 and channel = $2 and thread is null and $3::text is null and deleted_at is null";

/// Reads it.
pub async fn known(conn: &mut PgConnection, org: Uuid, of: &Of<'_>) -> sqlx::Result<Known> {
    // Each form has a plan of its own: with one for both, a thread would be looked for in the whole channel.
    let lines = if of.root.is_some() { THREAD } else { TOP_LEVEL };
    let sql = format!(
        "select kind, row from (
             select 'line' as kind, row_number() over (order by seq) as n, to_jsonb(l) as row
             from (select * from ({lines}) as all_of_it order by seq desc limit $4) as l
             union all
             select 'live', row_number() over (order by started_at desc nulls last, id), row from (
                 select t.started_at, t.id, jsonb_build_object(
                            'task', coalesce(r.title, t.title), 'step', t.title, 'state', t.state, 'due', t.due,
                            'channel', coalesce(r.channel, t.channel)) as row
                 from tasks as t left join tasks as r on r.id = t.parent
                 where t.org = $1 and t.owner = $5 and t.state not in ('done', 'cancelled', 'failed', 'open')
                 order by t.started_at desc nulls last, t.id limit 20
             ) as live
             union all
             select 'recent', row_number() over (order by at desc), row from (
                 (select r.at, jsonb_build_object('task', t.title, 'step', r.step, 'verdict', r.verdict, 'score', r.score,
                         'summary', r.summary, 'notes', r.notes, 'check', r.\"check\", 'at', r.at) as row
                  from reviews as r join tasks as t on t.id = r.task
                  where r.org = $1 and r.\"by\" = $5 and ($6::uuid is null or r.task = $6)
                  order by r.at desc limit 6)
                 union all
                 (select d.at, jsonb_build_object('task', t.title, 'step', d.step, 'made', d.name, 'version', d.version,
                         'at', d.at)
                  from deliverables as d join tasks as t on t.id = d.task
                  where d.org = $1 and d.\"by\" = $5 and ($6::uuid is null or d.task = $6)
                  order by d.at desc limit 4)
             ) as newest
         ) as known order by kind, n"
    );
    let rows: Vec<(String, Value)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(org)
        .bind(of.channel)
        .bind(of.root)
        .bind(of.limit)
        .bind(of.persona)
        .bind(of.task)
        .fetch_all(conn)
        .await?;
    let mut known = Known::default();
    for (kind, row) in rows {
        match kind.as_str() {
            "line" => {
                let line: Line = serde_json::from_value(row).map_err(|e| sqlx::Error::Decode(e.into()))?;
                known.thread.push(line.shown());
            }
            "live" => known.workload.push(row),
            _ => known.recent.push(row),
        }
    }
    Ok(known)
}
