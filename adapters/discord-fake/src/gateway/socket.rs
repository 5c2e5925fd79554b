//! One line: a WebSocket, and its task.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::How;
use super::hub::Not;
use super::payload::{self, DECODE_ERROR, INVALID_VERSION, RATE_LIMITED, Refused, Said, TIMED_OUT};
use super::session::{Frame, Line};
use crate::flood::Torrent;
use crate::server::Shared;

/// How many frames a client may send within [`SENDS_WINDOW`].
const SENDS: usize = 120;
const SENDS_WINDOW: Duration = Duration::from_mins(1);
/// How many frames of a flood are written before the line looks at what else there is.
const SWELL: u64 = 256;

/// How long a client may take to answer our farewell.
const FAREWELL: Duration = Duration::from_secs(2);

type Sink = SplitSink<WebSocket, Message>;
type Stream = SplitStream<WebSocket>;

/// What follows the gateway's address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

/// `GET /gateway`: for new sessions.
pub(crate) async fn gateway(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(move |socket| serve(shared, asked, None, socket))
}

/// `GET /resume/{session}`: what READY names as `resume_gateway_url`.
pub(crate) async fn resume(
    State(shared): State<Arc<Shared>>,
    Path(session): Path<String>,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(move |socket| serve(shared, asked, Some(session), socket))
}

/// How a line ended.
enum End {
    /// It broke, or the client left with a code after which the session can go on.
    Broken,
    /// The client left for good (1000, 1001): its session is over.
    Left,
    /// We close it.
    Close(Refused),
    /// We close it without a code.
    Bare,
    /// Silent from now on.
    Deaf,
}

async fn serve(shared: Arc<Shared>, asked: Asked, address: Option<String>, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let refused = match (&*asked.v.unwrap_or_default(), asked.encoding.as_deref(), asked.compress.as_deref()) {
        ("10", Some("json") | None, None) => None,
        ("10", encoding, compress) => {
            tracing::warn!(encoding, compress, "the stand-in speaks JSON without compression on the gateway");
            Some(DECODE_ERROR)
        }
        (version, ..) => {
            tracing::warn!(version, "the stand-in speaks version 10 on the gateway; add ?v=10&encoding=json");
            Some(INVALID_VERSION)
        }
    };
    if let Some(refused) = refused {
        return close(&mut sink, &mut stream, Some(refused)).await;
    }
    let (frames, told) = unbounded_channel();
    let (ends, ended) = unbounded_channel();
    let every = shared.read(|state| state.settings.heartbeat);
    let id = shared.change(|state| state.hub.next_line());
    let mut talk = Talk {
        shared: &shared,
        sink: &mut sink,
        line: Line { id, frames, ends },
        address,
        session: None,
        sends: VecDeque::new(),
        every,
        beat: Instant::now(),
        torrent: None,
    };
    let end = tokio::select! {
        () = shared.stop.cancelled() => End::Broken,
        end = talk.run(&mut stream, told, ended) => end,
    };
    let over = matches!(&end, End::Left) || matches!(&end, End::Close(Refused(code, _)) if ends_session(*code));
    shared.change(|state| state.hub.parted(id, over));
    match end {
        End::Broken => {}
        End::Left => {
            // Reading on sends the answer to the client's farewell.
            let _ = stream.next().await;
        }
        End::Close(refused) => close(&mut sink, &mut stream, Some(refused)).await,
        End::Bare => close(&mut sink, &mut stream, None).await,
        End::Deaf => deaf(&shared, &mut stream).await,
    }
}

/// Codes after which a session cannot be resumed.
fn ends_session(code: u16) -> bool {
    matches!(code, 1000 | 1001 | 4003 | 4004 | 4007 | 4009 | 4010..=4014)
}

async fn close(sink: &mut Sink, stream: &mut Stream, refused: Option<Refused>) {
    let frame = refused.map(|Refused(code, reason)| CloseFrame { code, reason: reason.into() });
    // The client may be gone already.
    if sink.send(Message::Close(frame)).await.is_ok() {
        let answered = async { while let Some(Ok(_)) = stream.next().await {} };
        let _ = tokio::time::timeout(FAREWELL, answered).await;
    }
}

/// Reads and says nothing, until the client loses patience.
async fn deaf(shared: &Shared, stream: &mut Stream) {
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            message = stream.next() => if !matches!(message, Some(Ok(_))) { return },
        }
    }
}

/// The flood that is being written.
struct Swell {
    torrent: Arc<Torrent>,
    first: u64,
    next: u64,
    done: Arc<watch::Sender<bool>>,
}

struct Talk<'a> {
    shared: &'a Shared,
    sink: &'a mut Sink,
    line: Line,
    /// The session of the address, where it is one for resuming.
    address: Option<String>,
    /// The session that the line is for.
    session: Option<String>,
    /// When the client has sent its last frames.
    sends: VecDeque<Instant>,
    every: Duration,
    /// The last heartbeat, or the beginning.
    beat: Instant,
    torrent: Option<Swell>,
}

