//! One WebSocket of the gateway, from its opening to its end.
//!
//! Reading never waits for the database with the heartbeat in its hands: what cannot be handed over is kept, nothing more is
//! read until it can, and heartbeats go on meanwhile.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::close::{Again, Over};
use super::frame::{self, Frame};
use super::intents::Intents;
use super::machine::{Input, Machine, Step};
use crate::Discord;
use crate::bots::Bot;
use crate::ingest::{Item, Session};
use crate::interact;

/// Most time that opening may take.
const OPENING: Duration = Duration::from_secs(10);
/// Most time from the opening to the first event.
const BEGINNING: Duration = Duration::from_secs(30);
/// Most time that a frame may take to go out.
const SENDING: Duration = Duration::from_secs(5);
/// How long something may be missing between events that came, before it is asked for again. Discord sends in order, so that
/// this says that something was lost.
const HOLE: Duration = Duration::from_secs(5);
/// How often that is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The largest frame that is read, in bytes: a guild with all its channels may have some megabytes.
const LARGEST: usize = 64 << 20;
/// The code that we close with: any but 1000 and 1001 leaves the session resumable.
const LEAVE: u16 = 4_000;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One shard of one bot.
pub(super) struct Shard {
    pub(super) discord: Arc<Discord>,
    pub(super) bot: Arc<Bot>,
    pub(super) name: Arc<str>,
    /// Which, of how many.
    pub(super) number: (u32, u32),
    pub(super) items: mpsc::Sender<Item>,
    pub(super) jobs: TaskTracker,
}

/// How a connection ended.
pub(super) struct End {
    pub(super) over: Over,
    /// The session to go on with.
    pub(super) session: Option<Arc<Session>>,
    /// How long events came.
    pub(super) stood: Duration,
    /// Whether Discord was reached at all.
    pub(super) reached: bool,
}

impl End {
    /// It ended before it began.
    pub(super) fn early(over: Over, session: Option<Arc<Session>>) -> Self {
        Self { over, session, stood: Duration::ZERO, reached: false }
    }
}

struct Connection<'a> {
    shard: &'a Shard,
    session: Option<Arc<Session>>,
    machine: Machine,
    write: SplitSink<Stream, Message>,
    read: SplitStream<Stream>,
    /// What could not be handed over yet.
    waits: Option<Item>,
    live_since: Option<Instant>,
    beat: Option<Interval>,
}

/// Opens a connection, hears it to its end, and says how it ended. With a session it goes on with that.
pub(super) async fn serve(shard: &Shard, url: &Url, session: Option<Arc<Session>>, stop: &CancellationToken) -> End {
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    let connect = tokio_tungstenite::connect_async_with_config(url.as_str(), Some(config), true);
    let opened = tokio::select! {
        () = stop.cancelled() => return End::early(we_stop(), session),
        opened = tokio::time::timeout(OPENING, connect) => opened,
    };
    let why = match opened {
        Ok(Ok((stream, _))) => {
            let (write, read) = stream.split();
            let machine = Machine::new(session.is_some());
            let connection =
                Connection { shard, session, machine, write, read, waits: None, live_since: None, beat: None };
            return connection.serve(stop).await;
        }
        Ok(Err(error)) => without_address(&error),
        Err(_) => format!("it took longer than {} s", OPENING.as_secs()),
    };
    let over = Over::passing(format!("the line to Discord was not opened: {why}"), Again::Resume);
    End::early(over, session)
}

