//! One bot's calls of Discord's REST routes, each bounded in time and within Discord's limits, and what a failure allows
//! the caller to do next.

mod gate;
mod limits;
mod route;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::error::Error;
pub(crate) use gate::Gate;
use limits::{Limits, PATIENCE, Told};
use route::{Route, has_token, told};

/// Most time that one call may take, its waiting included; below [`bullpen_chat::CALL_LIMIT`], so that there is time for a
/// word about it.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(8);
/// The least that is left of it for the call itself, after waiting.
const LEAST: Duration = Duration::from_secs(2);
/// Before a read that failed on Discord's side is tried a second time.
const PAUSE: Duration = Duration::from_millis(250);
/// Longest reason in the audit log, in bytes once it is encoded.
const REASON: usize = 512;

/// Why a call did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Too many calls; nothing happened.
    #[error("Discord asks {bot} to wait {} ms before the next {route}", after.as_millis())]
    Limited {
        /// The bot.
        bot: String,
        /// The method and path.
        route: String,
        /// How long.
        after: Duration,
    },
    /// Discord understood and said no.
    #[error("Discord refuses {route} for {bot}: {message} (status {status}, code {code})")]
    Refused {
        /// The bot.
        bot: String,
        /// The method and path.
        route: String,
        /// The HTTP status.
        status: u16,
        /// Discord's code, e.g. 50013; 0 where it gives none.
        code: u64,
        /// Discord's words, with the fields that it names.
        message: String,
    },
    /// Discord was not reached; nothing happened.
    #[error("Discord cannot be reached for {route}: {why}")]
    Unreachable {
        /// The method and path.
        route: String,
        /// What broke.
        why: String,
    },
    /// No answer that could be read: it may have happened.
    #[error("no usable answer from Discord to {route}: {why}")]
    Ambiguous {
        /// The method and path.
        route: String,
        /// What broke.
        why: String,
    },
}

impl Failure {
    /// Discord's code of a refusal.
    pub(crate) fn code(&self) -> Option<u64> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The HTTP status of a refusal.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl From<Failure> for bullpen_chat::Error {
    fn from(failure: Failure) -> Self {
        let why = failure.to_string();
        match failure {
            Failure::Limited { after, .. } => Self::Retry { why, after: Some(after) },
            Failure::Unreachable { .. } => Self::Retry { why, after: None },
            Failure::Refused { .. } => Self::Refused { why },
            Failure::Ambiguous { .. } => Self::Ambiguous { why },
        }
    }
}

/// A file that goes with a call.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// Its name, with an ending.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// E.g. `image/png`.
    pub(crate) media_type: String,
}

/// One bot's access to the REST routes. Paths begin with `/` and stand below the base, with the query in them.
#[derive(Debug)]
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
    bot: String,
    token: SecretString,
    gate: Arc<Gate>,
    limits: Limits,
}

