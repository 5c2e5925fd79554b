//! Calls of the Web API with any kind of token, and with a look at the answer's headers, which the crate's client
//! hides.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::{self, Failure, TIMEOUT};
use crate::error::Error;

/// A client of the Web API that belongs to no app.
pub(crate) struct Web {
    http: reqwest::Client,
    base: String,
}

/// What Slack answered, be it yes or no.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The body; `ok` says whether Slack did it.
    body: Value,
    /// What the token may do, where Slack says it.
    pub(crate) scopes: Option<BTreeSet<String>>,
    /// What Slack's clock says.
    pub(crate) date: Option<DateTime<Utc>>,
    app: String,
    method: String,
}

impl Reply {
    /// The answer, or the refusal.
    pub(crate) fn read<Answer: DeserializeOwned>(&self) -> Result<Answer, Failure> {
        let (app, method) = (self.app.clone(), self.method.clone());
        if self.body["ok"] != true {
            let code = self.body["error"].as_str().unwrap_or("unknown_error").to_owned();
            return Err(Failure::Refused { app, method, code, detail: api::detail(&self.body.to_string()) });
        }
        serde_json::from_value(self.body.clone())
            .map_err(|error| Failure::Ambiguous { method, why: format!("the answer lacks something: {error}") })
    }
}

/// Whose call it is.
pub(crate) struct Caller<'a> {
    /// What it is called in errors.
    pub(crate) app: &'a str,
    /// What it shows.
    pub(crate) token: &'a SecretString,
}

impl Web {
    /// A client of the Web API at `api_url`, e.g. `https://slack.com/api`.
    pub(crate) fn new(api_url: &str) -> Result<Self, Error> {
        let http =
            reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build().map_err(
                |error| Error::Config(format!("the HTTP client cannot be made: {error}; install ca-certificates")),
            )?;
        Ok(Self { http, base: api_url.trim_end_matches('/').to_owned() })
    }

    /// The client below it, for addresses that are not Slack's.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Calls a method with a JSON body.
    pub(crate) async fn post(&self, caller: &Caller<'_>, method: &str, body: &Value) -> Result<Reply, Failure> {
        // Slack warns where the character set is not named.
        let request = self.http.post(self.address(method)).header("content-type", "application/json; charset=utf-8");
        self.send(caller, method, request.body(body.to_string())).await
    }

    /// Calls a method with query parameters.
    pub(crate) async fn get(
        &self,
        caller: &Caller<'_>,
        method: &str,
        query: &[(&str, &str)],
    ) -> Result<Reply, Failure> {
        self.send(caller, method, self.http.get(self.address(method)).query(query)).await
    }

    fn address(&self, method: &str) -> String {
        format!("{}/{method}", self.base)
    }

    async fn send(
        &self,
        caller: &Caller<'_>,
        method: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<Reply, Failure> {
        let (app, method) = (caller.app.to_owned(), method.to_owned());
        let broken = |error: reqwest::Error| {
            let (connect, why) = (error.is_connect(), api::causes(&error.without_url()));
            let method = method.clone();
            if connect { Failure::Unreachable { method, why } } else { Failure::Ambiguous { method, why } }
        };
        let response = request.bearer_auth(caller.token.expose_secret()).send().await.map_err(broken)?;
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        if status == reqwest::StatusCode::TOO_MANY_REQUESTS {
            let seconds = header(RETRY_AFTER.as_str()).and_then(|value| value.trim().parse().ok());
            let after = seconds.map_or(api::RETRY_AFTER, std::time::Duration::from_secs);
            return Err(Failure::Limited { app, method, after });
        }
        let scopes = header("x-oauth-scopes")
            .map(|list| list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect());
        let date =
            header(DATE.as_str()).and_then(|value| DateTime::parse_from_rfc2822(value).ok()).map(|at| at.to_utc());
        let text = response.text().await.map_err(broken)?;
        match serde_json::from_str(&text) {
            Ok(body) if status.is_success() => Ok(Reply { body, scopes, date, app, method }),
            _ => Err(Failure::Ambiguous { method, why: format!("HTTP status {}", status.as_u16()) }),
        }
    }
}
