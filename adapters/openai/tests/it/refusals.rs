//! Errors of every server's shape, as sentences that name what to mend.

use bullpen_model::{Answer, Error, Model, Tier};
use serde_json::json;

use crate::fake::{Fake, Scripted};
use crate::{KEY, config, misconfigured, model, request};

async fn refused(scripted: Scripted) -> Result<Answer, Error> {
    let fake = Fake::start([scripted]).await;
    model(&fake).answer(&request(&["submit"])).await
}

#[tokio::test]
async fn a_wrong_key_names_its_variable_and_is_not_repeated() {
    let openai =
        json!({"error": {"message": format!("Incorrect API key provided: {KEY}."), "code": "invalid_api_key"}});
    let gemini = json!([{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}]);
    let forbidden = json!({"error": {"message": format!("{KEY} may not use this project"), "code": null}});
    for (status, body) in [(401, openai), (400, gemini), (403, forbidden)] {
        let sentence = misconfigured(refused(Scripted::Json(status, body)).await);
        assert!(sentence.contains("refused the key") && sentence.contains("OPENAI_API_KEY"), "{sentence}");
    }
}

#[tokio::test]
async fn a_missing_key_is_asked_for() {
    let fake = Fake::start([]).await;
    let mut config = config(&fake.base_url());
    config.key = Some("".into());
    let model = bullpen_openai::OpenAi::new(config).expect("a local server may want no key");
    let sentence = misconfigured(model.answer(&request(&["submit"])).await);
    assert!(sentence.contains("wants a key: set OPENAI_API_KEY"), "{sentence}");
}

#[tokio::test]
async fn an_unknown_model_names_the_variable_of_its_tier() {
    for (status, body) in [
        (
            404,
            json!({"error": {"message": "The model `medium` does not exist.", "type": "invalid_request_error", "param": null, "code": "model_not_found"}}),
        ),
        (
            404,
            json!({"object": "error", "message": "The model `medium` does not exist.", "type": "NotFoundError", "param": null, "code": 404}),
        ),
        (
            404,
            json!([{"error": {"code": 404, "message": "models/medium is not found for API version v1main", "status": "NOT_FOUND"}}]),
        ),
        (
            404,
            json!({"error": {"message": "model \"medium\" not found, try pulling it first", "type": "api_error", "param": null, "code": null}}),
        ),
        (400, json!({"error": {"message": "medium is not a valid model ID", "code": 400}})),
    ] {
        let sentence = misconfigured(refused(Scripted::Json(status, body.clone())).await);
        assert!(sentence.contains("BULLPEN_MODEL_STANDARD"), "{body}: {sentence}");
    }

    let gone = json!({"error": "model 'large' not found"});
    let fake = Fake::start([Scripted::Json(404, gone)]).await;
    let mut strategic = request(&["submit"]);
    strategic.tier = Tier::Strategic;
    let sentence = misconfigured(model(&fake).answer(&strategic).await);
    assert!(sentence.contains("BULLPEN_MODEL_STRATEGIC"), "{sentence}");
}

#[tokio::test]
async fn a_wrong_address_names_its_variable() {
    for scripted in [
        Scripted::Json(404, json!({"detail": "Not Found"})),
        Scripted::Page(404, "<html>Nothing here</html>"),
        Scripted::Page(200, "<!doctype html><title>Welcome</title>"),
        Scripted::Page(301, ""),
        Scripted::Json(405, json!({"detail": "Method Not Allowed"})),
        Scripted::Json(200, json!({"hello": "world"})),
    ] {
        let sentence = misconfigured(refused(scripted).await);
        assert!(sentence.contains("OPENAI_BASE_URL"), "{sentence}");
        assert!(!sentence.contains("<"), "a page is quoted: {sentence}");
    }
}

#[tokio::test]
async fn a_model_without_functions_is_a_wrong_choice() {
    let ollama = json!({"error": {"message": "registry/gemma:2b does not support tools", "type": "api_error"}});
    let sentence = misconfigured(refused(Scripted::Json(400, ollama)).await);
    assert!(sentence.contains("cannot call functions") && sentence.contains("BULLPEN_MODEL_STANDARD"), "{sentence}");
}

#[tokio::test]
async fn a_request_that_is_too_long_is_refused_in_the_endpoints_words() {
    for (status, body) in [
        (
            400,
            json!({"error": {"message": "This model's maximum context length is 8192 tokens.", "param": "messages", "code": "context_length_exceeded"}}),
        ),
        (
            400,
            json!({"object": "error", "message": "This model's maximum context length is 8192 tokens.", "type": "BadRequestError", "param": null, "code": 400}),
        ),
        (413, json!({"error": "This model's maximum context length is 8192 tokens."})),
    ] {
        let outcome = refused(Scripted::Json(status, body)).await;
        assert!(matches!(&outcome, Err(Error::Refused(why)) if why.contains("maximum context length")), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_error_told_within_a_success_is_an_error() {
    let body = json!({"error": {"code": 403, "message": "flagged by moderation"}});
    let sentence = misconfigured(refused(Scripted::Json(200, body)).await);
    assert!(sentence.contains("flagged by moderation"), "{sentence}");
}
