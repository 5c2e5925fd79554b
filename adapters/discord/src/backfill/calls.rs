//! What is asked of Discord to find what was missed.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::api::Failure;
use crate::bots::Bot;

/// A channel or thread that may hold messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: u64,
    /// Whether it may have threads.
    pub(super) parent: bool,
    /// The newest message, which may be gone; `None` where Discord does not say.
    pub(super) newest: Option<u64>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    last_message_id: Option<String>,
    #[serde(default)]
    thread_metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    archive_timestamp: String,
}

#[derive(Deserialize)]
struct Threads {
    threads: Vec<Channel>,
    #[serde(default)]
    has_more: bool,
}

/// Discord's numbers for kinds of channels.
const TEXT: u8 = 0;
const VOICE: u8 = 2;
const ANNOUNCEMENT: u8 = 5;
const THREADS: [u8; 3] = [10, 11, 12];
const STAGE: u8 = 13;
const FORUM: u8 = 15;
const MEDIA: u8 = 16;
/// Most pages of archived threads that are looked at for one channel.
const PAGES: usize = 10;

impl Channel {
    fn found(&self) -> Option<Found> {
        let parent = matches!(self.kind, TEXT | ANNOUNCEMENT | FORUM | MEDIA);
        let holds = parent || matches!(self.kind, VOICE | STAGE) || THREADS.contains(&self.kind);
        if !holds {
            return None;
        }
        let newest = self.last_message_id.as_ref().and_then(|id| id.parse().ok());
        Some(Found { id: self.id.parse().ok()?, parent, newest })
    }
}

/// A guild's channels and its active threads.
pub(super) async fn channels(bot: &Bot, guild: u64) -> Result<Vec<Found>, Failure> {
    let channels: Vec<Channel> = bot.api.get(&format!("/guilds/{guild}/channels")).await?;
    let active: Threads = bot.api.get(&format!("/guilds/{guild}/threads/active")).await?;
    Ok(channels.iter().chain(&active.threads).filter_map(Channel::found).collect())
}

/// A channel's archived threads in which something was said after `after`.
pub(super) async fn archived(bot: &Bot, channel: u64, after: u64) -> Result<Vec<Found>, Failure> {
    let (mut found, mut before) = (Vec::new(), None::<String>);
    for _ in 0..PAGES {
        let query = before.as_ref().map(|at| format!("&before={}", escaped(at))).unwrap_or_default();
        let path = format!("/channels/{channel}/threads/archived/public?limit=100{query}");
        let page: Threads = bot.api.get(&path).await?;
        let news = page
            .threads
            .iter()
            .filter_map(Channel::found)
            .filter(|thread| thread.newest.is_none_or(|newest| newest > after));
        let before_count = found.len();
        found.extend(news);
        before = page.threads.last().and_then(|t| t.thread_metadata.as_ref()).map(|m| m.archive_timestamp.clone());
        // They come by the time of archiving: where a page has no news, those behind it have none.
        if !page.has_more || before.is_none() || found.len() == before_count {
            break;
        }
    }
    Ok(found)
}

/// At most a page of messages after one, in any order.
pub(super) async fn messages(bot: &Bot, channel: u64, after: u64, page: usize) -> Result<Vec<Box<RawValue>>, Failure> {
    bot.api.get(&format!("/channels/{channel}/messages?after={after}&limit={page}")).await
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
