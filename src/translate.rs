//! Where the two vocabularies meet: chat events become the domain's, the domain's posts become chat posts.
//!
//! **Architecture invariant:** the only module that knows both.

use std::collections::HashMap;

use bullpen_chat as chat;
use bullpen_domain::effect::{Body, Place, Post};
use bullpen_domain::event::{Event, MessageId, OurPost, Said};
use bullpen_domain::lane::Lane;
use bullpen_domain::legible;
use bullpen_domain::name::Handle;
use bullpen_domain::org::{self, Account, DESK, Directory, Rooms};
use uuid::Uuid;

use crate::store::messages::{self, Known};

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

/// The listed person that a member of a platform is; nobody where it is a bot or a guest.
#[must_use]
pub fn person<'a>(directory: &'a Directory, platform: &str, author: &chat::Author) -> Option<&'a org::Person> {
    let chat::Author::Member { id, email, groups, .. } = author else { return None };
    directory.person_of(Account { platform, id, email: email.as_deref(), groups })
}

/// What is needed to translate what a platform tells.
#[derive(Clone, Copy)]
pub struct Inward<'a> {
    /// The platform's name.
    pub platform: &'a str,
    /// Who is who.
    pub directory: &'a Directory,
    /// The personas that spoke last in threads, with who began those; where it was looked up.
    last: Option<&'a HashMap<MessageId, messages::Last>>,
}

impl<'a> Inward<'a> {
    /// For what this platform tells.
    #[must_use]
    pub fn new(platform: &'a str, directory: &'a Directory) -> Self {
        Self { platform, directory, last: None }
    }

    /// The same, knowing who spoke last in threads.
    #[must_use]
    pub fn knowing(self, last: &'a HashMap<MessageId, messages::Last>) -> Self {
        Self { last: Some(last), ..self }
    }

