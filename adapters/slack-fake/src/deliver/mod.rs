//! Takes events, clicks and commands to apps: over Socket Mode, or signed over HTTP.
//!
//! A [`Parcel`] is one thing that one app is to be told. What is not acknowledged in time is told again, as Slack does it:
//! events up to three more times; what a person is waiting for, never.

pub(crate) mod http;
mod parcel;
mod post;
pub(crate) mod socket;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) use parcel::{Answer, Parcel};
pub(crate) use post::Post;

use crate::server::Shared;
use crate::state::{Request, State};

/// A request that is to be sent now.
pub(crate) struct Job {
    parcel: usize,
    attempt: u32,
    request: Request,
    limit: Duration,
}

/// Runs for as long as the workspace: sends what is due, and sleeps until something is.
pub(crate) async fn postman(shared: Arc<Shared>) {
    loop {
        let (jobs, next) = shared.deliver();
        for job in jobs {
            tokio::spawn(carry(Arc::clone(&shared), job));
        }
        let next = next.unwrap_or_else(|| Instant::now() + Duration::from_mins(1));
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.wake.notified() => {}
            () = tokio::time::sleep_until(next.into()) => {}
        }
    }
}

async fn carry(shared: Arc<Shared>, job: Job) {
    let sent = tokio::select! {
        () = shared.stop.cancelled() => return,
        sent = http::send(&shared.client, job.request, job.limit) => sent,
    };
    let answer = sent.map(|body| {
        serde_json::from_slice(&body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&body).into_owned()))
    });
    shared.change(|state| {
        let State { post, settings, dice, .. } = state;
        post.answered(job.parcel, job.attempt, answer, settings, dice);
    });
}
