//! Intake: what a platform tells is stored, committed, and only then acknowledged. It never waits for the engine.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat as chat;
use bullpen_domain::event::{Event, MessageId};
use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::health::{Health, away};
use crate::office::Office;
use crate::store::{inbox, messages};
use crate::translate::{self, Heard, Inward};
use crate::wake::Wakes;

/// How long to wait after the platform or the database failed.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a gateway may wait without an error before it counts as well; longer than a pool's patience of 5 s.
const QUIET: Duration = Duration::from_secs(7);

/// Takes what one gateway hears.
pub struct Intake {
    /// The database.
    pub pool: PgPool,
    /// The organisation.
    pub org: Uuid,
    /// The platform that it listens to.
    pub platform: &'static str,
    /// Who is who.
    pub office: Arc<Office>,
    /// The clock.
    pub clock: clock::Shared,
    /// Rings for the engine.
    pub wakes: Arc<Wakes>,
    /// How this worker stands.
    pub health: Arc<Health>,
}

impl Intake {
    /// Listens until `stop`. An event is acknowledged only after its commit; what was not is heard again.
    pub async fn run(&self, gateway: &mut dyn chat::Gateway, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let heard = tokio::select! {
                () = stop.cancelled() => return,
                heard = self.next(gateway) => heard,
            };
            let taken = match heard {
                Ok(heard) => self.take(&heard, gateway).await,
                Err(error) => Err(error.into()),
            };
            match taken {
                Ok(()) => self.health.set(self.part(), Ok(())),
                Err(error) => {
                    self.health.set(self.part(), Err(away(&error)));
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                }
            }
        }
    }

    /// The name under which it says how it stands.
    fn part(&self) -> &'static str {
        if self.platform == translate::LOBBY { "intake" } else { self.platform }
    }

    /// The next events. A gateway that waits quietly for a while is well.
    async fn next(&self, gateway: &mut dyn chat::Gateway) -> Result<Vec<chat::Heard>, chat::Error> {
        let mut next = gateway.next();
        loop {
            tokio::select! {
                heard = &mut next => return heard,
                () = tokio::time::sleep(QUIET) => self.health.set(self.part(), Ok(())),
            }
        }
    }

    async fn take(&self, heard: &[chat::Heard], gateway: &mut dyn chat::Gateway) -> anyhow::Result<()> {
        let directory = self.office.directory();
        let inward = Inward::new(self.platform, &directory);
        let mut conn = self.pool.acquire().await?;
        let lanes = store(&mut conn, inward, self.clock.now(), heard).await?;
        drop(conn);
        self.wakes.inbox.ring(lanes);
        gateway.ack(heard).await?;
        Ok(())
    }
}

/// Stores what was heard, all of it or nothing. Returns the lanes of the events that are new, once for each.
///
/// # Errors
/// When the database does.
pub async fn store(
    conn: &mut PgConnection,
    inward: Inward<'_>,
    now: DateTime<Utc>,
    heard: &[chat::Heard],
) -> sqlx::Result<Vec<String>> {
    let org = inward.directory.org;
    let wanted: Vec<MessageId> = heard.iter().flat_map(|h| inward.speaks_of(&h.event)).collect();
    let mut known = messages::find(conn, org, &wanted).await?;
    let last = messages::last_in(conn, org, &inward.threads(heard)).await?;
    let inward = inward.knowing(&last);
    let mut batch = Batch::default();
    for one in heard {
        let translated = inward.heard(&one.event, &known);
        batch.add(one, translated, &mut known);
    }
    if batch.edits.is_empty() {
        return inbox::hear(conn, org, now, &batch.messages, &batch.events).await;
    }
    let mut tx = conn.begin().await?;
    // What is heard once more is no new edit, whoever heard it before.
    inbox::lock_edits(&mut tx, org).await?;
    let mut before = inbox::known(&mut tx, org, batch.edits.iter().map(|edit| edit.source.as_str())).await?;
    inbox::hear(&mut tx, org, now, &batch.messages, &[]).await?;
    for edit in &batch.edits {
        if !before.insert(edit.source.clone()) {
            continue;
        }
        match &edit.text {
            Some(text) => messages::edit(&mut tx, org, &edit.message, text, edit.at).await?,
            None => messages::delete(&mut tx, org, &edit.message, edit.at).await?,
        }
    }
    let lanes = inbox::insert(&mut tx, org, now, &batch.events).await?;
    tx.commit().await?;
    Ok(lanes)
}

#[derive(Default)]
struct Batch {
    messages: Vec<messages::New>,
    edits: Vec<Edit>,
    events: Vec<inbox::New>,
}

/// A message has another text, or none.
struct Edit {
    source: String,
    message: MessageId,
    text: Option<String>,
    at: DateTime<Utc>,
}

impl Batch {
    fn add(&mut self, heard: &chat::Heard, translated: Heard, known: &mut HashMap<MessageId, messages::Known>) {
        match translated {
            Heard::Posted { id, thread, lane, author, kind, text, direct, event } => {
                let new = messages::New {
                    id: id.clone(),
                    thread,
                    lane: lane.clone(),
                    author,
                    kind,
                    post: None,
                    text,
                    at: heard.at,
                    direct,
                };
                // What comes later in this batch may speak of it.
                known.entry(id).or_insert_with(|| as_known(&new));
                self.messages.push(new);
                if let Some(event) = event {
                    self.event(heard, lane, event, None);
                }
            }
            Heard::Edited { lane, said } => {
                let (message, text) = (said.message.clone(), Some(said.text.clone()));
                self.edits.push(Edit { source: heard.key.clone(), message, text, at: heard.at });
                self.event(heard, lane, Event::Edited { said }, None);
            }
            Heard::Deleted { lane, message, event } => {
                self.edits.push(Edit { source: heard.key.clone(), message, text: None, at: heard.at });
                self.event(heard, lane, event, None);
            }
            Heard::Reacted { lane, event, waits_for } => self.event(heard, lane, event, waits_for),
            Heard::Nothing => {}
        }
    }

    fn event(
        &mut self,
        heard: &chat::Heard,
        lane: bullpen_domain::lane::Lane,
        event: Event,
        waits_for: Option<String>,
    ) {
        self.events.push(inbox::New { id: Uuid::now_v7(), lane, source: heard.key.clone(), event, waits_for });
    }
}

fn as_known(new: &messages::New) -> messages::Known {
    messages::Known {
        channel: new.id.channel.clone(),
        id: new.id.id.clone(),
        thread: new.thread.clone(),
        lane: new.lane.as_str().to_owned(),
        author: new.author.clone(),
        author_kind: new.kind.to_owned(),
        post: new.post,
        text: new.text.clone(),
        version: 0,
        deleted_at: None,
    }
}
