//! Whether calls can be expected to work, asked seldom enough that anyone may ask us often.

use std::time::{Duration, Instant};

use async_openai::config::Config as _;
use bullpen_model::Error;
use reqwest::StatusCode;
use tokio::sync::Mutex;

use crate::endpoint::Endpoint;
use crate::explain::of_endpoint;
use crate::fault::Fault;
use crate::transport::Transport;

/// How long a probe's result is given out before the next probe.
const FRESH: Duration = Duration::from_secs(30);
/// Most time of a probe.
const PATIENCE: Duration = Duration::from_secs(5);

/// The last probe. Who asks during a probe waits for it.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Result<(), Error>)>>);

impl Readiness {
    pub(crate) async fn get(&self, now: Instant, probe: impl AsyncFnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let mut last = self.0.lock().await;
        match &*last {
            Some((at, result)) if now.duration_since(*at) < FRESH => result.clone(),
            _ => {
                let result = probe().await;
                *last = Some((now, result.clone()));
                result
            }
        }
    }
}

/// Asks for the list of models, which costs no tokens. Some servers have no such list, and some keys may not read it:
/// neither says anything about completions.
pub(crate) async fn probe(transport: &Transport, endpoint: &Endpoint) -> Result<(), Error> {
    let list = async {
        let request = transport.http().get(endpoint.url("/models")).headers(endpoint.headers()).build();
        transport.send(request.map_err(|error| Fault::Unbuilt(error.to_string()))?).await
    };
    let fault = match tokio::time::timeout(PATIENCE, list).await {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(fault)) => fault,
        Err(_elapsed) => Fault::Slow(PATIENCE),
    };
    match &fault {
        // A list may be longer than we read.
        Fault::TooLarge(_) => Ok(()),
        Fault::Complaint(complaint)
            if complaint.status != StatusCode::UNAUTHORIZED
                && complaint.status != StatusCode::TOO_MANY_REQUESTS
                && complaint.status.is_client_error() =>
        {
            Ok(())
        }
        _ => Err(of_endpoint(endpoint, &fault)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_result_is_kept_for_half_a_minute() {
        let (readiness, probes, start) = (Readiness::default(), Cell::new(0), Instant::now());
        let probe = async || {
            probes.set(probes.get() + 1);
            Err(Error::Misconfigured("no".into()))
        };
        for second in [0, 1, 29] {
            assert!(readiness.get(start + Duration::from_secs(second), probe).await.is_err());
        }
        assert_eq!(probes.get(), 1);
        assert!(readiness.get(start + FRESH, async || Ok(())).await.is_ok());
    }
}
