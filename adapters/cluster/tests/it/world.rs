//! What the stories share.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use bullpen_cluster::{Cluster, Options};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// A temporary directory that other accounts can enter.
pub(crate) fn open_directory() -> TempDir {
    directory(0o755)
}

/// A temporary directory of this mode.
pub(crate) fn directory(mode: u32) -> TempDir {
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(mode)).tempdir().unwrap()
}

pub(crate) fn options(data: &Path) -> Options {
    Options { data: data.to_owned(), binaries: None }
}

pub(crate) async fn start(data: &Path) -> Cluster {
    Cluster::start(options(data)).await.unwrap()
}

pub(crate) async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.unwrap()
}

/// The one text that a statement answers.
pub(crate) async fn ask(options: &PgConnectOptions, statement: &'static str) -> String {
    sqlx::query_scalar(statement).fetch_one(&mut connect(options).await).await.unwrap()
}

/// Commits a row that a later start must find.
pub(crate) async fn remember(options: &PgConnectOptions) {
    let statement = "create table if not exists memory (text text primary key);
                     insert into memory values ('still here') on conflict do nothing";
    sqlx::raw_sql(statement).execute(&mut connect(options).await).await.unwrap();
}

pub(crate) async fn recall(options: &PgConnectOptions) -> String {
    ask(options, "select string_agg(text, ',') from memory").await
}

/// A command that runs as the owner of a directory.
pub(crate) fn as_owner(of: &Path, program: &Path) -> Command {
    let owner = fs::metadata(of).unwrap();
    let mut command = Command::new(program);
    if is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command.current_dir("/");
    command
}

/// The program that a cluster runs.
pub(crate) fn program(cluster: &Cluster) -> PathBuf {
    fs::read_link(format!("/proc/{}/exe", cluster.postmaster_pid())).unwrap()
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// `kill -9`.
pub(crate) fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Whether there is a process, zombies aside.
pub(crate) fn lives(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}
