//! A person at work in the lobby of a server: asks for pieces, approves what is put up, sees what became of it. What a
//! server that is being killed does not answer is asked again later; keys make that harmless.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use super::server::Place;
use crate::metrics;

/// The one person of the defaults.
const NAME: &str = "you";
/// Where work is asked for.
const CHANNEL: &str = "management";
/// How often the person looks.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Longest that no piece may be finished while all are awaited.
const PATIENCE: Duration = Duration::from_secs(120);
/// What the work follows; each piece sets off a follow-up of its own, which is due much later.
const PLAYBOOK: &str = "content";
/// The states of tasks that are not over.
const UNFINISHED: &str = "open,in_progress,in_review,waiting,blocked";
/// Most entries of a list.
const LIMIT: &str = "1000";

/// The person.
#[derive(Debug)]
pub(super) struct Person {
    place: Place,
    asked: u32,
    /// Whether a request is on its way of which nobody knows if it arrived.
    unsure: bool,
    /// Approvals that were answered, so that none is answered twice while its answer is on its way.
    answered: BTreeSet<String>,
    /// Root tasks that were seen unfinished.
    seen: BTreeSet<String>,
}

impl Person {
    /// Somebody who has asked for nothing yet.
    #[must_use]
    pub(super) fn new(place: Place) -> Self {
        Self { place, asked: 0, unsure: false, answered: BTreeSet::new(), seen: BTreeSet::new() }
    }

    /// How many pieces were asked for, and taken.
    #[must_use]
    pub(super) fn asked(&self) -> u32 {
        self.asked
    }

    /// Asks for the next piece. Asked again after an error, it is the same request.
    ///
    /// # Errors
    /// When the server does not answer.
    async fn ask(&mut self) -> anyhow::Result<()> {
        let number = self.asked + 1;
        let text = format!(
            "@content_manager we need a blog post \"{number} Ways AI Reduces Marketing Costs\" for marketing directors, due tomorrow"
        );
        let body = json!({ "as": NAME, "text": text, "key": format!("bench-{number}") });
        self.unsure = true;
        self.send(Method::POST, &["api", "channels", CHANNEL, "messages"], |r| r.json(&body)).await?;
        self.asked = number;
        self.unsure = false;
        Ok(())
    }

    /// One look around: approves what is up, asks for new pieces up to `limit` in all, so that `at_work` are in work.
    /// Returns how many are over.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(super) async fn round(&mut self, at_work: usize, limit: u32) -> anyhow::Result<usize> {
        self.approve().await?;
        let over = self.finished().await?;
        while self.asked < limit && (self.asked as usize) < over + at_work {
            self.ask().await?;
        }
        Ok(over)
    }

    /// Approves what is up until all pieces are over.
    ///
    /// # Errors
    /// When none was finished for [`PATIENCE`].
    pub(super) async fn see_off(&mut self) -> anyhow::Result<()> {
        let (mut over, mut since) = (0, Instant::now());
        // A request whose answer a kill took away may have arrived: asked again by the same key, it is one request.
        while self.unsure {
            if let Err(error) = self.ask().await {
                ensure!(since.elapsed() < PATIENCE, "the server takes no request: {error}");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        while over < self.asked as usize {
            match self.round(0, 0).await {
                Ok(now) if now > over => (over, since) = (now, Instant::now()),
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "the server does not answer; again"),
            }
            ensure!(
                since.elapsed() < PATIENCE,
                "{over} of {} pieces are over, and no more for {PATIENCE:?}",
                self.asked
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
        // What was said last is still on its way, and what is optional may still be put up for approval.
        while self.waiting().await? > 0 || self.approve().await? > 0 {
            ensure!(since.elapsed() < PATIENCE, "events or posts still wait after {PATIENCE:?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// How many events, calls and posts wait, as the server counts them for Prometheus.
    async fn waiting(&self) -> anyhow::Result<u64> {
        let text = self.place.http().get(format!("{}/metrics", self.place.base())).send().await?.text().await?;
        let depth = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|depth| depth.trim().parse::<u64>().ok())
                .with_context(|| format!("/metrics does not tell {name}"))
        };
        Ok(depth(metrics::INBOX_DEPTH)? + depth(metrics::CALLS_DEPTH)? + depth(metrics::OUTBOX_DEPTH)?)
    }

    /// Approves everything that is up and stands. Returns how many that were.
    ///
    /// # Errors
    /// When the server does not answer.
    async fn approve(&mut self) -> anyhow::Result<usize> {
        let open = self.list("approvals", &[("state", "open")]).await?;
        let mut approved = 0;
        for approval in &open {
            let (Some(id), Some(message)) = (approval["id"].as_str(), approval["message"].as_str()) else { continue };
            if self.answered.contains(id) {
                continue;
            }
            let path = ["api", "messages", message, "reactions", "✅"];
            self.send(Method::PUT, &path, |r| r.query(&[("as", NAME)])).await?;
            self.answered.insert(id.to_owned());
            approved += 1;
        }
        let open: BTreeSet<&str> = open.iter().filter_map(|approval| approval["id"].as_str()).collect();
        self.answered.retain(|id| open.contains(id.as_str()));
        Ok(approved)
    }

    /// How many of the pieces are over by now.
    ///
    /// # Errors
    /// When the server does not answer.
    async fn finished(&mut self) -> anyhow::Result<usize> {
        let open = self.list("tasks", &[("root", "true"), ("state", UNFINISHED)]).await?;
        let pieces = open.iter().filter(|task| task["playbook"] == PLAYBOOK);
        let open: BTreeSet<String> = pieces.filter_map(|task| task["id"].as_str().map(str::to_owned)).collect();
        // No piece is over without our approval, so none can come and go unseen between two looks.
        let over = self.seen.difference(&open).count();
        self.seen.extend(open);
        Ok(over)
    }

    async fn list(&self, what: &str, query: &[(&str, &str)]) -> anyhow::Result<Vec<Value>> {
        let listed = self.send(Method::GET, &["api", what], |r| r.query(&[("limit", LIMIT)]).query(query)).await?;
        listed.as_array().cloned().with_context(|| format!("/api/{what} is no list: {listed}"))
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        prepare: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Value> {
        let mut url = Url::parse(&self.place.base())?;
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("{} is no address of a server", self.place.base()))?
            .extend(path);
        let answer = prepare(self.place.http().request(method, url)).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "the server answers {status}: {body}");
        Ok(serde_json::from_str(&body)?)
    }
}
