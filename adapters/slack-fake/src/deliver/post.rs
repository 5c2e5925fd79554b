//! All parcels and all Socket Mode connections, and what is to be done about them now.

use std::collections::HashMap;
use std::time::Instant;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use super::Job;
use super::http::Failure;
use super::parcel::{Parcel, Standing};
use crate::faults::Dice;
use crate::seen::{How, Kind, Unanswered};
use crate::settings::Settings;
use crate::state::State;

/// What a connection's task is told.
#[derive(Debug)]
pub(crate) enum Frame {
    /// Send this.
    Text(String),
    /// End, or fall silent.
    End(How),
}

/// A Socket Mode connection.
#[derive(Debug)]
struct Connection {
    id: u64,
    app: String,
    frames: UnboundedSender<Frame>,
    state: Use,
}

/// What a connection is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Open,
    /// Warned: still good where there is no other.
    Warned,
    /// Used like an open one, until the first thing that is not acknowledged on it.
    Deaf,
    /// About to end.
    Ending,
}

/// All parcels and all connections.
#[derive(Debug, Default)]
pub(crate) struct Post {
    parcels: Vec<Parcel>,
    /// Those that something may still happen to, in order.
    open: Vec<usize>,
    connections: Vec<Connection>,
    /// The parcel that each envelope carried.
    envelopes: HashMap<String, usize>,
    last_connection: u64,
    turn: usize,
}

impl Post {
    pub(crate) fn push(&mut self, parcel: Parcel) {
        self.open.push(self.parcels.len());
        self.parcels.push(parcel);
    }

    pub(crate) fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        self.parcels.iter()
    }

    /// Whether nothing is waiting or under way.
    pub(crate) fn is_settled(&self) -> bool {
        self.open.iter().all(|i| self.parcels[*i].standing == Standing::Done)
    }

    pub(crate) fn connections(&self, app: &str) -> usize {
        self.connections.iter().filter(|c| c.app == app).count()
    }

    /// A connection that an app has opened. Returns its id.
    pub(crate) fn connect(&mut self, app: &str, frames: UnboundedSender<Frame>) -> u64 {
        self.last_connection += 1;
        let id = self.last_connection;
        self.connections.push(Connection { id, app: app.to_owned(), frames, state: Use::Open });
        id
    }

    /// A connection that is gone: what was not acknowledged on it waits for another one.
    pub(crate) fn disconnected(&mut self, id: u64) {
        self.connections.retain(|c| c.id != id);
        for i in &self.open {
            let parcel = &mut self.parcels[*i];
            if matches!(parcel.standing, Standing::OnSocket { connection, .. } if connection == id) {
                parcel.standing = Standing::Waiting(Instant::now());
            }
        }
    }

    /// Ends all connections of an app, or makes them deaf.
    pub(crate) fn disconnect(&mut self, app: &str, how: How) -> usize {
        let mut concerned = 0;
        for connection in self.connections.iter_mut().filter(|c| c.app == app) {
            // A task that is gone has nothing left to end.
            let _ = connection.frames.send(Frame::End(how));
            connection.state = match how {
                How::Close | How::Cut => Use::Ending,
                How::Warned => Use::Warned,
                How::Deaf => Use::Deaf,
            };
            concerned += 1;
        }
        concerned
    }

    /// An acknowledgement over a connection, with the answer that it carries.
    pub(crate) fn acknowledged(&mut self, envelope: &str, answer: Value, dice: &mut Dice) -> bool {
        let Some(i) = self.envelopes.get(envelope).copied() else { return false };
        self.acked(i, answer, dice);
        true
    }

    /// What came of a request.
    pub(super) fn answered(
        &mut self,
        i: usize,
        attempt: u32,
        answer: Result<Value, Failure>,
        settings: &Settings,
        dice: &mut Dice,
    ) {
        match answer {
            Ok(body) => self.acked(i, body, dice),
            Err(failure) if self.parcels[i].attempts == attempt => self.failed(i, failure, settings),
            // It was told again meanwhile.
            Err(_) => {}
        }
    }

    fn acked(&mut self, i: usize, answer: Value, dice: &mut Dice) {
        let parcel = &mut self.parcels[i];
        if let Some(asked) = parcel.asked.take() {
            // Nobody waits any more: then nobody sees it.
            let _ = asked.send(Ok(answer));
        }
        parcel.acked = true;
        parcel.gave_up = false;
        parcel.standing = Standing::Done;
        if std::mem::take(&mut parcel.fate.repeated) {
            (parcel.failures, parcel.reason) = (parcel.failures.max(1), "timeout");
            parcel.standing = Standing::Waiting(Instant::now() + dice.again());
            if !self.open.contains(&i) {
                self.open.push(i);
            }
        }
    }

    fn failed(&mut self, i: usize, failure: Failure, settings: &Settings) {
        let parcel = &mut self.parcels[i];
        if let Some(asked) = parcel.asked.take() {
            let why =
                if failure.is_timeout() { Unanswered::TimedOut } else { Unanswered::Failed(failure.reason.into()) };
            let _ = asked.send(Err(why));
        }
        parcel.failures += 1;
        parcel.reason = failure.reason;
        let retry = settings.event_retries.get(parcel.failures as usize - 1);
        match retry {
            Some(after) if parcel.kind == Kind::Event && !failure.no_retry && !parcel.acked => {
                parcel.standing = Standing::Waiting(Instant::now() + *after);
            }
            _ => {
                parcel.standing = Standing::Done;
                parcel.gave_up = !parcel.acked;
            }
        }
    }

    /// Something was not acknowledged on this connection: a deaf one is found out by that, and ended.
    fn suspect(&mut self, id: u64) {
        if let Some(deaf) = self.connections.iter_mut().find(|c| c.id == id && c.state == Use::Deaf) {
            deaf.state = Use::Ending;
            // A task that is gone has nothing left to end.
            let _ = deaf.frames.send(Frame::End(How::Cut));
        }
    }

    /// The next connection of an app that can be used, in turn.
    fn pick(&mut self, app: &str) -> Option<(u64, UnboundedSender<Frame>)> {
        let mine = |c: &&Connection| c.app == app && c.state != Use::Ending;
        let mut usable: Vec<&Connection> = self.connections.iter().filter(mine).collect();
        if usable.iter().any(|c| c.state != Use::Warned) {
            usable.retain(|c| c.state != Use::Warned);
        }
        if usable.is_empty() {
            return None;
        }
        self.turn = self.turn.wrapping_add(1);
        let connection = usable[self.turn % usable.len()];
        Some((connection.id, connection.frames.clone()))
    }
}

