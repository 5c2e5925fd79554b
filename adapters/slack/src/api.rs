//! One app's calls of Slack's Web API, each bounded in time, and what a failure allows the caller to do next.
//!
//! The crate's typed API is used where it is right; [`Api::post`] and [`Api::get`] are for the methods and fields that it
//! lacks. Its rate control is not used: it throttles by team and ignores the app (see [`crate::limit`]).

use std::time::Duration;

use hyper_rustls::HttpsConnectorBuilder;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::{SlackClientHyperHttpsConnector, SlackClientSession};
use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};

use crate::config;
use crate::error::Error;

/// Most time that one call may take; below [`bullpen_chat::CALL_LIMIT`], so that there is time for a word about it.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(8);
/// How long to wait after a 429 that does not say it.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(30);

/// The client type of the crate that serves production and loopback alike.
pub(crate) type Client = SlackClient<SlackClientHyperHttpsConnector>;

/// One app's access to the Web API.
pub(crate) struct Api {
    client: std::sync::Arc<Client>,
    token: SlackApiToken,
    app: String,
}

/// Why a call did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Too many calls; nothing happened.
    #[error("Slack asks {app} to wait {} s before the next {method}", after.as_secs())]
    Limited {
        /// The app.
        app: String,
        /// The method.
        method: String,
        /// How long.
        after: Duration,
    },
    /// Slack understood and said no (`ok: false`).
    #[error("Slack refuses {method} for {app}: {code}")]
    Refused {
        /// The app.
        app: String,
        /// The method.
        method: String,
        /// Slack's word, e.g. `channel_not_found`.
        code: String,
        /// What Slack adds, e.g. the scope that is needed; for people.
        detail: String,
    },
    /// Slack was not reached; nothing happened.
    #[error("Slack cannot be reached for {method}: {why}")]
    Unreachable {
        /// The method.
        method: String,
        /// What broke.
        why: String,
    },
    /// No answer that could be read: it may have happened.
    #[error("no usable answer from Slack to {method}: {why}")]
    Ambiguous {
        /// The method.
        method: String,
        /// What broke.
        why: String,
    },
}

impl Failure {
    /// Slack's word of a refusal.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the same call may work later without anybody's doing.
    pub(crate) fn passes(&self) -> bool {
        self.code().is_none_or(|code| PASSING.contains(&code) || code == "ratelimited" || code == "rate_limited")
    }
}

/// Words of a refusal after which the same call may work later: Slack's own trouble.
const PASSING: [&str; 5] =
    ["internal_error", "service_unavailable", "fatal_error", "request_timeout", "team_added_to_org"];

impl From<Failure> for bullpen_chat::Error {
    fn from(failure: Failure) -> Self {
        let why = failure.to_string();
        match failure {
            Failure::Limited { after, .. } => Self::Retry { why, after: Some(after) },
            Failure::Unreachable { .. } => Self::Retry { why, after: None },
            // Slack says of these that the call may have been carried out all the same.
            Failure::Refused { code, .. } if PASSING.contains(&code.as_str()) => Self::Ambiguous { why },
            Failure::Refused { code, detail, .. } if code == "ratelimited" || code == "rate_limited" => {
                Self::Retry { why: format!("{why} {detail}"), after: Some(RETRY_AFTER) }
            }
            Failure::Refused { detail, .. } => Self::Refused { why: format!("{why} {detail}").trim_end().to_owned() },
            Failure::Ambiguous { .. } => Self::Ambiguous { why },
        }
    }
}

/// A connector for the real Slack and for a stand-in on loopback. Plain `http` elsewhere was refused by the configuration.
pub(crate) fn connector(api_url: &str) -> Result<SlackClientHyperHttpsConnector, Error> {
    let https = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|e| Error::Config(format!("the system's certificates cannot be read: {e}; install ca-certificates")))?
        .https_or_http()
        .enable_http1()
        .enable_http2()
        .build();
    Ok(SlackClientHyperHttpsConnector::from(https).with_slack_api_url(api_url))
}

impl Api {
    pub(crate) fn new(api_url: &str, app: &config::App) -> Result<Self, Error> {
        let client = std::sync::Arc::new(SlackClient::new(connector(api_url)?));
        let token = SlackApiToken::new(SlackApiTokenValue(app.bot_token.expose_secret().to_owned()));
        Ok(Self { client, token, app: app.name.clone() })
    }

