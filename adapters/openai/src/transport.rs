//! The only module that sends: bounded retries, capped bodies, every failure a [`Fault`].
//!
//! The crate's own retries obey any Retry-After and know no time-out, and its error types lose the status of shapes
//! that are not OpenAI's. So this service stands below the crate, and lets only successful JSON through.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::middleware::HttpRequestFactory;
use backon::{ExponentialBuilder, Retryable};
use bullpen_model::Error;
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::time::Instant;

use crate::complaint::Complaint;
use crate::endpoint::Endpoint;
use crate::fault::Fault;

/// Time to connect, the TLS handshake included.
const CONNECT: Duration = Duration::from_secs(5);
/// Most bytes of an answer, a hundred times what a long piece takes.
const BODY: usize = 2 * 1024 * 1024;
/// Retries after the first attempt.
const RETRIES: usize = 2;
/// The wait before the first retry; the second waits twice as long, each with up to as much again by chance.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// The longest wait that an endpoint may ask for before we hand the waiting to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Sends requests to one endpoint. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    endpoint: Arc<Endpoint>,
    /// Time that the caller gives to all of it; no retry is planned beyond.
    timeout: Duration,
}

impl Transport {
    pub(crate) fn new(endpoint: Arc<Endpoint>, timeout: Duration) -> Result<Transport, Error> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("bullpen/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            // A redirected POST would arrive as a GET elsewhere: better to name the right address.
            .redirect(reqwest::redirect::Policy::none());
        if endpoint.is_loopback() {
            http = http.no_proxy();
        }
        if endpoint.is_plain() {
            // No certificates are needed, so none are looked for: a machine may have none.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|error| {
            Error::Misconfigured(format!(
                "No secure connection can be made on this machine ({}): install its certificates (package \
                 ca-certificates).",
                Fault::of_http(&error)
            ))
        })?;
        Ok(Transport { http, endpoint, timeout })
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends one request once. A success holds JSON of at most [`BODY`] bytes, already read.
    pub(crate) async fn send(&self, request: reqwest::Request) -> Result<reqwest::Response, Fault> {
        let response = self.http.execute(request).await.map_err(|error| Fault::of_http(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read(response).await;
        if !status.is_success() {
            // The status says enough when the words got lost.
            return Err(self.refused(Complaint::read(status, &headers, &body.unwrap_or_default())));
        }
        let body = body?;
        let json: Value = serde_json::from_slice(&body)
            .map_err(|_| if body.trim_ascii_start().starts_with(b"<") { Fault::Page } else { Fault::NotJson })?;
        if let Some(complaint) = Complaint::within_success(&json) {
            return Err(self.refused(complaint));
        }
        Ok(http::Response::new(body).into())
    }

    fn refused(&self, complaint: Complaint) -> Fault {
        Fault::Complaint(Complaint { message: self.endpoint.redact(&complaint.message), ..complaint })
    }

    async fn send_patiently(&self, factory: HttpRequestFactory) -> Result<reqwest::Response, Fault> {
        let deadline = Instant::now() + self.timeout;
        let attempt = || async { self.send(factory.build().await?).await };
        attempt
            .retry(ExponentialBuilder::default().with_min_delay(FIRST_WAIT).with_max_times(RETRIES).with_jitter())
            .when(Fault::is_passing)
            .adjust(|fault, wait| {
                // None when the attempts are used up: then no Retry-After brings another.
                let wait = wait.map(|wait| fault.retry_after().unwrap_or(wait))?;
                (wait <= LONGEST_WAIT && Instant::now() + wait < deadline).then_some(wait)
            })
            .notify(|fault, wait| tracing::info!(why = %fault, ?wait, "asking the model endpoint again"))
            .await
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Fault::of_http(&error))? {
        if body.len() + chunk.len() > BODY {
            return Err(Fault::TooLarge(BODY));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl tower::Service<HttpRequestFactory> for Transport {
    type Response = reqwest::Response;
    type Error = Fault;
    type Future = BoxFuture<'static, Result<reqwest::Response, Fault>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move { transport.send_patiently(factory).await })
    }
}
