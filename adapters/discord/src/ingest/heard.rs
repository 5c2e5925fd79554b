//! Up to where a session is heard: everything with a number up to there is stored.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Most numbers that are remembered behind one that is missing. Discord sends in order; then none is.
const AHEAD: usize = 4_096;

/// A session of one bot's shard, which Discord lets be resumed for a while.
#[derive(Debug)]
pub(crate) struct Session {
    /// The bot's name.
    pub(crate) bot: Arc<str>,
    /// Which shard.
    pub(crate) shard: u32,
    /// Of how many.
    pub(crate) shards: u32,
    /// Discord's id of the session: with the token, the right to resume it.
    pub(crate) id: Box<str>,
    /// Where it is resumed.
    pub(crate) resume_url: Box<str>,
    heard: Mutex<Heard>,
    /// Guilds that this session has announced and not yet described.
    pub(super) announced: Mutex<BTreeSet<u64>>,
}

impl Session {
    pub(crate) fn new(
        bot: Arc<str>,
        (shard, shards): (u32, u32),
        id: &str,
        resume_url: &str,
        stored: u64,
    ) -> Arc<Self> {
        Arc::new(Self {
            bot,
            shard,
            shards,
            id: id.into(),
            resume_url: resume_url.into(),
            heard: Mutex::new(Heard { low: stored, ..Heard::default() }),
            announced: Mutex::default(),
        })
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything up to this number is stored: it is what the session is resumed from.
    pub(crate) fn stored(&self) -> u64 {
        self.heard().low
    }

    /// How it stands when these are stored as well.
    pub(super) fn with(&self, seqs: impl IntoIterator<Item = u64>) -> Heard {
        let mut next = self.heard().clone();
        for seq in seqs {
            next.note(seq);
        }
        next
    }

    /// They are stored.
    pub(super) fn put(&self, next: Heard) {
        let mut heard = self.heard();
        // A hole may have been given up meanwhile.
        let low = heard.low.max(next.low);
        *heard = next;
        heard.advance(low);
    }

    /// Whether something has been missing for this long, while what came after it is stored.
    pub(crate) fn misses(&self, patience: Duration) -> bool {
        self.heard().hole.is_some_and(|since| since.elapsed() > patience)
    }

    /// Whether to ask again for what is missing now; only once. Patience begins anew.
    pub(crate) fn asks_again(&self) -> bool {
        let mut heard = self.heard();
        heard.hole = heard.hole.map(|_| Instant::now());
        let low = heard.low;
        heard.asked.replace(low) != Some(low)
    }

    /// What is missing does not come any more.
    pub(crate) fn give_up(&self) {
        let mut heard = self.heard();
        if let Some(first) = heard.ahead.first().copied() {
            heard.advance(first);
        }
    }
}

/// The numbers of a session that are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// All up to this one.
    pub(super) low: u64,
    /// And these behind it.
    ahead: BTreeSet<u64>,
    /// Since when one is missing.
    hole: Option<Instant>,
    /// What followed this one was asked for again.
    asked: Option<u64>,
}

impl Heard {
    fn note(&mut self, seq: u64) {
        if seq <= self.low {
            return;
        }
        self.ahead.insert(seq);
        let low = if self.ahead.len() > AHEAD { self.ahead.first().copied().unwrap_or(self.low) } else { self.low };
        self.advance(low);
    }

    fn advance(&mut self, low: u64) {
        let before = self.low;
        self.low = self.low.max(low);
        while let Some(first) = self.ahead.first().copied().filter(|first| *first <= self.low + 1) {
            self.ahead.pop_first();
            self.low = self.low.max(first);
        }
        if self.ahead.is_empty() {
            self.hole = None;
        } else if self.low != before || self.hole.is_none() {
            self.hole = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{AHEAD, Heard, Session};

    fn session() -> std::sync::Arc<Session> {
        Session::new("bullpen".into(), (0, 1), "s", "wss://example.org", 0)
    }

    proptest! {
        #[test]
        fn what_is_heard_is_what_has_no_hole_before_it(mut seqs in prop::collection::vec(1_u64..200, 0..300)) {
            let mut heard = Heard::default();
            for seq in &seqs {
                heard.note(*seq);
            }
            seqs.sort_unstable();
            seqs.dedup();
            let low = seqs.iter().zip(1..).take_while(|(seq, n)| **seq == *n).count() as u64;
            prop_assert_eq!(heard.low, low);
            prop_assert_eq!(heard.ahead.len() as u64, seqs.len() as u64 - low);
            prop_assert_eq!(heard.hole.is_some(), !heard.ahead.is_empty());
        }
    }

    #[test]
    fn a_hole_that_never_fills_is_given_up() {
        let session = session();
        session.put(session.with([1, 2, 4, 5, 7]));
        assert_eq!(session.stored(), 2);
        assert!(session.misses(Duration::ZERO));
        assert!(session.asks_again());
        assert!(!session.asks_again(), "the same hole is asked for once");
        session.give_up();
        assert_eq!(session.stored(), 5);
        assert!(session.asks_again(), "this is another hole");
        session.give_up();
        assert_eq!(session.stored(), 7);
        assert!(!session.misses(Duration::ZERO));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let session = session();
        session.put(session.with((0..3 * AHEAD as u64).map(|n| 2 * n + 2)));
        let heard = session.heard();
        assert!(heard.ahead.len() <= AHEAD);
        assert!(heard.low > 0);
    }

    #[test]
    fn a_hole_given_up_meanwhile_stays_given_up() {
        let session = session();
        session.put(session.with([1, 3]));
        let next = session.with([4]);
        session.give_up();
        session.put(next);
        assert_eq!(session.stored(), 4);
    }
}
