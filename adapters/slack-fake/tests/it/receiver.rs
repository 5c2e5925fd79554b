//! An app that listens for signed HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

/// What came in.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) address: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Answers = dyn Fn(usize, &Heard) -> (StatusCode, String) + Send + Sync;

#[derive(Clone)]
struct Ears {
    heard: Arc<Mutex<Vec<Heard>>>,
    answers: Arc<Answers>,
}

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    /// Listens, and answers the n-th request (from 0) as `answers` says.
    pub(crate) async fn new(answers: impl Fn(usize, &Heard) -> (StatusCode, String) + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let receiver = Self { url, heard: Arc::default() };
        let ears = Ears { heard: Arc::clone(&receiver.heard), answers: Arc::new(answers) };
        let router = Router::new().route("/slack/{app}/{what}", post(hear)).with_state(ears);
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

async fn hear(
    State(ears): State<Ears>,
    Path((app, what)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let new = Heard { address: format!("{app}/{what}"), headers, body };
    let mut heard = ears.heard.lock().unwrap();
    heard.push(new.clone());
    (ears.answers)(heard.len() - 1, &new)
}
