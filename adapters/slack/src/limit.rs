//! Keeps our calls within Slack's limits: about one post a second in a channel, and each method's calls a minute, for each
//! app by itself; and nobody calls a method before the time that Slack named in a 429.
//!
//! It goes by the machine's clock: this is the pace of a connection, not the time of the business.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bullpen_chat::Error;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::Slack;
use crate::api::Failure;
use crate::apps::App;
use crate::poster::Trouble;

/// The longest that a caller is kept waiting; below the time that a poster's call has, less the call itself.
const PATIENCE: Duration = Duration::from_secs(4);
/// How many posts a channel may get at once; Slack forgives short bursts.
const POST_BURST: u32 = 3;
/// Above so many channels, those that are at rest are forgotten.
const REMEMBERED: usize = 4_096;

/// Calls a minute that Slack allows an app, by method: its tiers 2, 3 and 4, a little below the number named.
const TIER_2: u32 = 18;
const TIER_3: u32 = 45;
const TIER_4: u32 = 90;

fn tier(method: &str) -> u32 {
    match method {
        "chat.update"
        | "chat.delete"
        | "conversations.history"
        | "conversations.replies"
        | "conversations.join"
        | "conversations.info"
        | "reactions.get"
        | "reactions.add"
        | "users.lookupByEmail"
        | "conversations.members" => TIER_3,
        "files.getUploadURLExternal"
        | "files.completeUploadExternal"
        | "files.info"
        | "users.info"
        | "users.profile.get"
        | "views.publish"
        | "chat.postEphemeral"
        | "assistant.threads.setStatus"
        | "auth.test" => TIER_4,
        _ => TIER_2,
    }
}

/// An app and a method; for posts, the channel as well.
type Key = (String, String, String);

/// The pace of all apps.
pub(crate) struct Limits {
    posts: DefaultKeyedRateLimiter<Key>,
    tiers: [(u32, DefaultKeyedRateLimiter<Key>); 3],
    /// Until when Slack asked an app not to call a method.
    gates: Mutex<HashMap<(String, String), Instant>>,
}

impl Limits {
    /// With so many posts a minute in each channel.
    pub(crate) fn new(posts: u32) -> Self {
        let a_minute = |calls| RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN)));
        let burst = NonZeroU32::new(POST_BURST).unwrap_or(NonZeroU32::MIN);
        Self {
            posts: RateLimiter::keyed(
                Quota::per_minute(NonZeroU32::new(posts).unwrap_or(NonZeroU32::MIN)).allow_burst(burst),
            ),
            tiers: [TIER_2, TIER_3, TIER_4].map(|tier| (tier, a_minute(tier))),
            gates: Mutex::default(),
        }
    }

    /// Waits for the turn to call a method, at most [`PATIENCE`].
    ///
    /// # Errors
    /// [`Error::Retry`] where the turn comes later than that; nothing was spent then.
    pub(crate) async fn wait(&self, app: &str, method: &str, channel: &str) -> Result<(), Error> {
        let until = Instant::now() + PATIENCE;
        loop {
            let Some(after) = self.turn(app, method, channel) else { return Ok(()) };
            if Instant::now() + after > until {
                let why = format!("{method} of the app {app} has been called as often as Slack allows for now");
                return Err(Error::Retry { why, after: Some(after) });
            }
            tokio::time::sleep(after).await;
        }
    }

    /// Takes the turn now, or says how long to wait for it.
    fn turn(&self, app: &str, method: &str, channel: &str) -> Option<Duration> {
        if let Some(shut) = self.gate(app, method) {
            return Some(shut);
        }
        let post = method == "chat.postMessage";
        let limiter = if post { &self.posts } else { self.of(tier(method)) };
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        let key = (app.to_owned(), method.to_owned(), if post { channel.to_owned() } else { String::new() });
        let after = limiter.check_key(&key).err()?.wait_time_from(DefaultClock::default().now());
        // Rounded up, so that the next look comes when the turn is there.
        Some(after + Duration::from_millis(1))
    }

    fn of(&self, tier: u32) -> &DefaultKeyedRateLimiter<Key> {
        let found = self.tiers.iter().find(|(calls, _)| *calls == tier);
        &found.unwrap_or(&self.tiers[0]).1
    }

    fn gate(&self, app: &str, method: &str) -> Option<Duration> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        gates.retain(|_, until| *until > now);
        gates.get(&(app.to_owned(), method.to_owned())).map(|until| *until - now)
    }

    /// Slack answered 429: nobody of this app calls the method before `after` has passed.
    pub(crate) fn told(&self, app: &str, method: &str, after: Duration) {
        metrics::counter!("bullpen_slack_limited_total", "app" => app.to_owned(), "method" => method.to_owned())
            .increment(1);
        let until = Instant::now() + after;
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry((app.to_owned(), method.to_owned())).or_insert(until);
        *gate = until.max(*gate);
    }
}