    /// The roots of the threads in which members wrote without naming anybody.
    #[must_use]
    pub fn threads(&self, heard: &[chat::Heard]) -> Vec<MessageId> {
        let root = |heard: &chat::Heard| match &heard.event {
            chat::Event::Posted(m) if matches!(m.author, chat::Author::Member { .. }) && !m.text.contains('@') => {
                m.place.thread.as_ref().map(|root| self.message(&m.place.channel, root))
            }
            _ => None,
        };
        heard.iter().filter_map(root).collect()
    }

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
            chat::Event::Reacted { message, author, emoji, set, button } => {
                self.reacted(message, author, emoji, (*set, *button), known)
            }
        }
    }

    /// The name of a human, and none of a bot. In the lobby the name is the account. Elsewhere a listed person is known by their account;
    /// everybody else is called so that they can be taken for nobody listed.
    fn name(&self, author: &chat::Author) -> Option<String> {
        let chat::Author::Member { id, name, .. } = author else { return None };
        Some(match person(self.directory, self.platform, author) {
            _ if self.platform == LOBBY => name.clone(),
            Some(person) => person.name.clone(),
            None => format!("{} ({} {id})", legible::name(name), self.platform),
        })
    }

    fn posted(&self, message: &chat::Message, known: &HashMap<MessageId, Known>) -> Heard {
        let lane = self.lane_of(message, known);
        let (author, kind) = match &message.author {
            chat::Author::Bot { name, .. } => (name.clone(), "bot"),
            chat::Author::Member { name, .. } => (self.name(&message.author).unwrap_or_else(|| name.clone()), "member"),
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

    /// The lane of a new message: that of the task, or of the post of ours, whose thread it stands in; else the conversation's
    /// own.
    fn lane_of(&self, message: &chat::Message, known: &HashMap<MessageId, Known>) -> Lane {
        let channel = inward(self.platform, &message.place.channel);
        let Some(root) = &message.place.thread else { return Lane::talk(&channel, None) };
        let of_root = known
            .get(&self.message(&message.place.channel, root))
            .map(|m| (Lane::stored(m.lane.clone()), m.post.is_some() && m.thread.is_none()))
            .filter(|(lane, ours)| lane.is_task() || (*ours && message.direct.is_none()))
            .map(|(lane, _)| lane);
        of_root.unwrap_or_else(|| Lane::talk(&channel, Some(root)))
    }

    fn said(&self, message: &chat::Message, known: &HashMap<MessageId, Known>) -> Option<Said> {
        let by = self.name(&message.author)?;
        let root =
            message.place.thread.as_ref().and_then(|root| known.get(&self.message(&message.place.channel, root)));
        let ours = root.and_then(|m| {
            let persona = Handle::parse(&m.author).ok().filter(|_| m.author_kind == "persona")?;
            Some(OurPost { persona, post: m.post? })
        });
        let follows = message.place.thread.as_ref().and_then(|root| {
            let last = self.last?.get(&self.message(&message.place.channel, root))?;
            Handle::parse(&last.persona).ok().filter(|_| last.begun_by == by)
        });
        Some(Said {
            message: self.message(&message.place.channel, &message.id),
            thread: message.place.thread.clone(),
            by,
            text: message.text.clone(),
            mentions: message.mentions.clone(),
            direct: message.direct.as_deref().and_then(|d| Handle::parse(d).ok()),
            thread_of: ours,
            follows,
        })
    }

    fn reacted(
        &self,
        message: &chat::MessageRef,
        author: &chat::Author,
        emoji: &str,
        (set, button): (bool, bool),
        known: &HashMap<MessageId, Known>,
    ) -> Heard {
        // A persona's or another bot's reaction is never a person's.
        let Some(by) = self.name(author) else { return Heard::Nothing };
        let id = self.message(&message.channel, &message.id);
        let event = |post| Event::Reacted { post, by: by.clone(), emoji: chat::fold_emoji(emoji), set, button };
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

/// A post as a platform is asked to show it. `target` is where the message stands that it hangs below or replaces, `base`
/// the address that people reach the server by: elsewhere than in the lobby, links to what is published need it.
#[must_use]
pub fn post(directory: &Directory, base: &str, post: &Post, target: Option<&(String, String)>) -> chat::Post {
    let place = match (&post.at, target) {
        (Place::Channel { channel }, _) => chat::Place { channel: channel.clone(), thread: None },
        (Place::Thread { channel, root }, _) => chat::Place { channel: channel.clone(), thread: Some(root.clone()) },
        (Place::Below { channel, .. }, target) => chat::Place {
            channel: target.map_or_else(|| channel.clone(), |t| t.0.clone()),
            thread: target.map(|t| t.1.clone()),
        },
    };
    let (platform, channel) = outward(&place.channel);
    let body = body(&post.body, if platform == LOBBY { "" } else { base });
    let place = chat::Place { channel: channel.to_owned(), thread: place.thread };
    chat::Post { identity: identity(directory, &post.from), place, body, notify: post.notify.clone() }
}

/// The text with the addresses of published pieces made whole.
fn whole(text: &str, base: &str) -> String {
    const PUBLISHED: &str = "/published/";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PUBLISHED) {
        out.push_str(&rest[..at]);
        // In the middle of another address it belongs to that.
        if out.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(') {
            out.push_str(base);
        }
        out.push_str(PUBLISHED);
        rest = &rest[at + PUBLISHED.len()..];
    }
    out.push_str(rest);
    out
}

fn body(body: &Body, base: &str) -> chat::Body {
    match body {
        Body::Text { text } => chat::Body::Markdown { text: whole(text, base) },
        Body::Card(card) => chat::Body::Card(chat::Card {
            title: card.title.clone(),
            fields: card
                .fields
                .iter()
                .map(|(name, value)| chat::Field { name: name.clone(), value: value.clone() })
                .collect(),
            text: whole(&card.text, base),
            picture: card.picture.as_ref().map(|p| chat::Picture {
                digest: p.digest.clone(),
                media_type: p.media_type.clone(),
                alt: p.alt.clone(),
            }),
            actions: card
                .actions
                .iter()
                .map(|a| chat::Action { emoji: a.emoji.clone(), label: a.label.clone(), asks: a.asks.clone() })
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

#[cfg(test)]
mod tests {
    use super::{inward, outward, whole};

    #[test]
    fn channels_keep_their_platform() {
        assert_eq!(outward(&inward("slack", "C1")), ("slack", "C1"));
        assert_eq!(outward(&inward("lobby", "management")), ("lobby", "management"));
        assert_eq!(outward("dm:cmo:Ana: the second"), ("lobby", "dm:cmo:Ana: the second"));
    }

    #[test]
    fn published_pieces_are_linked_from_everywhere() {
        let base = "https://b.example";
        let told = whole("[here](/published/a/), /published/b/ and https://c.example/published/d/", base);
        let wanted =
            "[here](https://b.example/published/a/), https://b.example/published/b/ and https://c.example/published/d/";
        assert_eq!(told, wanted);
        assert_eq!(whole("/published/a/", ""), "/published/a/");
    }
}
