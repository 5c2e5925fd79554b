//! What all calls of this process pass: Discord's global limits, and the count of calls that it calls invalid.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Discord bans an address after 10,000 answers of 401, 403 or 429 within ten minutes. Above half of that nothing is sent
/// until enough of them are past.
const INVALID: usize = 5_000;
/// Over how long they are counted.
const COUNTED: Duration = Duration::from_secs(600);
/// They are counted in slots of this length, so that the count needs no memory to speak of.
const SLOT: Duration = Duration::from_secs(10);

/// What all calls of this process pass: a limit that Discord calls global holds up everything.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Nothing is sent before this.
    shut: Option<Instant>,
    /// The invalid answers of each slot, by its beginning, the oldest first.
    invalid: VecDeque<(Instant, usize)>,
    /// Whether it was said that there are too many.
    said: bool,
}

impl Gate {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// How long nothing may be sent, if something may not.
    pub(super) fn closed(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let global = inner.shut.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero());
        let invalid = inner.too_many(now);
        global.max(invalid)
    }

    /// Discord named a global limit: nobody calls before `after` has passed.
    pub(super) fn shut(&self, after: Duration) {
        let until = Instant::now() + after;
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.shut = Some(inner.shut.map_or(until, |shut| shut.max(until)));
    }

    /// Discord answered 401, 403 or 429.
    pub(super) fn invalid(&self) {
        let now = Instant::now();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.invalid.back_mut() {
            Some((begun, count)) if now.duration_since(*begun) < SLOT => *count += 1,
            _ => inner.invalid.push_back((now, 1)),
        }
        if inner.too_many(now).is_none() {
            inner.said = false;
        } else if !inner.said {
            inner.said = true;
            tracing::error!(
                "Discord refused {INVALID} calls (401, 403 or 429) within ten minutes; nothing is sent for a while, since 10,000 would ban \
                 this address. Run `bullpen doctor`: a token or a permission is missing"
            );
        }
    }
}

impl Inner {
    /// How long it takes until there are few enough again.
    fn too_many(&mut self, now: Instant) -> Option<Duration> {
        while self.invalid.front().is_some_and(|(begun, _)| now.duration_since(*begun) >= COUNTED + SLOT) {
            self.invalid.pop_front();
        }
        let mut count: usize = self.invalid.iter().map(|(_, count)| count).sum();
        let mut until = None;
        for (begun, slot) in &self.invalid {
            if count < INVALID {
                break;
            }
            count -= slot;
            until = Some(*begun + COUNTED + SLOT);
        }
        until.and_then(|until| until.checked_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_global_limit_holds_up_everything_for_as_long_as_it_says() {
        let gate = Gate::new();
        assert_eq!(gate.closed(), None);
        gate.shut(Duration::from_secs(5));
        gate.shut(Duration::from_secs(2));
        assert_eq!(gate.closed(), Some(Duration::from_secs(5)), "the longer one counts");
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(gate.closed(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn after_many_refusals_nothing_is_sent_until_they_are_past() {
        let gate = Gate::new();
        for _ in 1..INVALID {
            gate.invalid();
        }
        assert_eq!(gate.closed(), None);
        tokio::time::advance(Duration::from_secs(60)).await;
        gate.invalid();
        let closed = gate.closed().expect("the address is near a ban");
        assert!(closed > Duration::from_secs(500) && closed <= COUNTED, "{closed:?}");
        tokio::time::advance(closed).await;
        assert_eq!(gate.closed(), None);
    }
}
