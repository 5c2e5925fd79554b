//! Discord's rate limits: a bucket per bot, route and top-level resource, and one per bot for everything.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::settings::{Limits, Rate};

/// How much is left in each bucket.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    left: HashMap<(u64, &'static str, String), Window>,
    global: HashMap<u64, Window>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    left: u32,
    ends: Instant,
}

/// How a bucket stands after a request, for the headers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after: Duration,
    pub(crate) bucket: String,
}

/// A request too many.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limited {
    pub(crate) after: Duration,
    pub(crate) global: bool,
}

impl Window {
    fn open(rate: Rate, now: Instant) -> Self {
        Self { left: rate.requests, ends: now + rate.window }
    }

    fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        if now >= self.ends {
            *self = Self::open(rate, now);
        }
        if self.left == 0 {
            return Err(self.ends - now);
        }
        self.left -= 1;
        Ok(())
    }
}

impl Buckets {
    /// Takes one request. `caller` is the bot's user, or 0 for those without a token of one, who have no global limit.
    ///
    /// # Errors
    /// When there is none left; the standing is given all the same.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        caller: u64,
        operation: &'static str,
        resource: &str,
    ) -> (Standing, Result<(), Limited>) {
        let (now, rate) = (Instant::now(), limits.of(operation));
        let window =
            self.left.entry((caller, operation, resource.to_owned())).or_insert_with(|| Window::open(rate, now));
        let mut taken = window.take(rate, now).map_err(|after| Limited { after, global: false });
        if taken.is_ok() && caller != 0 {
            let global = self.global.entry(caller).or_insert_with(|| Window::open(limits.global, now));
            taken = global.take(limits.global, now).map_err(|after| Limited { after, global: true });
        }
        let standing = Standing {
            limit: rate.requests,
            remaining: window.left,
            reset_after: window.ends.saturating_duration_since(now),
            bucket: bucket_name(operation),
        };
        (standing, taken)
    }
}

/// A name that says nothing, as Discord's do; the same for the same operation.
fn bucket_name(operation: &str) -> String {
    let hash = operation
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}{:016x}", hash.rotate_left(31))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Buckets;
    use crate::settings::{Limits, Rate};

    #[test]
    fn a_bucket_is_per_bot_operation_and_resource() {
        let (mut buckets, limits) = (Buckets::default(), Limits::default());
        let mut take = |bot, operation, resource| buckets.take(&limits, bot, operation, resource);
        for left in (0..5).rev() {
            let (standing, taken) = take(1, "create_message", "10");
            assert!(taken.is_ok() && standing.limit == 5 && standing.remaining == left);
        }
        let limited = take(1, "create_message", "10").1.unwrap_err();
        assert!(!limited.global && limited.after > Duration::from_secs(4), "{limited:?}");
        assert!(take(1, "create_message", "11").1.is_ok(), "another channel has a bucket of its own");
        assert!(take(2, "create_message", "10").1.is_ok(), "another bot has buckets of its own");
        assert!(take(1, "list_messages", "10").1.is_ok(), "another route has a bucket of its own");
    }

    #[test]
    fn the_global_limit_counts_all_of_a_bots_requests() {
        let limits = Limits { global: Rate::new(3, Duration::from_mins(1)), ..Limits::generous() };
        let mut buckets = Buckets::default();
        for resource in ["1", "2", "3"] {
            assert!(buckets.take(&limits, 1, "create_message", resource).1.is_ok());
        }
        assert!(buckets.take(&limits, 1, "create_message", "4").1.unwrap_err().global);
        assert!(buckets.take(&limits, 0, "execute_webhook", "4").1.is_ok(), "webhooks have no global limit");
    }
}
