//! One thing that one app is to be told.

use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::faults::Fate;
use crate::seen::{Delivery, Kind, Unanswered};

/// An app's answer to what a person did.
pub(crate) type Answer = Result<Value, Unanswered>;

/// Where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// To be sent, not before this.
    Waiting(Instant),
    /// Sent over a Socket Mode connection and not acknowledged yet.
    OnSocket { connection: u64, since: Instant },
    /// Sent over HTTP and not answered yet.
    OnHttp,
    /// Nothing more happens to it.
    Done,
}

/// One thing that one app is to be told.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) id: String,
    pub(crate) app: String,
    pub(crate) kind: Kind,
    pub(super) name: String,
    pub(super) payload: Value,
    pub(super) standing: Standing,
    /// How often it was sent.
    pub(super) attempts: u32,
    /// How often it came back, and why the last time.
    pub(super) failures: u32,
    pub(super) reason: &'static str,
    pub(super) acked: bool,
    pub(super) gave_up: bool,
    pub(super) fate: Fate,
    pub(super) asked: Option<oneshot::Sender<Answer>>,
    pub(super) born: Instant,
}

impl Parcel {
    pub(crate) fn new(id: String, app: &str, kind: Kind, name: String, payload: Value) -> Self {
        let born = Instant::now();
        Self {
            id,
            app: app.to_owned(),
            kind,
            name,
            payload,
            standing: Standing::Waiting(born),
            attempts: 0,
            failures: 0,
            reason: "",
            acked: false,
            gave_up: false,
            fate: Fate::default(),
            asked: None,
            born,
        }
    }

    /// With what befalls it.
    pub(crate) fn with(mut self, fate: Fate) -> Self {
        self.standing = Standing::Waiting(self.born + fate.held);
        self.fate = fate;
        self
    }

    /// With somebody who waits for the answer.
    pub(crate) fn asked(mut self) -> (Self, oneshot::Receiver<Answer>) {
        let (asked, answer) = oneshot::channel();
        self.asked = Some(asked);
        (self, answer)
    }

    pub(crate) fn is_acked(&self) -> bool {
        self.acked
    }

    pub(crate) fn has_given_up(&self) -> bool {
        self.gave_up
    }

    /// Which of an app's addresses it goes to.
    pub(super) fn address(&self) -> &'static str {
        match self.kind {
            Kind::Event => "events",
            Kind::Interaction => "interactions",
            Kind::Command => "commands",
        }
    }

    /// As it goes over Socket Mode.
    pub(super) fn envelope(&self, envelope_id: &str) -> Value {
        let kind = match self.kind {
            Kind::Event => "events_api",
            Kind::Interaction => "interactive",
            Kind::Command => "slash_commands",
        };
        let mut envelope = json!({
            "envelope_id": envelope_id, "type": kind, "payload": self.payload,
            "accepts_response_payload": self.kind != Kind::Event,
        });
        if self.kind == Kind::Event {
            envelope["retry_attempt"] = json!(self.failures);
            envelope["retry_reason"] = json!(if self.failures > 0 { self.reason } else { "" });
        }
        envelope
    }

    pub(crate) fn seen(&self, app: &str) -> Delivery {
        Delivery {
            id: self.id.clone(),
            app: app.to_owned(),
            kind: self.kind,
            name: self.name.clone(),
            payload: self.payload.clone(),
            attempts: self.attempts,
            acked: self.acked,
            gave_up: self.gave_up,
        }
    }
}
