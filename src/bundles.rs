//! Low-risk approvals that wait side by side are listed on one card, where one ✅ is a yes to each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bullpen_domain::bundle::Bundle;
use bullpen_domain::effect::{Action, Body, Card, Place, Post};
use bullpen_domain::mention;
use bullpen_domain::name::Handle;
use bullpen_domain::org::DESK;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock;
use crate::office::Office;
use crate::store::bundles::{self, Unlisted};
use crate::store::outbox;
use crate::wake::Wakes;

/// How often is looked: what comes up within this time is listed together.
const EVERY: Duration = Duration::from_secs(60);
/// Fewest approvals that are worth a card of their own.
const FEWEST: usize = 2;
/// Most on one card.
const MOST: usize = 20;

/// What listing works with.
pub struct Bundles {
    /// The database.
    pub pool: PgPool,
    /// Who is who.
    pub office: Arc<Office>,
    /// The clock.
    pub clock: clock::Shared,
    /// Rings for the workers.
    pub wakes: Arc<Wakes>,
}

impl Bundles {
    /// Looks now and then until `stop`.
    pub(crate) async fn run(&self, stop: &CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "low-risk approvals could not be listed; the next look tries it");
            }
        }
    }

    /// Lists what is open side by side: for the same people, in the same channel. Gives how many cards that makes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self) -> sqlx::Result<usize> {
        let (org, now) = (self.office.directory().org, self.clock.now());
        let mut tx = self.pool.begin().await?;
        let mut together: BTreeMap<(String, Vec<String>), Vec<Unlisted>> = BTreeMap::new();
        for one in bundles::unlisted(&mut tx, org).await? {
            together.entry((one.channel.clone(), one.asked_of.clone())).or_default().push(one);
        }
        let mut posts = Vec::new();
        for ((channel, people), listed) in together {
            for listed in listed.chunks(MOST).filter(|listed| listed.len() >= FEWEST) {
                let post = Uuid::now_v7();
                let items = listed.iter().map(|one| one.item.clone()).collect();
                let bundle = Bundle { post, channel: channel.clone(), items };
                bundles::keep(&mut tx, org, now, &bundle).await?;
                posts.push(card(bundle, people.clone()));
            }
        }
        outbox::insert(&mut tx, org, now, &posts).await?;
        tx.commit().await?;
        if !posts.is_empty() {
            self.wakes.outbox.ring_for_all();
        }
        Ok(posts.len())
    }
}

fn card(bundle: Bundle, people: Vec<String>) -> outbox::New {
    let titles = bundle.items.iter().enumerate();
    let fields: Vec<(String, String)> =
        titles.map(|(at, item)| ((at + 1).to_string(), mention::disarm(&item.title))).collect();
    let card = Card {
        title: format!("{} low-risk items wait for {}", fields.len(), people.join(", ")),
        fields,
        text: "Each stands in its own thread, as it would go out. ✅ here is a yes to each of them as it is now."
            .into(),
        picture: None,
        actions: vec![Action::new("✅", "Approve all")],
    };
    let from = Handle::parse(DESK).unwrap_or_else(|_| unreachable!("the desk's handle is a handle"));
    let lane = bundle.lane().as_str().to_owned();
    let at = Place::Channel { channel: bundle.channel };
    outbox::New {
        id: bundle.post,
        lane,
        post: Post { from, at, body: Body::Card(card), notify: people, status: None },
        revises: None,
    }
}
