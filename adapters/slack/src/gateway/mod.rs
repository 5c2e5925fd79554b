//! The reader of what was received: unread rows in Slack's order, told by name, until they are acknowledged.
//!
//! One reader per organisation at a time, by an advisory lock on the connection that it reads with; others wait for it. A row
//! waits until everybody in it is known, and with it the rest of its channel, but no other channel. What Slack tells late
//! never undoes what is newer.

mod late;
mod lookup;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{Error, Event, Gateway, Heard, Message, Place};
use serde::Deserialize;
use sqlx::PgConnection;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Slack;
use crate::command::{self, Question};
use crate::error;
use crate::members::User;
use crate::parse::{Ours, Scene, at, mrkdwn};
use crate::payload::{self, Fact, Reading};
use crate::received::{self, Row, TRIM_EVERY};
use late::Newer;
use lookup::Lookups;

/// How often it is looked for what other servers received.
const POLL: Duration = Duration::from_millis(250);
/// How long what arrived waits for what was sent before it: Slack delivers side by side.
const SETTLE: Duration = Duration::from_millis(60);
/// How long it is believed which apps Slack refuses to know.
const WHO: Duration = Duration::from_secs(60);
/// Pauses between attempts to put a question into a channel.
const AGAIN: Duration = Duration::from_secs(2);

/// Slack's [`Gateway`]. What is not acknowledged is handed over again, by the next call already.
pub struct SlackGateway {
    slack: Arc<Slack>,
    /// The connection that holds the lock of the only reader.
    reader: Option<PgConnection>,
    ours: Option<(Instant, Arc<Ours>)>,
    lookups: Lookups,
    posting: JoinSet<(i64, Result<(), Error>)>,
    /// Questions that are being put into their channel (`None`), or not before a time.
    questions: HashMap<i64, Option<Instant>>,
    trimmed: Option<Instant>,
}

impl std::fmt::Debug for SlackGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackGateway").field("slack", &self.slack).finish_non_exhaustive()
    }
}

impl Slack {
    /// A connection that hands over what members say and do. Several may exist; one at a time gets to read.
    pub fn gateway(self: &Arc<Self>) -> SlackGateway {
        SlackGateway {
            slack: Arc::clone(self),
            reader: None,
            ours: None,
            lookups: Lookups::default(),
            posting: JoinSet::new(),
            questions: HashMap::new(),
            trimmed: None,
        }
    }
}

/// What a row comes to.
enum Told {
    Heard(Box<Event>),
    /// Nothing, and nobody needs to read it again.
    Nothing,
    /// It waits for somebody's name; the rest of its channel waits with it.
    Waits,
    /// It waits by itself.
    Later,
}

impl SlackGateway {
    /// What can be handed over now.
    async fn look(&mut self) -> Result<Vec<Heard>, error::Error> {
        let Some(mut reader) = self.reader().await? else { return Ok(Vec::new()) };
        let mut waiting = Vec::new();
        loop {
            // A connection that went quiet is not put back.
            let unread = received::unread(&mut reader, &self.slack, &waiting);
            let rows = tokio::time::timeout(bullpen_chat::CALL_LIMIT, unread)
                .await
                .map_err(|_| error::Error::Database(sqlx::Error::PoolTimedOut))??;
            let full = rows.len() >= received::BATCH;
            let (heard, held) = self.tell(rows).await?;
            // Where nothing is held back, what is behind these comes with the next look.
            if !heard.is_empty() || !full || held.is_empty() {
                self.reader = Some(reader);
                return Ok(heard);
            }
            // All of these wait, or are done with: what is behind them must not.
            waiting.extend(held);
        }
    }

