//! Socket Mode: connections that end in every way, and a database that does.

use std::time::Duration;

use bullpen_slack_fake::How;
use tokio::time::{Instant, timeout};

use crate::world::{PATIENCE, World, adapter, texts};

/// Within this time a connection is back.
const BACK: Duration = Duration::from_secs(5);

async fn comes_back(how: How) {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    world.fake.say(&ann, &channel, None, "before");
    assert_eq!(texts(ear.hear(1).await), ["before"]);
    let began = Instant::now();
    assert_eq!(world.fake.disconnect("bullpen", how), 1);
    // What is said now waits for a connection that hears it.
    world.fake.say(&ann, &channel, None, "during");
    let heard =
        timeout(BACK, ear.hear(1)).await.unwrap_or_else(|_| panic!("the connection is not back after {BACK:?}"));
    assert_eq!(texts(heard), ["during"]);
    assert!(began.elapsed() < BACK);
    assert_eq!(world.slack.health(), [("bullpen".to_owned(), Ok(()))]);
    world.fake.settled().await;
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_slack_closes_comes_back() {
    comes_back(How::Close).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_slack_gives_notice_of_comes_back() {
    comes_back(How::Warned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_comes_back() {
    comes_back(How::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_deaf_comes_back() {
    comes_back(How::Deaf).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_noticed_though_nobody_says_anything() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    world.fake.settled().await;
    assert_eq!(world.fake.disconnect("bullpen", How::Deaf), 1);
    // The stand-in counts the deaf one on: it does not look.
    let second = world.fake.until(|fake| fake.connections("bullpen") == 2);
    timeout(BACK, second).await.expect("another connection is opened within five seconds");
    world.fake.say(&ann, &channel, None, "is anybody there?");
    assert_eq!(texts(world.ear().hear(1).await), ["is anybody there?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_drops_in_a_row_lose_nothing() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    let mut ear = world.ear();
    for number in 0..10 {
        let how = [How::Close, How::Cut][number % 2];
        world.fake.disconnect("bullpen", how);
        world.fake.say(&ann, &channel, None, &format!("number {number}"));
        let heard = timeout(BACK, ear.hear(1)).await.unwrap_or_else(|_| panic!("drop {number} is not mended"));
        assert_eq!(texts(heard), [format!("number {number}")]);
        world.connected("bullpen").await;
    }
    ear.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_stored_is_not_acknowledged_and_comes_again() {
    let world = World::open().await;
    let ann = world.member("ann");
    let channel = world.channel("management", &[&ann]);
    sqlx::raw_sql("alter table slack.received rename to away").execute(&world.pool).await.unwrap();
    let ts = world.fake.say(&ann, &channel, None, "in bad times");
    let told = |fake: &bullpen_slack_fake::Fake| {
        fake.deliveries().into_iter().find(|d| d.payload.to_string().contains(&ts)).map(|d| (d.attempts, d.acked))
    };
    timeout(PATIENCE, world.fake.until(|fake| told(fake).is_some_and(|(attempts, _)| attempts > 1))).await.unwrap();
    assert!(told(&world.fake).is_some_and(|(_, acked)| !acked), "what is not stored is not acknowledged");
    sqlx::raw_sql("alter table slack.away rename to received").execute(&world.pool).await.unwrap();
    let mut ear = world.ear();
    assert_eq!(texts(ear.hear(1).await), ["in bad times"]);
    assert_eq!(world.fake.connections("bullpen"), 1, "the connection stood all the time");
    world.fake.say(&ann, &channel, None, "in good times");
    assert_eq!(texts(ear.hear(1).await), ["in good times"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_said_in_one_sentence() {
    let world = World::quiet(&[]).await;
    assert!(world.slack.health()[0].1.as_ref().unwrap_err().contains("never connected"));
    let mut config = world.config.clone();
    config.apps[0].app_token = Some("xapp-1-wrong".into());
    let slack = adapter(&world.pool, world.org, &config, &world.department);
    let stop = tokio_util::sync::CancellationToken::new();
    let listening = tokio::spawn({
        let (slack, stop) = (slack.clone(), stop.clone());
        async move { slack.listen(stop).await }
    });
    let asked = world.fake.until(|fake| fake.calls().iter().any(|call| call.method == "apps.connections.open"));
    timeout(PATIENCE, asked).await.unwrap();
    let why = async {
        loop {
            match slack.health().remove(0).1 {
                Err(why) if why.contains("app-level token") => return why,
                _ => tokio::task::yield_now().await,
            }
        }
    };
    let why = timeout(PATIENCE, why).await.unwrap();
    assert!(why.contains("SLACK_APP_TOKEN") && why.contains("connections:write"), "{why}");
    assert!(!why.contains("xapp-1-wrong"), "a token is no part of it: {why}");
    stop.cancel();
    timeout(PATIENCE, listening).await.expect("it stops all the same").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_cannot_hear_says_what_it_needs() {
    let world = World::quiet(&["cmo"]).await;
    let mut config = world.config.clone();
    for app in &mut config.apps {
        (app.app_token, app.signing_secret) = (None, None);
    }
    let slack = adapter(&world.pool, world.org, &config, &world.department);
    let health = slack.health();
    assert_eq!(health.len(), 1, "a persona's app may be mute on this side: {health:?}");
    let why = health[0].1.as_ref().unwrap_err();
    assert!(why.contains("SLACK_APP_TOKEN") && why.contains("SLACK_SIGNING_SECRET"), "{why}");
}
