//! Clicks, commands, forms, and what they allow for a while.

use std::sync::{Arc, Mutex};

use bullpen_slack_fake::{AppPlan, Settings, Unanswered};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::world::World;

async fn card(world: &World) -> String {
    let blocks = json!([{"type": "actions", "block_id": "b", "elements": [
        {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}, "value": "yes"},
        {"type": "static_select", "action_id": "pick", "options": [{"text": {"type": "plain_text", "text": "A"}, "value": "a"}]},
    ]}]);
    let posted =
        world.call("chat.postMessage", json!({"channel": world.channel, "text": "card", "blocks": blocks})).await;
    posted["ts"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_click_is_told_with_all_that_an_app_needs() {
    let world = World::new();
    let ts = card(&world).await;
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    let app = async {
        let envelope = socket.next().await.unwrap();
        socket.ack(&envelope, None).await;
        envelope
    };
    let (clicked, envelope) = tokio::join!(world.fake.click(&world.ann, &world.channel, &ts, "approve"), app);
    assert_eq!(clicked, Ok(()));
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("interactive"), &json!(true)));
    let payload = &envelope["payload"];
    assert_eq!(payload["user"]["id"], json!(world.ann));
    assert_eq!((&payload["container"]["message_ts"], &payload["message"]["ts"]), (&json!(ts), &json!(ts)));
    let action = &payload["actions"][0];
    assert_eq!(
        (&action["action_id"], &action["block_id"], &action["value"]),
        (&json!("approve"), &json!("b"), &json!("yes"))
    );
    let respond = payload["response_url"].as_str().unwrap();
    let body = json!({"text": "Approved.", "replace_original": true, "blocks": []});
    assert!(world.client.post(respond).json(&body).send().await.unwrap().status().is_success());
    let message = world.fake.message(&world.channel, &ts).unwrap();
    assert_eq!((message.text.as_str(), message.blocks.len()), ("Approved.", 0));
}

#[tokio::test]
async fn a_click_that_nobody_acknowledges_fails_before_the_person() {
    let world = World::new();
    let ts = card(&world).await;
    let missing = world.fake.click(&world.ann, &world.channel, &ts, "nothing").await;
    assert!(matches!(missing, Err(Unanswered::Nothing(_))), "{missing:?}");
    let absent = world.fake.click(&world.ann, &world.channel, &ts, "approve").await;
    assert!(matches!(absent, Err(Unanswered::Failed(_))), "{absent:?}");
    let _silent = world.connect().await;
    assert_eq!(world.fake.click(&world.ann, &world.channel, &ts, "approve").await, Err(Unanswered::TimedOut));
    let told = world.fake.deliveries().pop().unwrap();
    assert_eq!(told.attempts, 1, "what a person waits for is not told again");
}

#[tokio::test]
async fn a_response_url_is_good_for_five_answers_and_half_an_hour() {
    let now = Arc::new(Mutex::new(Utc::now()));
    let clock = Arc::clone(&now);
    let settings = Settings { clock: Arc::new(move || *clock.lock().unwrap()), ..Settings::quick() };
    let world = World::with(settings, AppPlan::with_everything("bullpen"));
    let forward = |delta: TimeDelta| *now.lock().unwrap() += delta;
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    let url = async |socket: &mut crate::world::Socket| {
        let app = async {
            let envelope = socket.next().await.unwrap();
            socket.ack(&envelope, Some(json!({"text": "Only you see this."}))).await;
            envelope["payload"]["response_url"].as_str().unwrap().to_owned()
        };
        let (response, url) = tokio::join!(world.fake.command(&world.ann, "bullpen", &world.channel, "help"), app);
        assert_eq!(response.unwrap().text, "Only you see this.");
        url
    };
    let answer = async |url: &str| {
        let sent = world.client.post(url).json(&json!({"text": "more"})).send().await.unwrap();
        (sent.status().as_u16(), sent.json::<Value>().await.unwrap()["error"].clone())
    };
    let first = url(&mut socket).await;
    for _ in 0..5 {
        assert_eq!(answer(&first).await.0, 200);
    }
    assert_eq!(answer(&first).await, (404, json!("used_url")));
    assert_eq!(world.fake.ephemerals().len(), 6);
    assert!(world.fake.messages(&world.channel).is_empty());
    let second = url(&mut socket).await;
    forward(TimeDelta::minutes(31));
    assert_eq!(answer(&second).await, (404, json!("expired_url")));
}

