//! A workspace of one test's own, with an app, two people and a channel.

use std::time::Duration;

use bullpen_slack_fake::{AppKeys, AppPlan, Fake, Settings, UserPlan};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) app: AppKeys,
    pub(crate) ann: String,
    pub(crate) ben: String,
    pub(crate) channel: String,
    pub(crate) client: reqwest::Client,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Settings::quick(), AppPlan::with_everything("bullpen"))
    }

    pub(crate) fn with(settings: Settings, plan: AppPlan) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fake = Fake::start(settings).unwrap();
        let app = fake.app(plan);
        let [ann, ben] = ["ann", "ben"].map(|name| fake.user(UserPlan::member(name)));
        let channel = fake.channel("management");
        for user in [&ann, &ben, &app.bot_user] {
            fake.join(user, &channel);
        }
        Self { fake, app, ann, ben, channel, client: reqwest::Client::new() }
    }

    /// Calls a method with JSON and the bot's token.
    pub(crate) async fn call(&self, method: &str, arguments: Value) -> Value {
        self.call_as(&self.app.bot_token, method, arguments).await
    }

    pub(crate) async fn call_as(&self, token: &str, method: &str, arguments: Value) -> Value {
        let url = format!("{}/{method}", self.fake.api_url());
        self.client.post(url).bearer_auth(token).json(&arguments).send().await.unwrap().json().await.unwrap()
    }

    /// Calls a method with a query.
    pub(crate) async fn get(&self, method: &str, query: &[(&str, &str)]) -> Value {
        let url = format!("{}/{method}", self.fake.api_url());
        let request = self.client.get(url).bearer_auth(&self.app.bot_token).query(query);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Posts a text and returns its `ts`.
    pub(crate) async fn post(&self, text: &str) -> String {
        let answer = self.call("chat.postMessage", json!({"channel": self.channel, "text": text})).await;
        answer["ts"].as_str().unwrap_or_else(|| panic!("not posted: {answer}")).to_owned()
    }

    /// What a call was refused with.
    pub(crate) async fn refusal(&self, method: &str, arguments: Value) -> String {
        let answer = self.call(method, arguments).await;
        assert_eq!(answer["ok"], false, "{method} was not refused: {answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// Opens a Socket Mode connection and reads the greeting.
    pub(crate) async fn connect(&self) -> Socket {
        let opened = self.call_as(&self.app.app_token, "apps.connections.open", json!({})).await;
        let url = opened["url"].as_str().unwrap_or_else(|| panic!("no connection: {opened}"));
        let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut socket = Socket { stream };
        let hello = socket.next().await.unwrap();
        assert_eq!(
            (hello["type"].as_str(), hello["connection_info"]["app_id"].as_str()),
            (Some("hello"), Some(&*self.app.app_id))
        );
        socket
    }

    /// The events that the app was told, by their type and subtype, without what setting up has told it.
    pub(crate) fn told(&self, since: usize) -> Vec<Value> {
        self.fake.deliveries().into_iter().skip(since).map(|d| d.payload["event"].clone()).collect()
    }
}

/// A Socket Mode connection of a test.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// The next thing that is said on it; `None` when it has ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.stream.next()).await;
            match message.expect("the stand-in said nothing for ten seconds")? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next envelope of events whose event has this type.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        loop {
            let envelope = self.next().await.expect("the connection ended");
            if envelope["payload"]["event"]["type"] == kind {
                return envelope;
            }
            self.ack(&envelope, None).await;
        }
    }

    pub(crate) async fn ack(&mut self, envelope: &Value, payload: Option<Value>) {
        let mut ack = json!({"envelope_id": envelope["envelope_id"]});
        if let Some(payload) = payload {
            ack["payload"] = payload;
        }
        self.stream.send(Message::text(ack.to_string())).await.unwrap();
    }

    /// Acknowledges what comes until nothing is left to tell, and returns the texts of the messages in order.
    pub(crate) async fn drain(&mut self, fake: &Fake) -> Vec<String> {
        let mut texts = Vec::new();
        loop {
            tokio::select! {
                biased;
                envelope = self.next() => {
                    let Some(envelope) = envelope else { return texts };
                    self.ack(&envelope, None).await;
                    let event = &envelope["payload"]["event"];
                    if event["type"] == "message" && event["subtype"].is_null() && event["text"].is_string() {
                        texts.push(event["text"].as_str().unwrap().to_owned());
                    }
                }
                () = fake.settled() => return texts,
            }
        }
    }
}
