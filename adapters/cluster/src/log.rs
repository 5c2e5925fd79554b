//! What Postgres says, in a file that cannot grow without bound.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use crate::Error;

/// In bytes. Postgres is told to be brief, so this is months of a healthy server and a long night of an ill one.
const LONGEST: u64 = 4 * 1024 * 1024;

/// As much of the end as is searched for a reason, in bytes.
const TAIL: u64 = 4096;

/// The log of one cluster: this file and one older part beside it.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) path: PathBuf,
}

impl Log {
    /// Opens it for Postgres, which inherits the open file and so needs no right to its directory.
    pub(crate) fn open(&self) -> Result<File, Error> {
        self.trim();
        let file = File::options().append(true).create(true).mode(0o600).open(&self.path);
        file.map_err(Error::io("open", &self.path))
    }

    /// Sets a long log aside and starts over. Emptied in place: Postgres appends, and goes on at the new end.
    pub(crate) fn trim(&self) {
        if self.length() <= LONGEST {
            return;
        }
        let older = self.path.with_extension("1");
        let outcome = fs::copy(&self.path, &older)
            .and_then(|_| File::options().write(true).open(&self.path))
            .and_then(|file| file.set_len(0));
        if let Err(error) = outcome {
            tracing::warn!(log = %self.path.display(), %error, "the log of Postgres could not be shortened");
        }
    }

    /// In bytes; where the words of the next start will begin.
    pub(crate) fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |found| found.len())
    }

    /// The last complaint after `start`, else the last line.
    pub(crate) fn reason(&self, start: u64) -> String {
        let read = || {
            let mut file = File::open(&self.path)?;
            let end = file.seek(SeekFrom::End(0))?;
            file.seek(SeekFrom::Start(start.max(end.saturating_sub(TAIL))))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            std::io::Result::Ok(bytes)
        };
        let text = String::from_utf8_lossy(&read().unwrap_or_default()).into_owned();
        let grave = |line: &&str| ["FATAL:", "PANIC:", "ERROR:"].iter().any(|mark| line.contains(mark));
        let mut lines = text.lines().filter(|line| !line.trim().is_empty()).rev();
        let last = lines.clone().next().unwrap_or("it said nothing");
        lines.find(grave).unwrap_or(last).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_long_log_is_set_aside_while_it_is_written_to() {
        let base = tempfile::tempdir().unwrap();
        let log = Log { path: base.path().join("log") };
        let mut writer = log.open().unwrap();
        writer.write_all(&vec![b'x'; LONGEST as usize]).unwrap();
        log.trim();
        assert_eq!(log.length(), LONGEST, "not yet too long");
        writer.write_all(b"\n").unwrap();
        log.trim();
        writer.write_all(b"after\n").unwrap();
        assert_eq!(fs::read_to_string(&log.path).unwrap(), "after\n");
        assert_eq!(fs::metadata(base.path().join("log.1")).unwrap().len(), LONGEST + 1);
    }

    #[test]
    fn the_reason_is_the_last_complaint_of_this_start() {
        let base = tempfile::tempdir().unwrap();
        let log = Log { path: base.path().join("log") };
        let mut writer = log.open().unwrap();
        writeln!(writer, "FATAL:  of yesterday").unwrap();
        let start = log.length();
        assert_eq!(log.reason(start), "it said nothing");
        write!(writer, "LOG:  starting\nFATAL:  no room\nLOG:  shutting down\n").unwrap();
        assert_eq!(log.reason(start), "FATAL:  no room");
    }
}