#[tokio::test]
async fn a_view_is_opened_within_three_seconds_filled_in_and_submitted() {
    let now: Arc<Mutex<DateTime<Utc>>> = Arc::new(Mutex::new(Utc::now()));
    let clock = Arc::clone(&now);
    let settings = Settings { clock: Arc::new(move || *clock.lock().unwrap()), ..Settings::quick() };
    let world = World::with(settings, AppPlan::with_everything("bullpen"));
    let ts = card(&world).await;
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    let trigger = async |socket: &mut crate::world::Socket| {
        let app = async {
            let envelope = socket.next().await.unwrap();
            socket.ack(&envelope, None).await;
            envelope["payload"]["trigger_id"].as_str().unwrap().to_owned()
        };
        tokio::join!(world.fake.click(&world.ann, &world.channel, &ts, "approve"), app).1
    };
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let view = json!({"type": "modal", "title": plain("Why?"), "submit": plain("Send"), "callback_id": "why", "blocks": [
        {"type": "input", "block_id": "b", "label": plain("Reason"), "element": {"type": "plain_text_input", "action_id": "reason"}},
    ]});
    let late = trigger(&mut socket).await;
    *now.lock().unwrap() += TimeDelta::seconds(4);
    assert_eq!(world.refusal("views.open", json!({"trigger_id": late, "view": view})).await, "expired_trigger_id");
    let good = trigger(&mut socket).await;
    let opened = world.call("views.open", json!({"trigger_id": good, "view": view})).await;
    assert_eq!(opened["ok"], true, "{opened}");
    assert_eq!(world.refusal("views.open", json!({"trigger_id": good, "view": view})).await, "exchanged_trigger_id");
    assert_eq!(world.refusal("views.open", json!({"trigger_id": "x", "view": view})).await, "invalid_trigger_id");
    assert_eq!(world.fake.views(&world.ann).len(), 1);
    let app = async {
        let envelope = socket.next().await.unwrap();
        socket.ack(&envelope, None).await;
        envelope["payload"].clone()
    };
    let (submitted, payload) = tokio::join!(world.fake.submit(&world.ann, &[("reason", "too long")]), app);
    assert!(submitted.is_ok());
    assert_eq!(payload["view"]["state"]["values"]["b"]["reason"]["value"], "too long");
    assert!(world.fake.views(&world.ann).is_empty(), "an answer without a word closes it");
}

#[tokio::test]
async fn an_ephemeral_message_is_seen_and_clicked_by_one_person() {
    let world = World::new();
    let blocks = json!([{"type": "actions", "elements": [
        {"type": "button", "action_id": "ok", "text": {"type": "plain_text", "text": "OK"}}]}]);
    let arguments = json!({"channel": world.channel, "user": world.ann, "text": "psst", "blocks": blocks});
    let sent = world.call("chat.postEphemeral", arguments).await;
    let ts = sent["message_ts"].as_str().unwrap().to_owned();
    let stranger = json!({"channel": world.channel, "user": "U404", "text": "psst"});
    assert_eq!(world.refusal("chat.postEphemeral", stranger).await, "user_not_in_channel");
    assert_eq!(
        world.refusal("chat.update", json!({"channel": world.channel, "ts": ts, "text": "x"})).await,
        "message_not_found"
    );
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    let app = async {
        let envelope = socket.next().await.unwrap();
        socket.ack(&envelope, None).await;
        envelope["payload"].clone()
    };
    let (clicked, payload) = tokio::join!(world.fake.click(&world.ann, &world.channel, &ts, "ok"), app);
    assert_eq!(clicked, Ok(()));
    assert_eq!(payload["container"]["is_ephemeral"], true);
    assert!(payload.get("message").is_none());
}

#[tokio::test]
async fn a_choice_carries_its_option() {
    let world = World::new();
    let ts = card(&world).await;
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    let app = async {
        let envelope = socket.next().await.unwrap();
        socket.ack(&envelope, None).await;
        envelope["payload"]["actions"][0].clone()
    };
    let (chosen, action) = tokio::join!(world.fake.choose(&world.ann, &world.channel, &ts, "pick", "a"), app);
    assert_eq!(chosen, Ok(()));
    assert_eq!(action["selected_option"]["value"], "a");
}
