//! A server of our own: `bullpen up` as a child process, on a folder of its own, with nothing of our environment.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::process::{Child, Command};

use super::process;

/// Longest that a start may take, a recovery of the database included.
const START: Duration = Duration::from_secs(120);
/// Longest that a graceful stop may take.
const STOP: Duration = Duration::from_secs(30);
/// How often it is looked whether the server is ready, or gone.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Where and how a server is started.
#[derive(Debug, Clone)]
pub(super) struct Place {
    executable: PathBuf,
    folder: PathBuf,
    port: u16,
    http: reqwest::Client,
}

impl Place {
    /// Keeps data and log of the server below `folder`, on a port that is free now.
    ///
    /// # Errors
    /// When no port is free.
    pub(super) fn new(executable: PathBuf, folder: &Path) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { executable, folder: folder.to_owned(), port, http })
    }

    /// The server's data.
    #[must_use]
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The address of the server.
    #[must_use]
    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Speaks to the server.
    #[must_use]
    pub(super) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Starts the server, and does not wait for it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(&self) -> anyhow::Result<Server> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let kept = ["PATH", "HOME", "RUST_LOG", "TMPDIR"];
        let child = Command::new(&self.executable)
            .arg("up")
            .current_dir(&self.folder)
            .env_clear()
            .envs(kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("BULLPEN_DATA", self.data())
            .env("BULLPEN_LISTEN", format!("127.0.0.1:{}", self.port))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.executable.display()))?;
        Ok(Server { child, begun: Instant::now(), place: self.clone() })
    }

    /// Starts the server and waits until it is ready. Returns it with the time that took.
    ///
    /// # Errors
    /// When it does not become ready.
    pub(super) async fn up(&self) -> anyhow::Result<(Server, Duration)> {
        let mut server = self.start()?;
        let took = server.ready().await?;
        Ok((server, took))
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }
}

/// A server that was started. It is killed when this is dropped.
pub(super) struct Server {
    child: Child,
    begun: Instant,
    place: Place,
}

impl Server {
    /// Waits until the server is ready. Returns the time since its start.
    ///
    /// # Errors
    /// When it ends instead, or takes too long.
    pub(super) async fn ready(&mut self) -> anyhow::Result<Duration> {
        let url = format!("{}/readyz", self.place.base());
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at its start ({status}); its log: {}", self.tail());
            }
            let answer = self.place.http.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(self.begun.elapsed());
            }
            if self.begun.elapsed() > START {
                bail!("the server is not ready after {} s; its log: {}", START.as_secs(), self.tail());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// The server's process id.
    #[must_use]
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// `kill -9`, with all processes of its Postgres where that is asked for.
    ///
    /// # Errors
    /// When the server cannot be waited for.
    pub(super) async fn kill(mut self, with_postgres: bool) -> anyhow::Result<()> {
        if let Some(pid) = self.pid().filter(|_| with_postgres) {
            // Postgres first: it would otherwise begin to stop by itself as soon as the server is gone.
            process::signal("KILL", &process::descendants(pid)).await;
        }
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }

    /// Asks the server to stop and waits for it.
    ///
    /// # Errors
    /// When it does not stop in time, or says that it failed.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.pid() {
            process::signal("TERM", &[pid]).await;
        }
        let status = tokio::time::timeout(STOP, self.child.wait()).await.with_context(|| {
            format!("the server did not stop within {} s; its log: {}", STOP.as_secs(), self.tail())
        })??;
        anyhow::ensure!(status.success(), "the server ended with {status}; its log: {}", self.tail());
        Ok(())
    }

    /// The end of what the server said.
    fn tail(&self) -> String {
        let text = std::fs::read_to_string(self.place.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}