    /// The connection to read with, if this is the only reader. A broken one is not put back.
    async fn reader(&mut self) -> Result<Option<PgConnection>, error::Error> {
        if let Some(reader) = self.reader.take() {
            return Ok(Some(reader));
        }
        let mut reader = self.slack.pool.acquire().await?;
        let only: bool =
            sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended('slack.reader ' || $1::text, 0))")
                .bind(self.slack.org)
                .fetch_one(&mut *reader)
                .await?;
        if !only {
            return Ok(None);
        }
        // Where this machine vanishes, the database ends the session within a minute, and another server gets to read.
        sqlx::raw_sql("set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3")
            .execute(&mut *reader)
            .await?;
        Ok(Some(reader.detach()))
    }

    /// Tells rows in the order of their time stamps. The second list has the channels that wait.
    async fn tell(&mut self, mut rows: Vec<Row>) -> Result<(Vec<Heard>, BTreeSet<String>), error::Error> {
        let (mut heard, mut held, mut done) = (Vec::new(), BTreeSet::new(), Vec::new());
        if rows.is_empty() {
            return Ok((heard, held));
        }
        rows.sort_by(|a, b| (&a.ts, a.seq).cmp(&(&b.ts, b.seq)));
        let ours = self.ours().await?;
        let newer = Newer::than(&self.slack, &rows).await?;
        for row in rows {
            if held.contains(&row.channel) {
                continue;
            }
            match self.tell_one(&row, &ours, &newer).await {
                Told::Heard(event) => heard.push(Heard {
                    key: format!("slack:{}", row.key),
                    at: at(&row.ts).unwrap_or(row.received_at),
                    event: *event,
                    token: row.seq.to_string(),
                }),
                Told::Nothing => done.push(row.seq),
                Told::Waits => {
                    held.insert(row.channel);
                }
                Told::Later => {}
            }
        }
        self.slack.finish(&done).await?;
        Ok((heard, held))
    }

    async fn tell_one(&mut self, row: &Row, ours: &Ours, newer: &Newer) -> Told {
        match row.kind.as_str() {
            "event" => self.tell_event(row, ours, newer).await,
            "interaction" => self.tell_click(row, ours).await,
            _ => self.tell_question(row, ours).await,
        }
    }

    async fn tell_event(&mut self, row: &Row, ours: &Ours, newer: &Newer) -> Told {
        let event = row.payload.get("event").map(payload::Event::parse).unwrap_or_default();
        let fact = match event.read() {
            Reading::Fact(fact) => fact,
            Reading::Noise => return Told::Nothing,
            Reading::Broken => {
                metrics::counter!("bullpen_slack_unread_total", "app" => row.app.clone()).increment(1);
                tracing::warn!(
                    app = row.app,
                    kind = event.kind,
                    "an event of Slack's cannot be understood; it is left out"
                );
                return Told::Nothing;
            }
        };
        let Some(fact) = newer.correct(row, fact) else { return Told::Nothing };
        let (users, text) = match &fact {
            Fact::Posted(said) | Fact::Edited { said, .. } if ours.wrote(said) => return Told::Nothing,
            Fact::Posted(said) | Fact::Edited { said, .. } => (said.users(), said.text.as_str()),
            Fact::Reacted { user, .. } => (vec![user.as_str()], ""),
            Fact::Deleted { .. } => (Vec::new(), ""),
        };
        let Some(names) = self.names(row, ours, &users, text).await else { return Told::Waits };
        match names.scene(&self.slack, ours).tell(fact) {
            Some(event) => Told::Heard(Box::new(event)),
            None => Told::Nothing,
        }
    }

    async fn tell_click(&mut self, row: &Row, ours: &Ours) -> Told {
        #[derive(Deserialize)]
        struct Click {
            user: String,
            emoji: String,
        }
        let Some(click) = row.payload.get("click").and_then(|click| Click::deserialize(click).ok()) else {
            return Told::Nothing;
        };
        let Some(names) = self.names(row, ours, &[&click.user], "").await else { return Told::Waits };
        let fact = Fact::Reacted {
            channel: row.channel.clone(),
            ts: row.message.clone(),
            user: click.user,
            emoji: bullpen_chat::fold_emoji(&click.emoji),
            set: true,
            at: row.ts.clone(),
        };
        let Some(mut event) = names.scene(&self.slack, ours).tell(fact) else { return Told::Nothing };
        if let Event::Reacted { button, .. } = &mut event {
            *button = true;
        }
        Told::Heard(Box::new(event))
    }

    /// A question is put into its channel first, and told as what stands there then.
    async fn tell_question(&mut self, row: &Row, ours: &Ours) -> Told {
        let Some(question) = Question::read(row) else { return Told::Nothing };
        let users: Vec<&str> = std::iter::once(question.user.as_str()).chain(mrkdwn::users(&question.text)).collect();
        let Some(names) = self.names(row, ours, &users, &question.text).await else { return Told::Later };
        let scene = names.scene(&self.slack, ours);
        let Some(author) = names.users.get(&question.user).map(User::author) else { return Told::Nothing };
        let Some(ts) = Question::posted(row) else {
            let asker = names.users.get(&question.user).map_or(question.user.as_str(), |user| user.name.as_str());
            let words = question.words(asker, &scene);
            return self.put(row, words).await;
        };
        let said = mrkdwn::markdown(&question.text, &scene);
        let mut mentions = vec![question.handle.clone()];
        mentions.extend(said.mentions.into_iter().filter(|handle| *handle != question.handle));
        Told::Heard(Box::new(Event::Posted(Message {
            place: Place { channel: row.channel.clone(), thread: None },
            id: ts.to_owned(),
            author,
            text: format!("@{} {}", question.handle, said.text).trim_end().to_owned(),
            mentions,
            direct: row.channel.starts_with('D').then(|| self.slack.apps.shared().handle().to_owned()),
        })))
    }

    async fn put(&mut self, row: &Row, words: String) -> Told {
        let now = Instant::now();
        match self.questions.get(&row.seq) {
            Some(None) => return Told::Later,
            Some(Some(not_before)) if *not_before > now => return Told::Later,
            _ => {}
        }
        self.questions.insert(row.seq, None);
        let (slack, row) = (Arc::clone(&self.slack), row.clone());
        self.posting.spawn(async move {
            let posted = tokio::time::timeout(bullpen_chat::CALL_LIMIT, command::post(&slack, &row, &words)).await;
            let posted = posted.unwrap_or_else(|_| Err(Error::Ambiguous { why: "it took too long".into() }));
            if let Err(error @ (Error::Refused { .. } | Error::Gone { .. })) = &posted {
                tracing::warn!(channel = row.channel, %error, "a question could not be put into its channel; it is dropped");
                if let Err(error) = slack.finish(&[row.seq]).await {
                    tracing::warn!(%error, "it will be tried again");
                }
            }
            (row.seq, posted)
        });
        Told::Later
    }

    fn put_done(&mut self, seq: i64, posted: Result<(), Error>) {
        let pause = match posted {
            Ok(()) | Err(Error::Refused { .. } | Error::Gone { .. }) => {
                self.questions.remove(&seq);
                return;
            }
            Err(Error::Retry { after, .. }) => after.unwrap_or(AGAIN),
            Err(Error::Ambiguous { .. }) => AGAIN,
        };
        self.questions.insert(seq, Some(Instant::now() + pause));
    }

    /// Everybody and everything that is named; `None` while something is still asked for.
    async fn names(&mut self, row: &Row, ours: &Ours, users: &[&str], text: &str) -> Option<Names> {
        let app = self.slack.apps.named(&row.app).unwrap_or_else(|| self.slack.apps.shared()).clone();
        let mut names = Names { heard_by: app.handle().to_owned(), ..Names::default() };
        let mut all = true;
        for user in users.iter().filter(|user| !user.is_empty() && !ours.users.contains_key(**user)) {
            match self.lookups.user(&self.slack, &app, user).await {
                Some(found) => {
                    names.users.insert((*user).to_owned(), found);
                }
                None => all = false,
            }
        }
        for channel in mrkdwn::nameless_channels(text) {
            match self.lookups.channel(&self.slack, &app, channel).await {
                Some(found) => {
                    names.channels.insert(channel.to_owned(), found);
                }
                None => all = false,
            }
        }
        all.then_some(names)
    }

    async fn ours(&mut self) -> Result<Arc<Ours>, error::Error> {
        if let Some((until, ours)) = &self.ours
            && *until > Instant::now()
        {
            return Ok(Arc::clone(ours));
        }
        let ours = Arc::new(self.slack.ours().await?);
        self.ours = Some((Instant::now() + WHO, Arc::clone(&ours)));
        Ok(ours)
    }

    /// Lets go of old payloads now and then.
    async fn trim(&mut self) -> Result<(), error::Error> {
        if self.reader.is_none() || self.trimmed.is_some_and(|last| last.elapsed() < TRIM_EVERY) {
            return Ok(());
        }
        // One pass is one batch; when that was not all, the next comes soon.
        if self.slack.trim().await? < received::TRIM {
            self.trimmed = Some(Instant::now());
        }
        Ok(())
    }
}

