//! Retries, waits and limits.

use std::time::{Duration, Instant};

use bullpen_model::{Error, Model};
use bullpen_openai::OpenAi;
use serde_json::json;

use crate::fake::{Fake, Scripted};
use crate::{config, model, request, submitted};

fn trouble(status: u16) -> Scripted {
    Scripted::Json(status, json!({"error": {"message": "The server had an error."}}))
}

fn unavailable(outcome: Result<bullpen_model::Answer, Error>) -> (String, Option<Duration>) {
    match outcome {
        Err(Error::Unavailable { why, after, .. }) => (why, after),
        other => panic!("not unavailable: {other:?}"),
    }
}

#[tokio::test]
async fn trouble_that_passes_goes_unnoticed() {
    let fake =
        Fake::start([trouble(500), Scripted::Page(502, "<html>Bad Gateway</html>"), Scripted::Json(200, submitted())])
            .await;
    model(&fake).answer(&request(&["submit"])).await.expect("the third attempt is answered");
}

#[tokio::test]
async fn trouble_that_stays_is_told_after_three_attempts() {
    let fake = Fake::start([trouble(503), trouble(503), trouble(503)]).await;
    let (why, after) = unavailable(model(&fake).answer(&request(&["submit"])).await);
    assert!(why.contains("The server had an error."), "{why}");
    assert_eq!((after, fake.calls()), (None, 3));
}

#[tokio::test]
async fn a_short_wait_is_waited() {
    let busy = Scripted::Headed(429, ("retry-after", "1"), json!({"error": {"message": "Slow down."}}));
    let fake = Fake::start([busy, Scripted::Json(200, submitted())]).await;
    let start = Instant::now();
    model(&fake).answer(&request(&["submit"])).await.expect("an answer after the wait");
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_long_wait_is_the_callers() {
    let busy = Scripted::Headed(429, ("retry-after", "120"), json!({"error": {"message": "Slow down."}}));
    let fake = Fake::start([busy]).await;
    let (_, after) = unavailable(model(&fake).answer(&request(&["submit"])).await);
    assert_eq!((after, fake.calls()), (Some(Duration::from_secs(120)), 1));
}

#[tokio::test]
async fn a_wait_beyond_the_time_out_is_the_callers() {
    let busy = Scripted::Headed(503, ("retry-after", "15"), json!({"error": {"message": "Starting."}}));
    let fake = Fake::start([busy]).await;
    let (_, after) = unavailable(model(&fake).answer(&request(&["submit"])).await);
    assert_eq!((after, fake.calls()), (Some(Duration::from_secs(15)), 1));
}

#[tokio::test]
async fn an_empty_account_is_not_asked_again() {
    let spent = json!({"error": {"message": "You exceeded your current quota.", "code": "insufficient_quota"}});
    let fake = Fake::start([Scripted::Json(429, spent)]).await;
    let (why, _) = unavailable(model(&fake).answer(&request(&["submit"])).await);
    assert!(why.contains("nothing left to spend"), "{why}");
    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn silence_ends_with_the_time_out_and_is_not_retried() {
    let fake = Fake::start([Scripted::Silence]).await;
    let mut config = config(&fake.base_url());
    config.timeout = Duration::from_millis(300);
    let model = OpenAi::new(config).expect("a valid configuration");
    let (why, _) = unavailable(model.answer(&request(&["submit"])).await);
    assert!(why.contains("no answer within 0.3 s"), "{why}");
    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let fake =
        Fake::start([Scripted::Broken(r#"{"choices": ["#), Scripted::Raw(200, br#"{"choices": ["#.to_vec())]).await;
    let model = model(&fake);
    let (cut, _) = unavailable(model.answer(&request(&["submit"])).await);
    assert!(cut.contains("the connection broke"), "{cut}");
    let (broken, _) = unavailable(model.answer(&request(&["submit"])).await);
    assert!(broken.contains("broken JSON"), "{broken}");
    assert_eq!(fake.calls(), 2, "an answer that was paid for is not asked for again");
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let fake = Fake::start([Scripted::Raw(200, vec![b' '; 3 * 1024 * 1024])]).await;
    let (why, _) = unavailable(model(&fake).answer(&request(&["submit"])).await);
    assert!(why.contains("more than 2097152 bytes"), "{why}");
}

#[tokio::test]
async fn nobody_there_is_told_with_the_variable() {
    // Bound, so that nobody else gets the port, and never listening.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let port = socket.local_addr().expect("a bound address").port();
    let model = OpenAi::new(config(&format!("http://127.0.0.1:{port}/v1"))).expect("a valid configuration");
    let (why, _) = unavailable(model.answer(&request(&["submit"])).await);
    assert!(why.contains("OPENAI_BASE_URL") && why.contains("refused"), "{why}");
}
