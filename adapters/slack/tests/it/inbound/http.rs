//! Signed HTTP: what is taken, and what is refused without any work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use bullpen_chat::Event;
use bullpen_slack_fake::Kind;
use chrono::Utc;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::world::{PATIENCE, World, adapter, posted, texts};

/// How often requests were refused so far in this process, by reason.
fn refused(why: &str) -> u64 {
    counted().lock().unwrap().get(why).map_or(0, |count| count.load(Ordering::Relaxed))
}

type Counts = Mutex<BTreeMap<String, Arc<AtomicU64>>>;

/// The counters of `bullpen_slack_refused_total`. The first caller installs them.
fn counted() -> &'static Counts {
    static COUNTS: LazyLock<Counts> = LazyLock::new(|| {
        metrics::set_global_recorder(Recorder).expect("nothing else here records metrics");
        Counts::default()
    });
    &COUNTS
}

struct Recorder;

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let why = key.labels().find(|label| label.key() == "why").map(|label| label.value().to_owned());
        match why.filter(|_| key.name() == "bullpen_slack_refused_total") {
            Some(why) => Counter::from_arc(Arc::clone(counted().lock().unwrap().entry(why).or_default())),
            None => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Somebody who calls our address.
struct Caller {
    base: String,
    secret: String,
}

impl Caller {
    async fn new(world: &World) -> Self {
        Self { base: world.serve().await, secret: world.keys["bullpen"].signing_secret.clone() }
    }

    fn sign(&self, at: i64, body: &str) -> String {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.secret.as_bytes());
        let tag = ring::hmac::sign(&key, format!("v0:{at}:{body}").as_bytes());
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("v0={hex}")
    }

    async fn send(&self, path: &str, at: i64, signature: &str, body: String) -> StatusCode {
        let request = reqwest::Client::new().post(format!("{}/slack/{path}", self.base));
        let request = request.header("x-slack-request-timestamp", at).header("x-slack-signature", signature);
        request.header("content-type", "application/json").body(body).send().await.unwrap().status()
    }

    async fn event(&self, event: Value) -> StatusCode {
        let (at, body) = (Utc::now().timestamp(), envelope(event));
        self.send("bullpen/events", at, &self.sign(at, &body), body).await
    }
}

fn envelope(event: Value) -> String {
    let id = event.to_string().len();
    json!({ "type": "event_callback", "team_id": "T1", "event_id": format!("Ev{id}"), "token": "t", "event": event })
        .to_string()
}

fn message(channel: &str, user: &str, text: &str, ts: &str) -> Value {
    json!({ "type": "message", "channel": channel, "channel_type": "channel", "user": user, "text": text, "ts": ts, "event_ts": ts })
}

