//! What the kernel knows of processes: processor time and resident memory, read from `/proc`. Elsewhere than on Linux
//! there is none of it, and the figures are left out.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde::Serialize;
use tokio::process::Command;

/// Units of processor time in a second: `USER_HZ`, which Linux promises to every program.
const TICKS: u64 = 100;

/// Processor time of a process, or of several.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Cpu {
    /// Seconds spent in its own code.
    pub user_s: f64,
    /// Seconds that the kernel spent for it.
    pub system_s: f64,
}

impl Cpu {
    /// What was spent since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self { user_s: self.user_s - before.user_s, system_s: self.system_s - before.system_s }
    }

    /// Both together, in seconds.
    #[must_use]
    pub fn total_s(self) -> f64 {
        self.user_s + self.system_s
    }
}

/// Processor time of a process.
#[must_use]
pub fn cpu(pid: u32) -> Cpu {
    stat(pid).map(|stat| stat.own).unwrap_or_default()
}

/// Processor time of a process with its children, the ended ones too: of Postgres, all of its backends.
#[must_use]
pub fn family_cpu(parent: u32) -> Cpu {
    let Some(head) = stat(parent) else { return Cpu::default() };
    children(parent).iter().filter_map(|child| stat(*child)).fold(
        Cpu { user_s: head.own.user_s + head.ended.user_s, system_s: head.own.system_s + head.ended.system_s },
        |sum, child| Cpu { user_s: sum.user_s + child.own.user_s, system_s: sum.system_s + child.own.system_s },
    )
}

/// Resident memory of a process in bytes.
#[must_use]
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Whether a process is there and not a zombie.
#[must_use]
pub fn lives(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| stat.state != 'Z' && stat.state != 'X')
}

/// The children of a process, and theirs, and so on.
#[must_use]
pub fn descendants(pid: u32) -> Vec<u32> {
    let mut found = children(pid);
    let mut next = 0;
    while let Some(pid) = found.get(next).copied() {
        found.extend(children(pid));
        next += 1;
    }
    found
}

/// Sends a signal, by the shell's own `kill`, which every system has. A process that is gone already is no error.
pub async fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(ToString::to_string);
    let sent = Command::new("sh")
        .args(["-c", r#"kill -s "$0" "$@" 2>/dev/null"#, name])
        .args(pids)
        .stdin(Stdio::null())
        .status()
        .await;
    if let Err(error) = sent {
        tracing::warn!(%error, "no signal could be sent: there is no sh");
    }
}

/// How many processors we may run on.
#[must_use]
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

struct Stat {
    state: char,
    parent: u32,
    own: Cpu,
    ended: Cpu,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, which may hold anything, ends at the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let seconds = |at: usize| {
        let ticks: u64 = fields.get(at)?.parse().ok()?;
        Some(Duration::from_millis(ticks * 1_000 / TICKS).as_secs_f64())
    };
    Some(Stat {
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        own: Cpu { user_s: seconds(11)?, system_s: seconds(12)? },
        ended: Cpu { user_s: seconds(13)?, system_s: seconds(14)? },
    })
}

fn children(parent: u32) -> Vec<u32> {
    pids().filter(|pid| stat(*pid).is_some_and(|stat| stat.parent == parent)).collect()
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_knows_of_us() {
        let own = std::process::id();
        assert!(lives(own));
        assert!(resident_bytes(own).is_some_and(|bytes| bytes > 100_000));
        let before = cpu(own);
        let mut sum = 0_u64;
        while cpu(own).since(before).total_s() < 0.02 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(family_cpu(own).total_s() >= 0.02);
        assert!(!lives(u32::MAX));
    }
}
