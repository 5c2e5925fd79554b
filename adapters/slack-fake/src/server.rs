//! The server: its own loop of accepting connections, so that faults can cut one in the middle of a call.

use std::net::TcpListener as StdListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::deliver::http::HttpClient;
use crate::deliver::{Job, socket};
use crate::settings::Settings;
use crate::state::State;
use crate::{api, deliver, page, response_url};

/// Most that a request may hold: 100 MB, for files.
const BODY: usize = 100 << 20;

/// The workspace and what wakes when it changes.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) base: String,
    /// Grows with every change.
    pub(crate) version: watch::Sender<u64>,
    /// Wakes the postman.
    pub(crate) wake: Notify,
    pub(crate) stop: CancellationToken,
    pub(crate) client: HttpClient,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A hand that panicked says so in its own test; the others go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the workspace. Must not be nested.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the workspace. Must not be nested.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.lock());
        self.version.send_modify(|version| *version += 1);
        self.wake.notify_one();
        changed
    }

    /// Lets the postman do his round.
    pub(crate) fn deliver(&self) -> (Vec<Job>, Option<Instant>) {
        let round = self.lock().deliver(Instant::now());
        self.version.send_modify(|version| *version += 1);
        round
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
    let shared = Arc::new(Shared {
        state: Mutex::new(State::new(settings, base.clone())),
        base,
        version: watch::Sender::new(0),
        wake: Notify::new(),
        stop: CancellationToken::new(),
        client: deliver::http::client(),
    });
    let router = router(Arc::clone(&shared));
    tokio::spawn(accept(listener, router, shared.stop.clone()));
    tokio::spawn(deliver::postman(Arc::clone(&shared)));
    Ok(shared)
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{method}", any(api::call))
        .route("/link", get(socket::link))
        .route("/upload/{key}", post(api::upload).put(api::upload))
        .route("/respond/{team}/{key}", post(response_url::respond))
        .merge(page::routes())
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(shared)
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
