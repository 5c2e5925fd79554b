//! Reactions on open approvals, read again: a vote may have been set while nobody heard the platform.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat as chat;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::delivery::Speakers;
use crate::intake;
use crate::office::Office;
use crate::store::approvals;
use crate::translate::{self, Inward};
use crate::wake::Wakes;

/// How soon after the start the first look is, once the platform is heard again.
const FIRST: Duration = Duration::from_secs(5);
/// How often.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// What reading again works with.
pub(crate) struct Reread {
    pub(crate) pool: PgPool,
    pub(crate) office: Arc<Office>,
    pub(crate) clock: clock::Shared,
    pub(crate) wakes: Arc<Wakes>,
    pub(crate) speakers: Speakers,
}

impl Reread {
    /// Looks until `stop`. The lobby tells every reaction, and is not asked.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        let mut wait = FIRST;
        while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
            wait = EVERY;
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "the votes on open approvals could not be read again; the next look tries it");
            }
        }
    }

    async fn look(&self) -> anyhow::Result<()> {
        let directory = self.office.directory();
        let open = approvals::on_show(&mut *self.pool.acquire().await?, directory.org).await?;
        for (channel, id) in open {
            let (platform, channel) = translate::outward(&channel);
            let Some((&platform, poster)) = self.speakers.get_key_value(platform) else { continue };
            if platform == translate::LOBBY {
                continue;
            }
            let message = chat::MessageRef { channel: channel.to_owned(), id };
            let standing = match poster.reactions(&message).await {
                Ok(standing) => standing,
                // It is gone, or cannot be asked for now: this one is not worth the others.
                Err(error) => {
                    tracing::debug!(%error, "the votes on a card could not be read");
                    continue;
                }
            };
            let heard = self.votes(platform, &message, standing);
            let mut tx = self.pool.begin().await?;
            let new = intake::store(&mut tx, Inward::new(platform, &directory), self.clock.now(), &heard).await?;
            tx.commit().await?;
            if new > 0 {
                tracing::info!(new, "votes were found that nobody had told");
                self.wakes.inbox.notify_one();
            }
        }
        Ok(())
    }

    /// One fact for each person and emoji, however often it is read; that it was told before does no harm.
    fn votes(
        &self,
        platform: &str,
        message: &chat::MessageRef,
        standing: BTreeMap<String, Vec<chat::Author>>,
    ) -> Vec<chat::Heard> {
        let members = |(emoji, authors): (String, Vec<chat::Author>)| {
            authors.into_iter().filter_map(move |author| match &author {
                chat::Author::Member { id, .. } => Some((emoji.clone(), id.clone(), author)),
                chat::Author::Bot { .. } => None,
            })
        };
        let heard = |(emoji, id, author): (String, String, chat::Author)| chat::Heard {
            key: format!("{platform}:stands:{}:{}:{id}:{emoji}", message.channel, message.id),
            at: self.clock.now(),
            event: chat::Event::Reacted { message: message.clone(), author, emoji, set: true },
            token: String::new(),
        };
        standing.into_iter().flat_map(members).map(heard).collect()
    }
}
