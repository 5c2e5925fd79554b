//! A guild of one test's own: the stand-in for Discord, our bots in it, a database, and the adapter between them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{
    Author, ChannelPlan, Error, Event, Gateway, Heard, Identity, Listed, Overview, Overviews, Pictures, Plan,
    Poster as _,
};
use bullpen_discord::{Bot, CATEGORY, Config, Discord, DiscordGateway, SHARED, Sources, setup};
use bullpen_discord_fake::{BotKeys, BotPlan, Fake, Settings, UserPlan};
use chrono::Utc;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing may come where nothing must.
pub(crate) const QUIET: Duration = Duration::from_millis(700);

pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) discord: Arc<Discord>,
    pub(crate) pool: PgPool,
    pub(crate) org: Uuid,
    pub(crate) config: Config,
    /// Our bots by name; the shared one is `bullpen`.
    pub(crate) keys: BTreeMap<String, BotKeys>,
    pub(crate) department: Department,
    listening: Mutex<Option<(CancellationToken, JoinHandle<()>)>>,
}

/// What the adapter asks of the department, as a test wants it answered.
#[derive(Clone, Default)]
pub(crate) struct Department {
    pub(crate) pictures: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    pub(crate) overview: Arc<Mutex<Overview>>,
}

#[async_trait]
impl Pictures for Department {
    async fn bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.pictures.lock().unwrap().get(digest).cloned())
    }
}

#[async_trait]
impl Overviews for Department {
    async fn of(&self, _: &Author) -> Result<Overview, Error> {
        Ok(self.overview.lock().unwrap().clone())
    }
}

/// The channel that is the department's in every world.
pub(crate) const OURS: &str = "management";

impl World {
    /// A guild with the shared bot, its channels made, and a line that stands.
    pub(crate) async fn open() -> Self {
        Self::with(&[], Settings::quick()).await
    }

    /// The same with a bot for each of these personas.
    pub(crate) async fn with(personas: &[&str], settings: Settings) -> Self {
        let world = Self::quiet(personas, settings).await;
        world.provision().await;
        world.listen().await;
        world
    }

    /// The same, and nothing is made and nobody listens yet.
    pub(crate) async fn quiet(personas: &[&str], settings: Settings) -> Self {
        Self::on(bullpen_cluster::throwaway::database().await, personas, settings).await
    }

