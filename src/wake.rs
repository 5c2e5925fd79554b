//! Wakes workers of this process at once when there is work for them. Workers of other processes find it by looking every
//! [`LOOK_EVERY`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// How often a worker looks for work that nobody woke it for.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);

/// One bell for each kind of worker.
#[derive(Debug, Default)]
pub struct Wakes {
    /// There are events in the inbox; its keys are lanes.
    pub inbox: Bell,
    /// There are posts in the outbox; its keys are conversations, and the ids of posts that others target.
    pub outbox: Bell,
    /// There are calls to make.
    pub calls: Notify,
    /// The department's state changed: browsers should look again.
    pub changed: Notify,
}

/// A bell for workers that hold keys while they work, each key at most one of them.
///
/// A look costs the database as much as the work does, so nobody looks in vain: who rings for a key that is held tells
/// its holder, who looks again when it is done. Only for a key that nobody holds a worker is woken.
#[derive(Debug, Default)]
pub struct Bell {
    notify: Notify,
    keys: Mutex<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    /// How often it was rung.
    rung: u64,
    held: HashMap<String, Held>,
}

/// A key that is held. A worker may take it before the last one has let it go.
#[derive(Debug, Default)]
struct Held {
    by: usize,
    /// Whether it was rung for meanwhile.
    rung_for: bool,
}

impl Bell {
    /// There is something for these keys.
    pub fn ring<K: AsRef<str>>(&self, keys: impl IntoIterator<Item = K>) {
        let mut free = false;
        let mut known = self.keys();
        for key in keys {
            known.rung += 1;
            match known.held.get_mut(key.as_ref()) {
                Some(held) => held.rung_for = true,
                None => free = true,
            }
        }
        drop(known);
        if free {
            self.notify.notify_one();
        }
    }

    /// There is something, and nobody knows for which keys.
    pub fn ring_for_all(&self) {
        let mut known = self.keys();
        known.rung += 1;
        known.held.values_mut().for_each(|held| held.rung_for = true);
        drop(known);
        self.notify.notify_one();
    }

    /// There is something that nobody holds.
    pub fn wake(&self) {
        self.notify.notify_one();
    }

    /// How often it was rung; to be read before a look, for [`Bell::hold`].
    #[must_use]
    pub fn rung(&self) -> u64 {
        self.keys().rung
    }

    /// These keys are held from now on. Who rang since the look that found them (`since`) found them free: that counts as
    /// having rung for them.
    pub fn hold<K: AsRef<str>>(&self, keys: impl IntoIterator<Item = K>, since: u64) {
        let mut known = self.keys();
        let rung_for = known.rung != since;
        for key in keys {
            let held = known.held.entry(key.as_ref().to_owned()).or_default();
            held.by += 1;
            held.rung_for |= rung_for;
        }
    }

    /// These keys are free again, and what was done under them is stored. Returns whether there may be more for them.
    #[must_use]
    pub fn let_go<K: AsRef<str>>(&self, keys: impl IntoIterator<Item = K>) -> bool {
        let mut known = self.keys();
        let mut rung_for = false;
        for key in keys {
            let Some(held) = known.held.get_mut(key.as_ref()) else { continue };
            rung_for |= held.rung_for;
            held.by -= 1;
            if held.by == 0 {
                known.held.remove(key.as_ref());
            }
        }
        rung_for
    }

    /// Waits until it is rung for a worker.
    pub async fn heard(&self) {
        self.notify.notified().await;
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_worker_is_woken_for_a_key_that_nobody_holds() {
        let bell = Bell::default();
        assert!(bell.heard().now_or_never().is_none());
        bell.ring(["a"]);
        assert!(bell.heard().now_or_never().is_some());
    }

    #[test]
    fn who_holds_a_key_is_told_and_nobody_else_is_woken() {
        let bell = Bell::default();
        bell.hold(["a", "b"], bell.rung());
        bell.ring(["b"]);
        assert!(bell.heard().now_or_never().is_none());
        assert!(!bell.let_go(["a"]));
        assert!(bell.let_go(["b"]));
        bell.ring(["b"]);
        assert!(bell.heard().now_or_never().is_some(), "nobody holds it any more");
    }

    #[test]
    fn who_rang_between_the_look_and_the_hold_is_not_missed() {
        let bell = Bell::default();
        let since = bell.rung();
        bell.ring(["a"]);
        bell.hold(["a"], since);
        assert!(bell.let_go(["a"]));
    }

    #[test]
    fn a_ring_for_all_reaches_every_holder_and_one_who_waits() {
        let bell = Bell::default();
        bell.hold(["a", "b"], bell.rung());
        bell.ring_for_all();
        assert!(bell.heard().now_or_never().is_some());
        assert!(bell.let_go(["a"]) && bell.let_go(["b"]));
    }

    #[test]
    fn a_key_that_the_next_worker_took_already_stays_held() {
        let bell = Bell::default();
        bell.hold(["a"], bell.rung());
        bell.hold(["a"], bell.rung());
        assert!(!bell.let_go(["a"]));
        bell.ring(["a"]);
        assert!(bell.heard().now_or_never().is_none());
        assert!(bell.let_go(["a"]));
    }
}