impl Slack {
    /// Calls a method with a JSON body when its turn has come.
    pub(crate) async fn call<Answer>(
        &self,
        app: &App,
        method: &str,
        channel: &str,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<Answer, Trouble>
    where
        Answer: DeserializeOwned + Send,
    {
        self.limits.wait(app.name(), method, channel).await?;
        let answer = app.api.post(method, body).await;
        self.heed(app, method, answer)
    }

    /// Calls a method with query parameters when its turn has come.
    pub(crate) async fn get<Answer>(
        &self,
        app: &App,
        method: &str,
        channel: &str,
        query: &[(&str, Option<&str>)],
    ) -> Result<Answer, Trouble>
    where
        Answer: DeserializeOwned + Send,
    {
        self.limits.wait(app.name(), method, channel).await?;
        let answer = app.api.get(method, query).await;
        self.heed(app, method, answer)
    }

    fn heed<Answer>(&self, app: &App, method: &str, answer: Result<Answer, Failure>) -> Result<Answer, Trouble> {
        if let Err(Failure::Limited { after, .. }) = &answer {
            self.limits.told(app.name(), method, *after);
        }
        Ok(answer?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "chat.postMessage";

    #[test]
    fn a_channel_gets_a_few_posts_at_once_and_then_one_a_second() {
        let limits = Limits::new(60);
        for _ in 0..POST_BURST {
            assert_eq!(limits.turn("a", POST, "C1"), None);
        }
        let after = limits.turn("a", POST, "C1").expect("the burst is spent");
        assert!(after > Duration::from_millis(500) && after <= Duration::from_millis(1_100), "{after:?}");
        assert_eq!(limits.turn("a", POST, "C2"), None, "another channel has its own pace");
        assert_eq!(limits.turn("b", POST, "C1"), None, "and so has another app");
    }

    #[test]
    fn methods_have_the_pace_of_their_tier() {
        let limits = Limits::new(60);
        let calls = (0..200).take_while(|_| limits.turn("a", "chat.update", "C1").is_none()).count();
        assert!((45..=47).contains(&calls), "{calls}");
        assert_eq!(limits.turn("a", "views.publish", ""), None);
        assert_eq!(limits.turn("b", "chat.update", "C1"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_calls_before_the_time_that_slack_named() {
        let limits = Limits::new(60);
        limits.told("a", POST, Duration::from_secs(30));
        limits.told("a", POST, Duration::from_secs(5));
        match limits.wait("a", POST, "C1").await {
            Err(Error::Retry { after: Some(after), .. }) => assert_eq!(after, Duration::from_secs(30)),
            other => panic!("a long wait is the caller's: {other:?}"),
        }
        limits.wait("a", "chat.update", "C1").await.expect("other methods go on");
        limits.wait("b", POST, "C1").await.expect("other apps go on");
        tokio::time::advance(Duration::from_secs(27)).await;
        let before = Instant::now();
        limits.wait("a", POST, "C1").await.expect("a short wait is waited");
        assert_eq!(Instant::now() - before, Duration::from_secs(3));
    }
}
