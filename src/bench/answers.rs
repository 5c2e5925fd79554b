//! From a mention to the persona's first post: questions at a fixed rate, however long the answers take, in many
//! conversations.
//!
//! A question's time runs from the moment at which it was due to be sent, so that a server that falls behind does not
//! look better for being asked less. It ends when the answer arrives on `/api/stream`, which is after it was stored.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::folder::Folder;
use super::process::{self, Cpu};
use super::server::Place;
use crate::cli::sse::Events;

/// The one person of the defaults.
const NAME: &str = "you";
/// The channel that the conversations are threads of.
const CHANNEL: &str = "specialists";
/// A status question.
const QUESTION: &str = "@copywriter what are you on?";
/// How long the last answers may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Questions a second.
    pub rate: u32,
    /// For how many seconds.
    pub seconds: u32,
    /// Threads that they are spread over, in turn.
    pub conversations: usize,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Questions a second.
    pub rate: u32,
    /// Threads that they were spread over.
    pub conversations: usize,
    /// Questions asked.
    pub questions: usize,
    /// Answers that came.
    pub answers: usize,
    /// From the moment a question was due to the arrival of its answer on the event stream, in milliseconds.
    pub arrived_ms: Spread,
    /// From that moment to the time at which the lobby wrote the answer down (its `created_at`).
    pub stored_ms: Spread,
    /// Processor time of the server meanwhile.
    pub cpu: Cpu,
    /// Processor time of its Postgres meanwhile.
    pub postgres_cpu: Cpu,
}

/// How times are spread.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Spread {
    /// Half of them took no longer.
    pub p50: f64,
    /// Nine in ten.
    pub p90: f64,
    /// Ninety-nine in a hundred.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl Spread {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_unstable_by(f64::total_cmp);
        let Some(last) = times.len().checked_sub(1) else { return Self::default() };
        let at = |share: f64| times[(last as f64 * share).ceil() as usize];
        Self { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: times[last] }
    }
}

/// Questions that wait for their answers, thread by thread, and how long answers took.
#[derive(Default)]
struct Book {
    waiting: HashMap<String, VecDeque<DateTime<Utc>>>,
    arrived: Vec<f64>,
    stored: Vec<f64>,
}

/// Asks a server of its own.
///
/// # Errors
/// When the server does not start, refuses a question, or answers too few of them.
pub async fn run(executable: PathBuf, options: Options) -> anyhow::Result<Report> {
    let folder = Folder::new()?;
    let place = Place::new(executable, folder.path())?;
    let (server, _) = place.up().await?;
    let pid = server.pid().context("the server ended")?;
    let mut threads = Vec::with_capacity(options.conversations);
    for number in 0..options.conversations {
        threads.push(say(&place, &format!("Conversation {number}"), None).await?);
    }
    let book = Arc::new(Mutex::new(Book::default()));
    let listening = tokio::spawn(listen(place.clone(), Arc::clone(&book)));
    // One question goes ahead, so that the stream is known to be heard.
    ask(&place, &book, &threads[0], Utc::now()).await?;
    answered(&book, 1).await?;
    *lock(&book) = Book::default();

    let children = process::descendants(pid);
    let postgres = || children.first().map(|pid| process::family_cpu(*pid)).unwrap_or_default();
    let (cpu, postgres_cpu) = (process::cpu(pid), postgres());
    let questions = (options.rate * options.seconds) as usize;
    let mut asking = tokio::task::JoinSet::new();
    let (begun, begun_at) = (Instant::now(), Utc::now());
    for number in 0..questions {
        let due = Duration::from_secs(1) * u32::try_from(number)? / options.rate;
        tokio::time::sleep_until(begun + due).await;
        let (place, book, thread) = (place.clone(), Arc::clone(&book), threads[number % threads.len()].clone());
        let due = begun_at + TimeDelta::from_std(due)?;
        asking.spawn(async move { ask(&place, &book, &thread, due).await });
    }
    while let Some(asked) = asking.join_next().await {
        asked??;
    }
    answered(&book, questions).await?;
    let (cpu, postgres_cpu) = (process::cpu(pid).since(cpu), postgres().since(postgres_cpu));
    listening.abort();
    server.stop().await?;
    let book = std::mem::take(&mut *lock(&book));
    Ok(Report {
        rate: options.rate,
        conversations: options.conversations,
        questions,
        answers: book.arrived.len(),
        arrived_ms: Spread::of(book.arrived),
        stored_ms: Spread::of(book.stored),
        cpu,
        postgres_cpu,
    })
}

async fn ask(place: &Place, book: &Mutex<Book>, thread: &str, due: DateTime<Utc>) -> anyhow::Result<()> {
    lock(book).waiting.entry(thread.to_owned()).or_default().push_back(due);
    say(place, QUESTION, Some(thread)).await?;
    Ok(())
}

/// Says something; gives the message's id.
async fn say(place: &Place, text: &str, thread: Option<&str>) -> anyhow::Result<String> {
    let url = format!("{}/api/channels/{CHANNEL}/messages", place.base());
    let body = json!({ "as": NAME, "text": text, "thread": thread });
    let answer = place.http().post(url).json(&body).send().await?;
    let (status, message) = (answer.status(), answer.json::<Value>().await?);
    ensure!(status.is_success(), "the server answers {status}: {message}");
    message["id"].as_str().map(str::to_owned).context("a message without an id")
}

/// Waits until so many answers came.
async fn answered(book: &Mutex<Book>, count: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let came = lock(book).arrived.len();
        if came >= count {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "{came} of {count} questions were answered within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Notes each answer that the stream tells of.
async fn listen(place: Place, book: Arc<Mutex<Book>>) -> anyhow::Result<()> {
    let url = format!("{}/api/stream", place.base());
    let stream = reqwest::Client::builder().no_proxy().build()?.get(url).send().await?.error_for_status()?;
    let (mut pieces, mut events) = (stream.bytes_stream(), Events::default());
    while let Some(piece) = pieces.next().await {
        let now = Utc::now();
        for event in events.take(&piece?) {
            if event.kind == "message" {
                note(&mut lock(&book), &serde_json::from_str(&event.data)?, now);
            }
        }
    }
    Ok(())
}

fn note(book: &mut Book, message: &Value, now: DateTime<Utc>) {
    if message["author"]["kind"] != "persona" {
        return;
    }
    let Some(thread) = message["thread"].as_str() else { return };
    let Some(due) = book.waiting.get_mut(thread).and_then(VecDeque::pop_front) else { return };
    let created = message["created_at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    book.arrived.push(ms(now - due));
    book.stored.extend(created.map(|created| ms(created - due)));
}

fn ms(time: TimeDelta) -> f64 {
    time.num_microseconds().map_or(f64::INFINITY, |us| us as f64 / 1_000.0)
}

fn lock(book: &Mutex<Book>) -> std::sync::MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spread_as_they_are() {
        let spread = Spread::of((0..=100).rev().map(f64::from).collect());
        assert_eq!((spread.p50, spread.p90, spread.p99, spread.max), (50.0, 90.0, 99.0, 100.0));
        assert_eq!(Spread::of(Vec::new()).max, 0.0);
        assert_eq!(Spread::of(vec![3.0]).p50, 3.0);
    }
}
