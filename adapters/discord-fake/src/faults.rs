//! What goes wrong on purpose, by a seed, so that the same run goes wrong the same way.

use std::time::Duration;

use fastrand::Rng;

/// What goes wrong. Shares are from 0 to 1; all are 0 by default. One call suffers at most one fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// The seed of the dice.
    pub seed: u64,
    /// Only these operations of REST go wrong, by their ids in the published description, e.g. `create_message`; empty
    /// means all of them. Events are not concerned.
    pub operations: Vec<String>,
    /// Share of calls that are answered 429 for their bucket; nothing is done.
    pub limited: f64,
    /// Share of calls that are answered 429 for the bot as a whole (`X-RateLimit-Global`); nothing is done.
    pub limited_globally: f64,
    /// The `Retry-After` of those.
    pub retry_after: Duration,
    /// Share of calls that are answered 500; nothing is done.
    pub failed: f64,
    /// Share of calls that are carried out and then answered 500.
    pub failed_late: f64,
    /// Share of calls that are carried out and not answered for [`Faults::hang`]; then the connection is cut.
    pub timed_out: f64,
    /// How long a call hangs.
    pub hang: Duration,
    /// Share of calls whose connection is cut before anything is done.
    pub cut: f64,
    /// Share of calls that are carried out and whose connection is cut before the answer.
    pub cut_late: f64,
    /// Share of gateway events that come a second time, with a sequence number of their own.
    pub repeated: f64,
    /// Share of gateway events that are held back for [`Faults::delay`].
    pub delayed: f64,
    /// Share of gateway events that are held back for a random part of [`Faults::delay`], so that later ones overtake
    /// them.
    pub shuffled: f64,
    /// How long events are held back at most.
    pub delay: Duration,
    /// Share of gateway events before which the line is cut. The session keeps them for RESUME.
    pub dropped: f64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            seed: 1,
            operations: Vec::new(),
            limited: 0.0,
            limited_globally: 0.0,
            retry_after: Duration::from_millis(300),
            failed: 0.0,
            failed_late: 0.0,
            timed_out: 0.0,
            hang: Duration::from_secs(30),
            cut: 0.0,
            cut_late: 0.0,
            repeated: 0.0,
            delayed: 0.0,
            shuffled: 0.0,
            delay: Duration::from_millis(50),
            dropped: 0.0,
        }
    }
}

/// What befalls one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    Limited { global: bool, after: Duration },
    Failed { done: bool },
    Hangs(Duration),
    Cut { done: bool },
}

impl Mishap {
    /// Whether the call is carried out all the same.
    pub(crate) fn done(self) -> bool {
        matches!(self, Self::Failed { done: true } | Self::Cut { done: true } | Self::Hangs(_))
    }
}

/// What befalls one event on its way to one session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    /// It comes a second time after so long.
    pub(crate) again: Option<Duration>,
    pub(crate) dropped: bool,
    pub(crate) held: Duration,
}

/// The faults with their dice.
#[derive(Debug)]
pub(crate) struct Dice {
    faults: Faults,
    rng: Rng,
}

impl Dice {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { rng: Rng::with_seed(faults.seed), faults }
    }

    /// Throws for a call of REST.
    pub(crate) fn call(&mut self, operation: &str) -> Option<Mishap> {
        let f = &self.faults;
        if !f.operations.is_empty() && !f.operations.iter().any(|o| o == operation) {
            return None;
        }
        let mut at = self.rng.f64();
        for (share, mishap) in [
            (f.limited, Mishap::Limited { global: false, after: f.retry_after }),
            (f.limited_globally, Mishap::Limited { global: true, after: f.retry_after }),
            (f.failed, Mishap::Failed { done: false }),
            (f.failed_late, Mishap::Failed { done: true }),
            (f.timed_out, Mishap::Hangs(f.hang)),
            (f.cut, Mishap::Cut { done: false }),
            (f.cut_late, Mishap::Cut { done: true }),
        ] {
            if at < share {
                return Some(mishap);
            }
            at -= share;
        }
        None
    }

    /// Throws for an event on its way to one session.
    pub(crate) fn event(&mut self) -> Fate {
        let f = &self.faults;
        if f.repeated + f.delayed + f.shuffled + f.dropped <= 0.0 {
            return Fate::default();
        }
        let mut hit = |share: f64| self.rng.f64() < share;
        let (repeated, dropped) = (hit(f.repeated), hit(f.dropped));
        let (delayed, shuffled) = (hit(f.delayed), hit(f.shuffled));
        let held = match (delayed, shuffled) {
            (true, _) => f.delay,
            (false, true) => f.delay.mul_f64(self.rng.f64()),
            (false, false) => Duration::ZERO,
        };
        Fate { again: repeated.then(|| held + f.delay.mul_f64(self.rng.f64())), dropped, held }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dice, Faults, Mishap};

    #[test]
    fn the_same_seed_goes_wrong_the_same_way() {
        let faults = Faults { limited: 0.2, failed: 0.2, cut_late: 0.2, repeated: 0.5, ..Faults::default() };
        let (mut one, mut two) = (Dice::new(faults.clone()), Dice::new(faults));
        let run = |d: &mut Dice| (0..50).map(|_| (d.call("create_message"), d.event())).collect::<Vec<_>>();
        let first = run(&mut one);
        assert_eq!(first, run(&mut two));
        assert!(first.iter().any(|(call, _)| *call == Some(Mishap::Cut { done: true })));
        assert!(first.iter().any(|(call, _)| call.is_none()));
        assert!(first.iter().any(|(_, fate)| fate.again.is_some()));
    }

    #[test]
    fn a_full_share_hits_every_call_of_the_operations_named() {
        let faults = Faults { failed: 1.0, operations: vec!["update_message".into()], ..Faults::default() };
        let mut dice = Dice::new(faults);
        assert!((0..20).all(|_| dice.call("update_message") == Some(Mishap::Failed { done: false })));
        assert!((0..20).all(|_| dice.call("create_message").is_none()));
    }
}
