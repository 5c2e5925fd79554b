//! Ending the first process of a cluster, which ends the others.

use std::io;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// For a fast shutdown: sessions are cut off, then a checkpoint is written.
const FAST: Duration = Duration::from_secs(8);

/// For an immediate one, which leaves the clearing up to the next start.
const IMMEDIATE: Duration = Duration::from_secs(3);

/// How often an end is looked for.
const LOOK: Duration = Duration::from_millis(5);

/// Asks for a fast shutdown and does not wait.
pub(crate) fn interrupt(child: &mut Child) {
    signal(child, Signal::INT);
}

/// Fast, then immediate, then by force. Blocks for about eleven seconds at worst. Nothing that was committed is lost
/// by any of them.
pub(crate) fn end(child: &mut Child) -> io::Result<()> {
    for (how, patience) in [(Signal::INT, FAST), (Signal::QUIT, IMMEDIATE)] {
        signal(child, how);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(LOOK);
        }
    }
    child.kill()?;
    child.wait().map(drop)
}

/// Signals a child that has not been waited for, whose number therefore cannot be anybody else's.
fn signal(child: &mut Child, how: Signal) {
    if let Ok(None) = child.try_wait() {
        // An error means that it ended a moment ago.
        let _ = kill_process(Pid::from_child(child), how);
    }
}
