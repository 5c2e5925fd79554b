//! The server: its own loop of accepting connections, so that faults can cut one in the middle of a call.

use std::net::TcpListener as StdListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State as Extracted};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::settings::Settings;
use crate::state::State;
use crate::{api, gateway, page};

/// Most that a request may hold: 25 MB, what Discord takes from bots with a margin for the form.
const BODY: usize = 25 << 20;

/// The guild and what wakes when it changes.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) base: String,
    /// Grows with every change.
    pub(crate) version: watch::Sender<u64>,
    /// Wakes the gateway's watch.
    pub(crate) wake: Notify,
    pub(crate) stop: CancellationToken,
    /// Where requests are written down.
    pub(crate) log: Option<Mutex<std::fs::File>>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A hand that panicked says so in its own test; the others go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the guild. Must not be nested.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the guild and tells the gateway's sessions of it. Must not be nested.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = {
            let mut state = self.lock();
            let changed = change(&mut state);
            state.pump();
            changed
        };
        self.version.send_modify(|version| *version += 1);
        self.wake.notify_one();
        changed
    }

    /// Lets the gateway do its round. Returns when it wants the next one.
    pub(crate) fn round(&self) -> Option<Instant> {
        let next = self.lock().round(Instant::now());
        self.version.send_modify(|version| *version += 1);
        next
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("base", &self.base).finish_non_exhaustive()
    }
}

/// A connection that a fault may cut.
#[derive(Debug, Clone)]
pub(crate) struct Line(pub(crate) CancellationToken);

pub(crate) fn start(settings: Settings) -> std::io::Result<Arc<Shared>> {
    let listener = StdListener::bind(settings.address)?;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let base = format!("http://{}", listener.local_addr()?);
    let log = match &settings.log {
        Some(path) => Some(Mutex::new(std::fs::OpenOptions::new().create(true).append(true).open(path)?)),
        None => None,
    };
    let shared = Arc::new(Shared {
        state: Mutex::new(State::new(settings, base.clone())),
        base,
        version: watch::Sender::new(0),
        wake: Notify::new(),
        stop: CancellationToken::new(),
        log,
    });
    let router = router(Arc::clone(&shared));
    tokio::spawn(accept(listener, router, shared.stop.clone()));
    tokio::spawn(gateway::watch(Arc::clone(&shared)));
    Ok(shared)
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{*path}", any(api::call))
        .route("/attachments/{channel}/{id}/{name}", get(attachment))
        .merge(gateway::routes())
        .merge(page::routes())
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(shared)
}

/// A file on a message.
async fn attachment(Extracted(shared): Extracted<Arc<Shared>>, Path(path): Path<(u64, u64, String)>) -> Response {
    let (channel, id, _) = path;
    let found = shared.read(|state| {
        let messages = state.channels.get(&channel)?.messages.values();
        let file = messages.flat_map(|m| &m.attachments).find(|a| a.id == id)?;
        Some((file.media_type.clone(), file.bytes.clone()))
    });
    match found {
        Some((media_type, bytes)) => ([(header::CONTENT_TYPE, media_type)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn accept(listener: TcpListener, router: Router, stop: CancellationToken) {
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of descriptors, or a client that was quicker to leave: the next one may fare better.
                Err(_) => continue,
            },
        };
        // Small frames go out at once.
        let _ = stream.set_nodelay(true);
        let (router, stop, line) = (router.clone(), stop.clone(), CancellationToken::new());
        tokio::spawn(async move {
            let cut = line.clone();
            let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(Line(line.clone()));
                router.clone().oneshot(request.map(Body::new))
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades();
            tokio::select! {
                _ = connection => {}
                () = cut.cancelled() => {}
                () = stop.cancelled() => {}
            }
        });
    }
}
