//! A private Postgres: one cluster, started and stopped with the process that owns it.
//!
//! Without a database configured, the server keeps its own below its data directory. The cluster listens on a unix
//! socket only, in a directory that nobody else may enter, and wants a random password besides. It is durable: what
//! was committed survives a power cut. As root, Postgres runs as `postgres`, else `nobody`.
//!
//! What is deliberately absent: the environment (apart from `PATH`, to find programs), any network address, and any
//! way to run two servers on one data directory.
//!
//! A `kill -9` of the owner ends the postmaster too (on Linux; elsewhere the next start does it), and a `kill -9` of the
//! postmaster is made good by [`Cluster::restart`]. In both cases the next start waits for whatever is still stopping.
//!
//! Read `home` for where things lie, `keeper` for how Postgres hangs on our life, `leftovers` for what is cleared away.

mod account;
mod binaries;
mod claim;
mod error;
mod home;
mod initdb;
mod keeper;
mod leftovers;
mod log;
mod plan;
mod postmaster;
mod settings;
mod socket;
pub mod throwaway;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::{Instant, sleep, timeout_at};

pub use error::Error;

use plan::Plan;
use settings::Purpose;

/// The only role of the cluster.
const USER: &str = "bullpen";

/// The database of the department.
const DATABASE: &str = "bullpen";

/// How long a start may take until the first query: the replay of a long log on a slow disk needs its time.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether Postgres has started.
const LOOK: Duration = Duration::from_millis(5);

/// What a cluster needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it lives, usually `$BULLPEN_DATA/postgres`. Made when absent.
    pub data: PathBuf,
    /// The folder of `initdb` and `postgres`. Without it `PATH` and the usual places are searched.
    pub binaries: Option<PathBuf>,
}

/// A running private Postgres. Dropping it asks for a fast shutdown, which then goes on in the background as long as
/// the process lives, and is a matter of the kernel's signal afterwards; [`stop`](Cluster::stop) waits for the end.
pub struct Cluster {
    plan: Arc<Plan>,
    /// None between the end of one postmaster and the start of the next.
    postmaster: Option<Child>,
    /// Of the last one.
    pid: u32,
}

impl Cluster {
    /// Starts the cluster, making it first where there is none, and returns when the database `bullpen` takes
    /// queries: about a second for a new cluster, a tenth for an old one, longer after a crash.
    ///
    /// # Errors
    /// [`Error::InUse`] when another server works on the same data; every other variant as it says itself.
    pub async fn start(options: Options) -> Result<Cluster, Error> {
        Cluster::start_for(options, Purpose::Department).await
    }

    async fn start_for(options: Options, purpose: Purpose) -> Result<Cluster, Error> {
        let mut cluster = blocking(move || {
            let plan = Arc::new(Plan::make(&options, purpose)?);
            let postmaster = plan.spawn()?;
            Ok(Cluster { pid: postmaster.id(), postmaster: Some(postmaster), plan })
        })
        .await?;
        cluster.ready().await?;
        Ok(cluster)
    }

    /// How to connect to the department's database. Holds for the whole life of this value, restarts included.
    pub fn connect_options(&self) -> PgConnectOptions {
        self.database(DATABASE)
    }

    /// How to connect to another database of the same cluster, whether or not it exists.
    pub fn database(&self, name: &str) -> PgConnectOptions {
        // Each of these would otherwise come from a `PG…` variable.
        PgConnectOptions::new_without_pgpass()
            .socket(&self.plan.sockets)
            .port(socket::PORT)
            .username(USER)
            .password(&self.plan.password)
            .database(name)
            .ssl_mode(PgSslMode::Disable)
            .application_name("bullpen")
    }