impl Connection<'_> {
    async fn serve(mut self, stop: &CancellationToken) -> End {
        let over = self.hear(stop).await;
        let bye = CloseFrame { code: CloseCode::from(LEAVE), reason: "".into() };
        // A courtesy; it is over either way.
        let _ = self.send(Message::Close(Some(bye))).await;
        let session = self.session.filter(|_| over.again == Again::Resume);
        let stood = self.live_since.map_or(Duration::ZERO, |since| since.elapsed());
        End { over, session, stood, reached: true }
    }

    async fn hear(&mut self, stop: &CancellationToken) -> Over {
        let opened = Instant::now();
        let items = self.shard.items.clone();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let blocked = self.waits.is_some();
            let done = tokio::select! {
                () = stop.cancelled() => return we_stop(),
                permit = items.reserve(), if blocked => {
                    match (permit, self.waits.take()) {
                        (Ok(permit), Some(item)) => permit.send(item),
                        _ => return we_stop(),
                    }
                    Ok(())
                }
                message = self.read.next(), if !blocked => self.message(message).await,
                () = beat(&mut self.beat) => self.step(&Input::Beat { blocked }, None).await,
                _ = look.tick() => self.look(opened),
            };
            if let Err(over) = done {
                return over;
            }
        }
    }

    async fn message(&mut self, message: Option<Result<Message, tungstenite::Error>>) -> Result<(), Over> {
        match message {
            Some(Ok(Message::Text(text))) => {
                let Ok(frame) = serde_json::from_str::<Frame<'_>>(&text) else {
                    metrics::counter!("bullpen_discord_unread_total", "kind" => "frame").increment(1);
                    tracing::warn!(
                        line = &*self.shard.name,
                        "a frame of Discord's cannot be understood; it is left out"
                    );
                    return Ok(());
                };
                self.step(&Input::Frame(&frame), Some(&frame)).await
            }
            Some(Ok(Message::Close(frame))) => Err(self.closed(frame.map(|frame| u16::from(frame.code)))),
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => {
                Err(Over::passing(format!("the line to Discord broke: {}", without_address(&error)), Again::Resume))
            }
            None => Err(self.closed(None)),
        }
    }

    fn closed(&self, code: Option<u16>) -> Over {
        let bot = &self.shard.bot;
        Over::closed(code, bot.name(), &bot.config.variable)
    }

    async fn step(&mut self, input: &Input<'_>, frame: Option<&Frame<'_>>) -> Result<(), Over> {
        match self.machine.step(input) {
            Step::Nothing => Ok(()),
            Step::Over(over) => Err(over),
            Step::Beat => self.heartbeat().await,
            Step::Ask { every, resume } => {
                // The first at a random moment, so that not all clients of the world send at once.
                let first = Instant::now() + every.mul_f64(fastrand::f64());
                let mut interval = tokio::time::interval_at(first, every);
                interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
                self.beat = Some(interval);
                self.ask(resume).await
            }
            Step::Began(ready) => {
                let bot = Arc::from(self.shard.bot.name());
                let session = Session::new(bot, self.shard.number, &ready.session_id, &ready.resume_gateway_url, 0);
                self.session = Some(session);
                self.lives("a new session with Discord began");
                self.hand_over(frame);
                Ok(())
            }
            Step::Resumed => {
                self.lives("the session with Discord goes on");
                self.hand_over(frame);
                Ok(())
            }
            Step::Event => {
                self.hand_over(frame);
                Ok(())
            }
        }
    }

    fn lives(&mut self, what: &str) {
        self.live_since = Some(Instant::now());
        self.shard.discord.lines.stands(&self.shard.name);
        if self.shard.bot.is_shared() {
            self.shard.discord.lines.begins();
        }
        tracing::info!(line = &*self.shard.name, "{what}");
    }

    async fn ask(&mut self, resume: bool) -> Result<(), Over> {
        let token = &self.shard.bot.config.token;
        let text = match self.session.as_ref().filter(|_| resume) {
            Some(session) => frame::resume(token, &session.id, session.stored()),
            None => {
                let intents = if self.shard.bot.is_shared() { Intents::SHARED } else { Intents::DEDICATED };
                frame::identify(token, intents, self.shard.number)
            }
        };
        self.send(Message::text(text)).await
    }

    /// Says what is stored, not what came: Discord may forget what we say that we have.
    async fn heartbeat(&mut self) -> Result<(), Over> {
        let stored = self.session.as_ref().map(|session| session.stored()).filter(|stored| *stored > 0);
        self.send(Message::text(frame::heartbeat(stored))).await
    }

    fn hand_over(&mut self, frame: Option<&Frame<'_>>) {
        let Some((session, frame)) = self.session.as_ref().zip(frame) else { return };
        let (Some(seq), Some(kind)) = (frame.s, frame.t.as_deref()) else { return };
        let payload = frame.d.map_or("null", RawValue::get);
        if kind == "INTERACTION_CREATE" {
            // It is to be answered within three seconds, whatever waits before it.
            match serde_json::from_str(payload) {
                Ok(interaction) => {
                    let (discord, bot) = (Arc::clone(&self.shard.discord), Arc::clone(&self.shard.bot));
                    self.shard.jobs.spawn(interact::answer(discord, bot, interaction));
                }
                Err(_) => metrics::counter!("bullpen_discord_unread_total", "kind" => kind.to_owned()).increment(1),
            }
        }
        // Only facts need their payload; interactions store theirs themselves.
        let payload = if kind == "INTERACTION_CREATE" { "null" } else { payload };
        let item = Item { session: Arc::clone(session), seq, kind: kind.into(), payload: payload.into() };
        match self.shard.items.try_send(item) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(item) | mpsc::error::TrySendError::Closed(item)) => {
                self.waits = Some(item);
            }
        }
    }

    fn look(&mut self, opened: Instant) -> Result<(), Over> {
        if !self.machine.is_live() {
            let late = opened.elapsed() > BEGINNING && self.waits.is_none();
            let over = || Over::passing("Discord let us in and said nothing", Again::Resume);
            return if late { Err(over()) } else { Ok(()) };
        }
        let Some(session) = self.session.as_ref().filter(|session| session.misses(HOLE)) else { return Ok(()) };
        if !session.asks_again() {
            // It was asked for, and did not come then either: it does not exist.
            session.give_up();
            return Ok(());
        }
        Err(Over::passing("something that Discord sent did not come; it is asked for again", Again::Resume))
    }

    async fn send(&mut self, message: Message) -> Result<(), Over> {
        match tokio::time::timeout(SENDING, self.write.send(message)).await {
            Ok(Ok(())) => Ok(()),
            // Why Discord hung up is told by what can still be read.
            Ok(Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::Protocol(_))) => Ok(()),
            Ok(Err(error)) => Err(Over::passing(
                format!("nothing can be sent to Discord any more: {}", without_address(&error)),
                Again::Resume,
            )),
            Err(_) => Err(Over::passing("nothing can be sent to Discord any more", Again::Resume)),
        }
    }
}

async fn beat(interval: &mut Option<Interval>) {
    match interval {
        Some(interval) => {
            interval.tick().await;
        }
        None => std::future::pending().await,
    }
}

fn we_stop() -> Over {
    Over::passing("we stop", Again::Resume)
}

/// What broke, without the address: some errors quote it.
fn without_address(error: &tungstenite::Error) -> String {
    match error {
        tungstenite::Error::Http(answer) => format!("HTTP status {}", answer.status().as_u16()),
        tungstenite::Error::Url(_) => "the address cannot be used".to_owned(),
        other => other.to_string(),
    }
}
