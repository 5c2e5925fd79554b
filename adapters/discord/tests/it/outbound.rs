//! What the department says, in Discord: once, in order, under the right name, whatever goes wrong meanwhile.

mod cards;
mod edits;
mod faults;
mod identities;
mod limits;
mod moved;
mod restarts;
mod threads;

use bullpen_chat::{Body, Card, Error, Identity, Key, Place, Post, Poster as _, Receipt};
use bullpen_discord::setup;
use bullpen_discord_fake::{Message, Settings};

use crate::world::World;

/// A guild with these personas' own bots, in which nobody listens.
pub(super) async fn quiet(personas: &[&str]) -> World {
    World::quiet(personas, Settings::quick()).await
}

/// The shared bot may do all that it should, but for this.
pub(super) fn deny(world: &World, permissions: u64) {
    world.fake.invite(&world.keys["bullpen"], setup::bits(false) & !permissions);
}

pub(super) fn identity(handle: &str, name: &str, role: &str) -> Identity {
    Identity {
        handle: handle.into(),
        name: name.into(),
        role: role.into(),
        avatar: format!("/avatars/{handle}.svg"),
        emoji: Some("📣".into()),
    }
}

pub(super) fn marta() -> Identity {
    identity("content_manager", "Marta Vale", "Content Manager")
}

pub(super) fn in_channel(channel: u64) -> Place {
    Place { channel: channel.to_string(), thread: None }
}

pub(super) fn in_thread(channel: u64, root: u64) -> Place {
    Place { channel: channel.to_string(), thread: Some(root.to_string()) }
}

pub(super) fn text(place: &Place, text: &str) -> Post {
    Post { identity: marta(), place: place.clone(), body: Body::Markdown { text: text.into() }, notify: Vec::new() }
}

pub(super) fn card(place: &Place, card: Card) -> Post {
    Post { identity: marta(), place: place.clone(), body: Body::Card(card), notify: Vec::new() }
}

/// Paragraphs enough for `parts` messages.
pub(super) fn long(parts: usize) -> String {
    (0..parts * 20)
        .map(|n| {
            format!("Paragraph {n} has some ninety characters, so that twenty of them fill a message of text.\n\n")
        })
        .collect()
}

/// Puts a post on show as delivery does: again as long as nothing happened, and after a look where it is not known.
pub(super) async fn deliver(world: &World, key: Key, post: &Post) -> Receipt {
    let poster = world.discord.poster();
    let mut unsure = false;
    for _ in 0..200 {
        let sent = if unsure {
            match poster.find(key, post).await {
                Ok(Some(receipt)) => return receipt,
                Ok(None) => poster.post(key, post).await,
                Err(error) => Err(error),
            }
        } else {
            poster.post(key, post).await
        };
        match sent {
            Ok(receipt) => return receipt,
            Err(Error::Ambiguous { .. }) => unsure = true,
            Err(Error::Retry { after, .. }) => tokio::time::sleep(after.unwrap_or_default()).await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("a post is never put on show");
}

pub(super) fn refusal(answer: Result<Receipt, Error>) -> String {
    match answer {
        Err(Error::Refused { why }) => why,
        other => panic!("a refusal, not {other:?}"),
    }
}

/// What is on show in a channel or thread.
pub(super) fn texts(world: &World, channel: u64) -> Vec<String> {
    world.fake.messages(channel).into_iter().map(|message| message.content).collect()
}

pub(super) fn only(world: &World, channel: u64) -> Message {
    let mut messages = world.fake.messages(channel);
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages.remove(0)
}

pub(super) fn id(receipt: &Receipt) -> u64 {
    receipt.message.id.parse().unwrap()
}

/// How many calls of an operation came to Discord.
pub(super) fn calls(world: &World, operation: &str) -> usize {
    world.fake.calls().iter().filter(|call| call.operation == operation).count()
}
