//! Delivery: leases what is in the outbox, has it put on show, records the receipt. One conversation's posts go out one
//! after the other; conversations go side by side. No transaction is open while a platform is called.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat as chat;
use bullpen_domain::event::MessageId;
use bullpen_domain::lane::Lane;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use sqlx::PgPool;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::health::{Health, away};
use crate::lease::Holder;
use crate::metrics;
use crate::office::Office;
use crate::store::outbox::{self, Ended, Finished, Leased};
use crate::store::{begin_riding_along, is_outage, messages, noise};
use crate::translate;
use crate::wake::{LOOK_EVERY, Wakes};

/// Most posts leased at once.
pub(crate) const BATCH: i64 = 512;
/// As many as come back when there may be more.
const FULL: usize = BATCH as usize;
/// Most posts under way; leasing waits beyond that.
const UNDER_WAY: usize = 2_048;
/// Most calls of one platform at once.
const CALLS: usize = 6;
/// Most receipts recorded in one transaction.
pub(crate) const RECEIPTS: usize = 512;
/// How long a post waits for a server that has its platform.
const UNCONFIGURED: Duration = Duration::from_secs(30);
/// How long to wait after the database failed.
const PAUSE: Duration = Duration::from_millis(500);

/// What delivery works with.
pub struct Delivery {
    /// The database.
    pub pool: PgPool,
    /// The organisation.
    pub org: Uuid,
    /// Who is who.
    pub office: Arc<Office>,
    /// The clock.
    pub clock: clock::Shared,
    /// Rings for the other workers.
    pub wakes: Arc<Wakes>,
    /// How this worker stands.
    pub health: Arc<Health>,
    /// The platforms.
    pub posters: Posters,
    /// The address that people reach the server by.
    pub base: String,
    /// The number that leases are held under.
    pub holder: Holder,
}

/// What the department speaks through on each platform, by its name.
pub type Speakers = BTreeMap<&'static str, Arc<dyn chat::Poster>>;

