//! What is measured, under which names. The recorder belongs to the process, as recorders of metrics do.

use std::sync::OnceLock;
use std::time::Duration;

use chrono::TimeDelta;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

/// Events that left the inbox, by `state`: `done`, `retried` or `dead`.
pub const EVENTS: &str = "bullpen_events_total";
/// Seconds that it took to decide on an event and to save what follows.
pub const EVENT_SECONDS: &str = "bullpen_event_seconds";
/// Calls of models and skills that came to an end, by `kind` (`turn`, `skill`), `name` and `outcome` (`ok`, `failed`).
pub const CALLS: &str = "bullpen_calls_total";
/// Seconds that a call took, by `kind`.
pub const CALL_SECONDS: &str = "bullpen_call_seconds";
/// Tokens of calls of models, by `tier` and `direction` (`input`, `output`).
pub const TOKENS: &str = "bullpen_tokens_total";
/// Attempts to deliver a post, by `outcome`.
pub const POSTS: &str = "bullpen_posts_total";
/// Seconds from deciding on a post to the end of an attempt to deliver it.
pub const POST_SECONDS: &str = "bullpen_post_seconds";
/// Events to process.
pub const INBOX_DEPTH: &str = "bullpen_inbox_depth";
/// Posts to deliver.
pub const OUTBOX_DEPTH: &str = "bullpen_outbox_depth";
/// Calls of models and skills that wait or are under way.
pub const CALLS_DEPTH: &str = "bullpen_calls_depth";
/// Events and posts that were put aside.
pub const DEAD_LETTERS: &str = "bullpen_dead_letters";
/// Memory of this process that is in use, in bytes; the database's not counted.
pub const RESIDENT_BYTES: &str = "bullpen_process_resident_bytes";
/// Requests answered, by `method`, `path` (as it is routed) and `status`.
pub const HTTP_REQUESTS: &str = "bullpen_http_requests_total";
/// Seconds until the answer to a request began, by `method` and `path`.
pub const HTTP_SECONDS: &str = "bullpen_http_request_seconds";
/// Requests that were turned away at the door, by `why`.
pub const REFUSED: &str = "bullpen_refused_requests_total";

/// Upper bounds of the histograms, in seconds: from a millisecond to the longest call of a model that is usual.
const BUCKETS: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// How often measured times are put into their buckets: until then each is kept.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to measure. Where another recorder has been installed in this process, that one is left to measure and
/// [`text`] has nothing to say.
pub fn install() {
    recorder();
}

fn recorder() -> Option<&'static PrometheusHandle> {
    let install = || {
        let installed = PrometheusBuilder::new().set_buckets(&BUCKETS).and_then(PrometheusBuilder::install_recorder);
        if let Err(error) = &installed {
            tracing::warn!(error = error as &dyn std::error::Error, "nothing is measured");
        }
        describe();
        installed.ok()
    };
    RECORDER.get_or_init(install).as_ref()
}

/// Everything measured so far, as Prometheus reads it.
#[must_use]
pub fn text() -> String {
    if let Some(bytes) = resident_bytes() {
        // Memory is far below 2^53 bytes.
        metrics::gauge!(RESIDENT_BYTES).set(bytes as f64);
    }
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// Keeps what is measured small, until `shutdown`.
pub async fn upkeep(shutdown: CancellationToken) {
    let Some(recorder) = recorder() else { return };
    while shutdown.run_until_cancelled(tokio::time::sleep(UPKEEP_EVERY)).await.is_some() {
        recorder.run_upkeep();
    }
}

/// Events left the inbox: `done`, `retried` or `dead`.
/// A batch of events was processed: each took its share.
pub(crate) fn batch(count: usize, took: Duration) {
    events("done", count);
    let share = took.as_secs_f64() / count.max(1) as f64;
    (0..count).for_each(|_| histogram!(EVENT_SECONDS).record(share));
}

pub(crate) fn events(state: &'static str, count: usize) {
    counter!(EVENTS, "state" => state).increment(count as u64);
}

/// A call of a model or skill came to an end. `name` is the skill's name or the model's class.
pub(crate) fn call(kind: &'static str, name: &str, ok: bool, took: Duration) {
    let outcome = if ok { "ok" } else { "failed" };
    counter!(CALLS, "kind" => kind, "name" => name.to_owned(), "outcome" => outcome).increment(1);
    histogram!(CALL_SECONDS, "kind" => kind).record(took.as_secs_f64());
}

/// A call of a model took this many tokens.
pub(crate) fn tokens(tier: &'static str, input: i64, output: i64) {
    counter!(TOKENS, "tier" => tier, "direction" => "input").increment(u64::try_from(input).unwrap_or(0));
    counter!(TOKENS, "tier" => tier, "direction" => "output").increment(u64::try_from(output).unwrap_or(0));
}

/// An attempt to deliver a post came to an end, this long after the post was decided on.
pub(crate) fn post(outcome: &'static str, took: TimeDelta) {
    counter!(POSTS, "outcome" => outcome).increment(1);
    histogram!(POST_SECONDS).record(took.num_microseconds().map_or(0.0, |us| us as f64 / 1_000_000.0));
}

/// The memory of this process that is in use; known on Linux.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn describe() {
    describe_counter!(EVENTS, "Events that left the inbox, by state: done, retried or dead.");
    describe_histogram!(EVENT_SECONDS, Unit::Seconds, "Time to decide on an event and to save what follows.");
    describe_counter!(CALLS, "Calls of models and skills that came to an end, by kind, name and outcome.");
    describe_histogram!(CALL_SECONDS, Unit::Seconds, "Time that a call of a model or skill took, by kind.");
    describe_counter!(TOKENS, "Tokens of calls of models, by tier and direction.");
    describe_counter!(POSTS, "Attempts to deliver a post, by outcome.");
    describe_histogram!(
        POST_SECONDS,
        Unit::Seconds,
        "Time from deciding on a post to the end of an attempt to deliver it."
    );
    describe_gauge!(INBOX_DEPTH, "Events to process.");
    describe_gauge!(OUTBOX_DEPTH, "Posts to deliver.");
    describe_gauge!(CALLS_DEPTH, "Calls of models and skills to make.");
    describe_gauge!(DEAD_LETTERS, "Events and posts that were put aside.");
    describe_gauge!(RESIDENT_BYTES, Unit::Bytes, "Memory of this process in use, the database's not counted.");
    describe_counter!(HTTP_REQUESTS, "Requests answered, by method, routed path and status.");
    describe_histogram!(HTTP_SECONDS, Unit::Seconds, "Time until the answer to a request began, by method and path.");
    describe_counter!(REFUSED, "Requests that were turned away at the door, by reason.");
}
