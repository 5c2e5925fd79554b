//! An endpoint that refuses what OpenAI would refuse, and otherwise answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::KEY;

/// One scripted answer.
pub(crate) enum Scripted {
    /// JSON with a status.
    Json(u16, Value),
    /// JSON with a status and a header.
    Headed(u16, (&'static str, &'static str), Value),
    /// Any body as a web page.
    Page(u16, &'static str),
    /// A body as it is, said to be JSON.
    Raw(u16, Vec<u8>),
    /// The first half of a body, then the connection breaks.
    Broken(&'static str),
    /// Nothing, until the client gives up.
    Silence,
}

/// What the endpoint's models refuse.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rules {
    pub(crate) no_temperature: bool,
    pub(crate) no_max_tokens: bool,
    pub(crate) no_demanded_choice: bool,
}

struct Stage {
    rules: Rules,
    script: Mutex<VecDeque<Scripted>>,
    seen: Mutex<Vec<Value>>,
}

pub(crate) struct Fake {
    address: std::net::SocketAddr,
    stage: Arc<Stage>,
}

impl Fake {
    pub(crate) async fn start(script: impl IntoIterator<Item = Scripted>) -> Fake {
        Fake::with_rules(Rules::default(), script).await
    }

    pub(crate) async fn with_rules(rules: Rules, script: impl IntoIterator<Item = Scripted>) -> Fake {
        let stage = Arc::new(Stage { rules, script: Mutex::new(script.into_iter().collect()), seen: Mutex::default() });
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .with_state(Arc::clone(&stage));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Fake { address, stage }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The bodies of all questions so far, those that were refused included.
    pub(crate) fn seen(&self) -> Vec<Value> {
        self.stage.seen.lock().expect("no test panicked within").clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.seen().len()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let left = self.stage.script.lock().map(|script| script.len()).unwrap_or_default();
            assert_eq!(left, 0, "scripted answers that nobody asked for");
        }
    }
}

async fn complete(State(stage): State<Arc<Stage>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    stage.seen.lock().expect("no test panicked within").push(question.clone());
    match check(&headers, &question, stage.rules) {
        Ok(()) => play(&stage).await,
        Err((status, error)) => json_response(status, None, &json!({"error": error})),
    }
}

async fn models(State(stage): State<Arc<Stage>>) -> Response<Body> {
    stage.seen.lock().expect("no test panicked within").push(json!("models"));
    play(&stage).await
}

async fn play(stage: &Stage) -> Response<Body> {
    let next = stage.script.lock().expect("no test panicked within").pop_front();
    match next {
        Some(Scripted::Json(status, body)) => json_response(status, None, &body),
        Some(Scripted::Headed(status, header, body)) => json_response(status, Some(header), &body),
        Some(Scripted::Page(status, body)) => response(status, "text/html", Body::from(body)),
        Some(Scripted::Raw(status, body)) => response(status, "application/json", Body::from(body)),
        Some(Scripted::Broken(half)) => {
            let parts = [Ok(Bytes::from(half)), Err(std::io::Error::other("cut"))];
            response(200, "application/json", Body::from_stream(futures::stream::iter(parts)))
        }
        Some(Scripted::Silence) => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            response(504, "text/plain", Body::empty())
        }
        None => json_response(418, None, &json!({"error": {"message": "the script has ended"}})),
    }
}

fn json_response(status: u16, extra: Option<(&'static str, &'static str)>, body: &Value) -> Response<Body> {
    let mut response = response(status, "application/json", Body::from(body.to_string()));
    if let Some((name, value)) = extra {
        response.headers_mut().insert(name, value.parse().expect("a header value"));
    }
    response
}

fn response(status: u16, kind: &str, body: Body) -> Response<Body> {
    Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(body).expect("a valid response")
}

type Refusal = (u16, Value);

fn refuse(param: Option<&str>, code: Option<&str>, message: String) -> Result<(), Refusal> {
    let error = json!({"message": message, "type": "invalid_request_error", "param": param, "code": code});
    Err((StatusCode::BAD_REQUEST.as_u16(), error))
}

