//! What the endpoint refuses is left out, and stays left out.

use bullpen_model::{Error, Model};
use serde_json::json;

use crate::fake::{Fake, Rules, Scripted};
use crate::{model, request, submitted};

#[tokio::test]
async fn everything_that_can_be_refused_is_learnt_once() {
    let rules = Rules { no_temperature: true, no_max_tokens: true, no_demanded_choice: true };
    let fake = Fake::with_rules(rules, [Scripted::Json(200, submitted()), Scripted::Json(200, submitted())]).await;
    let model = model(&fake);

    model.answer(&request(&["submit"])).await.expect("an answer without what was refused");
    assert_eq!(fake.calls(), 4, "one call for each refused parameter, and the one that worked");
    let last = fake.seen().pop().expect("a question");
    assert_eq!((&last["tool_choice"], &last["max_completion_tokens"]), (&json!("auto"), &json!(800)));
    assert!(last["temperature"].is_null() && last["max_tokens"].is_null(), "{last}");

    model.answer(&request(&["submit"])).await.expect("an answer at once");
    assert_eq!(fake.calls(), 5, "what was learnt is remembered");
}

#[tokio::test]
async fn what_did_not_help_is_not_remembered() {
    let refused = json!({"error": {"message": "tool_choice is wrong, and so is everything else", "type": "x", "param": null, "code": null}});
    let fake = Fake::start([
        Scripted::Json(400, refused.clone()),
        Scripted::Json(400, refused),
        Scripted::Json(200, submitted()),
    ])
    .await;
    let model = model(&fake);
    let outcome = model.answer(&request(&["submit"])).await;
    assert!(matches!(&outcome, Err(Error::Refused(why)) if why.contains("everything else")), "{outcome:?}");
    model.answer(&request(&["submit", "ask_person"])).await.expect("an answer");
    assert_eq!(fake.seen()[2]["tool_choice"], "required");
}

#[tokio::test]
async fn a_list_of_validation_errors_is_understood() {
    let refused = json!({"detail": [{"type": "extra_forbidden", "loc": ["body", "max_tokens"], "msg": "Extra inputs are not permitted"}]});
    let fake = Fake::start([Scripted::Json(422, refused), Scripted::Json(200, submitted())]).await;
    model(&fake).answer(&request(&["submit"])).await.expect("an answer");
    assert_eq!(fake.seen()[1]["max_completion_tokens"], 800);
}