    /// Makes an empty database and says how to connect to it.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is one of that name already, or Postgres is not there.
    pub async fn create_database(&self, name: &str) -> Result<PgConnectOptions, Error> {
        let doing = || format!("create the database {name}");
        let refused = |source| Error::Sql { doing: doing(), source };
        let mut connection = PgConnection::connect_with(&self.database("postgres")).await.map_err(refused)?;
        let statement = format!("create database \"{}\"", name.replace('"', "\"\""));
        let created = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await;
        created.map_err(refused)?;
        connection.close().await.map_err(refused)?;
        Ok(self.database(name))
    }

    /// The process id of the postmaster, or of the last one when it has died.
    pub fn postmaster_pid(&self) -> u32 {
        self.pid
    }

    /// Whether the postmaster lives.
    pub fn running(&mut self) -> bool {
        self.postmaster.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Where the cluster really is, when the account of Postgres cannot enter the directory that was asked for. A file
    /// `WHERE` in that directory says the same.
    pub fn elsewhere(&self) -> Option<&Path> {
        self.plan.home.elsewhere.then_some(self.plan.home.path.as_path())
    }

    /// What Postgres says. Once a minute, what is over four megabytes is set aside as `log.1`, in place of the last one.
    pub fn log(&self) -> &Path {
        &self.plan.log.path
    }

    /// Starts a postmaster that died, on the same data and behind the same socket and password: pools made from
    /// [`connect_options`](Cluster::connect_options) connect again by themselves. One that lives is stopped first.
    ///
    /// # Errors
    /// As for [`start`](Cluster::start), but never [`Error::InUse`]. It may be called again after an error.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.end().await?;
        let plan = Arc::clone(&self.plan);
        let postmaster = blocking(move || plan.spawn()).await?;
        self.pid = postmaster.id();
        self.postmaster = Some(postmaster);
        self.ready().await
    }

    /// Ends the cluster: a fast shutdown for eight seconds, then an immediate one.
    ///
    /// # Errors
    /// [`Error::Io`] when the postmaster could not be signalled or waited for.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.end().await?;
        self.plan.leave();
        Ok(())
    }

    /// Ends the postmaster, if there is one, and waits for it.
    async fn end(&mut self) -> Result<(), Error> {
        let Some(mut postmaster) = self.postmaster.take() else { return Ok(()) };
        let cluster = self.plan.home.cluster();
        blocking(move || postmaster::end(&mut postmaster).map_err(Error::io("stop Postgres in", &cluster))).await
    }

    /// Waits until the department's database takes queries, making it first where there is none.
    async fn ready(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + PATIENCE;
        let options = self.connect_options();
        loop {
            if !self.running() {
                return Err(self.no_start(self.plan.reason()));
            }
            if Instant::now() >= deadline {
                return Err(self.no_start(format!("it takes no queries after {} s", PATIENCE.as_secs())));
            }
            if !self.plan.says_ready(self.pid) {
                sleep(LOOK).await;
                continue;
            }
            let refusal = match timeout_at(deadline, PgConnection::connect_with(&options)).await {
                Ok(Ok(connection)) => {
                    // Good manners only: it has served its purpose.
                    let _ = connection.close().await;
                    return Ok(());
                }
                Ok(Err(error)) => error,
                Err(_) => continue,
            };
            match refusal.as_database_error().and_then(|error| error.code()).as_deref() {
                Some("3D000") => drop(self.create_database(DATABASE).await?),
                Some("28P01" | "28000") => {
                    let home = &self.plan.home;
                    return Err(Error::Password { password: home.password_file(), cluster: home.cluster() });
                }
                _ => sleep(LOOK).await,
            }
        }
    }

    fn no_start(&self, reason: String) -> Error {
        Error::Start { reason, log: self.plan.log.path.clone() }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            postmaster::interrupt(&mut postmaster);
            self.plan.retire(postmaster);
        }
    }
}

impl fmt::Debug for Cluster {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("home", &self.plan.home.path).field("pid", &self.pid).finish_non_exhaustive()
    }
}

/// Runs work that waits for files and processes off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(Error::Io {
                doing: "finish work on",
                path: PathBuf::from("the private Postgres"),
                source: std::io::Error::other(cancelled),
            }),
        },
    }
}
