//! Signed HTTP with Slack's retries.

use std::time::Duration;

use axum::http::StatusCode;
use bullpen_slack_fake::{AppPlan, Settings};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::receiver::Receiver;
use crate::world::World;

fn world() -> World {
    World::with(Settings::quick(), AppPlan { socket: false, ..AppPlan::with_everything("bullpen") })
}

fn ok() -> (StatusCode, String) {
    (StatusCode::OK, String::new())
}

#[tokio::test]
async fn events_come_signed_and_in_order() {
    let world = world();
    world.fake.settled().await;
    let receiver = Receiver::new(|_, _| ok()).await;
    world.fake.deliver_by_http("bullpen", &receiver.url);
    for i in 0..10 {
        world.fake.say(&world.ann, &world.channel, None, &format!("{i}"));
    }
    world.fake.settled().await;
    let heard = receiver.heard();
    let mut texts = Vec::new();
    for one in &heard {
        assert_eq!(one.address, "bullpen/events");
        let header = |name: &str| one.headers[name].to_str().unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(world.app.signing_secret.as_bytes()).unwrap();
        mac.update(format!("v0:{}:", header("x-slack-request-timestamp")).as_bytes());
        mac.update(&one.body);
        let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(header("x-slack-signature"), format!("v0={hex}"));
        let body: Value = serde_json::from_slice(&one.body).unwrap();
        assert_eq!((&body["type"], &body["api_app_id"]), (&json!("event_callback"), &json!(world.app.app_id)));
        texts.push(body["event"]["text"].as_str().unwrap().to_owned());
    }
    assert_eq!(texts, (0..10).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_refused_event_comes_again_with_its_number_and_reason() {
    let world = world();
    world.fake.settled().await;
    let receiver =
        Receiver::new(|n, _| if n < 2 { (StatusCode::INTERNAL_SERVER_ERROR, String::new()) } else { ok() }).await;
    world.fake.deliver_by_http("bullpen", &receiver.url);
    world.fake.say(&world.ann, &world.channel, None, "hello");
    world.fake.settled().await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), 3);
    assert!(!heard[0].headers.contains_key("x-slack-retry-num"));
    for (n, one) in heard.iter().enumerate().skip(1) {
        assert_eq!(one.headers["x-slack-retry-num"], n.to_string().as_str());
        assert_eq!(one.headers["x-slack-retry-reason"], "http_error");
        assert_eq!(one.body, heard[0].body, "it is the same event");
    }
    assert!(world.fake.deliveries().pop().unwrap().acked);
}

#[tokio::test]
async fn slack_gives_up_after_three_retries_or_when_told() {
    let world = world();
    world.fake.settled().await;
    let receiver = Receiver::new(|_, _| (StatusCode::BAD_GATEWAY, String::new())).await;
    world.fake.deliver_by_http("bullpen", &receiver.url);
    world.fake.say(&world.ann, &world.channel, None, "hello");
    world.fake.settled().await;
    let last = world.fake.deliveries().pop().unwrap();
    assert!(last.gave_up && last.attempts == 4);
    // Nobody listens there.
    world.fake.deliver_by_http("bullpen", "http://127.0.0.1:9");
    world.fake.say(&world.ann, &world.channel, None, "hello?");
    world.fake.settled().await;
    assert!(world.fake.deliveries().pop().unwrap().gave_up);
}

#[tokio::test]
async fn a_slow_app_is_told_again() {
    let settings = Settings { ack_limit: Duration::from_millis(50), ..Settings::quick() };
    let world = World::with(settings, AppPlan { socket: false, ..AppPlan::with_everything("bullpen") });
    world.fake.settled().await;
    // It takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.fake.deliver_by_http("bullpen", &format!("http://{}", silent.local_addr().unwrap()));
    world.fake.say(&world.ann, &world.channel, None, "hello");
    world.fake.until(|fake| fake.deliveries().pop().unwrap().attempts >= 2).await;
    let receiver = Receiver::new(|_, _| ok()).await;
    world.fake.deliver_by_http("bullpen", &receiver.url);
    world.fake.settled().await;
    let heard = receiver.heard();
    assert_eq!(heard[0].headers["x-slack-retry-reason"], "http_timeout");
}

#[tokio::test]
async fn an_address_is_checked_with_a_challenge() {
    let world = world();
    world.fake.settled().await;
    let echo = |_: usize, heard: &crate::receiver::Heard| {
        let body: Value = serde_json::from_slice(&heard.body).unwrap();
        (StatusCode::OK, body["challenge"].as_str().unwrap_or_default().to_owned())
    };
    let receiver = Receiver::new(echo).await;
    world.fake.deliver_by_http("bullpen", &receiver.url);
    assert_eq!(world.fake.verify_url("bullpen").await, Ok(()));
    let stubborn = Receiver::new(|_, _| ok()).await;
    world.fake.deliver_by_http("bullpen", &stubborn.url);
    assert!(world.fake.verify_url("bullpen").await.is_err());
}

#[tokio::test]
async fn clicks_and_commands_come_as_forms() {
    let world = world();
    world.fake.settled().await;
    let answers = |_: usize, heard: &crate::receiver::Heard| match heard.address.as_str() {
        "bullpen/commands" => (StatusCode::OK, r#"{"text": "Two tasks.", "response_type": "in_channel"}"#.to_owned()),
        _ => ok(),
    };
    let receiver = Receiver::new(answers).await;
    world.fake.deliver_by_http("bullpen", &receiver.url);
    let response = world.fake.command(&world.ann, "bullpen", &world.channel, "tasks mine").await.unwrap();
    assert!(response.in_channel && response.text == "Two tasks.");
    assert_eq!(world.fake.messages(&world.channel).last().unwrap().text, "Two tasks.");
    let button =
        json!({"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "v"});
    let blocks = json!([{"type": "actions", "elements": [button]}]);
    let posted = world.call("chat.postMessage", json!({"channel": world.channel, "text": "t", "blocks": blocks})).await;
    world.fake.click(&world.ann, &world.channel, posted["ts"].as_str().unwrap(), "go").await.unwrap();
    let heard = receiver.heard();
    let form = |address: &str| {
        let one = heard.iter().find(|h| h.address == address).unwrap();
        url::form_urlencoded::parse(&one.body).into_owned().collect::<std::collections::BTreeMap<_, _>>()
    };
    let command = form("bullpen/commands");
    assert_eq!((command["command"].as_str(), command["text"].as_str()), ("/bullpen", "tasks mine"));
    let click: Value = serde_json::from_str(&form("bullpen/interactions")["payload"]).unwrap();
    assert_eq!((&click["type"], &click["actions"][0]["value"]), (&json!("block_actions"), &json!("v")));
}
