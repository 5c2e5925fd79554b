//! Letters: who was told what, who has read it, and what answered it.

use bullpen_domain::letter::Letter;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::list::{Listed, rows};
use super::posted::{Posted, posted};
use super::{Page, Result};

/// A letter as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// Who said it: a person's name or a persona's handle.
    pub from: String,
    /// Whom it addresses.
    pub to: String,
    /// How it begins.
    pub subject: String,
    /// The root task, if it is about one.
    pub task: Option<Uuid>,
    /// The step's task that it hands over, if it does.
    pub step_task: Option<Uuid>,
    /// The envelope that it belongs to, if there is one.
    pub envelope: Option<Uuid>,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// The message that says it; none until it stands.
    pub message: Option<String>,
    /// The channel of that message.
    pub channel: Option<String>,
    /// The root message of its thread.
    pub thread: Option<String>,
    /// When its addressee had read it; of a person, none until they answer.
    pub read_at: Option<DateTime<Utc>>,
    /// The turn that had it in its prompt.
    pub read_call: Option<Uuid>,
    /// Whether it waits until a person who has the floor was answered.
    pub held: bool,
    /// Until when an answer is waited for.
    pub respond_by: Option<DateTime<Utc>>,
    /// When its addressee was chased.
    pub chased_at: Option<DateTime<Utc>>,
    /// The escalation that it came to.
    pub escalation: Option<Uuid>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The message that answered it.
    pub answer: Option<String>,
    /// The reaction that answered it.
    pub answer_emoji: Option<String>,
    /// Whether an answer is still waited for.
    pub open: bool,
}

/// Which letters are listed.
#[derive(Debug, Clone, Default)]
pub struct Which<'a> {
    /// Those of this root task.
    pub task: Option<Uuid>,
    /// Those of this thread, by its root's message id; the root's own too.
    pub thread: Option<&'a str>,
    /// Those that wait for an answer, or those that do not.
    pub open: Option<bool>,
}

/// The letters of a page. What is said in direct conversations is not among them.
///
/// # Errors
/// [`super::Error`]
pub async fn list(pool: &PgPool, org: Uuid, which: &Which<'_>, page: Page) -> Result<Vec<View>> {
    let (task, open) = (which.task.map(|id| id.to_string()), which.open.map(|open| open.to_string()));
    let listed = Listed {
        table: "letters",
        at: "at",
        only: "($5[1] is null or x.task::text = $5[1])
               and ($5[2] is null or x.message ->> 'id' = $5[2] or x.place ->> 'root' = $5[2]
                    or exists (select from messages as m
                               where m.org = x.org and m.post = x.post and coalesce(m.thread, m.id) = $5[2]))
               and ($5[3] is null or (x.closed_at is null)::text = $5[3])
               and not exists (select from messages as m
                               where m.org = x.org and m.channel = coalesce(x.message ->> 'channel', x.place ->> 'channel')
                                 and m.direct)",
        values: &[task.as_deref(), which.thread, open.as_deref()],
    };
    show(pool, org, listed.page(pool, org, page).await?).await
}

/// The letters of a root task.
pub(super) async fn of(pool: &PgPool, org: Uuid, task: Uuid) -> Result<Vec<View>> {
    let sql = "select to_jsonb(l) from letters as l where l.org = $1 and l.task = any($2) order by l.at, l.id";
    show(pool, org, rows(pool, org, &[task], sql).await?).await
}

async fn show(pool: &PgPool, org: Uuid, letters: Vec<Letter>) -> Result<Vec<View>> {
    let posts: Vec<Uuid> = letters.iter().flat_map(|letter| [letter.post, letter.answer_post]).flatten().collect();
    let posted = posted(pool, org, &posts).await?;
    let view = |letter: Letter| {
        let card = letter.post.and_then(|post| posted.get(&post));
        let answer = letter.answer_post.and_then(|post| posted.get(&post)).map(|answer| answer.message.clone());
        let (own, open) = (letter.message.clone(), letter.is_open());
        View {
            id: letter.id,
            from: letter.from,
            to: letter.to,
            subject: letter.subject,
            task: letter.task,
            step_task: letter.step_task,
            envelope: letter.envelope,
            at: letter.at,
            message: card.map(|card| card.message.clone()).or(own.as_ref().map(|own| own.id.clone())),
            channel: card.map(|card| card.channel.clone()).or(own.map(|own| own.channel)),
            thread: card.map(Posted::thread),
            read_at: letter.read_at,
            read_call: letter.read_call,
            held: letter.held,
            respond_by: letter.respond_by.filter(|_| open),
            chased_at: letter.chased_at,
            escalation: letter.escalation,
            answered_at: letter.answered_at,
            answer: answer.or(letter.answer_message.map(|message| message.id)),
            answer_emoji: letter.answer_emoji,
            open,
        }
    };
    Ok(letters.into_iter().map(view).collect())
}
