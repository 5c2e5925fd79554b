//! What a killed server or a killed postmaster leaves behind.
//!
//! Postgres protects its data by `postmaster.pid` and a lock file beside the socket, and refuses to start while the
//! process named there seems to live. After `kill -9` that may be a zombie, or a stranger who got the number. We know
//! better: whoever works on a data directory has it as its working directory. So the files go if, and only if, no
//! Postgres is in there any more. The caller holds the home's lock, hence nobody starts one meanwhile.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::{Error, socket};

/// How long an orphaned postmaster may take for its fast shutdown.
const FAST: Duration = Duration::from_secs(10);

/// How long the rest may take to end, after each way of telling them.
const ABRUPT: Duration = Duration::from_secs(3);

/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_millis(10);

/// Waits for what still runs in `cluster`, stopping it if need be, and removes its lock files there and in `sockets`.
pub(crate) fn clear(cluster: &Path, sockets: &Path) -> Result<(), Error> {
    let lock = cluster.join("postmaster.pid");
    let mut remaining = inside(cluster)?;
    if !remaining.is_empty() {
        tracing::info!(pids = ?remaining, "waiting for Postgres processes of an earlier run");
        let postmaster = fs::read_to_string(&lock).ok().and_then(|text| text.lines().next()?.trim().parse().ok());
        let [fast, quit, kill] = [(Signal::INT, FAST), (Signal::QUIT, ABRUPT), (Signal::KILL, ABRUPT)];
        // An orphaned postmaster takes its time for a clean end. Sessions without one can only be cut short.
        let steps: &[_] = match postmaster {
            Some(pid) if remaining.contains(&pid) => {
                signal(&[pid], fast.0);
                remaining = wait(cluster, fast.1)?;
                &[quit, kill]
            }
            _ => &[quit, kill],
        };
        for (how, patience) in steps {
            if remaining.is_empty() {
                break;
            }
            signal(&remaining, *how);
            remaining = wait(cluster, *patience)?;
        }
    }
    if !remaining.is_empty() {
        return Err(Error::Leftover { cluster: cluster.to_owned(), pids: remaining });
    }
    for file in socket::files(sockets).iter().chain([&lock]) {
        match fs::remove_file(file) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(Error::io("remove", file)(source)),
            _ => {}
        }
    }
    Ok(())
}

fn signal(pids: &[i32], how: Signal) {
    for pid in pids.iter().filter_map(|pid| Pid::from_raw(*pid)) {
        // An error means that it ended a moment ago, or is not ours to end: the next look tells.
        let _ = kill_process(pid, how);
    }
}

/// Who is left after `patience`, or as soon as nobody is.
fn wait(cluster: &Path, patience: Duration) -> Result<Vec<i32>, Error> {
    let deadline = Instant::now() + patience;
    loop {
        let remaining = inside(cluster)?;
        if remaining.is_empty() || Instant::now() >= deadline {
            return Ok(remaining);
        }
        thread::sleep(LOOK);
    }
}

/// The Postgres processes whose working directory is `directory`. Others, such as a person's shell, do not count; nor
/// do zombies, which have none.
#[cfg(target_os = "linux")]
fn inside(directory: &Path) -> Result<Vec<i32>, Error> {
    use std::os::unix::fs::MetadataExt;

    let Ok(wanted) = fs::metadata(directory) else { return Ok(Vec::new()) };
    let proc = Path::new("/proc");
    let pids = fs::read_dir(proc).map_err(Error::io("list", proc))?.flatten().filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let there = fs::metadata(entry.path().join("cwd")).ok()?;
        let name = fs::read_to_string(entry.path().join("comm")).ok()?;
        let is_inside = (there.dev(), there.ino()) == (wanted.dev(), wanted.ino());
        (is_inside && matches!(name.trim(), "postgres" | "postmaster")).then_some(pid)
    });
    Ok(pids.collect())
}

/// The same where there is no `/proc`, by the system's own `lsof`.
#[cfg(not(target_os = "linux"))]
fn inside(directory: &Path) -> Result<Vec<i32>, Error> {
    let Ok(wanted) = fs::canonicalize(directory) else { return Ok(Vec::new()) };
    let mut lsof = std::process::Command::new("lsof");
    let output = lsof.args(["-a", "-c", "postgres", "-d", "cwd", "-F", "pn"]).output();
    let text = output.map_err(Error::io("list with lsof the processes in", directory))?.stdout;
    let mut pid = None;
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(&text).lines() {
        match (line.split_at_checked(1), pid) {
            (Some(("p", number)), _) => pid = number.parse().ok(),
            (Some(("n", path)), Some(pid)) if Path::new(path) == wanted => found.push(pid),
            _ => {}
        }
    }
    Ok(found)
}
