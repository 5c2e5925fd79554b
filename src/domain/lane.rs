//! The unit of order: everything in a lane happens one event after the other; lanes run side by side.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A root task with everything below it (`task:<id>`), or else a conversation (`talk:<channel>` at a channel's top
/// level, `talk:<channel>:<root message>` in a thread).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lane(String);

impl Lane {
    /// The lane of a root task.
    #[must_use]
    pub fn task(root: Uuid) -> Self {
        Self(format!("task:{root}"))
    }

    /// The lane of a conversation that belongs to no task.
    #[must_use]
    pub fn talk(channel: &str, thread: Option<&str>) -> Self {
        Self(thread.map_or_else(|| format!("talk:{channel}"), |root| format!("talk:{channel}:{root}")))
    }

    /// A lane as it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The stored form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a root task's lane.
    #[must_use]
    pub fn is_task(&self) -> bool {
        self.0.starts_with("task:")
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives the effects of one event their ids: UUIDv5 of (event id, position), so that a replay repeats them.
#[derive(Debug)]
pub struct Ids {
    event: Uuid,
    position: u32,
}

impl Ids {
    /// Ids for the effects of `event`.
    #[must_use]
    pub fn of(event: Uuid) -> Self {
        Self { event, position: 0 }
    }

    /// The next id.
    pub fn give(&mut self) -> Uuid {
        let id = Uuid::new_v5(&self.event, &self.position.to_be_bytes());
        self.position += 1;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_repeats_the_ids() {
        let event = Uuid::from_u128(7);
        let (mut first, mut again) = (Ids::of(event), Ids::of(event));
        let ids = [first.give(), first.give()];
        assert_eq!(ids, [again.give(), again.give()]);
        assert_ne!(ids[0], ids[1]);
    }
}
