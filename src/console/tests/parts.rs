//! Whether the server lives, and which part of it is not ready.

use std::time::{Duration, Instant};

use bullpen_cluster::{Cluster, Options};
use bullpen_lobby::Aside;
use bullpen_model::Error;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_part_that_is_not_ready_is_named_with_the_reason() {
    let world = World::new().await;
    world.console.health.set("engine", Ok(()));
    let ready = world.get("/readyz").await.ok();
    let fine = json!({ "ready": true });
    assert_eq!(ready, json!({ "ready": true, "database": fine, "lobby": fine, "model": fine, "engine": fine }));

    *world.model.fault.lock().unwrap() = Some(Error::Misconfigured("OPENAI_API_KEY is wrong".into()));
    world.console.health.set("engine", Err("it lost its connection".into()));
    let answer = world.get("/readyz").await;
    assert_eq!(answer.body["model"], json!({ "ready": false, "reason": "OPENAI_API_KEY is wrong" }));
    assert_eq!(answer.body["error"]["message"], "engine: it lost its connection; model: OPENAI_API_KEY is wrong");
    assert_eq!(answer.refused(503), "not_ready");
}

#[tokio::test]
async fn without_its_database_the_server_lives_and_says_so_soon() {
    let dir = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start(Options { data: dir.path().join("postgres"), binaries: None }).await.unwrap();
    let world = World::over(cluster.connect_options(), "", &[]).await;
    world.get("/readyz").await.ok();

    let options = cluster.connect_options();
    cluster.stop().await.unwrap();
    let began = Instant::now();
    world.get("/healthz").await.ok();
    let answer = world.get("/readyz").await;
    assert_eq!((&answer.body["database"]["ready"], &answer.body["lobby"]["ready"]), (&json!(false), &json!(false)));
    assert_eq!(answer.body["model"]["ready"], true);
    answer.refused(503);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(world.fetch("/metrics").await.status(), 200);

    cluster = Cluster::start(Options { data: dir.path().join("postgres"), binaries: None }).await.unwrap();
    assert_eq!(format!("{:?}", cluster.connect_options()), format!("{options:?}"));
    world.get("/readyz").await.ok();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn what_happens_is_measured() {
    let world = World::new().await;
    world.event(uuid::Uuid::from_u128(1), "talk:x", "dead").await;
    world.get("/api/tasks").await.ok();
    let metrics = world.fetch("/metrics").await;
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = metrics.text().await.unwrap();
    for line in [
        "bullpen_http_requests_total{method=\"GET\",path=\"/api/tasks\",status=\"200\"}",
        "bullpen_http_request_seconds_bucket",
        "bullpen_process_resident_bytes",
        "bullpen_dead_letters",
        "# HELP bullpen_inbox_depth Events to process.",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}

#[tokio::test]
async fn changes_are_gathered_before_browsers_are_told() {
    let world = World::new().await;
    let mut browser = world.console.lobby.subscribe();
    let wake = || world.console.wakes.changed.notify_one();
    wake();
    let told = async |browser: &mut tokio::sync::broadcast::Receiver<_>| -> std::sync::Arc<Aside> {
        tokio::time::timeout(Duration::from_secs(5), browser.recv()).await.unwrap().unwrap()
    };
    let first = told(&mut browser).await.to_json();
    assert_eq!(first["type"], "changed");
    assert!(first["what"].as_array().unwrap().contains(&json!("approvals")));
    let began = Instant::now();
    for _ in 0..50 {
        wake();
        tokio::task::yield_now().await;
    }
    told(&mut browser).await;
    assert!(began.elapsed() > Duration::from_millis(100), "not before the last was 200 ms ago");
    assert!(browser.try_recv().is_err(), "all of them at once");
}
