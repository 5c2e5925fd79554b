//! Tells browsers to look again when the department's state changed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Console;

/// Changes within this time are told at once: at most five times a second.
const GATHER: Duration = Duration::from_millis(200);

/// What may have changed. Which of it did is not known; the pages look again at what they show.
const WHAT: [&str; 7] = ["tasks", "approvals", "escalations", "decisions", "personas", "costs", "dead-letters"];

/// Passes changes on to the browsers of this process until `shutdown`.
pub async fn announce_changes(console: Arc<Console>, shutdown: CancellationToken) {
    let mut office = console.office.subscribe();
    let next = async {
        loop {
            tokio::select! {
                () = console.wakes.changed.notified() => {}
                changed = office.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    console.lobby.announce(json!({ "type": "changed", "what": ["session"] }));
                }
            }
            console.lobby.announce(json!({ "type": "changed", "what": WHAT }));
            tokio::time::sleep(GATHER).await;
        }
    };
    shutdown.run_until_cancelled(next).await;
}
