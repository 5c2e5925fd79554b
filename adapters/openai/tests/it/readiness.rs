//! Whether calls can be expected to work.

use bullpen_model::{Error, Model};
use serde_json::json;

use crate::fake::{Fake, Scripted};
use crate::{misconfigured, model};

#[tokio::test]
async fn readiness_is_asked_for_once_in_a_while() {
    let fake = Fake::start([Scripted::Json(200, json!({"object": "list", "data": []}))]).await;
    let model = model(&fake);
    for _ in 0..5 {
        model.ready().await.expect("the endpoint lists its models");
    }
    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn an_endpoint_without_a_list_is_ready() {
    let fake = Fake::start([Scripted::Json(404, json!({"detail": "Not Found"}))]).await;
    model(&fake).ready().await.expect("a missing list says nothing about completions");
}

#[tokio::test]
async fn a_wrong_key_is_not_ready() {
    let fake = Fake::start([Scripted::Json(401, json!({"error": {"message": "no"}}))]).await;
    let sentence = misconfigured(model(&fake).ready().await);
    assert!(sentence.contains("OPENAI_API_KEY"), "{sentence}");
}

#[tokio::test]
async fn an_endpoint_in_trouble_is_not_ready() {
    let fake = Fake::start([Scripted::Page(502, "<html></html>")]).await;
    let outcome = model(&fake).ready().await;
    assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{outcome:?}");
}