/// The platforms of one delivery worker, each with a bound on its calls, so that a slow one holds up no other.
pub struct Posters(BTreeMap<&'static str, (Arc<dyn chat::Poster>, Semaphore)>);

impl Posters {
    /// With a bound of their own each.
    #[must_use]
    pub fn new(speakers: &Speakers) -> Self {
        let bounded = |(platform, poster): (&&'static str, &Arc<dyn chat::Poster>)| {
            (*platform, (Arc::clone(poster), Semaphore::new(CALLS)))
        };
        Self(speakers.iter().map(bounded).collect())
    }
}

/// An attempt and how it ended.
struct Attempt {
    post: Leased,
    text: String,
    author: String,
    thread: Option<String>,
    ended: Ended,
}

impl Delivery {
    /// Delivers until `stop`; what is under way is finished and recorded.
    pub async fn run(&self, stop: &CancellationToken) {
        let (ended, results) = mpsc::channel::<Vec<Attempt>>(UNDER_WAY);
        tokio::join!(self.lease_and_post(stop, ended), self.record(results));
    }

    async fn lease_and_post(&self, stop: &CancellationToken, ended: mpsc::Sender<Vec<Attempt>>) {
        let mut under_way = FuturesUnordered::new();
        let mut count = 0_usize;
        // Looking costs a scan: only when the bell rang, time has passed, or the last look came back full.
        let mut look = true;
        loop {
            let mut over: Vec<Attempt> = Vec::new();
            if look && !stop.is_cancelled() && count <= UNDER_WAY {
                // What is under way goes on meanwhile: it may hold what the look waits for.
                let leased = {
                    let mut looking = std::pin::pin!(self.look());
                    loop {
                        tokio::select! {
                            leased = &mut looking => break leased,
                            Some(attempts) = under_way.next(), if !under_way.is_empty() => over.extend(attempts),
                        }
                    }
                };
                look = leased.len() >= FULL;
                count += leased.len();
                for (_, posts) in by_conversation(leased) {
                    under_way.push(self.conversation(posts));
                }
            }
            // What is over by now goes into one record.
            while let Some(Some(attempts)) = under_way.next().now_or_never() {
                over.extend(attempts);
            }
            if !over.is_empty() {
                count -= over.len();
                let _ = ended.send(over).await;
            }
            if stop.is_cancelled() && under_way.is_empty() {
                return;
            }
            if look && !stop.is_cancelled() && count <= UNDER_WAY {
                tokio::task::yield_now().await;
                continue;
            }
            tokio::select! {
                Some(attempts) = under_way.next(), if !under_way.is_empty() => {
                    count -= attempts.len();
                    let _ = ended.send(attempts).await;
                }
                () = self.wakes.outbox.heard() => look = true,
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => look = true,
            }
        }
    }

    /// Leases what is ready; nothing while the database is away.
    async fn look(&self) -> Vec<Leased> {
        match self.lease().await {
            Ok(leased) => {
                self.health.set("delivery", Ok(()));
                leased
            }
            Err(error) => {
                self.health.set("delivery", Err(away(&error)));
                tokio::time::sleep(PAUSE).await;
                Vec::new()
            }
        }
    }

    async fn lease(&self) -> sqlx::Result<Vec<Leased>> {
        let since = self.wakes.outbox.rung();
        // In a transaction, so that what nobody was told of is not leased.
        let mut tx = self.pool.begin().await?;
        let leased = outbox::lease(&mut tx, self.org, self.holder.number(), BATCH).await?;
        tx.commit().await?;
        self.wakes.outbox.hold(leased.iter().flat_map(Leased::keys), since);
        Ok(leased)
    }

    /// Delivers one conversation's posts in order. What comes behind one that is put off is handed back untouched.
    async fn conversation(&self, posts: Vec<Leased>) -> Vec<Attempt> {
        let mut attempts: Vec<Attempt> = Vec::with_capacity(posts.len());
        let mut put_off = false;
        for post in posts {
            if put_off {
                let (text, author, ended) = (String::new(), String::new(), Ended::Untouched { unsure: post.unsure });
                attempts.push(Attempt { post, text, author, thread: None, ended });
                continue;
            }
            let attempt = self.deliver(post).await;
            put_off = matches!(attempt.ended, Ended::Later { .. });
            attempts.push(attempt);
        }
        attempts
    }

    async fn deliver(&self, leased: Leased) -> Attempt {
        let failed = |post: Leased, why: String| Attempt {
            post,
            text: String::new(),
            author: String::new(),
            thread: None,
            ended: Ended::Never { why },
        };
        let content = match &leased.post {
            Ok(content) => content.clone(),
            Err(why) => {
                let why = why.clone();
                return failed(leased, why);
            }
        };
        let below = matches!(content.at, bullpen_domain::effect::Place::Below { .. });
        if leased.target.is_none() && (below || leased.revision.is_some()) {
            return failed(leased, "the post that this belongs to was never put on show".into());
        }
        let directory = self.office.directory();
        let channel = leased.target.as_ref().map_or_else(|| content.at.channel(), |(channel, _)| channel.as_str());
        let platform = translate::outward(channel).0;
        let Some((&platform, (poster, calls))) = self.posters.0.get_key_value(platform) else {
            // Another server on this database may have it, or this one after its next start.
            let why = format!("{platform} is not configured on this server");
            let ended = Ended::Later { why, unsure: leased.unsure, told: true, after: UNCONFIGURED };
            return Attempt { post: leased, text: String::new(), author: String::new(), thread: None, ended };
        };
        let post = translate::post(&directory, &self.base, &content, leased.target.as_ref());
        // Never closed, so there is always a permit to wait for.
        let _permit = calls.acquire().await;
        let result = tokio::time::timeout(chat::CALL_LIMIT, call(poster.as_ref(), &leased, &post))
            .await
            .unwrap_or_else(|_| Err(chat::Error::Ambiguous { why: "no answer within the limit".into() }));
        let ended = match result {
            Ok(receipt) => Ended::Sent {
                channel: translate::inward(platform, &receipt.message.channel),
                message: receipt.message.id,
            },
            Err(chat::Error::Retry { why, after }) => {
                // Nothing happened now; what an earlier attempt did is as unknown as before.
                Ended::Later { why, unsure: leased.unsure, told: after.is_some(), after: after.unwrap_or_default() }
            }
            Err(chat::Error::Ambiguous { why }) => {
                Ended::Later { why, unsure: true, told: false, after: poster.settles() }
            }
            // What somebody deleted needs no new words.
            Err(chat::Error::Gone { why }) if leased.revision.is_some() => Ended::Moot { why },
            Err(chat::Error::Refused { why } | chat::Error::Gone { why }) => Ended::Never { why },
        };
        Attempt {
            post: leased,
            text: translate::plain(&content.body),
            author: content.from.to_string(),
            thread: post.place.thread,
            ended,
        }
    }

    /// Records how attempts ended, many in one transaction, until all senders are gone.
    async fn record(&self, mut results: mpsc::Receiver<Vec<Attempt>>) {
        while let Some(mut attempts) = results.recv().await {
            while attempts.len() < RECEIPTS {
                match results.try_recv() {
                    Ok(more) => attempts.extend(more),
                    Err(_) => break,
                }
            }
            self.save_surely(&attempts).await;
        }
    }

    /// Records until the database takes it: an unrecorded receipt would leave its conversation waiting. What the database
    /// refuses among others is recorded alone, so that it holds up nobody else.
    async fn save_surely(&self, attempts: &[Attempt]) {
        while let Err(error) = self.save(attempts).await {
            if is_outage(&error) {
                self.health.set("delivery", Err(away(&error)));
                tokio::time::sleep(PAUSE).await;
            } else if let [one] = attempts {
                tracing::error!(effect = %one.post.id, %error, "a receipt is refused by the database");
                self.give_up(one, &error).await;
                return;
            } else {
                for one in attempts {
                    Box::pin(self.save_surely(std::slice::from_ref(one))).await;
                }
                return;
            }
        }
    }

    /// Makes a dead letter of a post whose receipt the database refuses, so that its conversation goes on.
    async fn give_up(&self, attempt: &Attempt, error: &sqlx::Error) {
        let why = format!("it may stand, but its receipt could not be kept: {error}");
        let ended = [(attempt.post.id, attempt.post.attempt, Ended::Never { why })];
        let recorded = async {
            let mut conn = self.pool.acquire().await?;
            outbox::finish(&mut conn, self.org, self.clock.now(), &ended, &[]).await
        };
        if let Err(error) = recorded.await {
            tracing::error!(effect = %attempt.post.id, %error, "a post cannot be put aside; it is free when this server ends");
        }
        self.let_go(std::slice::from_ref(attempt), true);
    }

    async fn save(&self, attempts: &[Attempt]) -> sqlx::Result<()> {
        let now = self.clock.now();
        let ended: Vec<(Uuid, i32, Ended)> =
            attempts.iter().map(|a| (a.post.id, a.post.attempt, a.ended.clone())).collect();
        let posted: Vec<messages::New> =
            attempts.iter().filter(|a| a.post.revision.is_none()).filter_map(|a| stands(a, now)).collect();
        let finished = if attempts.iter().all(|a| matches!(a.ended, Ended::Sent { .. })) {
            let mut conn = self.pool.acquire().await?;
            outbox::finish(&mut conn, self.org, now, &ended, &posted).await?
        } else {
            let mut tx = begin_riding_along(&self.pool).await?;
            let finished = outbox::finish(&mut tx, self.org, now, &ended, &posted).await?;
            let moot = attempts.iter().filter(|a| matches!(a.ended, Ended::Moot { .. }));
            let moot: Vec<Uuid> = moot.map(|a| a.post.id).collect();
            if !moot.is_empty() {
                noise::refold(&mut tx, &self.office.directory(), now, &moot).await?;
            }
            tx.commit().await?;
            Finished { more: true, ..finished }
        };
        for attempt in attempts {
            let outcome = match &attempt.ended {
                Ended::Sent { .. } => "sent",
                Ended::Later { .. } => "put_off",
                Ended::Never { why } => {
                    tracing::error!(effect = %attempt.post.id, lane = %attempt.post.lane, %why, "a post is a dead letter");
                    "dead"
                }
                Ended::Moot { .. } => "moot",
                Ended::Untouched { .. } => continue,
            };
            metrics::post(outcome, now - attempt.post.created_at);
        }
        self.wakes.inbox.ring(finished.freed);
        self.let_go(attempts, finished.more);
        Ok(())
    }

    /// Frees what these were about; somebody looks again where there is more, or where more came meanwhile.
    fn let_go(&self, attempts: &[Attempt], more: bool) {
        let came = self.wakes.outbox.let_go(attempts.iter().flat_map(|a| a.post.keys()));
        if came || more {
            self.wakes.outbox.wake();
        }
    }
}

async fn call(poster: &dyn chat::Poster, leased: &Leased, post: &chat::Post) -> Result<chat::Receipt, chat::Error> {
    if let (Some(revision), Some((channel, id))) = (leased.revision, &leased.target) {
        let channel = translate::outward(channel).1.to_owned();
        let message = chat::MessageRef { channel, id: id.clone() };
        return poster.edit(&message, revision, post).await;
    }
    if leased.unsure
        && let Some(receipt) = poster.find(leased.id, post).await?
    {
        return Ok(receipt);
    }
    poster.post(leased.id, post).await
}

fn by_conversation(leased: Vec<Leased>) -> BTreeMap<String, Vec<Leased>> {
    let mut conversations: BTreeMap<String, Vec<Leased>> = BTreeMap::new();
    for post in leased {
        conversations.entry(post.conversation.clone()).or_default().push(post);
    }
    conversations
}

/// The message that a post is by now.
fn stands(attempt: &Attempt, at: chrono::DateTime<chrono::Utc>) -> Option<messages::New> {
    let Ended::Sent { channel, message } = &attempt.ended else { return None };
    Some(messages::New {
        id: MessageId { channel: channel.clone(), id: message.clone() },
        thread: attempt.thread.clone(),
        lane: Lane::stored(attempt.post.lane.clone()),
        author: attempt.author.clone(),
        kind: "persona",
        post: Some(attempt.post.id),
        text: attempt.text.clone(),
        at,
        direct: false,
    })
}
