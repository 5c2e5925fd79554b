//! Where `initdb` and `postgres` are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;

/// The oldest major version that is supported.
pub(crate) const OLDEST: u32 = 14;

/// Where packages put versions side by side: a folder, how its entries begin, and what comes below the version.
const SHELVES: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// A folder whose programs run and are new enough.
#[derive(Debug, Clone)]
pub(crate) struct Binaries {
    folder: PathBuf,
    /// As `postgres --version` says it.
    pub(crate) version: String,
    /// The first number of it.
    major: u32,
}

impl Binaries {
    /// The folder that was named, and no other; else the first on `PATH`, else the newest of the known places.
    /// A cluster that exists wants exactly the major version which made it.
    pub(crate) fn find(named: Option<&Path>, cluster: &Path, account: &Account) -> Result<Binaries, Error> {
        let made_by = fs::read_to_string(cluster.join("PG_VERSION")).ok().and_then(|text| text.trim().parse().ok());
        let folders = match named {
            Some(folder) => vec![folder.to_owned()],
            None => env::split_paths(&env::var_os("PATH").unwrap_or_default()).chain(shelved()).collect(),
        };
        let mut usable = folders.iter().filter_map(|folder| probe(folder, account)).peekable();
        let any = usable.peek().is_some();
        match (usable.find(|found| made_by.is_none_or(|major| major == found.major)), made_by) {
            (Some(found), _) => Ok(found),
            (None, Some(major)) if any => Err(Error::OtherVersion { cluster: cluster.to_owned(), major }),
            (None, _) => Err(match named {
                Some(folder) => Error::UnfitBinaries { folder: folder.to_owned(), account: account.name.clone() },
                None => Error::NoBinaries,
            }),
        }
    }

    /// The path of one of the programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Asks the programs themselves, as the account that will run them.
fn probe(folder: &Path, account: &Account) -> Option<Binaries> {
    // Homebrew and others link their programs into a common folder; the siblings lie where the link points.
    let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
    let folder = postgres.parent()?.to_owned();
    if !folder.join("initdb").is_file() {
        return None;
    }
    let output = account.command(&postgres).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    let major = major(&version)?;
    (major >= OLDEST).then_some(Binaries { folder, version, major })
}

/// The `15` of `postgres (PostgreSQL) 15.13 (Debian 15.13-1)`, `16beta1` included.
fn major(version: &str) -> Option<u32> {
    let number = version.strip_prefix("postgres (PostgreSQL) ")?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The folders in the known places, newest first within each place.
fn shelved() -> Vec<PathBuf> {
    SHELVES.iter().flat_map(|(shelf, prefix, below)| newest_first(Path::new(shelf), prefix, below)).collect()
}

fn newest_first(shelf: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let names =
        fs::read_dir(shelf).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut versions: Vec<(u32, String)> = names
        .filter_map(|name| {
            let version = name.strip_prefix(prefix)?.trim_start_matches('@');
            Some((version.split('.').next()?.parse().ok()?, name))
        })
        .collect();
    versions.sort_by(|one, other| other.cmp(one));
    versions.into_iter().map(|(_, name)| shelf.join(name).join(below)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_packages_write_them() {
        assert_eq!(major("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("mysqld  Ver 8"), None);
    }

    #[test]
    fn the_newest_of_a_shelf_comes_first_by_number_not_by_letter() {
        let shelf = tempfile::tempdir().unwrap();
        for name in ["postgresql@9.6", "postgresql@14", "postgresql@17", "postgresql-client", "openssl@3"] {
            fs::create_dir(shelf.path().join(name)).unwrap();
        }
        let found = newest_first(shelf.path(), "postgresql", "bin");
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(shelf.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["postgresql@17/bin", "postgresql@14/bin", "postgresql@9.6/bin"]);
    }
}