impl Api {
    pub(crate) fn new(base: &str, bot: &str, token: &SecretString, gate: Arc<Gate>) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("DiscordBot (https://github.com/bullpen/bullpen, ", env!("CARGO_PKG_VERSION"), ")"))
            .build()
            .map_err(|e| Error::Config(format!("no connection to Discord can be made: {e}")))?;
        let (base, bot) = (base.trim_end_matches('/').to_owned(), bot.to_owned());
        Ok(Self { http, base, bot, token: token.clone(), gate, limits: Limits::default() })
    }

    pub(crate) async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, Failure> {
        self.call(Method::GET, path, None::<&()>, &[], None).await
    }

    pub(crate) async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<A, Failure> {
        self.call(Method::POST, path, Some(body), &[], None).await
    }

    pub(crate) async fn patch<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<A, Failure> {
        self.call(Method::PATCH, path, Some(body), &[], None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.call::<Value>(Method::DELETE, path, None::<&()>, &[], None).await.map(drop)
    }

    /// Any call: a JSON body, files beside it (then the body is `payload_json`), a reason for the audit log. An empty answer
    /// (204) is read as JSON `null`.
    ///
    /// It waits a few seconds for its turn and for a limit to pass, no longer. A read that fails on Discord's side is tried
    /// once more, and is then [`Failure::Unreachable`]: it has changed nothing.
    pub(crate) async fn call<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
        files: &[Upload],
        reason: Option<&str>,
    ) -> Result<A, Failure> {
        // What stands behind `/webhooks/{id}/` or `/interactions/{id}/` is a secret, and no route that is told names it.
        let route = format!("{method} {}", told(path));
        let body = body.map(serde_json::to_vec).transpose();
        let body = body.map_err(|e| self.refused(&route, 0, 0, format!("the call cannot be written: {e}")))?;
        let counted = Route::of(&method, path);
        let read = method == Method::GET;
        let begun = Instant::now();
        let mut again = read;
        loop {
            let limited = |after: Duration| Failure::Limited { bot: self.bot.clone(), route: route.clone(), after };
            let turn = match &counted {
                Some(counted) => {
                    Some(self.limits.turn(&self.gate, counted, read, begun + PATIENCE).await.map_err(limited)?)
                }
                None => None,
            };
            let left = TIMEOUT.saturating_sub(begun.elapsed());
            let request = self.request(&method, path, body.as_deref(), files, reason).timeout(left.max(LEAST));
            let failure = match self.answer(request, &route, counted.as_ref()).await {
                Ok(text) => {
                    let text = if text.is_empty() { "null" } else { &text };
                    return serde_json::from_str(text)
                        .map_err(|e| Failure::Ambiguous { route, why: format!("it cannot be read: {e}") });
                }
                Err(failure) => failure,
            };
            drop(turn);
            match failure {
                // Nothing happened: the wait for the next turn decides whether there is time for it.
                Failure::Limited { after, .. } if begun.elapsed() + after <= PATIENCE => {
                    // A call that is not counted waits by itself.
                    if counted.is_none() {
                        tokio::time::sleep(after).await;
                    }
                }
                Failure::Ambiguous { .. } if again && begun.elapsed() < PATIENCE => {
                    again = false;
                    tokio::time::sleep(PAUSE).await;
                }
                Failure::Ambiguous { route, why } if read => return Err(Failure::Unreachable { route, why }),
                failure => return Err(failure),
            }
        }
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
        files: &[Upload],
        reason: Option<&str>,
    ) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if !has_token(path) {
            request = request.header("authorization", format!("Bot {}", self.token.expose_secret()));
        }
        if let Some(reason) = reason {
            request = request.header("x-audit-log-reason", encoded(reason));
        }
        if files.is_empty() {
            return match body {
                Some(body) => request.header("content-type", "application/json").body(body.to_vec()),
                None => request,
            };
        }
        let mut form = Form::new();
        if let Some(body) = body {
            let body = String::from_utf8_lossy(body).into_owned();
            let part = Part::text(body).mime_str("application/json").unwrap_or_else(|_| Part::text("{}"));
            form = form.part("payload_json", part);
        }
        for (number, file) in files.iter().enumerate() {
            let part = |bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name(file.name.clone());
            let typed = part(&file.bytes).mime_str(&file.media_type).unwrap_or_else(|_| part(&file.bytes));
            form = form.part(format!("files[{number}]"), typed);
        }
        request.multipart(form)
    }

    /// Sends a request and heeds what the answer says about limits. The answer's text where it is a success.
    async fn answer(
        &self,
        request: reqwest::RequestBuilder,
        route: &str,
        counted: Option<&Route>,
    ) -> Result<String, Failure> {
        let ambiguous = |why: String| Failure::Ambiguous { route: route.to_owned(), why };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                return Err(Failure::Unreachable { route: route.to_owned(), why: cause(error) });
            }
            Err(error) => return Err(ambiguous(cause(error))),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        if let (Some(counted), Some(told)) = (counted, bucket(&headers)) {
            self.limits.told(counted, told);
        }
        let text = response.text().await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            let after = self.limited(&headers, &text.unwrap_or_default(), counted);
            return Err(Failure::Limited { bot: self.bot.clone(), route: route.to_owned(), after });
        }
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            self.gate.invalid();
        }
        let text = text.map_err(|error| ambiguous(cause(error)))?;
        if status.is_success() {
            return Ok(text);
        }
        if status.is_server_error() {
            return Err(ambiguous(format!("HTTP status {}", status.as_u16())));
        }
        let told: Value = serde_json::from_str(&text).unwrap_or_default();
        let mut message = told["message"].as_str().unwrap_or_default().to_owned();
        fields(&told["errors"], "", &mut message);
        Err(self.refused(route, status.as_u16(), told["code"].as_u64().unwrap_or_default(), message))
    }

    /// Heeds a 429, and says how long to wait.
    fn limited(&self, headers: &HeaderMap, text: &str, counted: Option<&Route>) -> Duration {
        let told: Value = serde_json::from_str(text).unwrap_or_default();
        let header = || number(headers, RETRY_AFTER.as_str());
        let seconds = told["retry_after"].as_f64().or_else(header).filter(|s| s.is_finite()).unwrap_or(1.0);
        // A little more than asked: what is sent a moment too early is limited again.
        let after = Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0)) + Duration::from_millis(20);
        let scope = headers.get("x-ratelimit-scope").and_then(|scope| scope.to_str().ok());
        // An answer that is not Discord's own comes from the wall before it, and means the whole address.
        let global = scope == Some("global") || told["global"] == true || (scope.is_none() && !told.is_object());
        if scope != Some("shared") {
            self.gate.invalid();
        }
        if global {
            self.gate.shut(after);
        } else if let Some(counted) = counted {
            self.limits.limited(counted, after);
        }
        let scope = if global { "global" } else { scope.unwrap_or("user") }.to_owned();
        metrics::counter!("bullpen_discord_limited_total", "bot" => self.bot.clone(), "scope" => scope).increment(1);
        after
    }

    fn refused(&self, route: &str, status: u16, code: u64, message: String) -> Failure {
        Failure::Refused { bot: self.bot.clone(), route: route.to_owned(), status, code, message }
    }
}

