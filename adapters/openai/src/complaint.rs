//! What an endpoint says when it does not answer. Each kind of server says it in another shape.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// Longest wait that is believed; a nonsensical number must not stop the department for years.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// Most characters of an endpoint's own words that are passed on.
const QUOTED: usize = 300;

/// An endpoint's refusal, whatever shape it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The HTTP status, or the one named in the body of a 200.
    pub(crate) status: StatusCode,
    /// Its own words on one line; empty when it said nothing readable.
    pub(crate) message: String,
    /// Its code or kind for this error, e.g. `model_not_found`.
    pub(crate) code: String,
    /// The request's parameter that it complains about.
    pub(crate) param: Option<String>,
    /// How long it wants us to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Complaint {
    pub(crate) fn new(status: StatusCode, message: String) -> Complaint {
        Complaint { status, message, code: String::new(), param: None, retry_after: None }
    }

    /// Reads the shapes in use:
    /// OpenAI `{"error":{"message","type","param","code"}}`, Gemini the same within a list and with `status` and
    /// `details`, vLLM `{"object":"error","message","type","code":404}`, Ollama `{"error":"words"}`, FastAPI
    /// `{"detail":"words"}` or `{"detail":[{"msg"}]}`, plain text, and pages of proxies (whose words are dropped).
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Complaint {
        let mut complaint = Complaint::new(status, String::new());
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => complaint.read_json(&json),
            Err(_) => {
                let text = String::from_utf8_lossy(body);
                if !text.trim_start().starts_with('<') {
                    complaint.message = one_line(&text);
                }
            }
        }
        complaint.retry_after = retry_after(headers).or(complaint.retry_after).map(|wait| wait.min(LONGEST_WAIT));
        complaint
    }

    /// An error told in the body of a successful status, as gateways do when they fail after the headers went out.
    pub(crate) fn within_success(body: &Value) -> Option<Complaint> {
        let error = body.get("error").filter(|error| !error.is_null())?;
        if body.get("choices").is_some_and(|choices| !choices.is_null()) {
            return None;
        }
        let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        let status = status
            .and_then(|code| StatusCode::from_u16(code).ok())
            .filter(|status| status.is_client_error() || status.is_server_error())
            .unwrap_or(StatusCode::BAD_GATEWAY);
        let mut complaint = Complaint::new(status, String::new());
        complaint.read_json(body);
        Some(complaint)
    }

    fn read_json(&mut self, body: &Value) {
        let body = body.get(0).unwrap_or(body);
        let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
        self.message = one_line(&words(error));
        self.code = ["code", "status", "type"]
            .into_iter()
            .find_map(|field| error.get(field).and_then(Value::as_str).filter(|code| !code.is_empty()))
            .unwrap_or_default()
            .to_owned();
        self.param = error.get("param").and_then(Value::as_str).filter(|param| !param.is_empty()).map(str::to_owned);
        self.retry_after = error.get("details").and_then(Value::as_array).and_then(|details| {
            let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
            seconds(delay.strip_suffix('s')?)
        });
    }

    /// Whether the request itself is complained about, rather than the key, the address or the moment.
    pub(crate) fn is_about_the_request(&self) -> bool {
        matches!(self.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Whether a parameter is complained about: by name where the endpoint names one, else by the words.
    pub(crate) fn is_about(&self, parameter: &str) -> bool {
        match &self.param {
            Some(param) => param == parameter,
            None => self.says(parameter),
        }
    }

    /// Whether a parameter is refused as such, rather than for its value.
    pub(crate) fn says_unsupported(&self) -> bool {
        self.code == "unsupported_parameter"
            || [
                "unsupported",
                "not support",
                "instead",
                "unrecognized",
                "unknown",
                "unexpected",
                "extra",
                "not permitted",
            ]
            .iter()
            .any(|word| self.says(word))
    }

    /// Whether the words are in the message, in whatever case.
    pub(crate) fn says(&self, lower: &str) -> bool {
        self.message.to_lowercase().contains(lower)
    }
}

/// Status and words, the latter cut to 300 characters.
impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)?;
        if self.message.is_empty() {
            return Ok(());
        }
        let cut = self.message.char_indices().nth(QUOTED).map(|(at, _)| at);
        match cut {
            Some(at) => write!(f, ": {}…", &self.message[..at]),
            None => write!(f, ": {}", self.message),
        }
    }
}

