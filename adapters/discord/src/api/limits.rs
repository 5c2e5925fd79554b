//! Keeps one bot's calls within Discord's limits: the buckets that its answers name, and a line of bounded length for each
//! route of a channel, guild or webhook, in which writes go one after the other.
//!
//! No kept crate does it so: twilight's limiter is an actor with unbounded queues and waits of any length, and does not let
//! several bots share a gate. It goes by the machine's clock: this is the pace of a connection, not the time of the
//! business.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::gate::Gate;
use super::route::Route;

/// The longest that a caller is kept waiting for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// Most callers in one line. Who comes later is told to come again.
const QUEUE: usize = 64;
/// When somebody who found a full line, or waited in vain in it, may come again.
const AGAIN: Duration = Duration::from_secs(1);
/// How many reads of one route are under way at once; writes go one by one, so that they keep their order.
const READS: usize = 4;
/// Calls a second that one bot makes at most; Discord allows 50.
const PACE: usize = 45;
const SECOND: Duration = Duration::from_secs(1);
/// Above so many lines or buckets, those at rest are forgotten.
const REMEMBERED: usize = 4_096;

/// What Discord's headers say about a bucket.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) bucket: String,
    pub(super) remaining: u32,
    pub(super) reset_after: Duration,
}

/// The pace of one bot.
#[derive(Debug, Default)]
pub(super) struct Limits {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The bucket that a route's shape belongs to, once Discord named it.
    buckets: HashMap<String, String>,
    /// What is left of a bucket (or of a shape, while its bucket is not known) for a main parameter.
    left: HashMap<(String, String), Left>,
    lines: HashMap<Route, Arc<Line>>,
    /// When the last calls began, the oldest first.
    begun: VecDeque<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Left {
    remaining: u32,
    reset: Instant,
}

#[derive(Debug)]
struct Line {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A caller's turn; the next one's comes when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

/// A place in a line.
struct Waiting(Arc<Line>);

impl Waiting {
    fn new(line: Arc<Line>) -> Option<Self> {
        let full = line.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE;
        let place = Self(line);
        (!full).then_some(place)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Limits {
    /// Waits for the turn of a call, at most until `deadline`. `read` is whether it changes nothing.
    ///
    /// # Errors
    /// How long to wait, where the turn comes later than that; nothing was spent then.
    pub(super) async fn turn(
        &self,
        gate: &Gate,
        route: &Route,
        read: bool,
        deadline: Instant,
    ) -> Result<Turn, Duration> {
        let Some(place) = Waiting::new(self.line(route, read)) else { return Err(AGAIN) };
        let turns = Arc::clone(&place.0.turns);
        let permit = match tokio::time::timeout_at(deadline, turns.acquire_owned()).await {
            // A line's semaphore is never closed.
            Ok(permit) => permit.ok(),
            Err(_) => return Err(self.wait(route, false).max(gate.closed()).unwrap_or(AGAIN)),
        };
        loop {
            let after = match gate.closed() {
                Some(after) => after,
                None => match self.wait(route, true) {
                    Some(after) => after,
                    None => return Ok(Turn { _permit: permit }),
                },
            };
            if Instant::now() + after > deadline {
                return Err(after);
            }
            tokio::time::sleep(after).await;
        }
    }

    fn line(&self, route: &Route, read: bool) -> Arc<Line> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.lines.len() > REMEMBERED {
            inner.lines.retain(|_, line| Arc::strong_count(line) > 1);
        }
        let turns = if read { READS } else { 1 };
        let line = || Line { turns: Arc::new(Semaphore::new(turns)), waiting: AtomicUsize::new(0) };
        Arc::clone(inner.lines.entry(route.clone()).or_insert_with(|| Arc::new(line())))
    }

    /// How long a call has to wait; where it has not and `take` is set, it has begun.
    fn wait(&self, route: &Route, take: bool) -> Option<Duration> {
        let now = Instant::now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let key = inner.key(route);
        if let Some(left) = inner.left.get(&key).copied() {
            if left.reset <= now {
                inner.left.remove(&key);
            } else if left.remaining == 0 {
                return Some(left.reset - now);
            }
        }
        // Webhooks by their token do not count for the bot.
        let paced = !route.main.starts_with("webhooks/");
        while inner.begun.front().is_some_and(|begun| now.duration_since(*begun) >= SECOND) {
            inner.begun.pop_front();
        }
        if paced
            && inner.begun.len() >= PACE
            && let Some(first) = inner.begun.front()
        {
            return Some(*first + SECOND - now);
        }
        if take {
            if let Some(left) = inner.left.get_mut(&key) {
                left.remaining -= 1;
            }
            if paced {
                inner.begun.push_back(now);
            }
        }
        None
    }

    /// Discord's headers on an answer.
    pub(super) fn told(&self, route: &Route, told: Told) {
        let now = Instant::now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.tidy(now);
        inner.buckets.insert(route.shape.clone(), told.bucket);
        let key = inner.key(route);
        let reset = now + told.reset_after;
        let left = inner.left.entry(key).or_insert(Left { remaining: told.remaining, reset });
        // Answers to calls side by side may come in any order: within a window the smaller number is the newer one.
        let same = left.reset > now && left.reset + SECOND > reset;
        left.remaining = if same { left.remaining.min(told.remaining) } else { told.remaining };
        left.reset = left.reset.max(reset);
    }

    /// Discord answered 429: nobody of this bot calls the route before `after` has passed.
    pub(super) fn limited(&self, route: &Route, after: Duration) {
        let reset = Instant::now() + after;
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let key = inner.key(route);
        let left = inner.left.entry(key).or_insert(Left { remaining: 0, reset });
        (left.remaining, left.reset) = (0, left.reset.max(reset));
    }
}

impl Inner {
    fn key(&self, route: &Route) -> (String, String) {
        let bucket = self.buckets.get(&route.shape).unwrap_or(&route.shape);
        (bucket.clone(), route.main.clone())
    }

