//! Dead letters: events and posts that were given up, kept to be looked at and tried again by a person.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgPool};
use uuid::Uuid;

use super::views::{Error, Page, Result};

/// What is shown of a text, in characters.
const EXCERPT: usize = 160;

/// What was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An event that could not be processed.
    Event,
    /// A post that could not be delivered.
    Post,
}

/// A dead letter.
#[derive(Debug, Clone, Serialize)]
pub struct Letter {
    /// The event's or the post's id.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// The lane that it belongs to.
    pub lane: String,
    /// Why it failed the last time.
    pub error: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it came in, or was to be posted.
    pub at: DateTime<Utc>,
    /// What it says, in a line. Of a direct conversation only that it is one.
    pub summary: String,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    is_event: bool,
    lane: String,
    error: Option<String>,
    attempts: i32,
    at: DateTime<Utc>,
    content: Value,
}

/// The dead letters of a page.
///
/// # Errors
/// [`views::Error`](super::views::Error)
pub async fn list(pool: &PgPool, org: Uuid, page: Page) -> Result<Vec<Letter>> {
    const LETTERS: &str = "
        select id, true as is_event, lane, error, attempts, received_at as at, event as content
        from inbox where org = $1 and state = 'dead'
        union all
        select id, false, lane, error, attempts, created_at, post from outbox where org = $1 and state = 'dead'";
    let after: Option<DateTime<Utc>> = match page.after {
        None => None,
        Some(id) => {
            let sql = format!("select at from ({LETTERS}) as letter where id = $2");
            let at = sqlx::query_scalar(AssertSqlSafe(sql)).bind(org).bind(id).fetch_optional(pool).await?;
            Some(at.ok_or(Error::UnknownMark(id))?)
        }
    };
    let (beyond, direction) = page.order.sql();
    let beyond = after.map(|_| format!("where (at, id) {beyond} ($2::timestamptz, $3::uuid)")).unwrap_or_default();
    let sql = format!(
        "select * from ({LETTERS}) as letter {beyond}
         order by at {direction}, id {direction} limit $4"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(org)
        .bind(after)
        .bind(page.after)
        .bind(page.limit)
        .fetch_all(pool)
        .await?;
    let named: Vec<String> = rows.iter().flat_map(Row::channels).collect();
    let direct: Vec<String> =
        sqlx::query_scalar("select distinct channel from messages where org = $1 and direct and channel = any($2)")
            .bind(org)
            .bind(&named)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().map(|row| row.letter(&direct)).collect())
}

/// Puts a dead letter back to work, with all its attempts before it. A post takes along those that hang on it, which
/// shared its fate. Returns what it was; `None` where no dead letter has this id.
///
/// # Errors
/// When the database does not answer.
pub async fn retry(conn: &mut PgConnection, org: Uuid, id: Uuid) -> sqlx::Result<Option<Kind>> {
    let events = sqlx::query(
        "update inbox set state = 'ready', attempts = 0, retry_at = null where org = $1 and id = $2 and state = 'dead'",
    )
    .bind(org)
    .bind(id)
    .execute(&mut *conn)
    .await?;
    if events.rows_affected() > 0 {
        return Ok(Some(Kind::Event));
    }
    let posts = sqlx::query(
        "update outbox set state = 'ready', attempts = 0, retry_at = null
         where org = $1 and (id = $2 or target = $2) and state = 'dead'
           and exists (select from outbox as asked where asked.org = $1 and asked.id = $2 and asked.state = 'dead')",
    )
    .bind(org)
    .bind(id)
    .execute(conn)
    .await?;
    Ok((posts.rows_affected() > 0).then_some(Kind::Post))
}

impl Row {
    /// The channels that it speaks of, wherever in its content.
    fn channels(&self) -> Vec<String> {
        fn collect(content: &Value, found: &mut Vec<String>) {
            match content {
                Value::Object(fields) => {
                    found.extend(fields.get("channel").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|value| collect(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        collect(&self.content, &mut found);
        found
    }

    fn letter(self, direct: &[String]) -> Letter {
        let kind = if self.is_event { Kind::Event } else { Kind::Post };
        let lane = self.lane.strip_prefix("talk:").unwrap_or_default();
        // The lobby's direct conversations have a prefix of their own; they may be known by no message yet.
        let private = |channel: &str| channel.starts_with("dm:") || direct.iter().any(|d| d == channel);
        let is_direct = self.channels().iter().any(|channel| private(channel))
            || lane.starts_with("dm:")
            || direct.iter().any(|d| lane.strip_prefix(d.as_str()).is_some_and(|r| r.is_empty() || r.starts_with(':')));
        Letter {
            // Wherever it has gone since: what was said in a direct conversation is not shown here.
            summary: if is_direct { "part of a direct conversation".to_owned() } else { summary(kind, &self.content) },
            id: self.id,
            kind,
            lane: self.lane,
            error: self.error.unwrap_or_else(|| "no reason was kept".to_owned()),
            attempts: self.attempts,
            at: self.at,
        }
    }
}

/// What an event or a post says, whatever of it can be read.
fn summary(kind: Kind, content: &Value) -> String {
    let text = |pointer: &str| content.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let first = |pointers: &[&str]| pointers.iter().find_map(|pointer| text(pointer)).unwrap_or_default().to_owned();
    let (what, who, said) = match kind {
        Kind::Event => (
            text("/type").unwrap_or("event").replace('_', " "),
            first(&["/by", "/said/by", "/persona"]),
            first(&["/text", "/said/text", "/fields/title", "/emoji", "/timer", "/why"]),
        ),
        Kind::Post => ("post".to_owned(), first(&["/from"]), first(&["/body/title", "/body/text"])),
    };
    let who = if who.is_empty() { who } else { format!(" by {who}") };
    let mut said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if said.chars().count() > EXCERPT {
        said = said.chars().take(EXCERPT).chain(['…']).collect();
    }
    if said.is_empty() { format!("{what}{who}") } else { format!("{what}{who}: {said}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_summary_says_what_happened_and_who_did_it() {
        let said = json!({ "type": "said", "by": "ann", "text": "please\nwrite   this" });
        assert_eq!(summary(Kind::Event, &said), "said by ann: please write this");
        let edited = json!({ "type": "edited", "said": { "by": "ann", "text": "" } });
        assert_eq!(summary(Kind::Event, &edited), "edited by ann");
        let post = json!({ "from": "copywriter", "body": { "body": "card", "title": "A draft", "text": "…" } });
        assert_eq!(summary(Kind::Post, &post), "post by copywriter: A draft");
        assert_eq!(summary(Kind::Event, &json!(null)), "event");
        let long = json!({ "body": { "text": "é".repeat(500) } });
        assert_eq!(summary(Kind::Post, &long).chars().count(), "post: ".len() + EXCERPT + 1);
    }
}
