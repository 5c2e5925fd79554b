//! Fetches what was missed where a session could not be resumed.
//!
//! Every new session is a gap of each guild in it. The gap is opened in the order of events, before anything that comes after
//! it is stored; a look at the guild's channels and active threads turns it into one gap for each of them, which begins at the
//! newest message that was stored before. Each is fetched upwards from there, page by page, and written down under the same
//! keys as if it had been told, so that nothing is doubled whatever was told as well. Rows of a channel whose gap is open are
//! stored and not read, so that what was missed is read first.
//!
//! What was said before a guild was first heard is history, and is not fetched. A gap outlives the process.

mod calls;
mod gaps;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Discord;
use crate::api::Failure;
use crate::error::Error;
use crate::ingest::{self, Guilded};
use gaps::Gap;
pub(crate) use gaps::{Opens, open};

/// Channels that are fetched at a time.
const AT_ONCE: usize = 4;
/// Gaps that are looked at together.
const SOME: i64 = 64;
/// Pauses after a failure grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));
/// How often it is looked for gaps that nobody rang for.
const LOOK: Duration = Duration::from_secs(5);
/// Messages on a page, as many as Discord gives.
const PAGE: usize = 100;

/// Fetches what was missed whenever something was, until `stop`.
pub(crate) async fn keep_up(discord: Arc<Discord>, stop: CancellationToken) {
    let mut pause = PAUSES.0;
    // Whether a gap was closed since that was told.
    let mut closed = false;
    loop {
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = fetch(&discord, &mut closed) => done,
        };
        if !matches!(done, Ok(true)) && std::mem::take(&mut closed) {
            discord.gaps.send_modify(|gaps| *gaps += 1);
        }
        let wait = match done {
            Ok(true) => {
                pause = PAUSES.0;
                continue;
            }
            Ok(false) => {
                pause = PAUSES.0;
                LOOK
            }
            Err(error) => {
                tracing::warn!(%error, "what may have been missed in Discord was not fetched; it is tried again");
                let after = match &error {
                    Error::Discord(Failure::Limited { after, .. }) => *after,
                    _ => Duration::ZERO,
                };
                let wait = pause.max(after);
                pause = (pause * 2).min(PAUSES.1);
                wait
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = discord.lines.behind.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Works at some of the gaps. Answers whether there were any, and notes whether one was `closed`.
async fn fetch(discord: &Arc<Discord>, closed: &mut bool) -> Result<bool, Error> {
    let gaps = gaps::some(discord, SOME).await?;
    if gaps.is_empty() {
        return Ok(false);
    }
    let began = Instant::now();
    let count = gaps.len();
    let mut results = futures::stream::iter(gaps)
        .map(|gap| async move { if gap.whole { look(discord, &gap).await } else { close(discord, &gap).await } })
        .buffer_unordered(AT_ONCE);
    let mut failed = None;
    while let Some(done) = results.next().await {
        // One that fails does not keep the others from being fetched.
        match done {
            Ok(shut) => *closed |= shut,
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    tracing::debug!(count, took = ?began.elapsed(), "looked through what may have been missed in Discord");
    failed.map_or(Ok(true), Err)
}

/// Turns a guild's gap into those of its channels and active threads. Answers whether that one is closed.
async fn look(discord: &Discord, gap: &Gap) -> Result<bool, Error> {
    let bot = bot(discord, gap);
    let channels = match calls::channels(bot, gap.guild).await {
        Ok(channels) => channels,
        Err(failure) if is_gone(&failure) => {
            tracing::warn!(guild = gap.guild, %failure, "a guild is not looked through");
            return gaps::shut(discord, gap).await;
        }
        Err(failure) => return Err(failure.into()),
    };
    gaps::spread(discord, gap, &channels).await
}

/// Fetches what was missed in one channel or thread. Answers whether the gap is closed.
async fn close(discord: &Discord, gap: &Gap) -> Result<bool, Error> {
    let bot = bot(discord, gap);
    if gap.parent {
        let threads = match calls::archived(bot, gap.channel, gap.after).await {
            Ok(threads) => threads,
            Err(failure) if is_gone(&failure) => Vec::new(),
            Err(failure) => return Err(failure.into()),
        };
        let ids: Vec<u64> = threads.iter().map(|thread| thread.id).collect();
        discord.note_threads(gap.guild, gap.channel, &ids).await?;
        gaps::threads(discord, gap, &threads).await?;
    }
    let place = Guilded { bot: bot.name().into(), guild: gap.guild, channel: gap.channel };
    let (mut after, mut count) = (gap.after, 0);
    loop {
        let page = match calls::messages(bot, gap.channel, after, PAGE).await {
            Ok(page) => page,
            Err(failure) if is_gone(&failure) => {
                tracing::debug!(channel = gap.channel, %failure, "a channel is not looked through");
                break;
            }
            Err(failure) => return Err(failure.into()),
        };
        let full = page.len() >= PAGE;
        let mut facts = Vec::with_capacity(page.len());
        let mut seen = HashSet::new();
        let mut messages: Vec<_> = page.iter().filter_map(|raw| ingest::backfilled(&place, raw)).collect();
        messages.sort_by_key(|(id, _)| *id);
        for (id, told) in messages {
            if seen.insert(id) {
                after = after.max(id);
                facts.extend(told);
            }
        }
        let stuck = seen.is_empty();
        facts = gaps::news(discord, facts).await?;
        count += ingest::store(discord, facts).await?;
        if !full || stuck {
            break;
        }
        gaps::reached(discord, gap, after).await?;
    }
    if count > 0 {
        tracing::info!(channel = gap.channel, count, "fetched what was missed in Discord");
        metrics::counter!("bullpen_discord_backfilled_total").increment(count);
    }
    let shut = gaps::shut(discord, gap).await?;
    if shut {
        discord.arrived.notify_one();
    }
    Ok(shut)
}

fn bot<'a>(discord: &'a Discord, gap: &Gap) -> &'a crate::bots::Bot {
    discord.bots.named(&gap.bot).unwrap_or_else(|| discord.bots.shared())
}

/// Whether Discord will not show it, however often it is asked.
fn is_gone(failure: &Failure) -> bool {
    matches!(failure.status(), Some(403 | 404))
}
