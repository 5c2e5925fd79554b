//! Cards: what a reader without our pages sees of them, and what our pages do.

use bullpen_chat::{Action, Card, Field, Picture};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::directory::Directory;
use crate::markdown;

/// A card as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// The version of this shape.
    pub(crate) v: u8,
    pub(crate) card: Card,
}

/// A card as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct CardView {
    /// The heading, plain text.
    pub title: String,
    /// Short name-value pairs, plain text.
    pub fields: Vec<Field>,
    /// The card's text as HTML that is safe to show.
    pub html: String,
    /// A picture to show.
    pub picture: Option<PictureView>,
    /// What a person can do, each by a reaction.
    pub actions: Vec<Action>,
}

/// A picture as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct PictureView {
    /// Where it lies on this server.
    pub url: String,
    /// The picture: `digest`, `media_type`, `alt`.
    #[serde(flatten)]
    pub picture: Picture,
}

impl Stored {
    pub(crate) fn new(card: Card) -> Self {
        Self { v: 1, card }
    }

    pub(crate) fn view(self, directory: &Directory) -> CardView {
        let Card { title, fields, text, picture, actions } = self.card;
        let picture = picture.map(|picture| PictureView { url: url(&picture), picture });
        CardView { title, fields, html: markdown::to_html(&text, directory), picture, actions }
    }
}

fn url(picture: &Picture) -> String {
    format!("/pictures/{}", picture.digest)
}

/// Everything that a card says, as Markdown, for those who read messages without showing cards.
pub(crate) fn to_markdown(card: &Card) -> String {
    let mut blocks = Vec::new();
    if !card.title.is_empty() {
        blocks.push(format!("**{}**", card.title));
    }
    if !card.fields.is_empty() {
        let lines: Vec<String> = card.fields.iter().map(|f| format!("- {}: {}", f.name, f.value)).collect();
        blocks.push(lines.join("\n"));
    }
    if !card.text.is_empty() {
        blocks.push(card.text.clone());
    }
    if let Some(picture) = &card.picture {
        blocks.push(format!("![{}]({})", picture.alt, url(picture)));
    }
    if !card.actions.is_empty() {
        let actions: Vec<String> = card.actions.iter().map(|a| format!("{} {}", a.emoji, a.label)).collect();
        blocks.push(actions.join(" · "));
    }
    blocks.join("\n\n")
}

/// The card without what the database cannot keep.
///
/// # Errors
/// [`Error::Unfit`] when its picture is not addressed by a digest.
pub(crate) fn fit(card: &Card) -> Result<Card, Error> {
    if let Some(picture) = &card.picture
        && (picture.digest.len() != 64 || !picture.digest.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        return Err(Error::Unfit(format!("the card's picture “{}” is not a SHA-256 digest in hex", picture.digest)));
    }
    Ok(Card {
        title: without_nul(&card.title),
        fields: (card.fields.iter())
            .map(|f| Field { name: without_nul(&f.name), value: without_nul(&f.value) })
            .collect(),
        text: without_nul(&card.text),
        picture: (card.picture.as_ref()).map(|p| Picture {
            digest: p.digest.clone(),
            media_type: without_nul(&p.media_type),
            alt: without_nul(&p.alt),
        }),
        actions: (card.actions.iter())
            // Here words are asked for in the thread, by whoever put the card up.
            .map(|a| Action { emoji: without_nul(&a.emoji), label: without_nul(&a.label), asks: None })
            .collect(),
    })
}

/// The text with a visible mark for each NUL character, which Postgres cannot keep.
pub(crate) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use bullpen_chat::{Action, Card, Field, Picture};

    use super::{fit, to_markdown};

    fn card() -> Card {
        Card {
            title: "Blog post".into(),
            fields: vec![Field { name: "Owner".into(), value: "content_manager".into() }],
            text: "The *draft*.\0".into(),
            picture: Some(Picture { digest: "ab".repeat(32), media_type: "image/png".into(), alt: "A header".into() }),
            actions: vec![
                Action { emoji: "✅".into(), label: "Approve".into(), asks: None },
                Action { emoji: "❌".into(), label: "Reject".into(), asks: None },
            ],
        }
    }

    #[test]
    fn a_card_can_be_read_without_our_pages() {
        let digest = "ab".repeat(32);
        assert_eq!(
            to_markdown(&fit(&card()).unwrap()),
            format!(
                "**Blog post**\n\n- Owner: content_manager\n\nThe *draft*.\u{fffd}\n\n![A header](/pictures/{digest})\n\n\
                 ✅ Approve · ❌ Reject"
            )
        );
        assert_eq!(to_markdown(&Card::default()), "");
    }

    #[test]
    fn a_picture_is_a_digest_and_nothing_else() {
        let mut card = card();
        card.picture.as_mut().unwrap().digest = "../../etc/passwd".into();
        assert!(fit(&card).is_err());
    }
}