/// The words of an error object, or of a string that is one.
fn words(error: &Value) -> String {
    match error {
        Value::String(text) => text.clone(),
        Value::Array(errors) => errors.iter().map(words).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let text = ["message", "detail", "msg"].into_iter().find_map(|field| fields.get(field)).map(words);
            // A validation error of FastAPI names the parameter in its location only.
            let place = fields.get("loc").and_then(Value::as_array).and_then(|loc| loc.last()?.as_str());
            match (text, place) {
                (Some(text), Some(place)) => format!("{place}: {text}"),
                (text, _) => text.unwrap_or_default(),
            }
        }
        _ => String::new(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|ms| seconds(ms).map(|wait| wait / 1000)) {
        return Some(wait);
    }
    let value = text(RETRY_AFTER.as_str())?;
    seconds(value).or_else(|| {
        let until = DateTime::parse_from_rfc2822(value).ok()?;
        Some(until.signed_duration_since(Utc::now()).to_std().unwrap_or_default())
    })
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(status: u16, body: &str) -> Complaint {
        Complaint::read(StatusCode::from_u16(status).expect("a status"), &HeaderMap::new(), body.as_bytes())
    }

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().expect("a name"), value.parse().expect("a value"))])
    }

    #[test]
    fn every_shape_gives_its_words() {
        for (body, message, code) in [
            (
                r#"{"error":{"message":"No such model","type":"t","param":null,"code":"model_not_found"}}"#,
                "No such model",
                "model_not_found",
            ),
            (
                r#"{"object":"error","message":"No such model","type":"NotFoundError","param":null,"code":404}"#,
                "No such model",
                "NotFoundError",
            ),
            (
                r#"[{"error":{"code":404,"message":"No such model","status":"NOT_FOUND"}}]"#,
                "No such model",
                "NOT_FOUND",
            ),
            (r#"{"error":"No such model"}"#, "No such model", ""),
            (r#"{"detail":"Not Found"}"#, "Not Found", ""),
            (
                r#"{"detail":[{"loc":["body","tool_choice"],"msg":"Extra inputs are not permitted"}]}"#,
                "tool_choice: Extra inputs are not permitted",
                "",
            ),
            ("404 page\n not found", "404 page not found", ""),
            ("<html><h1>Bad Gateway</h1></html>", "", ""),
            ("", "", ""),
        ] {
            let complaint = read(404, body);
            assert_eq!((complaint.message.as_str(), complaint.code.as_str()), (message, code), "{body}");
        }
    }

    #[test]
    fn waits_come_from_headers_or_the_body_and_are_bounded() {
        let wait = |headers: &HeaderMap, body: &str| {
            Complaint::read(StatusCode::TOO_MANY_REQUESTS, headers, body.as_bytes()).retry_after
        };
        assert_eq!(wait(&headers("retry-after", "7"), ""), Some(Duration::from_secs(7)));
        assert_eq!(wait(&headers("retry-after-ms", "250"), ""), Some(Duration::from_millis(250)));
        assert_eq!(wait(&headers("retry-after", "99999999999"), ""), Some(LONGEST_WAIT));
        assert_eq!(wait(&headers("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ""), Some(Duration::ZERO));
        for nonsense in ["-1", "NaN", "soon"] {
            assert_eq!(wait(&headers("retry-after", nonsense), ""), None, "{nonsense}");
        }
        let gemini =
            json!([{"error": {"code": 429, "message": "quota", "details": [{"@type": "x"}, {"retryDelay": "34.5s"}]}}]);
        assert_eq!(wait(&HeaderMap::new(), &gemini.to_string()), Some(Duration::from_millis(34_500)));
    }

    #[test]
    fn an_error_within_a_success_is_an_error() {
        let told = Complaint::within_success(&json!({"error": {"code": 429, "message": "slow down"}}));
        assert_eq!(told.map(|complaint| complaint.status), Some(StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(Complaint::within_success(&json!({"error": null, "choices": []})), None);
    }

    #[test]
    fn long_words_are_cut() {
        let told = read(500, &"é".repeat(5000)).to_string();
        assert_eq!(told.matches('é').count(), QUOTED);
        assert!(told.ends_with('…'), "{told}");
    }
}
