//! What people do in the guild, as the department hears it.

mod buttons;
mod commands;
mod hostile;
mod places;

use bullpen_chat::{Action, Body, Card, Event, Identity, Place, Post, Poster as _, Receipt};
use uuid::Uuid;

use crate::world::World;

/// The persona that speaks through the shared bot in every world.
pub(super) const DESK: &str = "desk";

pub(super) fn desk() -> Identity {
    Identity {
        handle: DESK.into(),
        name: "Dora Lind".into(),
        role: "Desk".into(),
        avatar: "/avatars/desk.svg".into(),
        emoji: None,
    }
}

/// What the department says.
pub(super) async fn post(world: &World, identity: Identity, place: &Place, body: Body) -> Receipt {
    let post = Post { identity, place: place.clone(), body, notify: Vec::new() };
    world.discord.poster().post(Uuid::new_v4(), &post).await.expect("it is put on show")
}

pub(super) fn markdown(text: &str) -> Body {
    Body::Markdown { text: text.into() }
}

/// A card that asks for a decision.
pub(super) fn approval() -> Body {
    Body::Card(Card {
        title: "For approval: \"Heat\"".into(),
        text: "What would be published.".into(),
        actions: vec![
            Action { emoji: "✅".into(), label: "Approve".into(), asks: None },
            Action { emoji: "❌".into(), label: "Reject".into(), asks: Some("What should change?".into()) },
        ],
        ..Card::default()
    })
}

pub(super) fn top(channel: u64) -> Place {
    Place { channel: channel.to_string(), thread: None }
}

pub(super) fn thread(channel: u64, root: u64) -> Place {
    Place { channel: channel.to_string(), thread: Some(root.to_string()) }
}

pub(super) fn id(receipt: &Receipt) -> u64 {
    receipt.message.id.parse().unwrap()
}

/// A reaction: on which message, which emoji, and whether it is set.
pub(super) fn reacted(event: Event) -> (String, String, bool) {
    match event {
        Event::Reacted { message, emoji, set, .. } => (message.id, emoji, set),
        other => panic!("a reaction is heard, not {other:?}"),
    }
}

/// Whoever our bots and webhooks notified: nobody, in all that happens here.
pub(super) fn pinged_by_us(world: &World) -> Vec<String> {
    let ours = |author: &u64| world.keys.values().any(|bot| bot.user == *author);
    let people = world.fake.pings();
    let by_us = people.iter().filter(|ping| {
        let message = world.fake.message(ping.channel, ping.message);
        ours(&ping.author) || message.is_some_and(|message| message.application.is_some())
    });
    by_us.filter(|ping| ping.everyone || !ping.notified.is_empty()).map(|ping| format!("{ping:?}")).collect()
}
