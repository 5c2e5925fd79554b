//! Keeps the lines of a bot: a connection for each shard, until it is told to stop. Nothing that goes wrong ends it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures::FutureExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::close::{Again, Over};
use super::connection::{self, End, Shard};
use super::pace::{self, Gateway, Pace};
use crate::Discord;
use crate::api::Failure;
use crate::bots::Bot;
use crate::ingest::{self, Item, Session};

/// The first pause between two attempts, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(15));
/// The same where only a person can mend it. What they mend in the settings of the bot is found by the next attempt; a new
/// token takes a restart.
const HOPELESS: (Duration, Duration) = (Duration::from_mins(1), Duration::from_mins(15));
/// A line that stood this long was a good one: the next attempt comes at once.
const STEADY: Duration = Duration::from_secs(2);
/// How often a session is tried to be gone on with at the address that Discord gave for it, before the general one is asked
/// for again; and how often where Discord lets us in and does not answer, before it is given up.
const FAITH: u32 = 3;

/// Keeps a bot's shards connected until `stop`.
pub(super) async fn keep_bot(
    discord: Arc<Discord>,
    bot: Arc<Bot>,
    items: mpsc::Sender<Item>,
    jobs: TaskTracker,
    stop: CancellationToken,
) {
    let mut pauses = Pauses::default();
    let pace = Arc::new(Pace::default());
    while !stop.is_cancelled() {
        let gateway = tokio::select! {
            () = stop.cancelled() => return,
            gateway = Gateway::ask(&bot) => gateway,
        };
        let gateway = match gateway {
            Ok(gateway) => gateway,
            Err(failure) => {
                let (over, after) = refused(&bot, &failure);
                discord.lines.fails(bot.name(), over.why.clone());
                tracing::warn!(bot = bot.name(), why = over.why, "Discord does not say where to connect");
                let pause = pauses.next(over.hopeless);
                wait(&stop, after.unwrap_or(pause)).await;
                continue;
            }
        };
        pauses = Pauses::default();
        // One bot of a single persona hears direct messages only, and those come to the first shard.
        let shards = if bot.is_shared() { gateway.shards.max(1) } else { 1 };
        discord.lines.forget(bot.name());
        let over = stop.child_token();
        let mut running = JoinSet::new();
        for number in 0..shards {
            discord.lines.fails(&name(bot.name(), number, shards), "not connected yet".into());
            let shard = Shard {
                discord: Arc::clone(&discord),
                bot: Arc::clone(&bot),
                name: name(bot.name(), number, shards),
                number: (number, shards),
                items: items.clone(),
                jobs: jobs.clone(),
            };
            let keeper = Keeper { shard, pace: Arc::clone(&pace), gateway: gateway.clone() };
            running.spawn(keeper.keep(over.clone()));
        }
        // The first that ends has been told that the number is another.
        running.join_next().await;
        over.cancel();
        while running.join_next().await.is_some() {}
    }
}

fn name(bot: &str, number: u32, shards: u32) -> Arc<str> {
    if shards == 1 { bot.into() } else { format!("{bot}/{number}").into() }
}

struct Keeper {
    shard: Shard,
    pace: Arc<Pace>,
    gateway: Gateway,
}

impl Keeper {
    /// Keeps one shard connected until `stop`, or until Discord wants another number of shards.
    async fn keep(mut self, stop: CancellationToken) {
        let mut session = self.stored(&stop).await;
        let (mut pauses, mut refused, mut unanswered) = (Pauses::default(), 0, 0);
        while !stop.is_cancelled() {
            let tried = AssertUnwindSafe(self.connect(session.clone(), refused, &stop)).catch_unwind().await;
            let end = tried.unwrap_or_else(|_| {
                tracing::error!(line = &*self.shard.name, "the line to Discord failed in a way that is a bug");
                End::early(Over::passing("a bug ended it", Again::Resume), session.clone())
            });
            if stop.is_cancelled() {
                return;
            }
            let over = &end.over;
            self.shard.discord.lines.fails(&self.shard.name, over.why.clone());
            metrics::counter!("bullpen_discord_disconnects_total", "line" => self.shard.name.to_string()).increment(1);
            if over.hopeless {
                tracing::error!(line = &*self.shard.name, why = over.why, "no line to Discord");
            } else {
                tracing::info!(line = &*self.shard.name, why = over.why, again = ?over.again, "the line to Discord ended");
            }
            let stood = end.stood > Duration::ZERO;
            refused = if stood { 0 } else { refused + 1 };
            unanswered = if stood { 0 } else { unanswered + u32::from(end.reached) };
            let pause = self.pause(&end, &mut pauses);
            session = end.session.filter(|_| unanswered < FAITH);
            wait(&stop, pause).await;
            if end.over.again == Again::Reshard {
                return;
            }
        }
    }

