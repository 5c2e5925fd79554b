//! Everything that stays the same while postmasters come and go.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::binaries::Binaries;
use crate::home::Home;
use crate::keeper::Keeper;
use crate::log::Log;
use crate::settings::{self, Purpose};
use crate::{Error, Options, initdb, leftovers, socket};

/// How to start the postmaster of one home. All of it blocks.
pub(crate) struct Plan {
    pub(crate) home: Arc<Home>,
    /// The directory of the socket.
    pub(crate) sockets: PathBuf,
    pub(crate) password: String,
    pub(crate) log: Log,
    binaries: Binaries,
    purpose: Purpose,
    keeper: Keeper,
    /// Where in the log the words of the last start begin.
    said_before: AtomicU64,
}

impl Plan {
    /// Claims the home and makes the cluster where there is none.
    pub(crate) fn make(options: &Options, purpose: Purpose) -> Result<Plan, Error> {
        let home = Arc::new(Home::open(&options.data)?);
        let cluster = home.cluster();
        let binaries = Binaries::find(options.binaries.as_deref(), &cluster, &home.account)?;
        let sockets = socket::directory(&home)?;
        let log = Log { path: home.path.join("log") };
        let keeper = Keeper::start(log.clone()).map_err(Error::io("start a thread for", &cluster))?;
        if !cluster.exists() {
            tracing::info!(cluster = %cluster.display(), version = binaries.version, "making a private Postgres");
            initdb::create(&home, &binaries, &keeper, purpose)?;
        }
        let password = home.password()?;
        let said_before = AtomicU64::new(0);
        Ok(Plan { home, sockets, password, log, binaries, purpose, keeper, said_before })
    }

    /// Starts a postmaster once nothing is left of the former one.
    pub(crate) fn spawn(&self) -> Result<Child, Error> {
        let cluster = self.home.cluster();
        leftovers::clear(&cluster, &self.sockets)?;
        let program = self.binaries.program("postgres");
        let log = self.log.open()?;
        self.said_before.store(self.log.length(), Ordering::Relaxed);
        let mut command = self.home.account.command(&program);
        command.arg("-D").arg(&cluster).args(settings::arguments(self.purpose, &self.sockets));
        command.stdout(Stdio::null()).stderr(log);
        self.keeper.spawn(command).map_err(Error::io("run", &program))
    }

    /// Whether a postmaster has written that it takes connections. Asking it by connecting would fill its log with
    /// refusals while it replays its own.
    pub(crate) fn says_ready(&self, pid: u32) -> bool {
        let status = fs::read_to_string(self.home.cluster().join("postmaster.pid")).unwrap_or_default();
        let mut lines = status.lines().map(str::trim);
        lines.next() == Some(pid.to_string().as_str()) && lines.nth(6) == Some("ready")
    }

    /// Why the last start failed, in the words of Postgres.
    pub(crate) fn reason(&self) -> String {
        self.log.reason(self.said_before.load(Ordering::Relaxed))
    }

    /// Ends a postmaster in the background.
    pub(crate) fn retire(&self, postmaster: Child) {
        self.keeper.retire(postmaster, Arc::clone(&self.home));
    }

    /// Takes the socket's directory away where it is not in the home. Empty by now; if not, it may stay.
    pub(crate) fn leave(&self) {
        if !self.sockets.starts_with(&self.home.path) {
            let _ = fs::remove_dir(&self.sockets);
        }
    }
}
