//! How a card's picture comes to be in a message: it goes with it as a file, or is told in words.

use bullpen_chat::{Body, Picture, Post};
use serde_json::{Value, json};

use super::{Trouble, code};
use crate::Discord;
use crate::api::Upload;
use crate::render::{Part, Shown};

/// Largest picture that goes with a message: what Discord takes of a bot, less the message itself.
const LARGEST: usize = 9 * 1_024 * 1_024;
/// Longest description of a file; Discord takes 1,024 characters.
const ALT: usize = 1_000;

/// Ways to show a picture, the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As a file of the message.
    Uploaded,
    /// Its description stands for it: better than no message.
    Described,
}

impl Way {
    /// The next way, where Discord refused a message that might be fine without its picture.
    pub(super) fn after(self, trouble: &Trouble, post: &Post) -> Option<Self> {
        let about_it = matches!(trouble.code(), Some(code::TOO_LARGE | code::BAD_FILE | code::NO_PERMISSION))
            || trouble.status() == Some(413);
        (self == Self::Uploaded && picture(post).is_some() && about_it).then_some(Self::Described)
    }
}

pub(super) fn picture(post: &Post) -> Option<&Picture> {
    match &post.body {
        Body::Card(card) => card.picture.as_ref(),
        Body::Markdown { .. } => None,
    }
}

/// The ending of a file that Discord shows as a picture.
fn ending(media_type: &str) -> Option<&'static str> {
    match media_type {
        "image/png" => Some("png"),
        "image/jpeg" => Some("jpg"),
        "image/gif" => Some("gif"),
        "image/webp" => Some("webp"),
        _ => None,
    }
}

/// What the picture's file is called.
pub(super) fn file_name(picture: &Picture) -> Option<String> {
    let name: String = picture.digest.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let name = if name.is_empty() { "picture" } else { &name };
    ending(&picture.media_type).map(|ending| format!("{name}.{ending}"))
}

/// The picture of a post: how it is shown, and the file if there is one.
#[derive(Debug, Clone, Default)]
pub(super) struct Pictured {
    pub(super) shown: Option<Shown>,
    file: Option<(Upload, String)>,
}

impl Pictured {
    /// The files that go with a part, and what the message says about them. An edit names all files that stay: none do but
    /// these.
    pub(super) fn files(&self, part: &Part) -> (Vec<Upload>, Value) {
        match self.file.as_ref().filter(|_| part.pictured) {
            Some((file, alt)) => {
                (vec![file.clone()], json!([{ "id": "0", "filename": file.name, "description": alt }]))
            }
            None => (Vec::new(), json!([])),
        }
    }
}

impl Discord {
    /// The picture of a post, if it has one.
    pub(super) async fn pictured(&self, post: &Post, way: Way) -> Result<Pictured, Trouble> {
        let Some(picture) = picture(post) else { return Ok(Pictured::default()) };
        let described = |why: &str| {
            tracing::warn!(org = %self.org, digest = picture.digest, why, "a picture is only described");
            Ok(Pictured { shown: Some(Shown::Described), file: None })
        };
        if way == Way::Described {
            return described("Discord does not take it");
        }
        let Some(name) = file_name(picture) else { return described("Discord does not show pictures of its kind") };
        let bytes = self.sources.pictures.bytes(&picture.digest).await?;
        match bytes {
            None => described("the department has no such picture"),
            Some(bytes) if bytes.is_empty() || bytes.len() > LARGEST => described("it is empty or too large"),
            Some(bytes) => {
                let alt: String = picture.alt.chars().take(ALT).collect();
                let file = Upload { name: name.clone(), bytes, media_type: picture.media_type.clone() };
                Ok(Pictured { shown: Some(Shown::File(name)), file: Some((file, alt)) })
            }
        }
    }
}
