//! The figures that the server keeps of itself, for Prometheus. Names stand here and nowhere else.

use std::time::Duration;

use chrono::TimeDelta;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, histogram};

/// Events processed, by `state` (`done`, `dead`).
pub const EVENTS: &str = "bullpen_events_total";
/// Calls of models and skills made, by `kind`, `name` and `outcome`.
pub const CALLS: &str = "bullpen_calls_total";
/// Seconds that a call took, by `kind`.
pub const CALL_SECONDS: &str = "bullpen_call_seconds";
/// Tokens, by `tier` and `direction`.
pub const TOKENS: &str = "bullpen_tokens_total";
/// Attempts at putting a post on show, by `outcome`.
pub const POSTS: &str = "bullpen_posts_total";
/// Seconds from a post's decision until it stood.
pub const POST_SECONDS: &str = "bullpen_post_seconds";
/// Events that wait.
pub const INBOX_DEPTH: &str = "bullpen_inbox_depth";
/// Posts that wait.
pub const OUTBOX_DEPTH: &str = "bullpen_outbox_depth";
/// Dead letters.
pub const DEAD_LETTERS: &str = "bullpen_dead_letters";
/// Resident memory of this process.
pub const RESIDENT_BYTES: &str = "bullpen_process_resident_bytes";
/// HTTP requests, by `method`, `path` and `status`.
pub const HTTP_REQUESTS: &str = "bullpen_http_requests_total";
/// Seconds that an HTTP request took, by `path`.
pub const HTTP_SECONDS: &str = "bullpen_http_request_seconds";
/// Requests refused before any work was done, by `why`.
pub const REFUSED: &str = "bullpen_refused_requests_total";

/// Says what each figure is.
pub fn describe() {
    describe_counter!(EVENTS, "Events processed, by state");
    describe_counter!(CALLS, "Calls of models and skills, by kind, name and outcome");
    describe_histogram!(CALL_SECONDS, metrics::Unit::Seconds, "How long calls took, by kind");
    describe_counter!(TOKENS, "Tokens, by tier and direction");
    describe_counter!(POSTS, "Attempts at putting a post on show, by outcome");
    describe_histogram!(POST_SECONDS, metrics::Unit::Seconds, "From a post's decision until it stood");
    describe_gauge!(INBOX_DEPTH, "Events that wait");
    describe_gauge!(OUTBOX_DEPTH, "Posts that wait");
    describe_gauge!(DEAD_LETTERS, "Dead letters");
    describe_gauge!(RESIDENT_BYTES, metrics::Unit::Bytes, "Resident memory of this process");
    describe_counter!(HTTP_REQUESTS, "HTTP requests, by method, path and status");
    describe_histogram!(HTTP_SECONDS, metrics::Unit::Seconds, "How long HTTP requests took, by path");
    describe_counter!(REFUSED, "Requests refused before any work was done, by reason");
}

pub(crate) fn events(state: &'static str, count: usize) {
    counter!(EVENTS, "state" => state).increment(count as u64);
}

pub(crate) fn call(kind: &'static str, name: &str, ok: bool, took: Duration) {
    let outcome = if ok { "ok" } else { "failed" };
    counter!(CALLS, "kind" => kind, "name" => name.to_owned(), "outcome" => outcome).increment(1);
    histogram!(CALL_SECONDS, "kind" => kind).record(took.as_secs_f64());
}

pub(crate) fn tokens(tier: &'static str, input: i64, output: i64) {
    counter!(TOKENS, "tier" => tier, "direction" => "input").increment(u64::try_from(input).unwrap_or(0));
    counter!(TOKENS, "tier" => tier, "direction" => "output").increment(u64::try_from(output).unwrap_or(0));
}

pub(crate) fn post(outcome: &'static str, took: TimeDelta) {
    counter!(POSTS, "outcome" => outcome).increment(1);
    histogram!(POST_SECONDS).record(took.num_microseconds().map_or(0.0, |us| us as f64 / 1_000_000.0));
}
