//! Every kind of message as it is sent, and what holds for any input.

mod articles;
mod cards;
mod laws;

use bullpen_chat::{Body, Card, Identity, Place, Post};

use super::{Mentions, Part, Shown, Words};

pub(super) fn of(body: Body) -> Post {
    let identity = Identity {
        handle: "content_manager".into(),
        name: "Marta Vale".into(),
        role: "Content Manager".into(),
        avatar: "/avatars/content_manager.svg".into(),
        emoji: None,
    };
    Post { identity, place: Place { channel: "1".into(), thread: None }, body, notify: Vec::new() }
}

/// Ana is a person, `cmo` has a bot of its own, a role stands for `seo_lead`.
pub(super) fn mentions() -> Mentions {
    let native = [("Ana Lee", "<@101>"), ("cmo", "<@102>"), ("seo_lead", "<@&103>")];
    Mentions::new(native.map(|(name, native)| (name.to_owned(), native.to_owned())))
}

pub(super) fn markdown(text: &str, mentions: &Mentions) -> Vec<Part> {
    spoken(text, mentions, None)
}

/// Markdown that begins with who speaks.
pub(super) fn spoken(text: &str, mentions: &Mentions, speaker: Option<&str>) -> Vec<Part> {
    let url = "https://bullpen.example".parse().unwrap();
    super::post(&of(Body::Markdown { text: text.into() }), Words { mentions, public_url: Some(&url) }, None, speaker)
}

pub(super) fn card(card: Card, mentions: &Mentions, picture: Option<&Shown>) -> Vec<Part> {
    let url = "https://bullpen.example".parse().unwrap();
    super::post(&of(Body::Card(card)), Words { mentions, public_url: Some(&url) }, picture, None)
}

/// The content of a text that fits one message, which notifies nobody.
pub(super) fn content(text: &str) -> String {
    let parts = markdown(text, &Mentions::default());
    assert_eq!(parts.len(), 1);
    parts[0].content.clone()
}
