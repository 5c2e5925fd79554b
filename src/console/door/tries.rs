//! Wrong tokens, counted by the address that they come from.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a wrong token is remembered, from the first of a series.
const WINDOW: Duration = Duration::from_secs(60);

/// How many wrong tokens may come from one address within the window.
const ALLOWED: u32 = 10;

/// How many addresses are remembered; beyond it, those that are not remembered share one count.
const ADDRESSES: usize = 1024;

/// Wrong tokens of late. In this process only: several servers each allow as many.
#[derive(Default)]
pub(super) struct Tries(Mutex<HashMap<Option<IpAddr>, (Instant, u32)>>);

impl Tries {
    /// Whether no further token is looked at from there for now.
    pub(super) fn are_too_many(&self, from: Option<IpAddr>) -> bool {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = if tries.len() >= ADDRESSES && !tries.contains_key(&from) { None } else { from };
        tries.get(&place).is_some_and(|(since, count)| *count >= ALLOWED && since.elapsed() < WINDOW)
    }

    /// Counts a wrong token.
    pub(super) fn count(&self, from: Option<IpAddr>) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= ADDRESSES {
            tries.retain(|_, (since, _)| since.elapsed() < WINDOW);
        }
        let place = if tries.len() >= ADDRESSES && !tries.contains_key(&from) { None } else { from };
        let (since, count) = tries.entry(place).or_insert((Instant::now(), 0));
        if since.elapsed() >= WINDOW {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stopped_and_others_are_not() {
        let tries = Tries::default();
        let (one, other) = (Some(IpAddr::from([10, 0, 0, 1])), Some(IpAddr::from([10, 0, 0, 2])));
        for _ in 0..ALLOWED {
            assert!(!tries.are_too_many(one));
            tries.count(one);
        }
        assert!(tries.are_too_many(one));
        assert!(!tries.are_too_many(other));
    }

    #[test]
    fn many_addresses_cannot_fill_the_memory() {
        let tries = Tries::default();
        for address in 0..5_000_u32 {
            tries.count(Some(IpAddr::from(address.to_be_bytes())));
        }
        assert!(tries.0.lock().unwrap().len() <= ADDRESSES + 1);
        assert!(tries.are_too_many(Some(IpAddr::from([9, 9, 9, 9]))), "strangers share a count by now");
    }
}
