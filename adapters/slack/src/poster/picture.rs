//! How a card's picture comes to be in a message: fetched by Slack, uploaded by us, or told in words.

use std::time::Duration;

use bullpen_chat::{Body, Picture, Post};

use super::Trouble;
use super::voice::Voice;
use crate::Slack;
use crate::api::Failure;
use crate::render::Shown;

/// An uploaded file is looked at by Slack before it can be shown; that takes a moment.
const DEVELOPING: Duration = Duration::from_millis(1_500);

/// Ways to show a picture, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Slack fetches it from our server.
    Fetched,
    /// We upload it.
    Uploaded,
    /// The same, after a moment.
    UploadedAgain,
    /// Its description stands for it: better than no message.
    Described,
}

impl Way {
    pub(super) fn first(slack: &Slack) -> Self {
        if slack.fetchable().is_some() { Self::Fetched } else { Self::Uploaded }
    }

    /// The next way, where Slack refused a message because of its picture.
    pub(super) fn after(self, trouble: &Trouble, post: &Post) -> Option<Self> {
        let Trouble::Slack(Failure::Refused { code, detail, .. }) = trouble else { return None };
        let about_it =
            detail.is_empty() || ["image", "slack_file", "slack file", "picture"].iter().any(|w| detail.contains(w));
        if picture(post).is_none() || !matches!(code.as_str(), "invalid_blocks" | "invalid_blocks_format") || !about_it
        {
            return None;
        }
        match self {
            Self::Fetched => Some(Self::Uploaded),
            Self::Uploaded => Some(Self::UploadedAgain),
            Self::UploadedAgain => Some(Self::Described),
            Self::Described => None,
        }
    }
}

pub(super) fn picture(post: &Post) -> Option<&Picture> {
    match &post.body {
        Body::Card(card) => card.picture.as_ref(),
        Body::Markdown { .. } => None,
    }
}

impl Slack {
    /// How the picture of a post is shown, if it has one.
    pub(super) async fn shown(&self, voice: &Voice, post: &Post, way: Way) -> Result<Option<Shown>, Trouble> {
        let Some(picture) = picture(post) else { return Ok(None) };
        let describe = |why: String| {
            tracing::warn!(org = %self.org, app = voice.app.name(), digest = picture.digest, why, "a picture is only described");
            Ok(Some(Shown::Described))
        };
        match way {
            Way::Fetched => {
                let url = self.fetchable().and_then(|base| base.join(&format!("/pictures/{}", picture.digest)).ok());
                Ok(Some(url.map_or(Shown::Described, |url| Shown::Url(url.into()))))
            }
            Way::Uploaded | Way::UploadedAgain => {
                if way == Way::UploadedAgain {
                    tokio::time::sleep(DEVELOPING).await;
                }
                match self.file(&voice.app, picture).await {
                    Ok(Some(file)) => Ok(Some(Shown::File(file))),
                    Ok(None) => describe("the department has no such picture".into()),
                    Err(Trouble::Slack(failure)) if failure.code().is_some() => describe(failure.to_string()),
                    Err(trouble) => Err(trouble),
                }
            }
            Way::Described => {
                if let Ok(Some(file)) = self.file(&voice.app, picture).await {
                    // Slack has it no more, or never will.
                    self.forget_file(&file).await?;
                }
                describe("Slack cannot show it".into())
            }
        }
    }
}
