//! A guild of one test's own, with a bot, two people and a channel.

use bullpen_discord_fake::{BotKeys, BotPlan, Fake, Settings, UserPlan, permissions};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// What a bot that runs a department is invited with.
pub(crate) const RIGHTS: u64 = permissions::EVERYONE
    | permissions::MANAGE_CHANNELS
    | permissions::MANAGE_ROLES
    | permissions::MANAGE_WEBHOOKS
    | permissions::MANAGE_MESSAGES
    | permissions::MANAGE_THREADS;

pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) bot: BotKeys,
    pub(crate) ann: u64,
    pub(crate) ben: u64,
    pub(crate) channel: u64,
    pub(crate) client: reqwest::Client,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Settings::quick(), RIGHTS)
    }

    /// Requests are written to the file that `DISCORD_FAKE_LOG` names, where it is set.
    pub(crate) fn with(settings: Settings, rights: u64) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let log = std::env::var_os("DISCORD_FAKE_LOG").map(Into::into);
        let fake = Fake::start(Settings { log, ..settings }).unwrap();
        let bot = fake.bot(BotPlan::new("bullpen"));
        fake.invite(&bot, rights);
        let [ann, ben] = ["ann", "ben"].map(|name| fake.user(UserPlan::member(name)));
        let channel = fake.channel("management");
        let client = reqwest::Client::builder().user_agent("DiscordBot (https://example.com, 1)").build().unwrap();
        Self { fake, bot, ann, ben, channel, client }
    }

    /// Sends a request with a bot's token.
    pub(crate) async fn send(&self, token: &str, verb: Method, path: &str, body: Option<&Value>) -> Response {
        let url = format!("{}{path}", self.fake.api_url());
        let request = self.client.request(verb, url).header("authorization", format!("Bot {token}"));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// Calls with the bot's token: the status and the body, `null` where there is none.
    pub(crate) async fn call(&self, verb: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let verb = Method::from_bytes(verb.as_bytes()).unwrap();
        let answer = self.send(&self.bot.token, verb, path, body.as_ref()).await;
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// What a call that works answers.
    pub(crate) async fn done(&self, verb: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(verb, path, body).await;
        assert!((200..300).contains(&status), "{verb} {path}: {status} {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.done("GET", path, None).await
    }

    /// The status and code that a call is refused with.
    pub(crate) async fn refusal(&self, verb: &str, path: &str, body: Option<Value>) -> (u16, u64) {
        let (status, answer) = self.call(verb, path, body).await;
        assert!(status >= 400, "{verb} {path} was not refused: {answer}");
        (status, answer["code"].as_u64().unwrap())
    }

    /// Where and why a form is refused: the path of the field, and the word for what is wrong with it.
    pub(crate) async fn fault(&self, verb: &str, path: &str, body: Value) -> (String, String) {
        let (status, answer) = self.call(verb, path, Some(body)).await;
        assert_eq!((status, answer["code"].as_u64()), (400, Some(50035)), "{verb} {path}: {answer}");
        let (mut at, mut names) = (&answer["errors"], Vec::new());
        while let Some((name, next)) = at.as_object().and_then(|o| o.iter().find(|(name, _)| *name != "_errors")) {
            names.push(name.clone());
            at = next;
        }
        (names.join("."), at["_errors"][0]["code"].as_str().unwrap().to_owned())
    }

    /// The path of the channel's messages.
    pub(crate) fn messages(&self) -> String {
        format!("/channels/{}/messages", self.channel)
    }

    /// The bot posts a text in the channel. Returns the message.
    pub(crate) async fn post(&self, text: &str) -> u64 {
        let body = json!({"content": text, "allowed_mentions": {"parse": []}});
        id(&self.done("POST", &self.messages(), Some(body)).await)
    }

    /// The bot makes a webhook in the channel. Returns its path with its token.
    pub(crate) async fn webhook(&self) -> String {
        let path = format!("/channels/{}/webhooks", self.channel);
        let hook = self.done("POST", &path, Some(json!({"name": "Bullpen"}))).await;
        format!("/webhooks/{}/{}", hook["id"].as_str().unwrap(), hook["token"].as_str().unwrap())
    }
}

/// The snowflake of what an answer shows.
pub(crate) fn id(value: &Value) -> u64 {
    value["id"].as_str().unwrap_or_else(|| panic!("there is no id in {value}")).parse().unwrap()
}

/// The texts of messages in an answer.
pub(crate) fn contents(messages: &Value) -> Vec<&str> {
    messages.as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect()
}
