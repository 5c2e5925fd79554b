//! Wakes workers of this process at once when there is work for them. Workers of other processes find it by looking every
//! [`LOOK_EVERY`].

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::sync::Notify;

/// How often a worker looks for work that nobody woke it for.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);

/// One bell for each kind of worker.
#[derive(Debug, Default)]
pub struct Wakes {
    /// There are events in the inbox.
    pub inbox: Notify,
    /// There are posts in the outbox.
    pub outbox: Notify,
    /// There are calls to make.
    pub calls: Notify,
    /// How often an engine looked for lanes. It passed over those that another one held, so that one has to look again.
    pub looks: AtomicU64,
    /// The department's state changed: browsers should look again.
    pub changed: Notify,
}