    fn tidy(&mut self, now: Instant) {
        if self.left.len() > REMEMBERED {
            self.left.retain(|_, left| left.reset > now);
        }
        if self.buckets.len() > REMEMBERED {
            self.buckets.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;

    fn route(path: &str) -> Route {
        Route::of(&Method::POST, path).unwrap()
    }

    fn told(remaining: u32, seconds: u64) -> Told {
        Told { bucket: "b1".into(), remaining, reset_after: Duration::from_secs(seconds) }
    }

    async fn turn(limits: &Limits, route: &Route) -> Result<Turn, Duration> {
        limits.turn(&Gate::default(), route, false, Instant::now() + PATIENCE).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_that_is_empty_is_waited_for_or_told() {
        let limits = Limits::default();
        let (one, other) = (route("/channels/1/messages"), route("/channels/2/messages"));
        drop(turn(&limits, &one).await.unwrap());
        limits.told(&one, told(0, 2));
        let before = Instant::now();
        drop(turn(&limits, &other).await.unwrap());
        assert_eq!(before, Instant::now(), "another channel has a bucket of its own");
        drop(turn(&limits, &one).await.unwrap());
        assert_eq!(Instant::now() - before, Duration::from_secs(2), "a short wait is waited");
        limits.limited(&one, Duration::from_secs(30));
        limits.told(&one, told(4, 1));
        assert_eq!(turn(&limits, &one).await.unwrap_err(), Duration::from_secs(30), "a long one is the caller's");
    }

    #[tokio::test(start_paused = true)]
    async fn routes_of_one_bucket_share_it() {
        let limits = Limits::default();
        let (post, patch) = (route("/channels/1/messages"), route("/channels/1/typing"));
        limits.told(&post, told(5, 60));
        limits.told(&patch, told(1, 60));
        drop(turn(&limits, &post).await.unwrap());
        assert!(turn(&limits, &patch).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn writes_go_one_by_one_in_the_order_in_which_they_came() {
        let (limits, route) = (Arc::new(Limits::default()), route("/channels/1/messages"));
        let order: Arc<Mutex<Vec<usize>>> = Arc::default();
        let callers = (0..20).map(|n| {
            let (limits, route, order) = (Arc::clone(&limits), route.clone(), Arc::clone(&order));
            async move {
                let _turn = turn(&limits, &route).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                order.lock().unwrap().push(n);
            }
        });
        futures::future::join_all(callers).await;
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_has_an_end() {
        let (limits, route) = (Limits::default(), route("/channels/1/messages"));
        let held = turn(&limits, &route).await.unwrap();
        let callers = (0..1_000).map(|_| turn(&limits, &route));
        let begun = Instant::now();
        let answers = futures::future::join_all(callers).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(|after| *after == AGAIN)));
        assert_eq!(Instant::now() - begun, PATIENCE, "and nobody waits longer than that");
        drop(held);
        turn(&limits, &route).await.expect("places are given back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_bot_keeps_below_fifty_calls_a_second() {
        let limits = Limits::default();
        let begun = Instant::now();
        for n in 0..PACE * 3 {
            drop(turn(&limits, &route(&format!("/channels/{n}/messages"))).await.unwrap());
        }
        assert!(Instant::now() - begun >= 2 * SECOND);
    }
}
