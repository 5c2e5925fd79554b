//! A private Postgres for test suites: one cluster per test process, a fresh database for every test.
//!
//! `initdb` runs once per machine and day; its result is kept in `/tmp` and copied. Nothing is synced to disk. The
//! cluster ends with its process, and the next run removes what it left.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::account::Account;
use crate::binaries::Binaries;
use crate::claim::Claim;
use crate::home::{self, Home};
use crate::keeper::Keeper;
use crate::log::Log;
use crate::settings::Purpose;
use crate::{Cluster, Error, Options, blocking, initdb, leftovers};

/// After this time a template is made anew: cleaners of `/tmp` remove old files one by one.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

static SHARED: OnceCell<Cluster> = OnceCell::const_new();
static COUNT: AtomicU64 = AtomicU64::new(0);

/// How to connect to a new, empty database. The first call in a process starts the cluster.
///
/// # Panics
/// When Postgres cannot be started or the database not made: no test could go on without it.
pub async fn database() -> PgConnectOptions {
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    match fresh(&name).await {
        Ok(options) => options,
        Err(error) => panic!("{error}"),
    }
}

async fn fresh(name: &str) -> Result<PgConnectOptions, Error> {
    SHARED.get_or_try_init(start).await?.create_database(name).await
}

async fn start() -> Result<Cluster, Error> {
    // Held until our own directory is claimed, lest another process takes it for a leftover.
    let (turn, data) = blocking(|| {
        let base = base()?;
        let turn = Claim::wait(&base)?;
        sweep(&base);
        let data = copy(&template(&base)?, &base)?;
        Ok((turn, data))
    })
    .await?;
    let cluster = Cluster::start_for(Options { data, binaries: None }, Purpose::Throwaway).await;
    drop(turn);
    cluster
}

/// The directory of all throw-away clusters of this user. Short, as the paths of sockets must be.
fn base() -> Result<PathBuf, Error> {
    let uid = rustix::process::geteuid().as_raw();
    let base = PathBuf::from(format!("/tmp/bullpen-throwaway-{uid}"));
    match fs::create_dir(&base) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => return Err(Error::io("create", &base)(source)),
        _ => {}
    }
    let found = fs::symlink_metadata(&base).map_err(Error::io("open", &base))?;
    if !found.is_dir() || found.uid() != uid {
        return Err(Error::io("use", &base)(io::Error::other("it belongs to somebody else")));
    }
    home::open_to(&Account::choose(&base)?, &base)?;
    Ok(base)
}

/// Removes what dead processes left. Whatever resists is left for the next run.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let run = entry.path();
        if !entry.file_name().to_string_lossy().starts_with("run-") {
            continue;
        }
        if let Ok(_claim) = Claim::attempt(&run)
            && leftovers::clear(&run.join("cluster"), &run.join("socket")).is_ok()
        {
            let _ = fs::remove_dir_all(&run);
        }
    }
}

/// A home with a cluster that has never been started.
fn template(base: &Path) -> Result<Home, Error> {
    let account = Account::choose(base)?;
    let binaries = Binaries::find(None, base, &account)?;
    let path = base.join(format!("template-{}", initdb::fingerprint(&binaries, &account.name)));
    let made = fs::metadata(path.join("password")).and_then(|found| found.modified());
    if made.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STALE)) {
        fs::remove_dir_all(&path).map_err(Error::io("remove", &path))?;
    }
    let home = Home::open(&path)?;
    if !home.cluster().exists() {
        let log = Log { path: path.join("log") };
        let keeper = Keeper::start(log).map_err(Error::io("start a thread for", &path))?;
        initdb::create(&home, &binaries, &keeper, Purpose::Throwaway)?;
    }
    Ok(home)
}

/// A new home with a copy of the template's cluster and password.
fn copy(template: &Home, base: &Path) -> Result<PathBuf, Error> {
    let mut name = Uuid::new_v4().simple().to_string();
    name.truncate(12);
    let run = base.join(format!("run-{name}"));
    fs::create_dir(&run).map_err(Error::io("create", &run))?;
    // With owners and modes, which the standard library's copy of a file leaves out.
    let copied = Command::new("cp").arg("-Rp").args([template.cluster(), template.password_file()]).arg(&run).status();
    match copied {
        Ok(status) if status.success() => Ok(run),
        Ok(status) => Err(Error::io("copy a cluster to", &run)(io::Error::other(format!("cp ended with {status}")))),
        Err(source) => Err(Error::io("run cp to", &run)(source)),
    }
}
