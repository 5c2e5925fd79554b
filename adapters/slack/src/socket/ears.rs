//! Whether we hear everything: which connections stand, and since when something may have been missed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// How the apps that listen stand.
#[derive(Default)]
pub(crate) struct Ears {
    state: Mutex<State>,
    /// Rings when something may have been missed and can be fetched.
    pub(crate) behind: Notify,
    /// Grows when what was missed is fetched.
    pub(crate) gaps: watch::Sender<u64>,
}

struct State {
    apps: BTreeMap<String, Standing>,
    /// Since when something may have been missed that is not yet fetched. At the start: since nobody knows when.
    missing: Option<Option<Instant>>,
    /// Grows with everything that may mean a gap, so that what is fetched now is not taken for what is missing then.
    generation: u64,
}

impl Default for State {
    /// A process that begins has missed who knows what.
    fn default() -> Self {
        Self { apps: BTreeMap::new(), missing: Some(None), generation: 0 }
    }
}

#[derive(Default)]
struct Standing {
    connections: usize,
    /// Since when there was none, after there had been one.
    deaf_since: Option<Instant>,
    why: Option<String>,
}

/// What is to be fetched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    generation: u64,
    /// How long it lasted so far; `None` where nobody knows.
    pub(crate) length: Option<Duration>,
}

impl Ears {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection stands: Slack has said hello.
    pub(crate) fn found(&self, app: &str) {
        let mut state = self.state();
        let standing = state.apps.entry(app.to_owned()).or_default();
        standing.connections += 1;
        standing.why = None;
        if standing.connections > 1 {
            return;
        }
        let since = standing.deaf_since.take();
        state.miss(since);
        drop(state);
        self.behind.notify_one();
    }

    /// A connection that stood is gone.
    pub(crate) fn lost(&self, app: &str, why: &str) {
        let mut state = self.state();
        let standing = state.apps.entry(app.to_owned()).or_default();
        // One that never got as far as Slack's hello was not counted.
        if standing.connections == 0 {
            standing.why = Some(format!("the connection to Slack ended before it began: {why}"));
            return;
        }
        standing.connections -= 1;
        if standing.connections == 0 {
            standing.why = Some(format!("the connection to Slack is gone: {why}"));
            standing.deaf_since = Some(Instant::now());
            state.generation += 1;
        }
    }

    /// There is no connection, and this is why.
    pub(crate) fn refused(&self, app: &str, why: String) {
        let mut state = self.state();
        let standing = state.apps.entry(app.to_owned()).or_default();
        if standing.connections == 0 {
            standing.why = Some(why);
        }
    }

    /// How an app stands.
    pub(crate) fn standing(&self, app: &str) -> Result<(), String> {
        let state = self.state();
        match state.apps.get(app) {
            Some(standing) if standing.connections > 0 => Ok(()),
            Some(Standing { why: Some(why), .. }) => Err(why.clone()),
            _ => Err(format!("the Slack app {app} was never connected so far")),
        }
    }

    /// Nobody knows since when something may have been missed: at the start, or when Slack withheld something.
    pub(crate) fn missed(&self) {
        self.state().miss(None);
        self.behind.notify_one();
    }

    /// Whether everything up to now was heard.
    pub(crate) fn in_sync(&self) -> bool {
        let state = self.state();
        state.missing.is_none() && state.apps.values().all(|standing| standing.deaf_since.is_none())
    }

    /// What is missing.
    pub(crate) fn gap(&self) -> Option<Gap> {
        let state = self.state();
        state.missing.map(|since| Gap { generation: state.generation, length: since.map(|since| since.elapsed()) })
    }

    /// What was missing is fetched. What went missing since then is not.
    pub(crate) fn fetched(&self, gap: Gap) {
        let mut state = self.state();
        if state.generation == gap.generation {
            state.missing = None;
            self.gaps.send_modify(|gaps| *gaps += 1);
        }
    }
}

impl State {
    fn miss(&mut self, since: Option<Instant>) {
        self.generation += 1;
        // The longest of all gaps, and an unknown one is longer than any.
        self.missing = Some(match (self.missing, since) {
            (None, since) => since,
            (Some(Some(one)), Some(other)) => Some(one.min(other)),
            _ => None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Ears;

    #[test]
    fn all_is_heard_once_what_was_missed_is_fetched() {
        let ears = Ears::default();
        assert!(!ears.in_sync());
        ears.found("bullpen");
        let gap = ears.gap().unwrap();
        assert_eq!(gap.length, None, "before the start is an unknown time");
        ears.fetched(gap);
        assert!(ears.in_sync());
        assert!(ears.gap().is_none());
    }

    #[test]
    fn a_connection_that_replaces_another_in_time_leaves_no_gap() {
        let ears = Ears::default();
        ears.found("bullpen");
        ears.fetched(ears.gap().unwrap());
        ears.found("bullpen");
        ears.lost("bullpen", "as announced");
        assert!(ears.in_sync());
        ears.lost("bullpen", "cut");
        assert!(!ears.in_sync());
        assert!(ears.standing("bullpen").unwrap_err().contains("cut"));
        ears.found("bullpen");
        let gap = ears.gap().unwrap();
        assert!(gap.length.is_some(), "this gap has a beginning");
        ears.lost("bullpen", "cut again");
        ears.fetched(gap);
        assert!(!ears.in_sync(), "what was fetched before the second cut does not mend it");
    }

    #[test]
    fn it_is_told_when_a_gap_is_closed() {
        let ears = Ears::default();
        let mut gaps = ears.gaps.subscribe();
        let mut told = || {
            let changed = gaps.has_changed().unwrap();
            gaps.mark_unchanged();
            changed
        };
        ears.found("bullpen");
        assert!(!told(), "it is open until what was missed is fetched");
        let gap = ears.gap().unwrap();
        ears.fetched(gap);
        assert!(told());
        ears.lost("bullpen", "cut");
        ears.found("bullpen");
        ears.fetched(gap);
        assert!(!told(), "that was another one");
        ears.fetched(ears.gap().unwrap());
        assert!(told());
    }

    #[test]
    fn an_app_that_never_connects_keeps_nobody_from_being_in_sync() {
        let ears = Ears::default();
        ears.refused("cmo", "its token is refused".into());
        ears.found("bullpen");
        ears.fetched(ears.gap().unwrap());
        assert!(ears.in_sync());
        assert_eq!(ears.standing("cmo").unwrap_err(), "its token is refused");
        assert!(ears.standing("copywriter").unwrap_err().contains("never connected"));
    }
}