#[tokio::test(flavor = "multi_thread")]
async fn events_interactions_and_commands_come_signed() {
    let world = World::quiet(&[]).await;
    let base = world.serve().await;
    world.fake.deliver_by_http("bullpen", &base);
    world.fake.verify_url("bullpen").await.expect("the challenge comes back");
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    world.fake.say(&ann, &channel, None, "by HTTP");
    assert_eq!(texts(ear.hear(1).await), ["by HTTP"]);
    let button =
        json!({ "type": "button", "action_id": "react:✅", "text": { "type": "plain_text", "text": "Approve" } });
    let blocks = json!([{ "type": "actions", "elements": [button] }]);
    let card = json!({ "channel": channel, "text": "a card", "blocks": blocks });
    let card = world.call("bullpen", "chat.postMessage", &card).await;
    let card = card["ts"].as_str().unwrap();
    world.fake.click(&ann, &channel, card, "react:✅").await.expect("a click is acknowledged");
    let heard = ear.hear(1).await.remove(0);
    let Event::Reacted { message, author, emoji, set, button: true } = heard.event else {
        panic!("a click is a reaction by button")
    };
    assert_eq!((message.id.as_str(), emoji.as_str(), set), (card, "✅", true));
    assert!(matches!(author, bullpen_chat::Author::Member { name, .. } if name == "ann"));
    let help = world.fake.command(&ann, "bullpen", &channel, "help").await.expect("a command is answered");
    assert!(help.text.contains("/bullpen approvals") && !help.in_channel, "{help:?}");
    world.fake.settled().await;
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_slacks_is_refused_and_no_work_is_done() {
    let world = World::quiet(&[]).await;
    let caller = Caller::new(&world).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let now = Utc::now().timestamp();
    let reasons = [("signature", 4), ("timestamp", 2), ("too_large", 1), ("unknown_app", 1)];
    let before = reasons.map(|(why, _)| refused(why));
    let body = envelope(message(&channel, &ann, "forged", "1763710000.000100"));
    let signed = caller.sign(now, &body);
    let forged = caller.send("bullpen/events", now, "v0=00", body.clone()).await;
    assert_eq!(forged, StatusCode::UNAUTHORIZED, "a forged signature");
    let other = caller.send("bullpen/events", now, &signed, body.replace("forged", "forget")).await;
    assert_eq!(other, StatusCode::UNAUTHORIZED, "another body under a good signature");
    let late = caller.send("bullpen/events", now + 1, &signed, body.clone()).await;
    assert_eq!(late, StatusCode::UNAUTHORIZED, "another time under a good signature");
    for at in [now - 301, now + 310] {
        let old = caller.send("bullpen/events", at, &caller.sign(at, &body), body.clone()).await;
        assert_eq!(old, StatusCode::UNAUTHORIZED, "an old request, or one from the future");
    }
    let big = envelope(message(&channel, &ann, &"x".repeat(10 << 20), "1763710000.000100"));
    let huge = caller.send("bullpen/events", now, &caller.sign(now, &big), big).await;
    assert_eq!(huge, StatusCode::PAYLOAD_TOO_LARGE, "ten megabytes");
    let nobody = caller.send("nobody/events", now, &signed, body.clone()).await;
    assert_eq!(nobody, StatusCode::NOT_FOUND, "an app that is not ours");
    let bare =
        reqwest::Client::new().post(format!("{}/slack/bullpen/events", caller.base)).body(body).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED, "no signature at all");
    for ((why, times), before) in reasons.into_iter().zip(before) {
        assert!(refused(why) >= before + times, "each refusal is counted: {why}");
    }
    assert_eq!(world.received().await, Vec::<String>::new(), "nothing was stored");
    assert_eq!(world.fake.calls().len(), 0, "Slack was asked nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_is_taken_once() {
    let world = World::quiet(&[]).await;
    let caller = Caller::new(&world).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let now = Utc::now().timestamp();
    let body = envelope(message(&channel, &ann, "once", "1763710000.000100"));
    let signed = caller.sign(now, &body);
    assert_eq!(caller.send("bullpen/events", now, &signed, body.clone()).await, StatusCode::OK);
    let before = refused("replay");
    assert_eq!(caller.send("bullpen/events", now, &signed, body.clone()).await, StatusCode::UNAUTHORIZED, "a replay");
    assert!(refused("replay") > before, "a replay is counted");
    // A retry of Slack's has a time of its own.
    let retry = caller.sign(now - 1, &body);
    assert_eq!(caller.send("bullpen/events", now - 1, &retry, body).await, StatusCode::OK);
    assert_eq!(texts(world.ear().hear(1).await), ["once"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_slack_is_asked_to_come_again() {
    let world = World::quiet(&[]).await;
    let base = world.serve().await;
    world.fake.deliver_by_http("bullpen", &base);
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    sqlx::raw_sql("alter table slack.received rename to away").execute(&world.pool).await.unwrap();
    world.fake.say(&ann, &channel, None, "in bad times");
    let tried = |fake: &bullpen_slack_fake::Fake| {
        fake.deliveries().iter().any(|d| d.kind == Kind::Event && d.attempts > 1 && !d.acked)
    };
    timeout(PATIENCE, world.fake.until(tried)).await.unwrap();
    sqlx::raw_sql("alter table slack.away rename to received").execute(&world.pool).await.unwrap();
    assert_eq!(texts(world.ear().hear(1).await), ["in bad times"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_a_signing_secret_has_no_address() {
    let world = World::quiet(&[]).await;
    let mut config = world.config.clone();
    config.apps[0].signing_secret = None;
    let slack = adapter(&world.pool, world.org, &config, &world.department);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/slack/bullpen/events", listener.local_addr().unwrap());
    let router = axum::Router::new().nest("/slack", slack.router());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let answer = reqwest::Client::new().post(url).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_understood_holds_up_nothing() {
    let world = World::quiet(&[]).await;
    let caller = Caller::new(&world).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    for nonsense in [
        json!({ "type": "message", "channel": channel, "user": ann, "text": "no time stamp" }),
        json!({ "type": "message", "channel": channel, "subtype": "message_changed", "event_ts": "1763710000.000100" }),
        json!({ "type": "reaction_added", "user": ann, "item": "none" }),
        json!({ "type": "something_new", "what": [1, 2] }),
        json!("no object"),
    ] {
        assert_eq!(caller.event(nonsense.clone()).await, StatusCode::OK, "{nonsense}");
    }
    let nul = message(&channel, &ann, "with a \u{0} in it", "1763710001.000100");
    assert_eq!(caller.event(nul).await, StatusCode::OK);
    let mut ear = world.ear();
    assert_eq!(texts(ear.hear(1).await), ["with a \u{fffd} in it"]);
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_late_undoes_nothing() {
    let world = World::quiet(&[]).await;
    let caller = Caller::new(&world).await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    let stamp = |second: u32| format!("17637100{second:02}.000100");
    let reaction = |kind: &str, at: u32| {
        let item = json!({ "type": "message", "channel": channel, "ts": stamp(0) });
        json!({ "type": kind, "user": ann, "reaction": "white_check_mark", "item": item, "event_ts": stamp(at) })
    };
    // The reaction was set and taken back; the second comes first.
    caller.event(reaction("reaction_removed", 20)).await;
    assert!(matches!(ear.one().await, Event::Reacted { set: false, .. }));
    caller.event(reaction("reaction_added", 10)).await;
    ear.nothing().await;
    // The message was edited; the edit comes first.
    let edited = json!({ "type": "message", "subtype": "message_changed", "channel": channel, "channel_type": "channel",
        "message": { "type": "message", "user": ann, "text": "as it is now", "ts": stamp(0), "edited": { "user": ann, "ts": stamp(30) } },
        "previous_message": { "type": "message", "user": ann, "text": "as it was", "ts": stamp(0) },
        "ts": stamp(30), "event_ts": stamp(30) });
    caller.event(edited).await;
    assert!(matches!(ear.one().await, Event::Edited { .. }));
    caller.event(message(&channel, &ann, "as it was", &stamp(0))).await;
    assert_eq!(posted(ear.one().await).text, "as it is now");
}
