//! What our personas speak through in Slack.
//!
//! A post may become several messages. Each carries the post's key, each is recorded as soon as it stands, and a post that
//! stopped half-way goes on where it stopped. After a failure that leaves open whether a message stands, nothing is sent
//! before [`Poster::find`] has looked.

mod edit;
mod picture;
mod reactions;
mod send;
mod trouble;
mod voice;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{
    CALL_LIMIT, Error, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted,
};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use crate::Slack;
use crate::apps::App;
pub(crate) use trouble::Trouble;
use trouble::explain;

/// How long a call may take before its caller would give up on it.
const LIMIT: Duration = CALL_LIMIT.saturating_sub(Duration::from_millis(500));

/// Slack's [`Poster`].
#[derive(Clone)]
pub struct SlackPoster {
    slack: Arc<Slack>,
    /// Apps that Slack does not let show what they are doing.
    statusless: Arc<Mutex<BTreeSet<String>>>,
}

impl Slack {
    /// What our personas speak through.
    #[must_use]
    pub fn poster(self: &Arc<Self>) -> SlackPoster {
        SlackPoster { slack: Arc::clone(self), statusless: Arc::default() }
    }
}

impl std::fmt::Debug for SlackPoster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackPoster").field("org", &self.slack.org).finish_non_exhaustive()
    }
}

/// Bounds a call in time. What was cut off may have been done.
async fn bounded<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match tokio::time::timeout(LIMIT, call).await {
        Ok(done) => done,
        Err(_) => Err(Error::Ambiguous { why: format!("Slack took more than {} s", LIMIT.as_secs()) }),
    }
}

#[derive(Deserialize)]
struct Done {}

/// How long after an attempt of unknown fate Slack may still carry it out.
const SETTLES: Duration = Duration::from_secs(15);

#[async_trait]
impl Poster for SlackPoster {
    fn platform(&self) -> &'static str {
        "slack"
    }

    /// A call that was given up may still be on its way: half as long again as we wait for an answer.
    fn settles(&self) -> Duration {
        SETTLES
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        crate::provision::provision(&self.slack, plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        bounded(self.slack.say(key, post)).await
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        bounded(self.slack.revise(message, revision, post)).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        bounded(self.slack.find(key, post)).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        bounded(self.slack.reactions(message, wanted)).await
    }

    fn gaps(&self) -> Option<watch::Receiver<u64>> {
        Some(self.slack.ears.gaps.subscribe())
    }

    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error> {
        let app = self.slack.apps.of(handle);
        let silent = || self.statusless.lock().unwrap_or_else(PoisonError::into_inner);
        // Slack shows what an app is doing below a thread, and nowhere else.
        let Some(thread) = place.thread.as_deref().filter(|_| !silent().contains(app.name())) else { return Ok(()) };
        let shown = tokio::time::timeout(LIMIT, self.slack.status(app, place, thread, handle)).await;
        // What is refused today is not asked again; what failed otherwise is not worth a word.
        if let Ok(Err(trouble)) = shown
            && trouble.code().is_some_and(|code| !code.contains("thread"))
            && silent().insert(app.name().to_owned())
        {
            tracing::info!(app = app.name(), ?trouble, "Slack shows nobody that this app is writing");
        }
        Ok(())
    }
}

impl Slack {
    async fn status(&self, app: &App, place: &Place, thread: &str, handle: &str) -> Result<(), Trouble> {
        let status = if app.config.persona.is_some() {
            "is writing…".to_owned()
        } else {
            format!("is writing as @{handle}…")
        };
        let body = json!({ "channel_id": place.channel, "thread_ts": thread, "status": status });
        self.call::<Done>(app, "assistant.threads.setStatus", &place.channel, &body).await.map(|Done {}| ())
    }

    /// The app that posted a message, else the shared one.
    async fn poster_of(&self, message: &MessageRef) -> Result<Arc<App>, Trouble> {
        let name: Option<String> =
            sqlx::query_scalar("select app from slack.posts where org = $1 and channel = $2 and ts = $3")
                .bind(self.org)
                .bind(&message.channel)
                .bind(&message.id)
                .fetch_optional(&self.pool)
                .await?;
        Ok(Arc::clone(name.and_then(|name| self.apps.named(&name)).unwrap_or_else(|| self.apps.shared())))
    }
}