    fn pause(&self, end: &End, pauses: &mut Pauses) -> Duration {
        if end.stood > Duration::ZERO {
            *pauses = Pauses::default();
        }
        if end.over.hopeless {
            return pauses.next(true);
        }
        let growing = if end.stood >= STEADY { Duration::ZERO } else { pauses.next(false) };
        if end.over.slowly {
            // Discord wants one to five seconds after a session that it does not know: a fifth of its distance between two.
            let every = self.shard.discord.lines.distance();
            return growing.max(every.mul_f64(0.2 + 0.8 * fastrand::f64()));
        }
        growing
    }

    /// The session that an earlier process left.
    async fn stored(&self, stop: &CancellationToken) -> Option<Arc<Session>> {
        let (bot, number) = (self.shard.bot.name(), self.shard.number);
        let mut pauses = Pauses::default();
        loop {
            let found = tokio::select! {
                () = stop.cancelled() => return None,
                found = ingest::session(&self.shard.discord, bot, number) => found,
            };
            match found {
                Ok(found) => return found,
                Err(error) => {
                    tracing::warn!(%error, line = &*self.shard.name, "whether a session can be resumed is not known yet");
                    wait(stop, pauses.next(false)).await;
                }
            }
        }
    }

    async fn connect(&mut self, session: Option<Arc<Session>>, refused: u32, stop: &CancellationToken) -> End {
        let shard = &self.shard;
        let api_url = &shard.discord.config.api_url;
        let session = session.filter(|session| session.stored() > 0);
        if let Some(session) = &session
            && refused < FAITH
            && let Some(url) = pace::address(&session.resume_url, api_url)
        {
            return connection::serve(shard, &url, Some(Arc::clone(session)), stop).await;
        }
        if session.is_none() || refused >= FAITH {
            // Where to connect may have changed, and how many sessions may still begin has.
            match Gateway::ask(&shard.bot).await {
                Ok(gateway) => self.gateway = gateway,
                Err(failure) => {
                    let (over, after) = self::refused(&shard.bot, &failure);
                    wait(stop, after.unwrap_or_default()).await;
                    return End::early(over, session);
                }
            }
        }
        let over = |why: String| Over::passing(why, Again::Resume);
        if session.is_none() {
            if let Some(reset) = self.gateway.spent() {
                let why = format!(
                    "Discord lets the bot {} begin no more sessions today; the next in {} s",
                    shard.bot.name(),
                    reset.as_secs()
                );
                shard.discord.lines.fails(&shard.name, why.clone());
                tracing::error!(line = &*shard.name, why, "no line to Discord");
                wait(stop, reset).await;
                return End::early(over(why), session);
            }
            let turn = self.pace.turn(&self.gateway, shard.number.0, shard.discord.lines.distance());
            wait(stop, turn).await;
        }
        let Some(url) = self.gateway.address(api_url) else {
            let over =
                over("Discord gave an address for its gateway that cannot be used, or is not encrypted".to_owned());
            return End::early(over, session);
        };
        connection::serve(shard, &url, session, stop).await
    }
}

/// What a refused `GET /gateway/bot` means, and how long to wait.
fn refused(bot: &Bot, failure: &Failure) -> (Over, Option<Duration>) {
    if failure.status() == Some(401) {
        return (Over::closed(Some(4004), bot.name(), &bot.config.variable), None);
    }
    let after = match failure {
        Failure::Limited { after, .. } => Some(*after),
        _ => None,
    };
    (Over::passing(failure.to_string(), Again::Resume), after)
}

/// The pauses between attempts that fail one after the other.
struct Pauses {
    passing: ExponentialBackoff,
    hopeless: ExponentialBackoff,
}

impl Default for Pauses {
    fn default() -> Self {
        let growing = |(first, longest)| ExponentialBuilder::default().with_min_delay(first).with_max_delay(longest);
        let passing = growing(PAUSES).with_jitter().without_max_times().build();
        Self { passing, hopeless: growing(HOPELESS).without_max_times().build() }
    }
}

impl Pauses {
    /// The next one.
    fn next(&mut self, is_hopeless: bool) -> Duration {
        let (growing, longest) =
            if is_hopeless { (&mut self.hopeless, HOPELESS.1) } else { (&mut self.passing, PAUSES.1) };
        growing.next().unwrap_or(longest)
    }
}

async fn wait(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_person_can_mend_is_tried_less_and_less() {
        let mut pauses = Pauses::default();
        let minutes: Vec<u64> = (0..6).map(|_| pauses.next(true).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 15, 15]);
        assert!(pauses.next(false) < Duration::from_secs(1), "what passes is tried soon all the same");
    }
}
