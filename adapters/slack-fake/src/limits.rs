//! Slack's rate limits: a bucket per app and method, and one per app and channel for posts.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::settings::Limits;

/// How much is left in each bucket.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    left: HashMap<(String, String), (f64, Instant)>,
}

impl Buckets {
    /// Takes one call of a method in `tier` (1 to 4).
    ///
    /// # Errors
    /// How long to wait when there is none left.
    pub(crate) fn call(&mut self, limits: &Limits, app: &str, method: &str, tier: usize) -> Result<(), Duration> {
        let per_minute = limits.tiers[tier.clamp(1, 4) - 1];
        self.take(app, method, per_minute / 60.0, per_minute.max(1.0))
    }

    /// Takes one post in a channel.
    ///
    /// # Errors
    /// How long to wait when there is none left.
    pub(crate) fn post(&mut self, limits: &Limits, app: &str, channel: &str) -> Result<(), Duration> {
        self.take(app, channel, limits.posts, limits.burst.max(1.0))
    }

    fn take(&mut self, app: &str, what: &str, per_second: f64, most: f64) -> Result<(), Duration> {
        if per_second.is_infinite() {
            return Ok(());
        }
        let now = Instant::now();
        let (left, at) = self.left.entry((app.to_owned(), what.to_owned())).or_insert((most, now));
        *left = (*left + now.duration_since(*at).as_secs_f64() * per_second).min(most);
        *at = now;
        if *left < 1.0 {
            return Err(Duration::try_from_secs_f64((1.0 - *left) / per_second).unwrap_or(Duration::from_mins(1)));
        }
        *left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Buckets;
    use crate::settings::Limits;

    #[test]
    fn a_channel_forgives_a_small_burst_and_then_asks_to_wait() {
        let (mut buckets, limits) = (Buckets::default(), Limits { burst: 3.0, ..Limits::default() });
        assert!((0..3).all(|_| buckets.post(&limits, "A1", "C1").is_ok()));
        let wait = buckets.post(&limits, "A1", "C1").unwrap_err();
        assert!(wait.as_secs_f64() > 0.5 && wait.as_secs_f64() <= 1.0, "{wait:?}");
        assert!(buckets.post(&limits, "A1", "C2").is_ok(), "another channel has a bucket of its own");
        assert!(buckets.post(&limits, "A2", "C1").is_ok(), "another app has buckets of its own");
    }

    #[test]
    fn tiers_count_by_method() {
        let (mut buckets, limits) = (Buckets::default(), Limits::default());
        assert_eq!((0..30).filter(|_| buckets.call(&limits, "A1", "users.list", 2).is_ok()).count(), 20);
        assert!(buckets.call(&limits, "A1", "conversations.list", 2).is_ok());
        assert!(buckets.call(&Limits::none(), "A1", "users.list", 2).is_ok());
    }
}
