//! Where the two vocabularies meet: chat events become the domain's, the domain's posts become chat posts.
//!
//! **Architecture invariant:** the only module that knows both.

use std::collections::HashMap;

use bullpen_chat as chat;
use bullpen_domain::effect::{Body, Place, Post};
use bullpen_domain::event::{Event, MessageId, OurPost, Said};
use bullpen_domain::lane::Lane;
use bullpen_domain::name::Handle;
use bullpen_domain::org::{self, DESK, Directory, Rooms};
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
        /// Whether it stands in a direct conversation.
        direct: bool,
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
        /// The event.
        event: Event,
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

/// The name of the lobby as a platform. Its ids are bare; those of other platforms are written `<platform>:<id>`.
pub const LOBBY: &str = "lobby";

/// A platform's channel as the department names it.
#[must_use]
pub fn inward(platform: &str, channel: &str) -> String {
    if platform == LOBBY { channel.to_owned() } else { format!("{platform}:{channel}") }
}

/// The platform of a channel that the department names, and the platform's own id of it.
#[must_use]
pub fn outward(channel: &str) -> (&str, &str) {
    match channel.split_once(':') {
        // The lobby's direct conversations are called `dm:…`.
        Some((platform, id)) if platform != "dm" => (platform, id),
        _ => (LOBBY, channel),
    }
}

/// Our channels, by name, as a platform found them.
#[must_use]
pub fn rooms(platform: &str, provisioned: &chat::Provisioned) -> Rooms {
    provisioned.channels.iter().map(|(name, id)| (name.clone(), inward(platform, id))).collect()
}

/// What is needed to translate what a platform tells.
#[derive(Clone, Copy)]
pub struct Inward<'a> {
    /// The platform's name.
    pub platform: &'a str,
    /// Who is who.
    pub directory: &'a Directory,
}

