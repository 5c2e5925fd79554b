//! The directory of one cluster: where it is, whose it is, and what lies in it.
//!
//! ```text
//! <home>/           ours; the account may pass through
//!   lock            held while a server uses it
//!   password        ours alone
//!   log, log.1      what Postgres says
//!   cluster/        the data directory of Postgres, the account's alone
//!   socket/         the account's alone (elsewhere where this path is too long)
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::Error;
use crate::account::Account;
use crate::claim::Claim;

/// Where a cluster goes which cannot live below the data directory; the first that exists.
const ELSEWHERE: &[&str] = &["/var/lib", "/var/db", "/var/tmp"];

/// A claimed home.
#[derive(Debug)]
pub(crate) struct Home {
    /// Absolute, without links.
    pub(crate) path: PathBuf,
    /// Whether it lies somewhere else than the caller asked for.
    pub(crate) elsewhere: bool,
    /// Whom Postgres runs as.
    pub(crate) account: Account,
    /// Freed when the last user of the home is gone.
    _claims: Vec<Claim>,
}

impl Home {
    /// Claims the home that belongs to `data`, making it first where there is none.
    pub(crate) fn open(data: &Path) -> Result<Home, Error> {
        fs::create_dir_all(data).map_err(Error::io("create", data))?;
        let data = fs::canonicalize(data).map_err(Error::io("open", data))?;
        let mut claims = vec![Claim::take(&data)?];
        let path = match noted(&data)? {
            Some(place) => place,
            None => place(&data)?,
        };
        let elsewhere = path != data;
        if elsewhere {
            // Two data directories may name one place when one is a copy of the other.
            claims.push(Claim::take(&path)?);
        }
        let account = Account::choose(&path.join("cluster"))?;
        open_to(&account, &path)?;
        if !account.reaches(&path) {
            return Err(Error::Unreachable { path, account: account.name });
        }
        Ok(Home { path, elsewhere, account, _claims: claims })
    }

    /// The data directory of Postgres.
    pub(crate) fn cluster(&self) -> PathBuf {
        self.path.join("cluster")
    }

    /// The file that holds the password.
    pub(crate) fn password_file(&self) -> PathBuf {
        self.path.join("password")
    }

    /// The password of an existing cluster.
    pub(crate) fn password(&self) -> Result<String, Error> {
        match fs::read_to_string(self.password_file()) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(_) => Err(Error::Password { password: self.password_file(), cluster: self.cluster() }),
        }
    }
}

/// The place that an earlier start wrote down.
fn noted(data: &Path) -> Result<Option<PathBuf>, Error> {
    let note = data.join("WHERE");
    match fs::read_to_string(&note) {
        Ok(text) => {
            let place = PathBuf::from(text.lines().next().unwrap_or_default().trim());
            if place.is_dir() { Ok(Some(place)) } else { Err(Error::Lost { note, place }) }
        }
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::io("read", &note)(source)),
    }
}

/// Below `data` if the account can get there, else a new directory of its own, which is noted in `data`.
///
/// The new directory has a random name: one derived from `data` would bring an old database back to life after
/// somebody removed `data` to begin anew.
fn place(data: &Path) -> Result<PathBuf, Error> {
    let account = Account::choose(&data.join("cluster"))?;
    open_to(&account, data)?;
    if data.join("cluster").exists() || account.reaches(data) {
        return Ok(data.to_owned());
    }
    let base = ELSEWHERE.iter().map(Path::new).find(|base| base.is_dir()).unwrap_or(Path::new("/tmp"));
    let mut name = Uuid::new_v4().simple().to_string();
    name.truncate(12);
    let path = base.join(format!("bullpen-{name}"));
    fs::DirBuilder::new().mode(0o711).create(&path).map_err(Error::io("create", &path))?;
    let reason = format!(
        "The private Postgres of the Bullpen whose data is in {}, a directory that the account {} cannot enter.\n\
         When that directory is gone for good, this one can be removed.\n",
        data.display(),
        account.name
    );
    write_private(&path.join("README"), &reason)?;
    write_private(&data.join("WHERE"), &format!("{}\n", path.display()))?;
    Ok(path)
}

/// Lets the account pass through a directory of ours, and no one else see into it.
pub(crate) fn open_to(account: &Account, directory: &Path) -> Result<(), Error> {
    let mode = if account.is_other() { 0o711 } else { 0o700 };
    fs::set_permissions(directory, fs::Permissions::from_mode(mode)).map_err(Error::io("set the mode of", directory))
}

/// Writes a file that only we can read, whole or not at all, and on disk when this returns.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let draft = path.with_extension("new");
    let write = || {
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        path.parent().map_or(Ok(()), sync_directory)
    };
    write().map_err(Error::io("write", path))
}

/// Makes the renames within a directory last.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
