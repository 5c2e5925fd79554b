//! A workspace of one test's own: the stand-in for Slack, our apps in it, a database, and the adapter between them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bullpen_chat::{Author, Error, Event, Gateway, Heard, Overview, Overviews, Pictures};
use bullpen_slack::{App, Config, SHARED, Slack, SlackGateway, Sources};
use bullpen_slack_fake::{AppKeys, AppPlan, Fake, Settings, UserPlan};
use chrono::Utc;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How long nothing may come where nothing must.
pub(crate) const QUIET: Duration = Duration::from_millis(700);

pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) slack: Arc<Slack>,
    pub(crate) pool: PgPool,
    pub(crate) org: Uuid,
    pub(crate) config: Config,
    /// Our apps by name; the shared one is `bullpen`.
    pub(crate) keys: BTreeMap<String, AppKeys>,
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

impl World {
    /// A workspace with the shared app alone, connected by Socket Mode.
    pub(crate) async fn open() -> Self {
        let world = Self::quiet(&[]).await;
        world.listen().await;
        world
    }

    /// The same with an app for each of these personas.
    pub(crate) async fn with(personas: &[&str]) -> Self {
        let world = Self::quiet(personas).await;
        world.listen().await;
        world
    }

    /// The same, and nobody listens yet.
    pub(crate) async fn quiet(personas: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fake = Fake::start(Settings::quick()).unwrap();
        let mut keys = BTreeMap::new();
        let mut apps = Vec::new();
        for name in [SHARED].iter().chain(personas) {
            let app = fake.app(AppPlan::with_everything(name));
            apps.push(App {
                name: (*name).to_owned(),
                persona: (*name != SHARED).then(|| (*name).to_owned()),
                bot_token: app.bot_token.clone().into(),
                app_token: Some(app.app_token.clone().into()),
                signing_secret: Some(app.signing_secret.clone().into()),
            });
            keys.insert((*name).to_owned(), app);
        }
        let config = Config {
            api_url: fake.api_url(),
            public_url: None,
            channel_prefix: String::new(),
            posts_a_minute: 6_000,
            apps,
        };
        let options = bullpen_cluster::throwaway::database().await;
        let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await.unwrap();
        Slack::migrate(&pool).await.unwrap();
        let (org, department) = (Uuid::new_v4(), Department::default());
        let slack = adapter(&pool, org, &config, &department);
        Self { fake, slack, pool, org, config, keys, department, listening: Mutex::new(None) }
    }

    /// Begins to listen, and returns when all apps are connected.
    pub(crate) async fn listen(&self) {
        let stop = CancellationToken::new();
        let (slack, stopped) = (Arc::clone(&self.slack), stop.clone());
        let job = tokio::spawn(async move { slack.listen(stopped).await });
        *self.listening.lock().unwrap() = Some((stop, job));
        for app in self.config.apps.iter().filter(|app| app.app_token.is_some()) {
            self.connected(&app.name).await;
        }
    }

    /// Waits until an app is connected.
    pub(crate) async fn connected(&self, app: &str) {
        let connected = self.fake.until(|fake| fake.connections(app) > 0);
        tokio::time::timeout(PATIENCE, connected).await.expect("the app connects");
    }

    /// Stops to listen, as a server does that is stopped.
    pub(crate) async fn stop(&self) {
        let listening = self.listening.lock().unwrap().take();
        let Some((stop, job)) = listening else { return };
        stop.cancel();
        tokio::time::timeout(PATIENCE, job).await.expect("listening ends soon").unwrap();
    }

    /// Another server on the same database takes the place of this one.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.slack = adapter(&self.pool, self.org, &self.config, &self.department);
        self.listen().await;
    }

    /// Serves `/slack` and returns the address before it.
    pub(crate) async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().nest("/slack", self.slack.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        base
    }

    pub(crate) fn bot(&self, app: &str) -> &str {
        &self.keys[app].bot_user
    }

    /// A member of the workspace.
    pub(crate) fn member(&self, name: &str) -> String {
        self.fake.user(UserPlan::member(name))
    }

    /// A channel that all our apps and these people are in.
    pub(crate) fn channel(&self, name: &str, people: &[&str]) -> String {
        let channel = self.fake.channel(name);
        for user in self.keys.values().map(|keys| keys.bot_user.as_str()).chain(people.iter().copied()) {
            self.fake.join(user, &channel);
        }
        channel
    }

    pub(crate) fn ear(&self) -> Ear {
        Ear(self.slack.gateway())
    }

    /// What was received so far, by key.
    pub(crate) async fn received(&self) -> Vec<String> {
        let rows = sqlx::query_scalar("select key from slack.received where org = $1 order by seq").bind(self.org);
        rows.fetch_all(&self.pool).await.unwrap()
    }

    /// Calls the Web API as one of our apps does, without the adapter.
    pub(crate) async fn call(&self, app: &str, method: &str, body: &serde_json::Value) -> serde_json::Value {
        let request = reqwest::Client::new().post(format!("{}/{method}", self.fake.api_url()));
        let answer = request.bearer_auth(&self.keys[app].bot_token).json(body).send().await.unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(answer["ok"], true, "{method} is done: {answer}");
        answer
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
pub(crate) fn adapter(pool: &PgPool, org: Uuid, config: &Config, department: &Department) -> Arc<Slack> {
    let sources = Sources { pictures: Arc::new(department.clone()), overviews: Arc::new(department.clone()) };
    Slack::new(pool.clone(), org, Arc::new(Utc::now), config.clone(), sources).unwrap()
}

/// Reads a connection and acknowledges all.
pub(crate) struct Ear(pub(crate) SlackGateway);

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
