//! How many sessions may begin: so many at a time, and so many a day.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::api::Failure;
use crate::bots::Bot;

/// What `GET /gateway/bot` answers.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Gateway {
    /// Where to connect.
    url: String,
    /// How many shards Discord wants.
    pub(super) shards: u32,
    session_start_limit: Limit,
}

#[derive(Debug, Clone, Deserialize)]
struct Limit {
    remaining: u32,
    /// In milliseconds.
    reset_after: u64,
    max_concurrency: u32,
}

impl Gateway {
    pub(super) async fn ask(bot: &Bot) -> Result<Self, Failure> {
        bot.api.get("/gateway/bot").await
    }

    /// Where to connect; `None` where the address cannot be used, or is in the clear while the REST routes are not.
    pub(super) fn address(&self, api_url: &str) -> Option<Url> {
        address(&self.url, api_url)
    }

    /// How long no session may begin any more.
    pub(super) fn spent(&self) -> Option<Duration> {
        let limit = &self.session_start_limit;
        (limit.remaining <= SPARED).then(|| Duration::from_millis(limit.reset_after).max(Duration::from_secs(1)))
    }
}

/// So many sessions of a day are spared for people who look what is wrong: with none left, Discord resets the token.
const SPARED: u32 = 20;

/// The address of a line, with the version and encoding that we speak.
pub(super) fn address(base: &str, api_url: &str) -> Option<Url> {
    let mut url = Url::parse(base).ok()?;
    // Only who talks to a stand-in on loopback may be sent to a line in the clear.
    if url.scheme() != "wss" && !(url.scheme() == "ws" && api_url.starts_with("http://")) {
        return None;
    }
    url.query_pairs_mut().clear().append_pair("v", "10").append_pair("encoding", "json");
    Some(url)
}

/// When the sessions of one bot may begin.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// By the rest of the shard's number over `max_concurrency`: when the next may begin.
    next: Mutex<BTreeMap<u32, Instant>>,
}

impl Pace {
    /// Takes a turn, and says how long to wait for it. Of each rest one session may begin in `every`.
    pub(super) fn turn(&self, gateway: &Gateway, shard: u32, every: Duration) -> Duration {
        let now = Instant::now();
        let rest = shard % gateway.session_start_limit.max_concurrency.max(1);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let free = next.get(&rest).copied().unwrap_or(now).max(now);
        next.insert(rest, free + every);
        free - now
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Gateway, Pace, address};

    fn gateway(remaining: u32) -> Gateway {
        let limit = serde_json::json!({
            "total": 1000, "remaining": remaining, "reset_after": 60_000, "max_concurrency": 2
        });
        serde_json::from_value(serde_json::json!({ "url": "wss://x", "shards": 4, "session_start_limit": limit }))
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_begin_one_after_the_other() {
        let (pace, every) = (Pace::default(), Duration::from_secs(5));
        let waits: Vec<u64> = (0..4).map(|shard| pace.turn(&gateway(9), shard, every).as_secs()).collect();
        assert_eq!(waits, [0, 0, 5, 5], "two at a time");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(pace.turn(&gateway(9), 0, every), Duration::ZERO);
    }

    #[test]
    fn a_day_has_an_end() {
        assert_eq!(gateway(21).spent(), None);
        assert_eq!(gateway(20).spent(), Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_line_is_encrypted_unless_all_is_on_loopback() {
        let real = "https://discord.com/api/v10";
        assert_eq!(
            address("wss://gateway.example", real).unwrap().as_str(),
            "wss://gateway.example/?v=10&encoding=json"
        );
        assert_eq!(address("ws://gateway.example", real), None);
        assert!(address("ws://127.0.0.1:9", "http://127.0.0.1:9/api/v10").is_some());
    }
}
