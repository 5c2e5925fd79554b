//! What can go wrong, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::binaries::OLDEST;

/// Why the private Postgres could not be had. Every text is a whole sentence for the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No folder with `initdb` and `postgres` was found on this machine.
    #[error(
        "no Postgres {OLDEST} or newer was found: install it with `apt-get install postgresql` (Debian, Ubuntu) or \
         `brew install postgresql@17` (macOS), or name the folder of initdb and postgres in postgres.binaries (in bullpen.yaml), or point \
         DATABASE_URL at a running server"
    )]
    NoBinaries,
    /// The folder that the caller named is not one.
    #[error(
        "{} (postgres.binaries (in bullpen.yaml)) does not hold initdb and postgres of version {OLDEST} or newer that the account {account} \
         can run: name another folder, or leave the variable out", .folder.display()
    )]
    UnfitBinaries {
        /// The folder that was named.
        folder: PathBuf,
        /// The account that Postgres would run as.
        account: String,
    },
    /// The data was made by a major version which is not installed (any more).
    #[error(
        "the data in {} was made by Postgres {major}, which is not installed: install it again \
         (`apt-get install postgresql-{major}` or `brew install postgresql@{major}`), or name its folder in \
         postgres.binaries (in bullpen.yaml)", .cluster.display()
    )]
    OtherVersion {
        /// The data directory of Postgres.
        cluster: PathBuf,
        /// The major version that made it.
        major: u32,
    },
    /// Another server holds the data directory.
    #[error(
        "another server{} is already using the data in {}: stop it first, or set BULLPEN_DATA to another directory",
        .holder.map(|pid| format!(" (process {pid})")).unwrap_or_default(), .data.display()
    )]
    InUse {
        /// The data directory.
        data: PathBuf,
        /// The process that holds it, where it could be told.
        holder: Option<u32>,
    },
    /// Postgres refuses to run as root, and there is nobody else to be.
    #[error(
        "Postgres does not run as root, and this machine has neither an account `postgres` nor `nobody`: create one \
         with `useradd --system postgres`, or start as an ordinary user"
    )]
    NoAccount,
    /// The account of an existing cluster cannot enter the directory any more.
    #[error(
        "the account {account} cannot enter {} although its data lies there: `chmod a+x` that directory and those \
         above it", .path.display()
    )]
    Unreachable {
        /// The directory.
        path: PathBuf,
        /// Its would-be user.
        account: String,
    },
    /// The note about the data's real place points nowhere.
    #[error(
        "{} says that the data lies in {}, but it is not there: bring it back, or remove the note to begin with an \
         empty database", .note.display(), .place.display()
    )]
    Lost {
        /// The note.
        note: PathBuf,
        /// Where it points.
        place: PathBuf,
    },
    /// The password file is gone or wrong.
    #[error(
        "the password in {} does not open the data in {}: bring back the password file, or move the data away to \
         begin with an empty database", .password.display(), .cluster.display()
    )]
    Password {
        /// The password file.
        password: PathBuf,
        /// The data directory of Postgres.
        cluster: PathBuf,
    },
    /// No directory was found that is short enough for a socket and ours alone.
    #[error(
        "no directory for the socket of Postgres could be made in {tried}: set BULLPEN_DATA to a shorter path that \
         the account {account} can enter"
    )]
    NoSocket {
        /// The directories that were tried.
        tried: String,
        /// The account that Postgres runs as.
        account: String,
    },
    /// Postgres could not make its data directory.
    #[error("initdb could not make {}: {reason}", .cluster.display())]
    Initdb {
        /// The data directory of Postgres.
        cluster: PathBuf,
        /// What it said.
        reason: String,
    },
    /// Postgres ended, or did not accept connections in time.
    #[error("Postgres did not start: {reason} (more in {})", .log.display())]
    Start {
        /// The last words of its log.
        reason: String,
        /// The log.
        log: PathBuf,
    },
    /// Processes of a former server cannot be brought to an end.
    #[error("Postgres processes of an earlier run still use {} and do not end: stop {pids:?} by hand", .cluster.display())]
    Leftover {
        /// The data directory of Postgres.
        cluster: PathBuf,
        /// The processes.
        pids: Vec<i32>,
    },
    /// A file or process could not be handled.
    #[error("could not {doing} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Postgres refused a statement.
    #[error("the private Postgres refused to {doing}: {source}")]
    Sql {
        /// What was tried.
        doing: String,
        /// Why not.
        source: sqlx::Error,
    },
}

impl Error {
    /// For `map_err`: names what was tried, and on which file.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { doing, path: path.to_owned(), source }
    }
}
