//! Whom Postgres runs as. It refuses root, so root steps down to an account of the system.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Error;

/// The account of the postmaster and of all that it owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// For messages.
    pub(crate) name: String,
    /// Numeric user.
    pub(crate) uid: u32,
    /// Set when we are root and step down.
    step_down: Option<u32>,
}

impl Account {
    /// An ordinary user stays who they are. Root becomes the owner of an existing cluster, else `postgres`, else
    /// `nobody`.
    pub(crate) fn choose(cluster: &Path) -> Result<Account, Error> {
        let uid = rustix::process::geteuid().as_raw();
        if uid != 0 {
            return Ok(Account { name: format!("with the number {uid}"), uid, step_down: None });
        }
        if let Ok(owner) = fs::metadata(cluster)
            && owner.uid() != 0
        {
            let name = format!("with the number {}", owner.uid());
            return Ok(Account { name, uid: owner.uid(), step_down: Some(owner.gid()) });
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"].iter().find_map(|name| entry(&passwd, name)).ok_or(Error::NoAccount)
    }

    /// A command that runs as this account, in `/`, with next to nothing of our environment: neither our tokens nor
    /// anybody's `PG…` variables are its business.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env_clear().env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
        if let Some(gid) = self.step_down {
            command.uid(self.uid).gid(gid);
        }
        command
    }

    /// Whether this account differs from our own.
    pub(crate) fn is_other(&self) -> bool {
        self.step_down.is_some()
    }

    /// Makes the account the owner of a file or directory that we just made.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        match self.step_down {
            Some(gid) => chown(path, Some(self.uid), Some(gid)).map_err(Error::io("change the owner of", path)),
            None => Ok(()),
        }
    }

    /// Whether the account can enter a directory. Asked of the kernel rather than worked out from mode bits, which
    /// know nothing of access lists and mounts.
    pub(crate) fn reaches(&self, directory: &Path) -> bool {
        let mut probe = self.command(Path::new("/bin/sh"));
        probe.args(["-c", ":"]).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
        !self.is_other() || probe.status().is_ok_and(|status| status.success())
    }
}

/// The line of an account in the text of `/etc/passwd`.
fn entry(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { name: name.to_owned(), uid, step_down: Some(gid) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_by_their_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:104:,,,:/var:/bin/sh\n";
        let found = entry(passwd, "postgres").unwrap();
        assert_eq!((found.uid, found.step_down), (101, Some(104)));
        assert_eq!(entry(passwd, "nobody"), None);
    }
}
