//! A console of one test's own, with its server and a client.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bullpen_chat::Poster as _;
use bullpen_lobby::Lobby;
use bullpen_model::{Error, Model, Request, Tier};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::console::{Console, serve};
use crate::health::Health;
use crate::office::Office;
use crate::wake::Wakes;
use crate::{clock, store, translate};

pub(super) struct World {
    pub(super) console: Arc<Console>,
    pub(super) model: Arc<Speaker>,
    pub(super) address: SocketAddr,
    pub(super) client: reqwest::Client,
    pub(super) dir: tempfile::TempDir,
    shutdown: CancellationToken,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A model that says nothing, and whether it is ready.
#[derive(Default)]
pub(super) struct Speaker {
    pub(super) fault: Mutex<Option<Error>>,
}

#[async_trait]
impl Model for Speaker {
    fn label(&self) -> String {
        "a speaker (stand-in)".into()
    }

    fn stand_in(&self) -> bool {
        true
    }

    fn name(&self, _: Tier) -> String {
        "speaker".into()
    }

    async fn answer(&self, _: &Request) -> Result<bullpen_model::Answer, Error> {
        Err(Error::Refused("it never answers".into()))
    }

    async fn ready(&self) -> Result<(), Error> {
        self.fault.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

impl World {
    /// The department as it is shipped, for one person, on a loopback address.
    pub(super) async fn new() -> Self {
        Self::with("", &[]).await
    }

    /// With this `bullpen.yaml` and these variables.
    pub(super) async fn with(yaml: &str, variables: &[(&str, &str)]) -> Self {
        Self::over(bullpen_cluster::throwaway::database().await, yaml, variables).await
    }

    pub(super) async fn over(options: PgConnectOptions, yaml: &str, variables: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("personas"), dir.path().join("personas"))
            .unwrap();
        if !yaml.is_empty() {
            std::fs::write(dir.path().join("bullpen.yaml"), yaml).unwrap();
        }
        let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let config = Arc::new(Config::load(&variable, dir.path()).unwrap());
        let pool = PgPoolOptions::new().max_connections(4).connect_with(options).await.unwrap();
        store::migrate(&pool).await.unwrap();
        Lobby::migrate(&pool).await.unwrap();
        let office = Arc::new(Office::open(&config).unwrap());
        let directory = office.directory();
        let lobby = Lobby::new(pool.clone(), directory.org, Arc::new(chrono::Utc::now), Arc::new(|_| true));
        lobby.poster().provision(&translate::plan(&directory, translate::LOBBY)).await.unwrap();
        let model = Arc::new(Speaker::default());
        let console = Arc::new(Console {
            pool,
            org: directory.org,
            office,
            lobby,
            clock: Arc::new(clock::System),
            wakes: Arc::new(Wakes::default()),
            health: Arc::new(Health::new()),
            model: Arc::clone(&model) as Arc<dyn Model>,
            published: dir.path().join("published"),
            mounted: vec![(
                "/slack",
                axum::Router::new().route("/app/events", axum::routing::post(|| async { "heard" })),
            )],
            config,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(serve(Arc::clone(&console), listener, shutdown.clone()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { console, model, address, client, dir, shutdown }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(super) async fn fetch(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        Reply::read(self.fetch(path).await).await
    }

    pub(super) async fn post(&self, path: &str) -> Reply {
        Reply::read(self.request(Method::POST, path).send().await.unwrap()).await
    }
}

/// An answer of the server, read whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Reply {
    pub(super) async fn read(response: Response) -> Self {
        let status = response.status();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} without JSON: {text:?}"));
        Self { status, body }
    }

    pub(super) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    /// An error in the shape of the contract; answers with its code.
    pub(super) fn refused(self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        let error = &self.body["error"];
        assert!(error["message"].as_str().unwrap().len() > 10, "{error}");
        error["code"].as_str().unwrap().to_owned()
    }
}
