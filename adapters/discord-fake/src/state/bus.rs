//! What happens in the guild, told to whoever listens: the gateway takes its frames from here.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A change, as an event of the gateway before it is cut for one session.
#[derive(Debug, Clone)]
pub(crate) struct Dispatch {
    /// E.g. `MESSAGE_CREATE`.
    pub(crate) name: &'static str,
    /// The whole `d`; the texts of messages are in it whatever a session's intents.
    pub(crate) data: Value,
    /// A session needs one of these intents; 0 is told to all.
    pub(crate) intent: u64,
    /// The channel or thread that it happened in, where it did in one.
    pub(crate) channel: Option<u64>,
    /// The bots that may know of it, whatever their intents: in the guild, and able to see the channel, at the time.
    pub(crate) to: Vec<u64>,
}

/// Who listens.
#[derive(Debug, Default)]
pub(crate) struct Bus(Vec<UnboundedSender<Arc<Dispatch>>>);

impl Bus {
    pub(crate) fn subscribe(&mut self) -> UnboundedReceiver<Arc<Dispatch>> {
        let (sender, receiver) = unbounded_channel();
        self.0.push(sender);
        receiver
    }

    pub(crate) fn send(&mut self, dispatch: Dispatch) {
        let dispatch = Arc::new(dispatch);
        self.0.retain(|listener| listener.send(Arc::clone(&dispatch)).is_ok());
    }
}
