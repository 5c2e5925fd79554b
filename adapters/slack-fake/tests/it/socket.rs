//! Socket Mode.

use bullpen_slack_fake::{AppPlan, How, Settings};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_acknowledged_event_comes_once() {
    let world = World::new();
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    world.fake.say(&world.ann, &world.channel, None, "hello");
    let envelope = socket.event("message").await;
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("events_api"), &json!(false)));
    assert_eq!((&envelope["retry_attempt"], &envelope["retry_reason"]), (&json!(0), &json!("")));
    socket.ack(&envelope, None).await;
    world.fake.settled().await;
    let last = world.fake.deliveries().pop().unwrap();
    assert!(last.acked && last.attempts == 1);
}

#[tokio::test]
async fn an_unacknowledged_event_comes_again_and_in_the_end_no_more() {
    let world = World::new();
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    world.fake.say(&world.ann, &world.channel, None, "hello");
    for attempt in 0..4 {
        let envelope = socket.next().await.unwrap();
        assert_eq!(envelope["retry_attempt"], json!(attempt));
        assert_eq!(envelope["retry_reason"], if attempt == 0 { "" } else { "timeout" });
    }
    world.fake.settled().await;
    let last = world.fake.deliveries().pop().unwrap();
    assert!(last.gave_up && last.attempts == 4, "one delivery and three retries: {last:?}");
}

#[tokio::test]
async fn connections_share_the_work_and_stand_in_for_each_other() {
    let world = World::new();
    let (mut one, mut two) = (world.connect().await, world.connect().await);
    world.fake.until(|fake| fake.connections("bullpen") == 2).await;
    // What setting up has told is acknowledged on whichever it came.
    let drain = async {
        tokio::select! {
            _ = async { loop { let e = one.next().await.unwrap(); one.ack(&e, None).await; } } => {}
            _ = async { loop { let e = two.next().await.unwrap(); two.ack(&e, None).await; } } => {}
            () = world.fake.settled() => {}
        }
    };
    drain.await;
    for i in 0..4 {
        world.fake.say(&world.ann, &world.channel, None, &format!("{i}"));
    }
    let (first, second) = (one.event("message").await, two.event("message").await);
    assert_ne!(first["envelope_id"], second["envelope_id"], "each envelope goes to one of them");
    drop(one);
    drop(two);
    let mut three = world.connect().await;
    let mut texts = three.drain(&world.fake).await;
    texts.sort();
    assert_eq!(texts, ["0", "1", "2", "3"], "what was not acknowledged comes on another connection");
    assert!(world.fake.deliveries().iter().all(|d| d.acked));
}

#[tokio::test]
async fn nothing_is_lost_while_nobody_is_connected() {
    let world = World::new();
    for i in 0..20 {
        world.fake.say(&world.ann, &world.channel, None, &format!("{i}"));
    }
    let mut socket = world.connect().await;
    let texts = socket.drain(&world.fake).await;
    assert_eq!(texts, (0..20).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn events_of_an_absent_app_run_out_of_retries_when_the_settings_say_so() {
    let settings = Settings { keep_while_away: false, ..Settings::quick() };
    let world = World::with(settings, AppPlan::with_everything("bullpen"));
    world.fake.say(&world.ann, &world.channel, None, "hello");
    world.fake.settled().await;
    assert!(world.fake.deliveries().iter().all(|d| d.gave_up));
}

#[tokio::test]
async fn a_connection_ends_in_several_ways() {
    let world = World::new();
    let mut socket = world.connect().await;
    socket.drain(&world.fake).await;
    world.fake.disconnect("bullpen", How::Warned);
    let warning = socket.next().await.unwrap();
    assert_eq!((&warning["type"], &warning["reason"]), (&json!("disconnect"), &json!("warning")));
    assert_eq!(socket.next().await.unwrap()["reason"], "refresh_requested");
    assert!(socket.next().await.is_none());
    for how in [How::Close, How::Cut] {
        let mut socket = world.connect().await;
        world.fake.until(|fake| fake.connections("bullpen") == 1).await;
        world.fake.disconnect("bullpen", how);
        assert!(socket.next().await.is_none());
        world.fake.until(|fake| fake.connections("bullpen") == 0).await;
    }
}

#[tokio::test]
async fn what_is_sent_to_a_deaf_connection_comes_again() {
    let world = World::new();
    let mut deaf = world.connect().await;
    deaf.drain(&world.fake).await;
    world.fake.disconnect("bullpen", How::Deaf);
    world.fake.say(&world.ann, &world.channel, None, "anybody?");
    assert!(deaf.next().await.is_none(), "it says nothing until Slack finds out and ends it");
    let mut other = world.connect().await;
    assert_eq!(other.drain(&world.fake).await, ["anybody?"]);
    assert!(world.fake.deliveries().iter().all(|d| d.acked));
}

#[tokio::test]
async fn a_ticket_opens_one_connection_and_ten_are_enough() {
    let world = World::with(Settings { connections: 2, ..Settings::quick() }, AppPlan::with_everything("bullpen"));
    let opened = world.call_as(&world.app.app_token, "apps.connections.open", json!({})).await;
    let url = opened["url"].as_str().unwrap();
    let _first = tokio_tungstenite::connect_async(url).await.unwrap();
    assert!(tokio_tungstenite::connect_async(url).await.is_err(), "the ticket was used");
    let _second = world.connect().await;
    world.fake.until(|fake| fake.connections("bullpen") == 2).await;
    let third = world.call_as(&world.app.app_token, "apps.connections.open", json!({})).await;
    assert_eq!(third["error"], "too_many_websockets");
}

#[tokio::test]
async fn an_app_without_socket_mode_is_sent_away() {
    let plan = AppPlan { socket: false, ..AppPlan::with_everything("bullpen") };
    let world = World::with(Settings::quick(), plan);
    let opened = world.call_as(&world.app.app_token, "apps.connections.open", json!({})).await;
    let (mut stream, _) = tokio_tungstenite::connect_async(opened["url"].as_str().unwrap()).await.unwrap();
    let first = futures::StreamExt::next(&mut stream).await.unwrap().unwrap();
    assert!(first.to_text().unwrap().contains("link_disabled"));
}
