//! Which parts of this process work. Workers say how they stand; `/readyz` tells.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How each part stands: well, or the reason why not, in a sentence for the person who runs the server.
pub type Parts = BTreeMap<&'static str, Result<(), String>>;

/// How the parts of this process stand.
#[derive(Debug, Default)]
pub struct Health {
    parts: Mutex<Parts>,
}

impl Health {
    /// No part has said anything yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how a part stands. A change is logged, a repetition is not.
    pub fn set(&self, part: &'static str, state: Result<(), String>) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if parts.get(part) == Some(&state) {
            return;
        }
        match (&state, parts.get(part)) {
            (Err(reason), _) => tracing::warn!(part, reason, "a part is not ready"),
            (Ok(()), Some(Err(_))) => tracing::info!(part, "a part is ready"),
            (Ok(()), _) => {}
        }
        parts.insert(part, state);
    }

    /// How all parts stand that ever said something.
    #[must_use]
    pub fn parts(&self) -> Parts {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Why a worker cannot work when its database or platform fails: the same words each time, so that they are logged once.
/// The particulars are for whoever looks closer.
pub(crate) fn away(error: &dyn std::fmt::Display) -> String {
    tracing::debug!(%error, "a worker cannot work");
    "the database or the platform does not answer; it is tried again".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_each_part_counts() {
        let health = Health::new();
        health.set("engine", Err("it has lost its connection".into()));
        health.set("delivery", Ok(()));
        health.set("engine", Ok(()));
        health.set("delivery", Err("it is closed".into()));
        let parts = health.parts();
        assert_eq!(parts["engine"], Ok(()));
        assert_eq!(parts["delivery"], Err("it is closed".into()));
    }
}
