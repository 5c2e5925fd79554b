//! The one door: a unix socket in a directory that only the account may enter.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::Error;
use crate::account::Account;
use crate::home::Home;

/// The name of the socket has the port in it, though nothing listens on a network.
pub(crate) const PORT: u16 = 5432;

/// The kernel's bound on the path of a socket on Linux, less its final NUL; macOS has 103.
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The directory for the socket: in the home, or at a short path where that is too long. The same home always gets
/// the same directory, so that what an earlier run left there is found.
pub(crate) fn directory(home: &Home) -> Result<PathBuf, Error> {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_URL, home.path.as_os_str().as_bytes()).simple().to_string();
    let short = format!("bullpen-{}", &hash[..12]);
    let account = &home.account;
    let candidates = [
        home.path.join("socket"),
        Path::new("/run").join(&short),
        PathBuf::from(format!("/run/user/{}", account.uid)).join(&short),
        Path::new("/tmp").join(&short),
    ];
    match candidates.iter().find(|candidate| fits(candidate) && make(candidate, account)) {
        Some(directory) => Ok(directory.clone()),
        None => {
            let tried = candidates.map(|path| path.display().to_string()).join(", ");
            Err(Error::NoSocket { tried, account: account.name.clone() })
        }
    }
}

/// The socket and its lock file within a directory.
pub(crate) fn files(directory: &Path) -> [PathBuf; 2] {
    [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")].map(|name| directory.join(name))
}

/// Short enough, and free of what Postgres would have to have quoted in a list of directories.
fn fits(directory: &Path) -> bool {
    let [socket, _] = files(directory);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-@+".contains(byte);
    socket.as_os_str().len() <= LONGEST && directory.as_os_str().as_bytes().iter().all(plain)
}

/// Makes the directory, or takes one that is there if it is the account's alone: in `/tmp` anybody could have put
/// something of that name.
fn make(directory: &Path, account: &Account) -> bool {
    if fs::DirBuilder::new().mode(0o700).create(directory).is_ok() {
        return account.own(directory).is_ok();
    }
    fs::symlink_metadata(directory)
        .is_ok_and(|found| found.is_dir() && found.uid() == account.uid && found.mode() & 0o077 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_up_to_the_last_byte_that_the_kernel_takes() {
        let rest = "/.s.PGSQL.5432".len();
        assert!(fits(&PathBuf::from(format!("/{}", "x".repeat(LONGEST - rest - 1)))));
        assert!(!fits(&PathBuf::from(format!("/{}", "x".repeat(LONGEST - rest)))));
        assert!(!fits(Path::new("/home/me, myself")));
    }

    #[test]
    fn a_directory_that_others_can_enter_is_not_taken() {
        let base = tempfile::tempdir().unwrap();
        let account = Account::choose(base.path()).unwrap();
        let open = base.path().join("open");
        fs::DirBuilder::new().mode(0o755).create(&open).unwrap();
        account.own(&open).unwrap();
        assert!(!make(&open, &account));
        let link = base.path().join("link");
        std::os::unix::fs::symlink(&open, &link).unwrap();
        assert!(!make(&link, &account));
        assert!(make(&base.path().join("new"), &account));
    }
}