impl Talk<'_> {
    async fn run(
        &mut self,
        stream: &mut Stream,
        mut told: UnboundedReceiver<Frame>,
        mut ended: UnboundedReceiver<How>,
    ) -> End {
        let every = u64::try_from(self.every.as_millis()).unwrap_or(u64::MAX);
        let hello = json!({"t": null, "s": null, "op": 10, "d": {"heartbeat_interval": every, "_trace": ["stand-in"]}});
        if self.send(hello.to_string()).await.is_err() {
            return End::Broken;
        }
        loop {
            let patience = self.beat + self.every.mul_f64(1.5);
            let flooding = self.torrent.is_some();
            let done = tokio::select! {
                biased;
                how = ended.recv() => match how {
                    Some(how) => self.end(how).await,
                    None => Err(End::Broken),
                },
                message = stream.next() => self.received(message).await,
                () = sleep_until(patience) => {
                    tracing::warn!("a client has sent no heartbeat for {:?}", self.every.mul_f64(1.5));
                    Err(End::Close(TIMED_OUT))
                }
                done = self.swell(), if flooding => done,
                frame = told.recv(), if !flooding => match frame {
                    Some(Frame::Text(text)) => self.send(text).await,
                    Some(Frame::Flood { torrent, first, from, done }) => {
                        self.torrent = Some(Swell { torrent, first, next: from, done });
                        Ok(())
                    }
                    None => Err(End::Broken),
                },
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn send(&mut self, text: impl Into<Utf8Bytes>) -> Result<(), End> {
        self.sink.send(Message::Text(text.into())).await.map_err(|_| End::Broken)
    }

    /// Writes some frames of the flood. May be dropped between frames: what was written is counted.
    async fn swell(&mut self) -> Result<(), End> {
        let Some(swell) = &mut self.torrent else { return Ok(()) };
        let until = (swell.next + SWELL).min(swell.torrent.messages);
        while swell.next < until {
            let text = swell.torrent.frame(swell.first + swell.next, swell.next);
            // Dropped while it waits, it has taken nothing; where it does not wait, it is counted at once.
            self.sink.feed(Message::Text(text.into())).await.map_err(|_| End::Broken)?;
            swell.next += 1;
        }
        if swell.next == swell.torrent.messages {
            self.sink.flush().await.map_err(|_| End::Broken)?;
            swell.done.send_replace(true);
            self.torrent = None;
        }
        Ok(())
    }

    async fn end(&mut self, how: How) -> Result<(), End> {
        match how {
            How::Close(code) => Err(End::Close(Refused(code, "The stand-in was told to close."))),
            How::Bare => Err(End::Bare),
            How::Cut => Err(End::Broken),
            How::Deaf => Err(End::Deaf),
            How::Reconnect => self.send(json!({"t": null, "s": null, "op": 7, "d": null}).to_string()).await,
            How::Beat => self.send(json!({"t": null, "s": null, "op": 1, "d": null}).to_string()).await,
            How::Invalid { resumable } => {
                let line = self.line.id;
                self.shared.change(|state| state.hub.parted(line, !resumable));
                // Where it may be resumed, it may be on this line.
                self.address = self.session.take().filter(|_| resumable);
                self.invalid(resumable).await
            }
        }
    }

    async fn invalid(&mut self, resumable: bool) -> Result<(), End> {
        self.send(json!({"t": null, "s": null, "op": 9, "d": resumable}).to_string()).await
    }

    async fn received(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_))) => return Err(End::Close(DECODE_ERROR)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Close(frame))) => {
                let over = frame.is_none_or(|frame| matches!(frame.code, 1000 | 1001));
                return Err(if over { End::Left } else { End::Broken });
            }
            Some(Err(_)) | None => return Err(End::Broken),
        };
        let now = Instant::now();
        self.sends.retain(|sent| now.duration_since(*sent) < SENDS_WINDOW);
        self.sends.push_back(now);
        if self.sends.len() > SENDS {
            return Err(End::Close(RATE_LIMITED));
        }
        let said = payload::read(&text).map_err(End::Close)?;
        match said {
            Said::Heartbeat => {
                self.beat = now;
                return self.send(r#"{"t":null,"s":null,"op":11,"d":null}"#).await;
            }
            Said::Identify(_) | Said::Resume(_) if self.session.is_some() => {
                return Err(End::Close(payload::ALREADY_AUTHENTICATED));
            }
            Said::Identify(identify) => {
                let line = self.line.clone();
                let begun = self.shared.change(|state| state.identify(&identify, line));
                match begun {
                    Ok(session) => self.session = Some(session),
                    Err(Not::Open(refused)) => return Err(End::Close(refused)),
                    Err(Not::Valid) => return self.invalid(false).await,
                }
            }
            Said::Resume(resume) => {
                if self.address.as_deref() != Some(&*resume.session_id) {
                    tracing::warn!("a client resumes elsewhere than at the `resume_gateway_url` of its READY");
                    return self.invalid(false).await;
                }
                let line = self.line.clone();
                let resumed = self.shared.change(|state| state.resume(&resume, line));
                match resumed {
                    Ok(()) => self.session = Some(resume.session_id),
                    Err(Not::Open(refused)) => return Err(End::Close(refused)),
                    Err(Not::Valid) => return self.invalid(false).await,
                }
            }
            Said::Presence(_) | Said::Passed | Said::Members(_) if self.session.is_none() => {
                return Err(End::Close(payload::NOT_AUTHENTICATED));
            }
            Said::Presence(presence) => {
                let line = self.line.id;
                self.shared.change(|state| state.present(line, presence));
            }
            Said::Members(members) => {
                let line = self.line.id;
                self.shared.change(|state| state.members_chunk(line, &members)).map_err(End::Close)?;
            }
            Said::Passed => {}
        }
        Ok(())
    }
}