fn check(headers: &HeaderMap, question: &Value, rules: Rules) -> Result<(), Refusal> {
    let header = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if header(header::AUTHORIZATION) != Some(format!("Bearer {KEY}").as_str()) {
        return Err((401, json!({"message": "You didn't provide an API key.", "code": null})));
    }
    if header(header::CONTENT_TYPE) != Some("application/json") {
        return refuse(None, None, "The body must be application/json.".into());
    }
    let Some(fields) = question.as_object() else {
        return refuse(None, None, "We could not parse the JSON body of your request.".into());
    };
    const KNOWN: [&str; 7] =
        ["model", "messages", "tools", "tool_choice", "temperature", "max_tokens", "max_completion_tokens"];
    if let Some(unknown) = fields.keys().find(|field| !KNOWN.contains(&field.as_str())) {
        return refuse(None, None, format!("Unrecognized request argument supplied: {unknown}"));
    }
    if question["model"].as_str().is_none_or(str::is_empty) {
        return refuse(None, None, "you must provide a model parameter".into());
    }
    check_messages(question)?;
    check_tools(question)?;
    check_limits(question, rules)?;
    if rules.no_demanded_choice && question["tool_choice"] != "auto" {
        return refuse(None, None, "tool_choice 'required' is not implemented by this server".into());
    }
    Ok(())
}

fn check_messages(question: &Value) -> Result<(), Refusal> {
    let messages = question["messages"].as_array().filter(|messages| !messages.is_empty());
    for message in messages.into_iter().flatten() {
        let role = message["role"].as_str().unwrap_or_default();
        if !["developer", "system", "user", "assistant", "tool"].contains(&role) {
            return refuse(Some("messages"), None, format!("Invalid value: '{role}'."));
        }
        if !message["content"].is_string() {
            return refuse(Some("messages"), None, "Invalid type for 'content': expected a string.".into());
        }
    }
    match messages {
        Some(_) => Ok(()),
        None => refuse(Some("messages"), None, "Missing required parameter: 'messages'.".into()),
    }
}

fn check_tools(question: &Value) -> Result<(), Refusal> {
    let tools = question["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    if tools.is_empty() {
        return refuse(Some("tools"), None, "[] is too short - 'tools'".into());
    }
    for tool in tools {
        let function = &tool["function"];
        let name = function["name"].as_str().unwrap_or_default();
        let well_named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if tool["type"] != "function" || name.is_empty() || name.len() > 64 || !name.chars().all(well_named) {
            return refuse(Some("tools"), None, format!("Invalid tool '{name}'."));
        }
        if !function["description"].is_string() || function["parameters"]["type"] != "object" {
            return refuse(Some("tools"), None, format!("Invalid schema for function '{name}'."));
        }
    }
    let choice = &question["tool_choice"];
    let named = &choice["function"]["name"];
    let valid = match choice {
        Value::Null => true,
        Value::String(mode) => ["none", "auto", "required"].contains(&mode.as_str()),
        _ => choice["type"] == "function" && tools.iter().any(|tool| tool["function"]["name"] == *named),
    };
    if valid { Ok(()) } else { refuse(Some("tool_choice"), None, format!("Invalid value: {choice}")) }
}

fn check_limits(question: &Value, rules: Rules) -> Result<(), Refusal> {
    let given = |field: &str| !question[field].is_null();
    if given("max_tokens") && given("max_completion_tokens") {
        return refuse(
            None,
            None,
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.".into(),
        );
    }
    if given("max_tokens") && rules.no_max_tokens {
        let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                       'max_completion_tokens' instead.";
        return refuse(Some("max_tokens"), Some("unsupported_parameter"), message.into());
    }
    if given("temperature") && rules.no_temperature {
        let message = "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) \
                       value is supported.";
        return refuse(Some("temperature"), Some("unsupported_value"), message.into());
    }
    if given("temperature") && !question["temperature"].as_f64().is_some_and(|heat| (0.0..=2.0).contains(&heat)) {
        return refuse(Some("temperature"), None, "Invalid 'temperature'.".into());
    }
    Ok(())
}
