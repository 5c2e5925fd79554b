//! All sessions of all bots: who may begin one, who may go on, and what becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use super::payload::{INVALID_SEQ, Refused};
use super::session::{Line, Session};
use super::{How, Presence};
use crate::flood::Torrent;
use crate::settings::Settings;
use crate::state::Dispatch;

/// The window of the session start limit.
const DAY: Duration = Duration::from_hours(24);

/// An event that is held back for a while.
#[derive(Debug)]
struct Held {
    due: Instant,
    session: String,
    name: String,
    data: Arc<str>,
}

/// Why a session does not begin or go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Not {
    /// Op 9 with `false`: identify anew.
    Valid,
    /// The line is closed.
    Open(Refused),
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    /// Where it hears of what happens.
    pub(super) tap: Option<UnboundedReceiver<Arc<Dispatch>>>,
    sessions: BTreeMap<String, Session>,
    held: Vec<Held>,
    /// When each bot has identified within the last day.
    starts: BTreeMap<u64, Vec<Instant>>,
    /// When each bot has last identified, by its rate limit key.
    last: BTreeMap<(u64, u32), Instant>,
    pub(crate) refuse_resumes: bool,
    pub(crate) presences: Vec<Presence>,
    /// How often each bot has identified, and resumed.
    counts: BTreeMap<u64, (u32, u32)>,
    lines: u64,
}

impl Hub {
    pub(crate) fn next_line(&mut self) -> u64 {
        self.lines += 1;
        self.lines
    }

    /// Counts an IDENTIFY. `Err` where it comes too soon or too often.
    pub(crate) fn starting(&mut self, bot: u64, shard: u32, settings: &Settings, now: Instant) -> Result<(), Not> {
        let key = (bot, shard % settings.max_concurrency.max(1));
        let starts = self.starts.entry(bot).or_default();
        starts.retain(|start| now.duration_since(*start) < DAY);
        if starts.len() >= settings.session_starts as usize {
            tracing::warn!("a bot has identified {} times within a day; Discord resets its token then", starts.len());
            return Err(Not::Open(super::payload::AUTHENTICATION_FAILED));
        }
        starts.push(now);
        let soon = self.last.insert(key, now).is_some_and(|last| now.duration_since(last) < settings.identify_every);
        if soon {
            tracing::warn!("a shard has identified too soon after another with the same rate limit key");
            return Err(Not::Valid);
        }
        Ok(())
    }

    /// `session_start_limit` of `GET /gateway/bot`.
    pub(crate) fn start_limit(&self, bot: u64, settings: &Settings) -> Value {
        let now = Instant::now();
        let starts = self.starts.get(&bot).map(Vec::as_slice).unwrap_or_default();
        let recent: Vec<&Instant> = starts.iter().filter(|start| now.duration_since(**start) < DAY).collect();
        let reset = recent.first().map_or(0, |first| (DAY - now.duration_since(**first)).as_millis());
        json!({
            "total": settings.session_starts, "remaining": (settings.session_starts as usize).saturating_sub(recent.len()),
            "reset_after": u64::try_from(reset).unwrap_or(u64::MAX), "max_concurrency": settings.max_concurrency,
        })
    }

    /// A new session.
    pub(crate) fn begin(&mut self, session: Session) -> &mut Session {
        let id = session.id.clone();
        self.counts.entry(session.bot).or_default().0 += 1;
        self.sessions.entry(id).or_insert(session)
    }

    /// Goes on with a session after `seq`.
    pub(crate) fn resume(&mut self, id: &str, bot: u64, seq: u64, line: Line, settings: &Settings) -> Result<(), Not> {
        if self.refuse_resumes {
            self.sessions.remove(id);
            return Err(Not::Valid);
        }
        let Some(session) = self.sessions.get_mut(id).filter(|s| s.bot == bot) else { return Err(Not::Valid) };
        if seq > session.seq() {
            self.sessions.remove(id);
            return Err(Not::Open(INVALID_SEQ));
        }
        if !session.reaches_back_to(seq) {
            self.sessions.remove(id);
            return Err(Not::Valid);
        }
        if let Some(old) = session.line.take() {
            // Its task may have ended by itself.
            let _ = old.ends.send(How::Cut);
        }
        session.resume(seq, line, settings.session_frames);
        self.counts.entry(bot).or_default().1 += 1;
        Ok(())
    }

