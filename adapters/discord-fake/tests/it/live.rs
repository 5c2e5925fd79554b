//! A guild of one test's own with a bot, two people and a channel; and a line to the gateway.

use std::time::Duration;

use bullpen_discord_fake::{BotKeys, BotPlan, Fake, Settings, UserPlan, intents, permissions};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long anything may take here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a bot that hears everything asks for.
pub(crate) const EAR: u64 = intents::GUILDS
    | intents::GUILD_MESSAGES
    | intents::GUILD_MESSAGE_REACTIONS
    | intents::DIRECT_MESSAGES
    | intents::MESSAGE_CONTENT;

pub(crate) struct Live {
    pub(crate) fake: Fake,
    pub(crate) bot: BotKeys,
    pub(crate) ann: u64,
    pub(crate) channel: u64,
    client: reqwest::Client,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self::with(Settings::quick(), BotPlan::new("bullpen"))
    }

    pub(crate) fn with(settings: Settings, plan: BotPlan) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let log = std::env::var_os("DISCORD_FAKE_LOG").map(Into::into);
        let fake = Fake::start(Settings { log, ..settings }).unwrap();
        let bot = fake.bot(plan);
        fake.invite(&bot, permissions::EVERYONE | permissions::MANAGE_WEBHOOKS);
        let ann = fake.user(UserPlan::member("ann"));
        let channel = fake.channel("management");
        let client = reqwest::Client::builder().user_agent("DiscordBot (https://example.com, 1)").build().unwrap();
        Self { fake, bot, ann, channel, client }
    }

    /// Calls REST with the bot's token. Returns the status and the answer.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.fake.api_url());
        let request = self.client.request(method.parse().unwrap(), url);
        let request = request.header("authorization", format!("Bot {}", self.bot.token));
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null))
    }

    /// Where the gateway is.
    pub(crate) async fn gateway(&self) -> String {
        let (status, answer) = self.call("GET", "/gateway/bot", Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        answer["url"].as_str().unwrap().to_owned()
    }

    /// A line that has been greeted, and nothing else.
    pub(crate) async fn open(&self) -> Line {
        Line::open(&self.gateway().await).await
    }

    /// A line with a session. Returns READY as well.
    pub(crate) async fn ready(&self, intents: u64) -> (Line, Value) {
        let mut line = self.open().await;
        line.identify(&self.bot.token, json!({"intents": intents})).await;
        let ready = line.event("READY").await;
        if intents & intents::GUILDS != 0 {
            line.event("GUILD_CREATE").await;
        }
        (line, ready)
    }

    /// A line that goes on with a session.
    pub(crate) async fn resume(&self, ready: &Value, seq: u64) -> Line {
        let mut line = Line::open(ready["resume_gateway_url"].as_str().unwrap()).await;
        line.send(6, json!({"token": self.bot.token, "session_id": ready["session_id"], "seq": seq})).await;
        line
    }
}

/// A line to the gateway.
pub(crate) struct Line {
    pub(crate) stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) hello: Value,
    /// The last sequence number.
    pub(crate) seq: u64,
    /// What the server closed with; `None` for a cut line, 1005 for a close without a code.
    pub(crate) closed: Option<u16>,
}

impl Line {
    pub(crate) async fn open(url: &str) -> Self {
        Self::at(&format!("{url}/?v=10&encoding=json")).await
    }

    pub(crate) async fn at(url: &str) -> Self {
        let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut line = Self { stream, hello: Value::Null, seq: 0, closed: None };
        if let Some(hello) = line.next().await {
            assert_eq!(hello["op"], 10, "{hello}");
            line.hello = hello["d"].clone();
        }
        line
    }

    pub(crate) async fn send(&mut self, op: u8, d: Value) {
        self.say(json!({"op": op, "d": d}).to_string()).await;
    }

    pub(crate) async fn say(&mut self, text: String) {
        // A line that was closed meanwhile says so when it is read.
        let _ = self.stream.send(Message::text(text)).await;
    }

    /// IDENTIFY, with what is given beside or instead of the usual.
    pub(crate) async fn identify(&mut self, token: &str, other: Value) {
        let mut d = json!({
            "token": token, "intents": EAR, "properties": {"os": "linux", "browser": "test", "device": "test"},
        });
        for (name, value) in other.as_object().unwrap() {
            d[name] = value.clone();
        }
        self.send(2, d).await;
    }

    /// The next frame; `None` when the line has ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match message.expect("the stand-in said nothing for a long time")? {
                Ok(Message::Text(text)) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    self.seq = frame["s"].as_u64().unwrap_or(self.seq);
                    return Some(frame);
                }
                Ok(Message::Close(frame)) => {
                    self.closed = Some(frame.map_or(1005, |frame| frame.code.into()));
                    return None;
                }
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The data of the next event of this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let frame = self.next().await.unwrap_or_else(|| panic!("no {name}: the line ended with {:?}", self.closed));
            if frame["t"] == name {
                return frame["d"].clone();
            }
        }
    }

    /// The next frame of this op.
    pub(crate) async fn op(&mut self, op: u8) -> Value {
        loop {
            let frame =
                self.next().await.unwrap_or_else(|| panic!("no op {op}: the line ended with {:?}", self.closed));
            if frame["op"] == op {
                return frame["d"].clone();
            }
        }
    }

    /// Reads until the line ends. Returns the code.
    pub(crate) async fn end(&mut self) -> Option<u16> {
        while self.next().await.is_some() {}
        self.closed
    }

    /// The contents of the next messages, so many of them.
    pub(crate) async fn contents(&mut self, many: usize) -> Vec<String> {
        let mut contents = Vec::new();
        while contents.len() < many {
            contents.push(self.event("MESSAGE_CREATE").await["content"].as_str().unwrap().to_owned());
        }
        contents
    }
}
