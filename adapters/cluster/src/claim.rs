//! One server per data directory: an advisory lock that the kernel frees however its holder ends.

use std::fs::{self, File, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// How long a start waits for the former holder. A process killed a moment ago still holds its locks until the kernel
/// has taken it apart, and a cluster dropped a moment ago until its postmaster has ended.
const PATIENCE: Duration = Duration::from_secs(1);

/// The lock on a directory, held until dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    _lock: File,
}

impl Claim {
    /// Takes the lock, or says who has it.
    pub(crate) fn take(directory: &Path) -> Result<Claim, Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Claim::attempt(directory) {
                Err(Error::InUse { .. }) if Instant::now() < deadline => thread::sleep(Duration::from_millis(10)),
                outcome => return outcome,
            }
        }
    }

    /// Takes the lock if it is free this instant.
    pub(crate) fn attempt(directory: &Path) -> Result<Claim, Error> {
        let path = directory.join("lock");
        let mut lock = open(&path).map_err(Error::io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
                return Err(Error::InUse { data: directory.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        // The number is for the message above only; the lock is what counts.
        let written =
            lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| writeln!(lock, "{}", std::process::id()));
        written.map_err(Error::io("write", &path))?;
        Ok(Claim { _lock: lock })
    }

    /// Waits for the lock as long as it takes.
    pub(crate) fn wait(directory: &Path) -> Result<Claim, Error> {
        let path = directory.join("lock");
        let lock = open(&path).map_err(Error::io("open", &path))?;
        lock.lock().map_err(Error::io("lock", &path))?;
        Ok(Claim { _lock: lock })
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}