/// What broke, without the address: it may hold a secret.
fn cause(error: reqwest::Error) -> String {
    use std::error::Error as _;
    let error = error.without_url();
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// What an answer's headers say about its bucket.
fn bucket(headers: &HeaderMap) -> Option<Told> {
    let bucket = headers.get("x-ratelimit-bucket")?.to_str().ok()?.to_owned();
    let remaining = headers.get("x-ratelimit-remaining")?.to_str().ok()?.trim().parse().ok()?;
    let reset_after = number(headers, "x-ratelimit-reset-after").filter(|s| (0.0..=86_400.0).contains(s))?;
    Some(Told { bucket, remaining, reset_after: Duration::from_secs_f64(reset_after) })
}

/// Appends the fields that Discord names, with its words about each.
fn fields(errors: &Value, path: &str, out: &mut String) {
    let Some(errors) = errors.as_object() else { return };
    for (name, below) in errors {
        if name == "_errors" {
            for error in below.as_array().into_iter().flatten() {
                let words = error["message"].as_str().or_else(|| error["code"].as_str()).unwrap_or_default();
                out.push_str(&format!("; {path}: {words}"));
            }
        } else {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            fields(below, &path, out);
        }
    }
}

/// A reason for the audit log as a header takes it: percent-encoded, cut to its longest.
fn encoded(reason: &str) -> String {
    let mut out = String::new();
    for c in reason.chars() {
        let mut bytes = [0; 4];
        let piece: String = if c.is_ascii_alphanumeric() || " -_.,:/#".contains(c) {
            c.into()
        } else {
            c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
        };
        if out.len() + piece.len() > REASON {
            break;
        }
        out.push_str(&piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_names_the_fields() {
        let errors = json!({ "embeds": { "0": { "title": { "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length." }] } } } });
        let mut message = "Invalid Form Body".to_owned();
        fields(&errors, "", &mut message);
        assert_eq!(message, "Invalid Form Body; embeds.0.title: Must be 256 or fewer in length.");
    }

    #[test]
    fn a_reason_is_a_header() {
        assert_eq!(encoded("Set up by Bullpen"), "Set up by Bullpen");
        assert_eq!(encoded("für 50%"), "f%C3%BCr 50%25");
        assert_eq!(encoded(&"ü".repeat(500)).len(), 510);
    }
}
