//! A session: what one shard of one bot is told, numbered and kept for a while.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::How;
use crate::flood::Torrent;

/// What the task of a line is to write.
#[derive(Debug)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    /// A part of a flood: its messages from `from` on, the first of which has the sequence number `first + from`.
    Flood {
        torrent: Arc<Torrent>,
        first: u64,
        from: u64,
        done: Arc<watch::Sender<bool>>,
    },
}

/// The two ways into the task of a line. Ends overtake what is still to be written.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) frames: UnboundedSender<Frame>,
    pub(crate) ends: UnboundedSender<How>,
}

/// What was sent, or would have been.
#[derive(Debug, Clone)]
enum Kept {
    Event { seq: u64, text: Utf8Bytes },
    Flood { first: u64, torrent: Arc<Torrent>, done: Arc<watch::Sender<bool>> },
}

impl Kept {
    fn last(&self) -> u64 {
        match self {
            Self::Event { seq, .. } => *seq,
            Self::Flood { first, torrent, .. } => first + torrent.messages - 1,
        }
    }
}

/// What one shard of one bot is told.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// The bot's user.
    pub(crate) bot: u64,
    pub(crate) intents: u64,
    /// Which shard of how many.
    pub(crate) shard: (u32, u32),
    seq: u64,
    kept: VecDeque<Kept>,
    pub(crate) line: Option<Line>,
    /// Since when there is no line.
    pub(crate) alone: Option<Instant>,
}

impl Session {
    pub(crate) fn new(id: String, bot: u64, intents: u64, shard: (u32, u32), line: Line) -> Self {
        Self { id, bot, intents, shard, seq: 0, kept: VecDeque::new(), line: Some(line), alone: None }
    }

    /// Tells it an event whose data is JSON already. Keeps at most `keep` of them.
    pub(crate) fn tell(&mut self, name: &str, data: &str, keep: usize) {
        self.seq += 1;
        let text = Utf8Bytes::from(format!(r#"{{"t":"{name}","s":{},"op":0,"d":{data}}}"#, self.seq));
        self.kept.push_back(Kept::Event { seq: self.seq, text: text.clone() });
        self.write(Frame::Text(text));
        while self.kept.len() > keep {
            self.kept.pop_front();
        }
    }

    /// Tells it all messages of a flood, of which only the recipe is kept. Returns what says that all of it was written;
    /// it ends where the session does.
    pub(crate) fn flood(&mut self, torrent: &Arc<Torrent>) -> watch::Receiver<bool> {
        let first = self.seq + 1;
        let (done, written) = watch::channel(torrent.messages == 0);
        if torrent.messages > 0 {
            self.seq += torrent.messages;
            let done = Arc::new(done);
            self.kept.push_back(Kept::Flood { first, torrent: Arc::clone(torrent), done: Arc::clone(&done) });
            self.write(Frame::Flood { torrent: Arc::clone(torrent), first, from: 0, done });
        }
        written
    }

    fn write(&mut self, frame: Frame) {
        if let Some(line) = &self.line
            && line.frames.send(frame).is_err()
        {
            // The task is gone, or writes no more: what it missed is kept.
            self.part(Instant::now());
        }
    }

    /// The line is gone.
    pub(crate) fn part(&mut self, now: Instant) {
        if self.line.take().is_some() {
            self.alone = Some(now);
        }
    }

    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether everything after `seq` is still kept.
    pub(crate) fn reaches_back_to(&self, seq: u64) -> bool {
        match self.kept.front() {
            _ if seq == self.seq => true,
            Some(Kept::Event { seq: first, .. } | Kept::Flood { first, .. }) => seq + 1 >= *first,
            None => false,
        }
    }

    /// A line that goes on after `seq`: it is told what was missed, and that that was all.
    pub(crate) fn resume(&mut self, seq: u64, line: Line, keep: usize) {
        self.line = Some(line);
        self.alone = None;
        let missed: Vec<Kept> = self.kept.iter().filter(|kept| kept.last() > seq).cloned().collect();
        for kept in missed {
            match kept {
                Kept::Event { text, .. } => self.write(Frame::Text(text)),
                Kept::Flood { first, torrent, done } => {
                    let from = (seq + 1).saturating_sub(first);
                    self.write(Frame::Flood { torrent, first, from, done });
                }
            }
        }
        self.tell("RESUMED", r#"{"_trace":["stand-in"]}"#, keep);
    }
}
