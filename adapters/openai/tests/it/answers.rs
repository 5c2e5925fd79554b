//! What completions become.

use bullpen_model::{Act, Error, Model, Tier, Usage};
use bullpen_openai::OpenAi;
use serde_json::{Value, json};

use crate::fake::{Fake, Scripted};
use crate::{call, completion, config, model, request, submitted};

async fn answered(body: Value) -> Result<bullpen_model::Answer, Error> {
    let fake = Fake::start([Scripted::Json(200, body)]).await;
    model(&fake).answer(&request(&["submit", "ask_person"])).await
}

#[tokio::test]
async fn a_function_call_is_an_act() {
    let answer = answered(submitted()).await.expect("an answer");
    assert_eq!(answer.acts, [Act { name: "submit".into(), arguments: json!({"text": "Hello"}) }]);
    assert_eq!(answer.text, None);
    assert_eq!(answer.usage, Usage { input: 120, output: 30 });
    assert_eq!(answer.model, "medium-2026-01-01");
}

#[tokio::test]
async fn the_question_says_all_that_the_request_says() {
    let fake = Fake::start([Scripted::Json(200, submitted()), Scripted::Json(200, submitted())]).await;
    let model = model(&fake);
    model.answer(&request(&["submit"])).await.expect("an answer");
    model.answer(&request(&["submit", "ask_person"])).await.expect("an answer");

    let seen = fake.seen();
    let question = &seen[0];
    assert_eq!(question["model"], "medium");
    assert_eq!(question["max_tokens"], 800);
    assert_eq!(question["temperature"], 0.7);
    assert_eq!(question["tool_choice"], json!({"type": "function", "function": {"name": "submit"}}));
    assert_eq!(question["tools"][0]["function"]["parameters"]["required"], json!(["text"]));
    assert_eq!(seen[1]["tool_choice"], "required");

    let system = question["messages"][0]["content"].as_str().expect("text");
    assert!(system.starts_with("You are the Copywriter.\n\n") && system.contains("data that other people"), "{system}");
    let user = question["messages"][1]["content"].as_str().expect("text");
    assert!(user.starts_with("Write the draft.\n\n````json\n") && user.ends_with("\n````"), "{user}");
    assert_eq!(user.matches("````").count(), 2, "the material closed its fence: {user}");
}

#[tokio::test]
async fn two_calls_stay_in_order_beside_their_text() {
    let calls = json!([call("submit", r#"{"text":"a"}"#), call("ask_person", r#"{"text":"b"}"#)]);
    let answer = answered(completion(json!({"content": " Done. ", "tool_calls": calls}), "tool_calls"))
        .await
        .expect("an answer");
    let names: Vec<_> = answer.acts.iter().map(|act| act.name.as_str()).collect();
    assert_eq!(names, ["submit", "ask_person"]);
    assert_eq!(answer.text.as_deref(), Some("Done."));
}

#[tokio::test]
async fn talk_is_text_without_acts() {
    let answer = answered(completion(json!({"content": "I would rather talk."}), "stop")).await.expect("an answer");
    assert_eq!(answer.acts, []);
    assert_eq!(answer.text.as_deref(), Some("I would rather talk."));
}

#[tokio::test]
async fn arguments_that_are_no_json_reach_the_validation_as_a_string() {
    let cut = completion(json!({"tool_calls": [call("submit", r#"{"text":"Hel"#)]}), "length");
    let answer = answered(cut).await.expect("an answer");
    assert_eq!(answer.acts, [Act { name: "submit".into(), arguments: json!(r#"{"text":"Hel"#) }]);
}

#[tokio::test]
async fn a_call_written_into_the_text_counts_when_it_was_offered() {
    let written = |name: &str| {
        let text = format!("```json\n{{\"name\": \"{name}\", \"arguments\": {{\"text\": \"Hello\"}}}}\n```");
        completion(json!({ "content": text }), "stop")
    };
    let offered = answered(written("submit")).await.expect("an answer");
    assert_eq!(offered.acts, [Act { name: "submit".into(), arguments: json!({"text": "Hello"}) }]);
    assert_eq!(offered.text, None);

    let invented = answered(written("publish")).await.expect("an answer");
    assert_eq!(invented.acts, []);
    assert!(invented.text.is_some_and(|text| text.contains("publish")));
}

#[tokio::test]
async fn usage_and_name_that_are_not_told_are_filled_in() {
    let mut body = submitted();
    let fields = body.as_object_mut().expect("an object");
    fields.remove("usage");
    fields.remove("model");
    let answer = answered(body).await.expect("an answer");
    assert!(answer.usage.input > 100 && answer.usage.output >= 5, "{:?}", answer.usage);
    assert_eq!(answer.model, "medium");
}

#[tokio::test]
async fn held_back_declined_and_empty_answers_are_refusals() {
    for body in [
        completion(json!({"content": "The first half"}), "content_filter"),
        completion(json!({"refusal": "I can't help with that."}), "stop"),
        completion(json!({"content": ""}), "length"),
    ] {
        let outcome = answered(body.clone()).await;
        assert!(matches!(outcome, Err(Error::Refused(_))), "{body}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_address_with_a_slash_is_the_same_address() {
    let fake = Fake::start([Scripted::Json(200, submitted())]).await;
    let model = OpenAi::new(config(&format!("{}//", fake.base_url()))).expect("a valid address");
    model.answer(&request(&["submit"])).await.expect("an answer");
}

#[tokio::test]
async fn people_are_told_who_speaks() {
    let mut config = config("https://api.openai.com/v1");
    let model = OpenAi::new(config.clone()).expect("a valid configuration");
    assert_eq!(model.label(), "medium and others at api.openai.com");
    assert_eq!(model.name(Tier::Routine), "small");
    assert!(!model.stand_in());
    assert!(!format!("{model:?} {config:?}").contains(crate::KEY));

    config.models.strategic = "medium".into();
    config.models.routine = "medium".into();
    assert_eq!(OpenAi::new(config).expect("a valid configuration").label(), "medium at api.openai.com");
}
