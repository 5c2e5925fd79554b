//! What is said at a channel's top level though nobody asked for it. It counts as noise there, so it says in a line what it
//! is: over the channel's budget that line is listed instead of it.

use uuid::Uuid;

use super::discuss::title;
use super::raise::link;
use super::{Desk, disarmed, disarmed_text, words};
use crate::effect::{Body, Card, Effect, Place, Post};
use crate::name::Handle;

/// Longest address that a line links to.
const ADDRESS: usize = 200;

impl Desk<'_> {
    /// Announces something. The line leads to `address` where there is one, else to the thread of the work it came from.
    pub(super) fn announce(&mut self, from: &Handle, channel: String, card: Card, address: &str) -> Uuid {
        let what = words::plain(&title(&card.title));
        let what = match self.thread() {
            _ if (1..=ADDRESS).contains(&address.len()) => format!("[{what}]({address})"),
            Some(Place::Below { channel, post }) => link(&what, &channel, post),
            _ => what,
        };
        let status = Some(disarmed_text(&format!("@{from}: {what}")));
        let (from, at, body) = (from.clone(), Place::Channel { channel }, disarmed(Body::Card(card)));
        self.effect(Effect::Post(Post { from, at, body, notify: Vec::new(), status }))
    }
}
