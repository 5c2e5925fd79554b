//! Socket Mode: for each app that has an app-level token, a WebSocket that Slack speaks through.
//!
//! The connection is opened through the `slack-morphism` crate (`apps.connections.open`) and held by us, not by the crate's
//! own clients, which cannot keep what is asked of them here:
//!
//! - Their callbacks run within the loop that reads, pongs included: a database that is slow for two seconds looks like a dead
//!   line, and a short patience with dead lines cuts the connection before the acknowledgement goes out. Here reading,
//!   writing down and acknowledging are three jobs.
//! - Neither `apps.connections.open` nor the WebSocket's handshake has a time limit there, so that a network that swallows
//!   packets stops them for ever; a connection that is refused right after `disconnect` spins, any other failure waits a fixed
//!   time.
//! - Why there is no connection is only logged, and with it the address, whose ticket is a secret.
//! - Slack announces that a connection will end. We open the next one first and hear both until the old one closes, so that
//!   there is no gap.
//!
//! A line that is cut without a word is noticed within [`connection::DEAF`], and a new one is tried at once, then with growing
//! pauses of at most [`PAUSE`] and as much again: the connection is back within five seconds as soon as Slack lets us.

pub(crate) mod connection;
pub(crate) mod ears;
mod keeper;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use futures::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Slack;
use crate::apps::App;
use connection::{Connection, Refusal};

/// The longest pause between two attempts, to which chance adds as much again at most.
const PAUSE: Duration = Duration::from_millis(1_500);
/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause after a connection that Slack gave us and that ended soon.
const BRIEF: Duration = Duration::from_millis(500);
/// How long to wait where only a person can mend it.
const HOPELESS: Duration = Duration::from_secs(30);
/// A connection that stood this long was a good one: the next attempt comes at once.
const STEADY: Duration = Duration::from_secs(2);

impl Slack {
    /// Listens to Slack until `stop`: keeps a Socket Mode connection for each app that has an app-level token, and fetches
    /// what was missed while nobody listened. With no such token it only does the latter. Returns when what was heard last
    /// is written down, a few seconds after `stop` at most.
    pub async fn listen(self: &Arc<Self>, stop: CancellationToken) {
        let jobs = TaskTracker::new();
        for app in self.apps.iter().filter(|app| app.config.app_token.is_some()) {
            jobs.spawn(keep_connected(Arc::clone(self), Arc::clone(app), jobs.clone(), stop.clone()));
        }
        jobs.spawn(crate::backfill::keep_up(Arc::clone(self), stop.clone()));
        stop.cancelled().await;
        jobs.close();
        jobs.wait().await;
    }

    /// How each app that listens stands: `Ok` when it hears, else a sentence that says why not.
    pub fn health(&self) -> Vec<(String, Result<(), String>)> {
        let standing = |app: &Arc<App>| {
            let name = app.name().to_owned();
            if app.config.app_token.is_some() {
                Some((name, self.ears.standing(app.name())))
            } else if app.config.signing_secret.is_some() {
                Some((name, Ok(())))
            } else if app.config.persona.is_none() {
                let why = "the shared Slack app cannot hear: give it an app-level token (xapp-…, SLACK_APP_TOKEN) for Socket \
                           Mode, or a signing secret (SLACK_SIGNING_SECRET) for events over HTTP";
                Some((name, Err(why.to_owned())))
            } else {
                // A persona's app that only speaks: what is said in channels, the shared one hears.
                None
            }
        };
        self.apps.iter().filter_map(standing).collect()
    }
}

/// Has an app connected until `stop`. Nothing that goes wrong ends it.
async fn keep_connected(slack: Arc<Slack>, app: Arc<App>, jobs: TaskTracker, stop: CancellationToken) {
    let pauses = || {
        ExponentialBuilder::default()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(PAUSE)
            .with_jitter()
            .without_max_times()
            .build()
    };
    let mut growing = pauses();
    while !stop.is_cancelled() {
        let began = Instant::now();
        let tried = tokio::select! {
            () = stop.cancelled() => return,
            tried = AssertUnwindSafe(connect(&slack, &app, &jobs, &stop)).catch_unwind() => tried,
        };
        let pause = match tried {
            Ok(Ok(())) if began.elapsed() >= STEADY => {
                growing = pauses();
                Duration::ZERO
            }
            Ok(Ok(())) => growing.next().unwrap_or(PAUSE).min(BRIEF),
            Ok(Err(refusal)) => {
                slack.ears.refused(app.name(), refusal.why.clone());
                tracing::warn!(app = app.name(), why = %refusal.why, "no Socket Mode connection");
                if refusal.hopeless { HOPELESS } else { refusal.after.or_else(|| growing.next()).unwrap_or(PAUSE) }
            }
            Err(_) => {
                tracing::error!(
                    app = app.name(),
                    "the Socket Mode connection failed in a way that is a bug; it is opened anew"
                );
                growing.next().unwrap_or(PAUSE)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Opens a connection and returns when another one is needed. It is served to its end all the same.
async fn connect(
    slack: &Arc<Slack>,
    app: &Arc<App>,
    jobs: &TaskTracker,
    stop: &CancellationToken,
) -> Result<(), Refusal> {
    let (connection, over) = Connection::open(slack, app, jobs, stop).await?;
    let (slack, name) = (Arc::clone(slack), app.name().to_owned());
    jobs.spawn(async move {
        let why = AssertUnwindSafe(connection.serve()).catch_unwind().await;
        let why = why.unwrap_or_else(|_| "a bug ended it".to_owned());
        tracing::debug!(app = name, why, "a Socket Mode connection ended");
        slack.ears.lost(&name, &why);
    });
    // The sender is dropped at the latest when the connection ends.
    match over.await {
        Ok(Some(refusal)) => Err(refusal),
        Ok(None) | Err(_) => Ok(()),
    }
}