    /// The same on this database.
    pub(crate) async fn on(options: PgConnectOptions, personas: &[&str], settings: Settings) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fake = Fake::start(settings).unwrap();
        let mut keys = BTreeMap::new();
        let mut bots = Vec::new();
        for name in [SHARED].iter().chain(personas) {
            let bot = fake.bot(BotPlan::new(name));
            fake.invite(&bot, setup::bits(*name != SHARED));
            bots.push(Bot {
                name: (*name).to_owned(),
                persona: (*name != SHARED).then(|| (*name).to_owned()),
                token: bot.token.clone().into(),
                variable: if *name == SHARED { "DISCORD_TOKEN".into() } else { format!("DISCORD_TOKEN_{name}") },
            });
            keys.insert((*name).to_owned(), bot);
        }
        let config = Config { api_url: fake.api_url(), public_url: None, guild: None, category: CATEGORY.into(), bots };
        let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await.unwrap();
        Discord::migrate(&pool).await.unwrap();
        let (org, department) = (Uuid::new_v4(), Department::default());
        let discord = adapter(&pool, org, &config, &department);
        Self { fake, discord, pool, org, config, keys, department, listening: Mutex::new(None) }
    }

    /// Makes what the department wants to exist, and returns its channels by name.
    pub(crate) async fn provision(&self) -> BTreeMap<String, String> {
        self.plan(&[OURS]).await
    }

    /// Another server on the same database, which has provisioned and does not listen yet.
    pub(crate) async fn beside(&self) -> Arc<Discord> {
        let other = adapter(&self.pool, self.org, &self.config, &self.department);
        other.begin_sessions_every(Duration::from_millis(20));
        self.plan_of(&other, &[OURS]).await;
        other
    }

    /// The same with these channels in the plan.
    pub(crate) async fn plan(&self, channels: &[&str]) -> BTreeMap<String, String> {
        self.plan_of(&self.discord, channels).await
    }

    async fn plan_of(&self, discord: &Arc<Discord>, channels: &[&str]) -> BTreeMap<String, String> {
        let personas = self.keys.keys().filter(|name| *name != SHARED).map(String::as_str);
        let identities = personas.chain([SHARED, "desk"]).map(|handle| Identity {
            handle: handle.into(),
            name: handle.to_uppercase(),
            role: "A role".into(),
            avatar: format!("/avatars/{handle}.svg"),
            emoji: None,
        });
        let channel =
            |name: &&str| ChannelPlan { name: (*name).into(), layer: None, topic: "What is to be done.".into() };
        let channels = channels.iter().map(channel).collect();
        let plan = Plan { channels, identities: identities.collect(), people: Vec::<Listed>::new() };
        let provisioned = discord.poster().provision(&plan).await.expect("the guild is made ready");
        assert_eq!(provisioned.missing, [""; 0], "nothing is missing");
        provisioned.channels
    }

    /// The department's channel, in which everybody may speak.
    pub(crate) fn ours(&self) -> u64 {
        self.fake.channel(OURS)
    }

    /// Begins to listen, and returns when all bots have a line.
    pub(crate) async fn listen(&self) {
        self.begin();
        for name in self.keys.keys() {
            self.connected(name).await;
        }
        self.caught_up().await;
    }

    /// Begins to listen.
    pub(crate) fn begin(&self) {
        self.discord.begin_sessions_every(Duration::from_millis(20));
        let stop = CancellationToken::new();
        let (discord, stopped) = (Arc::clone(&self.discord), stop.clone());
        let job = tokio::spawn(async move { discord.listen(stopped).await });
        *self.listening.lock().unwrap() = Some((stop, job));
    }

    /// Waits until a bot's line stands.
    pub(crate) async fn connected(&self, bot: &str) {
        let user = self.keys[bot].user;
        self.until("the line stands", || async {
            self.fake.connections(user) > 0 && self.discord.health().get(bot).is_some_and(Result::is_ok)
        })
        .await;
    }

    /// Waits until no gap is open, and the guild was looked at.
    pub(crate) async fn caught_up(&self) {
        self.until("what was missed is fetched", || async {
            let gaps: i64 = self.count("select count(*) from discord.gaps where org = $1").await;
            gaps == 0 && self.count("select count(*) from discord.guilds where org = $1").await > 0
        })
        .await;
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).bind(self.org).fetch_one(&self.pool).await.unwrap()
    }

    /// Waits for a condition.
    pub(crate) async fn until<F: Future<Output = bool>>(&self, what: &str, is_so: impl Fn() -> F) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(waited.await.is_ok(), "{what}; the lines: {:?}", self.discord.health());
    }

    /// Stops to listen, as a server does that is stopped.
    pub(crate) async fn stop(&self) {
        let listening = self.listening.lock().unwrap().take();
        let Some((stop, job)) = listening else { return };
        stop.cancel();
        tokio::time::timeout(PATIENCE, job).await.expect("listening ends soon").unwrap();
    }

    /// Ends listening as `kill -9` does.
    pub(crate) fn kill(&self) {
        if let Some((_, job)) = self.listening.lock().unwrap().take() {
            job.abort();
        }
    }

    /// Another server on the same database is put in the place of this one; it does not listen yet.
    pub(crate) fn another(&mut self) {
        self.discord = adapter(&self.pool, self.org, &self.config, &self.department);
    }

    pub(crate) fn bot(&self, name: &str) -> u64 {
        self.keys[name].user
    }

    /// A person in the guild.
    pub(crate) fn member(&self, name: &str) -> u64 {
        self.fake.user(UserPlan::member(name))
    }

    pub(crate) fn ear(&self) -> Ear {
        Ear(self.discord.gateway())
    }

    /// The keys of what was received so far, in order.
    pub(crate) async fn received(&self) -> Vec<String> {
        let rows = sqlx::query_scalar("select key from discord.received where org = $1 order by seq").bind(self.org);
        rows.fetch_all(&self.pool).await.unwrap()
    }

    /// Waits until this is received.
    pub(crate) async fn has(&self, key: &str) {
        self.until(key, || async {
            let found =
                sqlx::query("select from discord.received where org = $1 and key = $2").bind(self.org).bind(key);
            found.fetch_optional(&self.pool).await.unwrap().is_some()
        })
        .await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some((stop, _)) = self.listening.lock().unwrap().take() {
            stop.cancel();
        }
    }
}

/// An adapter on that database, as a server starts it.
pub(crate) fn adapter(pool: &PgPool, org: Uuid, config: &Config, department: &Department) -> Arc<Discord> {
    let sources = Sources { pictures: Arc::new(department.clone()), overviews: Arc::new(department.clone()) };
    Discord::new(pool.clone(), org, Arc::new(Utc::now), config.clone(), sources).unwrap()
}

/// Reads a connection and acknowledges all.
pub(crate) struct Ear(pub(crate) DiscordGateway);

impl Ear {
    pub(crate) async fn batch(&mut self) -> Vec<Heard> {
        let batch = tokio::time::timeout(PATIENCE, self.0.next()).await;
        batch.expect("what happened is heard soon").expect("a connection that stands hands over events")
    }

    /// Waits for that many events, and acknowledges them.
    pub(crate) async fn hear(&mut self, count: usize) -> Vec<Heard> {
        let mut heard = Vec::new();
        while heard.len() < count {
            let batch = self.batch().await;
            self.0.ack(&batch).await.unwrap();
            heard.extend(batch);
        }
        assert_eq!(heard.len(), count, "nothing else is heard: {heard:?}");
        heard
    }

    /// The next event.
    pub(crate) async fn one(&mut self) -> Event {
        self.hear(1).await.remove(0).event
    }

    /// Nothing more comes.
    pub(crate) async fn nothing(&mut self) {
        if let Ok(heard) = tokio::time::timeout(QUIET, self.0.next()).await {
            panic!("nothing is to be heard, and this was: {heard:?}");
        }
    }
}

/// A new message.
pub(crate) fn posted(event: Event) -> bullpen_chat::Message {
    match event {
        Event::Posted(message) => message,
        other => panic!("a message is heard, not {other:?}"),
    }
}

/// What was posted, in order.
pub(crate) fn texts(heard: Vec<Heard>) -> Vec<String> {
    heard.into_iter().map(|heard| posted(heard.event).text).collect()
}