    /// The crate's client, for Socket Mode.
    pub(crate) fn client(&self) -> std::sync::Arc<Client> {
        std::sync::Arc::clone(&self.client)
    }

    /// A session of the crate's typed API.
    pub(crate) fn session(&self) -> SlackClientSession<'_, SlackClientHyperHttpsConnector> {
        self.client.open_session(&self.token)
    }

    /// Calls a method with a JSON body.
    pub(crate) async fn post<Answer>(
        &self,
        method: &str,
        body: &(impl Serialize + Send + Sync),
    ) -> Result<Answer, Failure>
    where
        Answer: DeserializeOwned + Send,
    {
        let session = self.session();
        self.bounded(method, session.http_session_api.http_post(method, body, None)).await
    }

    /// Calls a method with query parameters: for methods that take no JSON.
    pub(crate) async fn get<Answer>(&self, method: &str, query: &[(&str, Option<&str>)]) -> Result<Answer, Failure>
    where
        Answer: DeserializeOwned + Send,
    {
        let session = self.session();
        let query: Vec<(&str, Option<&str>)> = query.to_vec();
        self.bounded(method, session.http_session_api.http_get(method, &query, None)).await
    }

    /// Waits for a call of the crate's API at most [`TIMEOUT`].
    pub(crate) async fn bounded<Answer>(
        &self,
        method: &str,
        call: impl Future<Output = Result<Answer, SlackClientError>> + Send,
    ) -> Result<Answer, Failure> {
        match tokio::time::timeout(TIMEOUT, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.failure(method, error)),
            Err(_) => {
                let why = format!("none within {} s", TIMEOUT.as_secs());
                Err(Failure::Ambiguous { method: method.to_owned(), why })
            }
        }
    }

    fn failure(&self, method: &str, error: SlackClientError) -> Failure {
        let (app, method) = (self.app.clone(), method.to_owned());
        match error {
            SlackClientError::RateLimitError(limited) => {
                Failure::Limited { app, method, after: limited.retry_after.unwrap_or(RETRY_AFTER) }
            }
            SlackClientError::ApiError(refused) => {
                let detail = refused.http_response_body.as_deref().map(detail).unwrap_or_default();
                Failure::Refused { app, method, code: refused.code, detail }
            }
            SlackClientError::HttpError(http) => {
                Failure::Ambiguous { method, why: format!("HTTP status {}", http.status_code.as_u16()) }
            }
            SlackClientError::HttpProtocolError(broken) => {
                let unreachable = broken
                    .cause
                    .as_ref()
                    .and_then(|cause| cause.downcast_ref::<hyper_util::client::legacy::Error>())
                    .is_some_and(hyper_util::client::legacy::Error::is_connect);
                let why =
                    broken.cause.map_or_else(|| "the connection broke".to_owned(), |cause| causes(cause.as_ref()));
                if unreachable { Failure::Unreachable { method, why } } else { Failure::Ambiguous { method, why } }
            }
            other => Failure::Ambiguous { method, why: kind(&other).to_owned() },
        }
    }
}

/// The kind of a failure, without the body that the crate prints with it.
fn kind(error: &SlackClientError) -> &'static str {
    match error {
        SlackClientError::ProtocolError(_) => "the answer is not the JSON that was expected",
        SlackClientError::EndOfStream(_) => "the connection ended",
        _ => "the client failed",
    }
}

/// What Slack adds to a refusal.
pub(crate) fn detail(body: &str) -> String {
    let Ok(body) = serde_json::from_str::<serde_json::Value>(body) else { return String::new() };
    let mut parts = Vec::new();
    if let Some(needed) = body.get("needed").and_then(|v| v.as_str()) {
        parts.push(format!("(the scope {needed} is missing: add it to the app and install it again)"));
    }
    for list in [body.get("errors"), body.pointer("/response_metadata/messages")].into_iter().flatten() {
        for one in list.as_array().into_iter().flatten() {
            parts.push(one.as_str().map_or_else(|| one.to_string(), str::to_owned));
        }
    }
    parts.join("; ")
}

pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
