//! Where the two vocabularies meet: chat events become the domain's, the domain's posts become chat posts.
//!
//! **Architecture invariant:** the only module that knows both.

use std::collections::HashMap;

use bullpen_chat as chat;
use bullpen_domain::effect::{Body, Place, Post};
use bullpen_domain::event::{Event, MessageId, OurPost, Said};
use bullpen_domain::lane::Lane;
use bullpen_domain::name::Handle;
use bullpen_domain::org::{DESK, Directory};
use uuid::Uuid;

use crate::store::messages::Known;

/// What is to be stored of something heard.
#[derive(Debug, Clone)]
pub enum Heard {
    /// A message, with the event it is for the department (none for a bot's).
    Posted {
        /// Which one.
        id: MessageId,
        /// The root of its thread.
        thread: Option<String>,
        /// Its lane.
        lane: Lane,
        /// Who wrote it.
        author: String,
        /// `member` or `bot`.
        kind: &'static str,
        /// Its text.
        text: String,
        /// The event.
        event: Option<Event>,
    },
    /// A message has a new text.
    Edited {
        /// Its lane.
        lane: Lane,
        /// The message with its new text.
        said: Said,
    },
    /// A message is gone.
    Deleted {
        /// Its lane.
        lane: Lane,
        /// Which one.
        message: MessageId,
        /// Who had written it.
        by: String,
    },
    /// A person reacted on a post of ours.
    Reacted {
        /// The post's lane.
        lane: Lane,
        /// The event.
        event: Event,
        /// The message (`channel/id`) whose receipt it waits for, when we do not know it yet.
        waits_for: Option<String>,
    },
    /// Nothing to do: a bot's reaction, an edit of what was never heard.
    Nothing,
}

/// The messages that an event speaks of, so that they can be looked up first.
#[must_use]
pub fn speaks_of(event: &chat::Event) -> Vec<MessageId> {
    let of = |channel: &str, id: &str| MessageId { channel: channel.to_owned(), id: id.to_owned() };
    match event {
        chat::Event::Posted(m) => m.place.thread.iter().map(|root| of(&m.place.channel, root)).collect(),
        chat::Event::Edited { message: m, .. } => {
            let root = m.place.thread.iter().map(|root| of(&m.place.channel, root));
            root.chain([of(&m.place.channel, &m.id)]).collect()
        }
        chat::Event::Deleted { message } | chat::Event::Reacted { message, .. } => {
            vec![of(&message.channel, &message.id)]
        }
    }
}

/// Translates something heard, given what is known of the messages it speaks of.
#[must_use]
pub fn heard(event: &chat::Event, known: &HashMap<MessageId, Known>) -> Heard {
    match event {
        chat::Event::Posted(message) => posted(message, known),
        chat::Event::Edited { message, .. } => match (known.get(&id_of(message)), said(message, known)) {
            (Some(standing), Some(said)) if standing.author_kind == "member" => {
                Heard::Edited { lane: Lane::stored(standing.lane.clone()), said }
            }
            _ => Heard::Nothing,
        },
        chat::Event::Deleted { message } => {
            let message = MessageId { channel: message.channel.clone(), id: message.id.clone() };
            match known.get(&message) {
                Some(standing) if standing.author_kind == "member" => {
                    Heard::Deleted { lane: Lane::stored(standing.lane.clone()), by: standing.author.clone(), message }
                }
                _ => Heard::Nothing,
            }
        }
        chat::Event::Reacted { message, author, emoji, set } => reacted(message, author, emoji, *set, known),
    }
}

fn id_of(message: &chat::Message) -> MessageId {
    MessageId { channel: message.place.channel.clone(), id: message.id.clone() }
}

fn posted(message: &chat::Message, known: &HashMap<MessageId, Known>) -> Heard {
    let lane = lane_of(message, known);
    let (author, kind) = match &message.author {
        chat::Author::Member { name, .. } => (name.clone(), "member"),
        chat::Author::Bot { name, .. } => (name.clone(), "bot"),
    };
    Heard::Posted {
        id: id_of(message),
        thread: message.place.thread.clone(),
        lane,
        author,
        kind,
        text: message.text.clone(),
        event: said(message, known).map(Event::Said),
    }
}

/// The lane of a new message: that of the task whose thread it stands in, else the conversation's own.
fn lane_of(message: &chat::Message, known: &HashMap<MessageId, Known>) -> Lane {
    let channel = &message.place.channel;
    let Some(root) = &message.place.thread else { return Lane::talk(channel, None) };
    let of_root = known
        .get(&MessageId { channel: channel.clone(), id: root.clone() })
        .map(|m| Lane::stored(m.lane.clone()))
        .filter(Lane::is_task);
    of_root.unwrap_or_else(|| Lane::talk(channel, Some(root)))
}