/// Who and what a row names.
#[derive(Default)]
struct Names {
    users: BTreeMap<String, User>,
    channels: BTreeMap<String, String>,
    heard_by: String,
}

impl Names {
    fn scene<'a>(&'a self, slack: &'a Slack, ours: &'a Ours) -> Scene<'a> {
        Scene { ours, users: &self.users, channels: &self.channels, members: &slack.members, heard_by: &self.heard_by }
    }
}

#[async_trait]
impl Gateway for SlackGateway {
    async fn next(&mut self) -> Result<Vec<Heard>, Error> {
        loop {
            let heard = self.look().await.map_err(passing)?;
            if !heard.is_empty() {
                return Ok(heard);
            }
            self.trim().await.map_err(passing)?;
            tokio::select! {
                () = self.slack.arrived.notified() => tokio::time::sleep(SETTLE).await,
                () = self.lookups.answered() => {}
                Some(Ok((seq, posted))) = self.posting.join_next() => self.put_done(seq, posted),
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    async fn ack(&mut self, heard: &[Heard]) -> Result<(), Error> {
        let seqs: Vec<i64> = heard.iter().filter_map(|heard| heard.token.parse().ok()).collect();
        match tokio::time::timeout(bullpen_chat::CALL_LIMIT, self.slack.finish(&seqs)).await {
            Ok(finished) => finished.map_err(passing),
            Err(_) => Err(Error::Retry { why: "the database took too long".into(), after: None }),
        }
    }
}

/// Nothing that fails here changes anything: it is tried again.
fn passing(error: error::Error) -> Error {
    Error::Retry { why: error.to_string(), after: None }
}
