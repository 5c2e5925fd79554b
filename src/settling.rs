//! Settling into the workspaces of platforms: channels and identities as the files want them, and a welcome, once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat::Poster;
use bullpen_domain::effect::{Body, Place, Post};
use bullpen_domain::name::Handle;
use bullpen_domain::org::{ALL_HANDS, DESK};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::delivery::Speakers;
use crate::office::Office;
use crate::store::{outbox, rooms};
use crate::translate;
use crate::wake::Wakes;

/// How long to wait before a workspace that could not be prepared is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// What settling works with.
pub(crate) struct Settling {
    pool: PgPool,
    office: Arc<Office>,
    clock: clock::Shared,
    /// The platforms whose channels are known.
    settled: watch::Sender<BTreeSet<&'static str>>,
}

impl Settling {
    pub(crate) fn new(pool: PgPool, office: Arc<Office>, clock: clock::Shared) -> Self {
        Self { pool, office, clock, settled: watch::Sender::default() }
    }

    /// Waits until the channels of a platform are known.
    pub(crate) async fn settled(&self, platform: &'static str) {
        // It fails when `self` is gone, which it is not.
        let _ = self.settled.subscribe().wait_for(|settled| settled.contains(platform)).await;
    }

    fn knows(&self, platform: &'static str) {
        self.settled.send_modify(|settled| {
            settled.insert(platform);
        });
    }

    /// Learns which channels were found last, so that work goes on while a platform does not answer.
    pub(crate) async fn remember(&self, speakers: &Speakers) -> anyhow::Result<()> {
        let mut known = rooms::all(&mut *self.pool.acquire().await?, self.office.directory().org).await?;
        for &platform in speakers.keys().filter(|platform| **platform != translate::LOBBY) {
            let found = known.remove(platform).unwrap_or_default();
            if !found.is_empty() {
                self.knows(platform);
            }
            self.office.learn(platform, found);
        }
        Ok(())
    }

    /// Prepares a workspace, and welcomes its people once.
    pub(crate) async fn settle(&self, platform: &'static str, poster: &dyn Poster) -> anyhow::Result<()> {
        let directory = self.office.directory();
        let provisioned = poster.provision(&translate::plan(&directory, platform)).await?;
        for missing in &provisioned.missing {
            tracing::warn!(platform, "{missing}");
        }
        if platform != translate::LOBBY {
            let found = translate::rooms(platform, &provisioned);
            rooms::keep(&mut *self.pool.acquire().await?, directory.org, platform, &found).await?;
            let known = rooms::all(&mut *self.pool.acquire().await?, directory.org).await?;
            self.office.learn(platform, known.get(platform).cloned().unwrap_or(found));
        }
        self.knows(platform);
        self.welcome(platform).await
    }

    /// Prepares the workspaces beside the lobby, keeps all in step with the files, and comes back to those that could not
    /// be prepared.
    pub(crate) async fn follow(&self, speakers: &Speakers, wakes: &Wakes, stop: &CancellationToken) {
        let mut versions = self.office.subscribe();
        let mut away: Vec<&'static str> = speakers.keys().copied().filter(|p| *p != translate::LOBBY).collect();
        let mut wait = Duration::ZERO;
        loop {
            let due: Vec<&'static str> = tokio::select! {
                () = stop.cancelled() => return,
                changed = versions.changed() => match changed {
                    Ok(()) => speakers.keys().copied().collect(),
                    Err(_) => return,
                },
                () = tokio::time::sleep(wait), if !away.is_empty() => std::mem::take(&mut away),
            };
            wait = AGAIN;
            for platform in due {
                let Some(poster) = speakers.get(platform) else { continue };
                let settled = stop.run_until_cancelled(self.settle(platform, poster.as_ref())).await;
                if let Some(Err(error)) = settled {
                    tracing::warn!(platform, %error, "the workspace cannot be prepared now; it is tried again");
                    away.push(platform);
                }
            }
            away.sort_unstable();
            away.dedup();
            wakes.changed.notify_one();
            wakes.outbox.ring_for_all();
        }
    }

    /// Says once in each workspace what to type.
    async fn welcome(&self, platform: &'static str) -> anyhow::Result<()> {
        let directory = self.office.directory();
        let room = match platform {
            translate::LOBBY => Some(ALL_HANDS.to_owned()),
            _ => directory.workspaces.get(platform).and_then(|rooms| rooms.get(ALL_HANDS)).cloned(),
        };
        let Some(channel) = room else { return Ok(()) };
        let lead = directory.playbooks.values().find(|p| !p.takes.is_empty());
        let example = lead.map_or_else(String::new, |p| {
            format!(
                "\n\nTry it in **#{}**:\n\n> @{} we need a blog post \"5 Ways AI Reduces Marketing Costs\" for marketing \
                 directors, due tomorrow\n\nThen watch the thread. When the piece is ready it is put before you there: \
                 react ✅ to approve, ❌ to reject, 🔁 to ask for changes.",
                directory.channel_of(&p.owner),
                p.owner
            )
        });
        let text = format!(
            "Welcome to {}. This is a department of {} agents; each has a desk, a role and a voice, and they work where \
             you can see them.{example}\n\nYou can also ask anybody anything, here or in a direct message: `@copywriter \
             what are you on?`",
            directory.name,
            directory.personas.len()
        );
        let post = Post {
            from: Handle::parse(DESK)?,
            at: Place::Channel { channel: channel.clone() },
            body: Body::Text { text },
            notify: Vec::new(),
            status: None,
        };
        let named = if platform == translate::LOBBY { "welcome".to_owned() } else { format!("welcome:{platform}") };
        let new = outbox::New {
            id: Uuid::new_v5(&directory.org, named.as_bytes()),
            lane: format!("talk:{channel}"),
            post,
            revises: None,
        };
        let mut conn = self.pool.acquire().await?;
        outbox::insert(&mut conn, directory.org, self.clock.now(), &[new]).await?;
        Ok(())
    }
}