    /// A line is gone. Its session waits to be resumed, unless it is over.
    pub(crate) fn parted(&mut self, line: u64, over: bool) {
        let Some(id) = self.of_line(line).map(|s| s.id.clone()) else { return };
        if over {
            self.end(&id);
        } else if let Some(session) = self.sessions.get_mut(&id) {
            session.part(Instant::now());
        }
    }

    pub(crate) fn end(&mut self, id: &str) {
        self.sessions.remove(id);
        self.held.retain(|held| held.session != id);
    }

    pub(crate) fn of_line(&mut self, line: u64) -> Option<&mut Session> {
        self.sessions.values_mut().find(|s| s.line.as_ref().is_some_and(|l| l.id == line))
    }

    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// How many lines a bot has.
    pub(crate) fn lines_of(&self, bot: u64) -> usize {
        self.sessions.values().filter(|s| s.bot == bot && s.line.is_some()).count()
    }

    /// Does something to all lines of a bot. Returns how many there were.
    pub(crate) fn disconnect(&mut self, bot: u64, how: How) -> usize {
        let lines: Vec<Line> = self.sessions.values().filter(|s| s.bot == bot).filter_map(|s| s.line.clone()).collect();
        for line in &lines {
            // A task that is gone has nothing left to end.
            let _ = line.ends.send(how);
        }
        lines.len()
    }

    /// Tells a session an event now.
    pub(crate) fn tell(&mut self, id: &str, name: &str, data: &str, settings: &Settings) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.tell(name, data, settings.session_frames);
        }
    }

    /// Tells a session an event later.
    pub(crate) fn hold(&mut self, id: &str, name: &str, data: &Arc<str>, due: Instant) {
        self.held.push(Held { due, session: id.to_owned(), name: name.to_owned(), data: Arc::clone(data) });
    }

    /// Cuts the line of a session before anything more is written on it.
    pub(crate) fn cut(&mut self, id: &str) {
        if let Some(session) = self.sessions.get_mut(id)
            && let Some(line) = &session.line
        {
            // A task that is gone has nothing left to end.
            let _ = line.ends.send(How::Cut);
            session.part(Instant::now());
        }
    }

    /// Tells a session a flood. Returns what says that all of it was written.
    pub(crate) fn flood(&mut self, id: &str, torrent: &Arc<Torrent>) -> Option<watch::Receiver<bool>> {
        self.sessions.get_mut(id).map(|session| session.flood(torrent))
    }

    /// How often a bot has identified.
    pub(crate) fn identified(&self, bot: u64) -> u32 {
        self.counts.get(&bot).map_or(0, |(identified, _)| *identified)
    }

    /// How often a bot has resumed a session.
    pub(crate) fn resumed(&self, bot: u64) -> u32 {
        self.counts.get(&bot).map_or(0, |(_, resumed)| *resumed)
    }

    /// Tells what was held back long enough, forgets sessions that nobody came back for, and says when to look again.
    pub(crate) fn round(&mut self, settings: &Settings, now: Instant) -> Option<Instant> {
        self.held.sort_by_key(|held| held.due);
        let later = self.held.partition_point(|held| held.due <= now);
        for held in self.held.drain(..later).collect::<Vec<_>>() {
            self.tell(&held.session, &held.name, &held.data, settings);
        }
        self.sessions.retain(|_, s| s.alone.is_none_or(|since| now.duration_since(since) < settings.session_life));
        let expiry = self.sessions.values().filter_map(|s| s.alone).map(|since| since + settings.session_life).min();
        let held = self.held.first().map(|held| held.due);
        [expiry, held].into_iter().flatten().min()
    }

    /// Whether no event is held back.
    pub(crate) fn is_settled(&self) -> bool {
        self.held.is_empty()
    }
}