impl State {
    /// Sends over sockets what is due, returns what is to be sent over HTTP, and when to look again.
    pub(crate) fn deliver(&mut self, now: Instant) -> (Vec<Job>, Option<Instant>) {
        let mut post = std::mem::take(&mut self.post);
        let mut jobs = Vec::new();
        let mut next: Option<Instant> = None;
        let mut at = |moment: Instant| next = Some(next.map_or(moment, |n| n.min(moment)));
        for i in post.open.clone() {
            match post.parcels[i].standing {
                Standing::Done | Standing::OnHttp => {}
                Standing::Waiting(due) if due > now => at(due),
                Standing::Waiting(_) => match self.send(&mut post, i, now) {
                    Sent::OverHttp(job) => jobs.push(job),
                    Sent::Look(moment) => at(moment),
                    Sent::No => {}
                },
                Standing::OnSocket { connection, since } if now.duration_since(since) >= self.settings.ack_limit => {
                    post.suspect(connection);
                    post.failed(i, Failure::timeout(), &self.settings);
                    if let Standing::Waiting(due) = post.parcels[i].standing {
                        at(due);
                    }
                }
                Standing::OnSocket { since, .. } => at(since + self.settings.ack_limit),
            }
        }
        let parcels = &post.parcels;
        post.open.retain(|i| parcels[*i].standing != Standing::Done);
        self.post = post;
        (jobs, next)
    }

    fn send(&self, post: &mut Post, i: usize, now: Instant) -> Sent {
        let parcel = &mut post.parcels[i];
        if std::mem::take(&mut parcel.fate.dropped) {
            parcel.attempts += 1;
            post.failed(i, Failure::timeout(), &self.settings);
            return Sent::again(&post.parcels[i]);
        }
        let Some(app) = self.apps.get(&parcel.app) else { return Sent::No };
        if app.socket && !app.by_http { self.send_by_socket(post, i, now) } else { self.send_by_http(post, i) }
    }

    fn send_by_socket(&self, post: &mut Post, i: usize, now: Instant) -> Sent {
        let app = post.parcels[i].app.clone();
        let picked = post.pick(&app);
        let parcel = &mut post.parcels[i];
        let Some((connection, frames)) = picked else {
            let waits_until = parcel.born + self.settings.ack_limit;
            if parcel.asked.is_some() && now < waits_until {
                return Sent::Look(waits_until);
            }
            if parcel.kind != Kind::Event || !self.settings.keep_while_away {
                post.failed(i, Failure::because("not_connected"), &self.settings);
                return Sent::again(&post.parcels[i]);
            }
            // What arose while nobody listened comes as a retry.
            (parcel.failures, parcel.reason) = (parcel.failures.max(1), "timeout");
            return Sent::No;
        };
        let envelope_id = Uuid::new_v4().to_string();
        let envelope = parcel.envelope(&envelope_id).to_string();
        parcel.attempts += 1;
        parcel.standing = Standing::OnSocket { connection, since: now };
        post.envelopes.insert(envelope_id, i);
        // Where the connection's task is gone, its end brings the parcel back.
        let _ = frames.send(Frame::Text(envelope));
        Sent::Look(now + self.settings.ack_limit)
    }

    fn send_by_http(&self, post: &mut Post, i: usize) -> Sent {
        let parcel = &post.parcels[i];
        if parcel.kind == Kind::Event {
            let under_way = |j: &&usize| {
                let other = &post.parcels[**j];
                other.app == parcel.app && other.kind == Kind::Event && other.standing == Standing::OnHttp
            };
            if post.open.iter().filter(under_way).count() >= self.settings.http_parallel.max(1) {
                return Sent::No;
            }
        }
        let retry = (parcel.failures > 0 && parcel.kind == Kind::Event).then_some((parcel.failures, parcel.reason));
        let retry = retry.map(|(n, reason)| (n, if reason == "timeout" { "http_timeout" } else { reason }));
        let Some(request) = self.signed(&parcel.app, parcel.address(), &parcel.payload, retry) else {
            post.failed(i, Failure { no_retry: true, ..Failure::because("no_address") }, &self.settings);
            return Sent::No;
        };
        let parcel = &mut post.parcels[i];
        parcel.attempts += 1;
        parcel.standing = Standing::OnHttp;
        Sent::OverHttp(Job { parcel: i, attempt: parcel.attempts, request, limit: self.settings.ack_limit })
    }
}

/// What became of a parcel that was due.
enum Sent {
    OverHttp(Job),
    /// Look at it again then.
    Look(Instant),
    /// Nothing can be done until something changes.
    No,
}

impl Sent {
    fn again(parcel: &Parcel) -> Self {
        match parcel.standing {
            Standing::Waiting(due) => Self::Look(due),
            _ => Self::No,
        }
    }
}
