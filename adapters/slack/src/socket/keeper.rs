//! Writes down what a connection hears, and acknowledges it after that. What is not written down is not acknowledged, and
//! comes again; nothing that goes wrong here reaches the connection.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::apps::App;
use crate::error::Error;
use crate::{Slack, command, received};

/// Most time to write something down: Slack wants its acknowledgement within 3 s.
const STORING: Duration = Duration::from_millis(2_400);
/// Frames that are written down at once.
const BATCH: usize = 64;

/// A frame that wants an acknowledgement.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    envelope: String,
    kind: Kind,
    payload: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Event,
    Interaction,
    Command,
    /// Of a kind that we do not know: a repeat would not make it better known.
    Other,
}

impl Frame {
    /// Reads a frame; `None` when it wants no acknowledgement.
    pub(super) fn read(mut frame: Value) -> Option<Self> {
        let envelope = frame.get("envelope_id").and_then(Value::as_str)?.to_owned();
        let kind = match frame.get("type").and_then(Value::as_str).unwrap_or_default() {
            "events_api" => Kind::Event,
            "interactive" => Kind::Interaction,
            "slash_commands" => Kind::Command,
            _ => Kind::Other,
        };
        let payload = frame.get_mut("payload").map(Value::take).unwrap_or_default();
        Some(Self { envelope, kind, payload })
    }

    fn ack(&self) -> String {
        json!({ "envelope_id": self.envelope }).to_string()
    }
}

/// What became of frames.
enum Kept {
    Yes,
    /// One of them cannot be written down, and the others might.
    Spoilt,
    No,
}

/// Writes down until the connection is gone and everything that it had heard is done.
pub(super) async fn keep(
    slack: Arc<Slack>,
    app: Arc<App>,
    jobs: TaskTracker,
    mut frames: mpsc::Receiver<Frame>,
    acks: mpsc::UnboundedSender<String>,
) {
    let mut heard = Vec::with_capacity(BATCH);
    while frames.recv_many(&mut heard, BATCH).await > 0 {
        let (commands, frames): (Vec<Frame>, Vec<Frame>) = heard.drain(..).partition(|f| f.kind == Kind::Command);
        for frame in commands {
            // An answer to a command goes back in its acknowledgement, and may take a while to find.
            jobs.spawn(answer(Arc::clone(&slack), Arc::clone(&app), frame, acks.clone()));
        }
        match store(&slack, &app, &frames).await {
            Kept::Yes => acknowledge(&frames, &acks),
            Kept::Spoilt if frames.len() > 1 => {
                for frame in &frames {
                    let frame = std::slice::from_ref(frame);
                    if matches!(store(&slack, &app, frame).await, Kept::Yes) {
                        acknowledge(frame, &acks);
                    }
                }
            }
            Kept::Spoilt | Kept::No => {}
        }
    }
}

fn acknowledge(frames: &[Frame], acks: &mpsc::UnboundedSender<String>) {
    for frame in frames {
        // Where the connection is gone, Slack tells it again, and we know it then.
        let _ = acks.send(frame.ack());
    }
}

async fn store(slack: &Arc<Slack>, app: &Arc<App>, frames: &[Frame]) -> Kept {
    let stored = AssertUnwindSafe(tokio::time::timeout(STORING, write(slack, app, frames))).catch_unwind().await;
    let (why, kept) = match stored {
        Ok(Ok(Ok(()))) => return Kept::Yes,
        Ok(Ok(Err(error @ Error::Database(sqlx::Error::Database(_))))) => (error.to_string(), Kept::Spoilt),
        Ok(Ok(Err(error))) => (error.to_string(), Kept::No),
        Ok(Err(_)) => ("the database took too long".to_owned(), Kept::No),
        Err(_) => ("a bug".to_owned(), Kept::Spoilt),
    };
    metrics::counter!("bullpen_slack_unstored_total", "app" => app.name().to_owned()).increment(frames.len() as u64);
    // Slack gives up after some minutes; what it did not tell by then is fetched.
    slack.ears.missed();
    tracing::warn!(
        app = app.name(),
        count = frames.len(),
        why,
        "not written down, so not acknowledged: Slack tells it again"
    );
    kept
}

async fn write(slack: &Arc<Slack>, app: &Arc<App>, frames: &[Frame]) -> Result<(), Error> {
    let mut rows = Vec::new();
    for frame in frames {
        match frame.kind {
            Kind::Event => rows.extend(slack.event_row(app, frame.payload.clone()).await),
            Kind::Interaction => rows.extend(received::interaction(app.name(), &frame.payload)),
            Kind::Command | Kind::Other => {}
        }
    }
    slack.keep(rows).await
}

async fn answer(slack: Arc<Slack>, app: Arc<App>, frame: Frame, acks: mpsc::UnboundedSender<String>) {
    let ask = command::Ask::read(&frame.payload);
    let answered = AssertUnwindSafe(command::answer(&slack, &app, ask)).catch_unwind().await;
    let ack = match answered {
        Ok(Ok(Some(payload))) => json!({ "envelope_id": frame.envelope, "payload": payload }).to_string(),
        Ok(Ok(None)) => frame.ack(),
        // Slack shows the member that the command failed, which is true.
        Ok(Err(error)) => return tracing::warn!(app = app.name(), %error, "a command was not written down"),
        Err(_) => return tracing::error!(app = app.name(), "a command met a bug"),
    };
    // Where the connection is gone, the member sees that the command failed.
    let _ = acks.send(ack);
}