impl Inward<'_> {
    fn message(&self, channel: &str, id: &str) -> MessageId {
        MessageId { channel: inward(self.platform, channel), id: id.to_owned() }
    }

    /// The messages that an event speaks of, so that they can be looked up first.
    #[must_use]
    pub fn speaks_of(&self, event: &chat::Event) -> Vec<MessageId> {
        match event {
            chat::Event::Posted(m) => m.place.thread.iter().map(|root| self.message(&m.place.channel, root)).collect(),
            chat::Event::Edited { message: m, .. } => {
                let root = m.place.thread.iter().map(|root| self.message(&m.place.channel, root));
                root.chain([self.message(&m.place.channel, &m.id)]).collect()
            }
            chat::Event::Deleted { message } | chat::Event::Reacted { message, .. } => {
                vec![self.message(&message.channel, &message.id)]
            }
        }
    }

    /// Translates something heard, given what is known of the messages it speaks of.
    #[must_use]
    pub fn heard(&self, event: &chat::Event, known: &HashMap<MessageId, Known>) -> Heard {
        match event {
            chat::Event::Posted(message) => self.posted(message, known),
            chat::Event::Edited { message, .. } => {
                let standing = known.get(&self.message(&message.place.channel, &message.id));
                match (standing, self.said(message, known)) {
                    (Some(standing), Some(said)) if standing.author_kind == "member" => {
                        Heard::Edited { lane: Lane::stored(standing.lane.clone()), said }
                    }
                    _ => Heard::Nothing,
                }
            }
            chat::Event::Deleted { message } => {
                let message = self.message(&message.channel, &message.id);
                let Some(standing) = known.get(&message) else { return Heard::Nothing };
                let event = match (standing.author_kind.as_str(), standing.post) {
                    ("member", _) => Event::Deleted { message: message.clone(), by: standing.author.clone() },
                    (_, Some(post)) => Event::Removed { post },
                    _ => return Heard::Nothing,
                };
                Heard::Deleted { lane: Lane::stored(standing.lane.clone()), message, event }
            }
            chat::Event::Reacted { message, author, emoji, set } => self.reacted(message, author, emoji, *set, known),
        }
    }

    /// The name of a human. In the lobby the name is the account. Elsewhere a listed person is known by their account;
    /// everybody else is called so that they can be taken for nobody listed.
    fn name(&self, account: &str, name: &str, email: Option<&str>) -> String {
        if self.platform == LOBBY {
            return name.to_owned();
        }
        match self.directory.person_of(self.platform, account, email) {
            Some(person) => person.name.clone(),
            None => format!("{name} ({} {account})", self.platform),
        }
    }

    fn posted(&self, message: &chat::Message, known: &HashMap<MessageId, Known>) -> Heard {
        let lane = self.lane_of(message, known);
        let (author, kind) = match &message.author {
            chat::Author::Member { id, name, email } => (self.name(id, name, email.as_deref()), "member"),
            chat::Author::Bot { name, .. } => (name.clone(), "bot"),
        };
        Heard::Posted {
            id: self.message(&message.place.channel, &message.id),
            thread: message.place.thread.clone(),
            lane,
            author,
            kind,
            text: message.text.clone(),
            direct: message.direct.is_some(),
            event: self.said(message, known).map(Event::Said),
        }
    }

    /// The lane of a new message: that of the task whose thread it stands in, else the conversation's own.
    fn lane_of(&self, message: &chat::Message, known: &HashMap<MessageId, Known>) -> Lane {
        let channel = inward(self.platform, &message.place.channel);
        let Some(root) = &message.place.thread else { return Lane::talk(&channel, None) };
        let of_root = known
            .get(&self.message(&message.place.channel, root))
            .map(|m| Lane::stored(m.lane.clone()))
            .filter(Lane::is_task);
        of_root.unwrap_or_else(|| Lane::talk(&channel, Some(root)))
    }

    fn said(&self, message: &chat::Message, known: &HashMap<MessageId, Known>) -> Option<Said> {
        let chat::Author::Member { id, name, email } = &message.author else { return None };
        let root =
            message.place.thread.as_ref().and_then(|root| known.get(&self.message(&message.place.channel, root)));
        let ours = root.and_then(|m| {
            let persona = Handle::parse(&m.author).ok().filter(|_| m.author_kind == "persona")?;
            Some(OurPost { persona, post: m.post? })
        });
        Some(Said {
            message: self.message(&message.place.channel, &message.id),
            thread: message.place.thread.clone(),
            by: self.name(id, name, email.as_deref()),
            text: message.text.clone(),
            mentions: message.mentions.clone(),
            direct: message.direct.as_deref().and_then(|d| Handle::parse(d).ok()),
            thread_of: ours,
        })
    }

    fn reacted(
        &self,
        message: &chat::MessageRef,
        author: &chat::Author,
        emoji: &str,
        set: bool,
        known: &HashMap<MessageId, Known>,
    ) -> Heard {
        // A persona's or another bot's reaction is never a person's.
        let chat::Author::Member { id: account, name, email } = author else { return Heard::Nothing };
        let by = self.name(account, name, email.as_deref());
        let id = self.message(&message.channel, &message.id);
        let event = |post| Event::Reacted { post, by: by.clone(), emoji: chat::fold_emoji(emoji), set };
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
    let place = chat::Place { channel: outward(&place.channel).1.to_owned(), thread: place.thread };
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
            emoji: persona.emoji.clone(),
        },
        None if handle.as_str() == DESK => desk(),
        None => chat::Identity {
            handle: handle.to_string(),
            name: handle.to_string(),
            role: "no longer here".into(),
            avatar,
            emoji: None,
        },
    }
}

fn desk() -> chat::Identity {
    chat::Identity {
        handle: DESK.into(),
        name: "Bullpen".into(),
        role: "The department's desk".into(),
        avatar: format!("/avatars/{DESK}.svg"),
        emoji: Some("🐂".into()),
    }
}

/// What a platform's workspace should hold.
#[must_use]
pub fn plan(directory: &Directory, platform: &str) -> chat::Plan {
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
        people: directory.people.iter().map(|person| listed(person, platform)).collect(),
    }
}

fn listed(person: &org::Person, platform: &str) -> chat::Listed {
    chat::Listed { name: person.name.clone(), id: person.accounts.get(platform).cloned(), email: person.email.clone() }
}