fn said(message: &chat::Message, known: &HashMap<MessageId, Known>) -> Option<Said> {
    let chat::Author::Member { name, .. } = &message.author else { return None };
    let root = message
        .place
        .thread
        .as_ref()
        .and_then(|root| known.get(&MessageId { channel: message.place.channel.clone(), id: root.clone() }));
    let ours = root.and_then(|m| {
        let persona = Handle::parse(&m.author).ok().filter(|_| m.author_kind == "persona")?;
        Some(OurPost { persona, post: m.post? })
    });
    Some(Said {
        message: id_of(message),
        thread: message.place.thread.clone(),
        by: name.clone(),
        text: message.text.clone(),
        mentions: message.mentions.clone(),
        direct: message.direct.as_deref().and_then(|d| Handle::parse(d).ok()),
        thread_of: ours,
    })
}

fn reacted(
    message: &chat::MessageRef,
    author: &chat::Author,
    emoji: &str,
    set: bool,
    known: &HashMap<MessageId, Known>,
) -> Heard {
    // A persona's or another bot's reaction is never a person's.
    let chat::Author::Member { name, .. } = author else { return Heard::Nothing };
    let id = MessageId { channel: message.channel.clone(), id: message.id.clone() };
    let event = |post| Event::Reacted { post, by: name.clone(), emoji: chat::fold_emoji(emoji), set };
    match known.get(&id) {
        Some(standing) => match standing.post {
            Some(post) => {
                Heard::Reacted { lane: Lane::stored(standing.lane.clone()), event: event(post), waits_for: None }
            }
            None => Heard::Nothing,
        },
        None => Heard::Reacted {
            lane: Lane::talk(&id.channel, None),
            event: event(Uuid::nil()),
            waits_for: Some(format!("{}/{}", id.channel, id.id)),
        },
    }
}

/// A post as a platform is asked to show it. `target` is where the message stands that it hangs below or replaces.
#[must_use]
pub fn post(directory: &Directory, post: &Post, target: Option<&(String, String)>) -> chat::Post {
    let place = match (&post.at, target) {
        (Place::Channel { channel }, _) => chat::Place { channel: channel.clone(), thread: None },
        (Place::Thread { channel, root }, _) => chat::Place { channel: channel.clone(), thread: Some(root.clone()) },
        (Place::Below { channel, .. }, target) => chat::Place {
            channel: target.map_or_else(|| channel.clone(), |t| t.0.clone()),
            thread: target.map(|t| t.1.clone()),
        },
    };
    chat::Post { identity: identity(directory, &post.from), place, body: body(&post.body), notify: post.notify.clone() }
}

fn body(body: &Body) -> chat::Body {
    match body {
        Body::Text { text } => chat::Body::Markdown { text: text.clone() },
        Body::Card(card) => chat::Body::Card(chat::Card {
            title: card.title.clone(),
            fields: card
                .fields
                .iter()
                .map(|(name, value)| chat::Field { name: name.clone(), value: value.clone() })
                .collect(),
            text: card.text.clone(),
            picture: card.picture.as_ref().map(|p| chat::Picture {
                digest: p.digest.clone(),
                media_type: p.media_type.clone(),
                alt: p.alt.clone(),
            }),
            actions: card
                .actions
                .iter()
                .map(|(emoji, label)| chat::Action { emoji: emoji.clone(), label: label.clone() })
                .collect(),
        }),
    }
}

/// What a post says as plain Markdown, for the threads that models are shown.
#[must_use]
pub fn plain(body: &Body) -> String {
    match body {
        Body::Text { text } => text.clone(),
        Body::Card(card) => {
            let fields: Vec<String> = card.fields.iter().map(|(n, v)| format!("{n}: {v}")).collect();
            format!("{}\n{}\n{}", card.title, fields.join("\n"), card.text)
        }
    }
}

/// The identity that a persona speaks through. One that was removed keeps its handle.
#[must_use]
pub fn identity(directory: &Directory, handle: &Handle) -> chat::Identity {
    let avatar = format!("/avatars/{handle}.svg");
    match directory.personas.get(handle) {
        Some(persona) => chat::Identity {
            handle: handle.to_string(),
            name: persona.name.clone(),
            role: persona.title.clone(),
            avatar,
        },
        None if handle.as_str() == DESK => desk(),
        None => chat::Identity {
            handle: handle.to_string(),
            name: handle.to_string(),
            role: "no longer here".into(),
            avatar,
        },
    }
}

fn desk() -> chat::Identity {
    chat::Identity {
        handle: DESK.into(),
        name: "Bullpen".into(),
        role: "The department's desk".into(),
        avatar: format!("/avatars/{DESK}.svg"),
    }
}

/// What a workspace should hold.
#[must_use]
pub fn plan(directory: &Directory) -> chat::Plan {
    let channels = directory.team.channels.iter().map(|c| chat::ChannelPlan {
        name: c.name.clone(),
        layer: c.layer.clone(),
        topic: c.topic.clone(),
    });
    let rank = |layer: &str| directory.team.rank(layer).unwrap_or(usize::MAX);
    let mut handles: Vec<_> = directory.personas.values().collect();
    handles.sort_by_key(|p| (rank(&p.layer), std::cmp::Reverse(p.authority.level), p.handle.clone()));
    let identities = handles.into_iter().map(|p| identity(directory, &p.handle)).chain([desk()]);
    chat::Plan {
        channels: channels.collect(),
        identities: identities.collect(),
        people: directory.people.iter().map(|p| p.name.clone()).collect(),
    }
}
