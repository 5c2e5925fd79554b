//! Every kind of payload as it is sent, and what holds for any input.

mod articles;
mod cards;
mod laws;

use bullpen_chat::{Body, Card, Identity, Place, Post};

use super::{Mentions, Part, Shown, Words};

pub(super) fn identity() -> Identity {
    Identity {
        handle: "content_manager".into(),
        name: "Marta Vale".into(),
        role: "Content Manager".into(),
        avatar: "/avatars/content_manager.svg".into(),
        emoji: None,
    }
}

pub(super) fn of(body: Body) -> Post {
    let place = Place { channel: "C1".into(), thread: None };
    Post { identity: identity(), place, body, notify: Vec::new() }
}

/// Ana is a person, `cmo` has an app of its own, `seo_lead` a user group.
pub(super) fn mentions() -> Mentions {
    let native = [("Ana Lee", "<@U1ANA>"), ("cmo", "<@U2CMO>"), ("seo_lead", "<!subteam^S3SEO>")];
    Mentions::new(native.map(|(name, native)| (name.to_owned(), native.to_owned())))
}

pub(super) fn markdown(text: &str, mentions: &Mentions) -> Vec<Part> {
    let url = "https://bullpen.example".parse().unwrap();
    super::post(&of(Body::Markdown { text: text.into() }), Words { mentions, public_url: Some(&url) }, None)
}

pub(super) fn card(card: Card, picture: Option<&Shown>) -> Vec<Part> {
    let url = "https://bullpen.example".parse().unwrap();
    let mentions = Mentions::default();
    super::post(&of(Body::Card(card)), Words { mentions: &mentions, public_url: Some(&url) }, picture)
}

/// The mrkdwn of a text that fits one message, which notifies nobody.
pub(super) fn mrkdwn(text: &str) -> String {
    let parts = markdown(text, &Mentions::default());
    assert_eq!(parts.len(), 1);
    parts[0].text.clone()
}
