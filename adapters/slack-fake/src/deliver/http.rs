//! Sends signed requests to apps. Plain HTTP only: the stand-in and what it talks to are on one machine.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::state::Request;

/// What sends the requests.
pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// Most that an app's answer may hold: 1 MB.
const ANSWER: usize = 1 << 20;

/// Why an app was not told, in the words of `x-slack-retry-reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: &'static str,
    /// The app said `x-slack-no-retry: 1`.
    pub(crate) no_retry: bool,
}

impl Failure {
    pub(crate) fn because(reason: &'static str) -> Self {
        Self { reason, no_retry: false }
    }

    pub(crate) fn timeout() -> Self {
        Self::because("timeout")
    }

    pub(crate) fn is_timeout(self) -> bool {
        matches!(self.reason, "timeout" | "http_timeout")
    }
}

pub(crate) fn client() -> HttpClient {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Sends a request and waits `limit` for an answer with a status of 2xx; returns its body.
pub(crate) async fn send(client: &HttpClient, request: Request, limit: Duration) -> Result<Bytes, Failure> {
    let mut built = hyper::Request::post(&request.url);
    for (name, value) in &request.headers {
        built = built.header(*name, value);
    }
    let built = built.body(Full::new(request.body.into())).map_err(|_| Failure::because("unknown_error"))?;
    let exchange = async {
        let answer = client.request(built).await.map_err(|_| Failure::because("connection_failed"))?;
        let no_retry = answer.headers().get("x-slack-no-retry").is_some_and(|v| v == "1");
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER).collect().await;
        let body = body.map_err(|_| Failure::because("connection_failed"))?.to_bytes();
        if status.is_success() { Ok(body) } else { Err(Failure { reason: "http_error", no_retry }) }
    };
    tokio::time::timeout(limit, exchange).await.unwrap_or(Err(Failure::because("http_timeout")))
}
