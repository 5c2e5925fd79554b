//! Posters that stand between the department and the lobby and behave as badly as platforms do. They keep no promise that
//! a platform without idempotency keys would not keep either: a post sent twice is a message twice.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{Body, Error, Key, MessageRef, Place, Plan, Post, Poster, Provisioned, Reactions, Receipt, Wanted};
use tokio::sync::Notify;

/// Fails in every way a platform can.
pub(crate) struct Flaky {
    inner: Arc<dyn Poster>,
    tried: Mutex<HashMap<Key, u32>>,
    /// Keys whose post stands.
    stands: Mutex<HashMap<Key, u32>>,
}

impl Flaky {
    /// Before the given poster.
    pub(crate) fn before(inner: Arc<dyn Poster>) -> Arc<Self> {
        Arc::new(Self { inner, tried: Mutex::default(), stands: Mutex::default() })
    }

    /// How often each post was made; more than once is a message twice.
    pub(crate) fn made(&self) -> Vec<u32> {
        self.stands.lock().expect("nobody panicked with it").values().copied().collect()
    }

    /// How many calls there were in all.
    pub(crate) fn calls(&self) -> u32 {
        self.tried.lock().expect("nobody panicked with it").values().sum()
    }

    /// Draws one of a hundred, by what is tried and how often it was tried. Every fifth try goes well: a post that fails on
    /// and on waits longer each time, beyond any story's patience.
    fn draw(&self, key: Key) -> u32 {
        let mut tried = self.tried.lock().expect("nobody panicked with it");
        let count = tried.entry(key).or_default();
        *count += 1;
        if count.is_multiple_of(5) {
            return 99;
        }
        let mut hash = DefaultHasher::new();
        (key.as_u128(), *count).hash(&mut hash);
        u32::try_from(hash.finish() % 100).expect("less than a hundred")
    }
}

fn not_now() -> Error {
    Error::Retry { why: "slow down".into(), after: None }
}

fn no_answer() -> Error {
    Error::Ambiguous { why: "the connection broke".into() }
}

#[async_trait]
impl Poster for Flaky {
    fn platform(&self) -> &'static str {
        "flaky"
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        self.inner.provision(plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        let drawn = self.draw(key);
        match drawn {
            0..12 => return Err(not_now()),
            12..20 => return Err(no_answer()),
            _ => {}
        }
        let receipt = self.inner.post(key, post).await?;
        *self.stands.lock().expect("nobody panicked with it").entry(key).or_default() += 1;
        if drawn < 35 { Err(no_answer()) } else { Ok(receipt) }
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        self.inner.edit(message, revision, post).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        if self.draw(key) < 35 {
            return Err(not_now());
        }
        self.inner.find(key, post).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        self.inner.reactions(message, wanted).await
    }

    async fn typing(&self, _place: &Place, _handle: &str) -> Result<(), Error> {
        Err(not_now())
    }
}

/// Carries out the first attempt of each post a while after it was given up, as a platform under load does.
pub(crate) struct Tardy {
    inner: Arc<dyn Poster>,
    made: Arc<Mutex<HashMap<Key, u32>>>,
    tried: Mutex<HashMap<Key, u32>>,
}

impl Tardy {
    /// Before the given poster.
    pub(crate) fn before(inner: Arc<dyn Poster>) -> Arc<Self> {
        Arc::new(Self { inner, made: Arc::default(), tried: Mutex::default() })
    }

    /// How often each post was made.
    pub(crate) fn made(&self) -> Vec<u32> {
        self.made.lock().expect("nobody panicked with it").values().copied().collect()
    }
}

#[async_trait]
impl Poster for Tardy {
    fn platform(&self) -> &'static str {
        "tardy"
    }

    fn settles(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        self.inner.provision(plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        let (inner, made, post) = (Arc::clone(&self.inner), Arc::clone(&self.made), post.clone());
        let first = {
            let mut tried = self.tried.lock().expect("nobody panicked with it");
            let count = tried.entry(key).or_default();
            *count += 1;
            *count == 1
        };
        let make = async move {
            if first {
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
            let receipt = inner.post(key, &post).await;
            *made.lock().expect("nobody panicked with it").entry(key).or_default() += 1;
            receipt
        };
        if first {
            tokio::spawn(make);
            return Err(no_answer());
        }
        make.await
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        self.inner.edit(message, revision, post).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        self.inner.find(key, post).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        self.inner.reactions(message, wanted).await
    }

    async fn typing(&self, _place: &Place, _handle: &str) -> Result<(), Error> {
        Ok(())
    }
}

/// Shows an approval's card at once, and gives its receipt only when told to.
pub(crate) struct Late {
    inner: Arc<dyn Poster>,
    go: Notify,
}

impl Late {
    /// Before the given poster.
    pub(crate) fn before(inner: Arc<dyn Poster>) -> Arc<Self> {
        Arc::new(Self { inner, go: Notify::new() })
    }

    /// Gives the receipt.
    pub(crate) fn release(&self) {
        self.go.notify_one();
    }
}

#[async_trait]
impl Poster for Late {
    fn platform(&self) -> &'static str {
        "late"
    }

    async fn provision(&self, plan: &Plan) -> Result<Provisioned, Error> {
        self.inner.provision(plan).await
    }

    async fn post(&self, key: Key, post: &Post) -> Result<Receipt, Error> {
        let receipt = self.inner.post(key, post).await;
        if matches!(&post.body, Body::Card(card) if card.title.starts_with("For approval: Publication")) {
            self.go.notified().await;
        }
        receipt
    }

    async fn edit(&self, message: &MessageRef, revision: i64, post: &Post) -> Result<Receipt, Error> {
        self.inner.edit(message, revision, post).await
    }

    async fn find(&self, key: Key, post: &Post) -> Result<Option<Receipt>, Error> {
        self.inner.find(key, post).await
    }

    async fn reactions(&self, message: &MessageRef, wanted: &Wanted) -> Result<Reactions, Error> {
        self.inner.reactions(message, wanted).await
    }

    async fn typing(&self, place: &Place, handle: &str) -> Result<(), Error> {
        self.inner.typing(place, handle).await
    }
}
