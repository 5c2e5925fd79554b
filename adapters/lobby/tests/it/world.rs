//! A lobby of one test's own, with its server and a client.

use std::sync::Arc;

use bullpen_chat::{Body, ChannelPlan, Identity, Listed, Place, Plan, Post, Poster};
use bullpen_lobby::{Lobby, router};
use chrono::Utc;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

pub(crate) struct World {
    pub(crate) lobby: Arc<Lobby>,
    pub(crate) pool: sqlx::PgPool,
    pub(crate) org: Uuid,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) client: reqwest::Client,
}

/// The person who may see everything.
pub(crate) const OPERATOR: &str = "op";

pub(crate) fn identity(handle: &str, name: &str) -> Identity {
    Identity {
        handle: handle.into(),
        name: name.into(),
        role: "A role".into(),
        avatar: format!("/avatars/{handle}.svg"),
        emoji: None,
    }
}

fn listed(name: &str) -> Listed {
    Listed { name: name.into(), ..Listed::default() }
}

pub(crate) fn plan() -> Plan {
    let channel = |name: &str, layer: Option<&str>| ChannelPlan {
        name: name.into(),
        layer: layer.map(str::to_owned),
        topic: format!("What {name} is for."),
    };
    Plan {
        channels: vec![channel("all-hands", None), channel("management", Some("management"))],
        identities: vec![identity("content_manager", "Marta Vale"), identity("copywriter", "Cole Wright")],
        people: ["you", "Ana Lee", OPERATOR].map(listed).to_vec(),
    }
}

pub(crate) fn lobby(pool: &sqlx::PgPool, org: Uuid) -> Arc<Lobby> {
    Lobby::new(pool.clone(), org, Arc::new(Utc::now), Arc::new(|name| name == OPERATOR))
}

impl World {
    /// A lobby with two channels, two personas and three people, served on a port of its own.
    pub(crate) async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = bullpen_cluster::throwaway::database().await;
        let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await.unwrap();
        Lobby::migrate(&pool).await.unwrap();
        let org = Uuid::new_v4();
        let lobby = lobby(&pool, org);
        lobby.poster().provision(&plan()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = router(Arc::clone(&lobby));
        tokio::spawn(async move { axum::serve(listener, served).await });
        Self { lobby, pool, org, address, client: reqwest::Client::new() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        Answer::read(self.request(method, path).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// A member says something in `#management`; answers with the message.
    pub(crate) async fn say(&self, member: &str, text: &str) -> Value {
        let body = json!({ "as": member, "text": text });
        self.post("/api/channels/management/messages", body).await.expect(StatusCode::CREATED)
    }

    pub(crate) async fn reply(&self, member: &str, root: &Value, text: &str) -> Value {
        let body = json!({ "as": member, "text": text, "thread": id(root) });
        self.post("/api/channels/management/messages", body).await.expect(StatusCode::CREATED)
    }

    pub(crate) async fn react(&self, method: Method, message: &Value, emoji: &str, member: &str) -> Answer {
        let mut url = reqwest::Url::parse(&format!("http://{}/api/messages/{}", self.address, id(message))).unwrap();
        url.path_segments_mut().unwrap().extend(["reactions", emoji]);
        url.query_pairs_mut().append_pair("as", member);
        Answer::read(self.client.request(method, url).send().await.unwrap()).await
    }

    /// A persona posts into `#management`, or a thread of it.
    pub(crate) async fn persona_says(&self, text: &str, thread: Option<&Value>) -> String {
        let post = Post {
            identity: identity("content_manager", "Marta Vale"),
            place: Place { channel: "management".into(), thread: thread.map(id) },
            body: Body::Markdown { text: text.into() },
            notify: Vec::new(),
        };
        self.lobby.poster().post(Uuid::new_v4(), &post).await.unwrap().message.id
    }
}

pub(crate) fn id(message: &Value) -> String {
    message["id"].as_str().unwrap().to_owned()
}

/// The texts of a list.
pub(crate) fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

/// An answer of the server, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, url) = (response.status(), response.url().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{url}: {status} without JSON: {text:?}"));
        Self { status, body }
    }

    pub(crate) fn expect(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// An error in the shape of the contract; answers with its sentence.
    pub(crate) fn refused(self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        let error = &self.body["error"];
        assert!(!error["code"].as_str().unwrap().is_empty());
        let message = error["message"].as_str().unwrap();
        assert!(message.len() > 10, "an error says what to do: {message}");
        message.to_owned()
    }
}
