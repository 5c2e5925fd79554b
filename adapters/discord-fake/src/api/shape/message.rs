//! Messages as they are sent and changed, by bots, webhooks and answers to interactions.

use serde::Deserialize;
use serde_json::Value;

use super::mentions::AllowedMentions;
use super::{Id, address, component, embed, length, some};
use crate::api::File;
use crate::api::called::parse;
use crate::seen::Attachment;
use crate::state::{Draft, Edit, Refusal, State};

/// Longest text that a bot sends.
const CONTENT: usize = 2000;
/// Flags that may be set: no embeds, no notification.
const FLAGS: u64 = 1 << 2 | 1 << 12;

/// What a message is sent or changed by; each has fields of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Bot,
    BotEdit,
    Webhook,
    WebhookEdit,
    /// The first answer to an interaction, and its changes by type 7.
    Interaction,
}

impl By {
    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Bot => &[
                "content",
                "embeds",
                "allowed_mentions",
                "components",
                "attachments",
                "flags",
                "tts",
                "message_reference",
                "nonce",
                "enforce_nonce",
            ],
            Self::BotEdit | Self::WebhookEdit => {
                &["content", "embeds", "allowed_mentions", "components", "attachments", "flags"]
            }
            Self::Webhook => &[
                "content",
                "embeds",
                "allowed_mentions",
                "components",
                "attachments",
                "flags",
                "tts",
                "username",
                "avatar_url",
            ],
            Self::Interaction => {
                &["content", "embeds", "allowed_mentions", "components", "attachments", "flags", "tts"]
            }
        }
    }
}

/// A message as it is sent, with every field that some way of sending has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    #[serde(default, deserialize_with = "some")]
    content: Option<Option<String>>,
    #[serde(default, deserialize_with = "some")]
    embeds: Option<Option<Vec<Value>>>,
    #[serde(default, deserialize_with = "some")]
    components: Option<Option<Vec<Value>>>,
    #[serde(default, deserialize_with = "some")]
    attachments: Option<Option<Vec<Attached>>>,
    allowed_mentions: Option<AllowedMentions>,
    flags: Option<u64>,
    #[serde(rename = "tts")]
    _tts: Option<bool>,
    message_reference: Option<Reference>,
    nonce: Option<Nonce>,
    enforce_nonce: Option<bool>,
    username: Option<String>,
    avatar_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    guild_id: Option<Id>,
    channel_id: Option<Id>,
    message_id: Id,
    fail_if_not_exists: Option<bool>,
    #[serde(rename = "type")]
    kind: Option<u8>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Nonce {
    Text(String),
    Number(i64),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attached {
    id: Id,
    filename: Option<String>,
    description: Option<String>,
    #[serde(rename = "title")]
    _title: Option<String>,
}

impl Body {
    /// Reads what was sent.
    pub(crate) fn read(body: &Value, by: By) -> Result<Self, Refusal> {
        if let Some(name) = body.as_object().and_then(|b| b.keys().find(|name| !by.fields().contains(&name.as_str()))) {
            let why = format!("unknown field `{name}`, expected one of {}", by.fields().join(", "));
            return Err(Refusal::form(name, "UNKNOWN_FIELD", why));
        }
        parse(body)
    }

    /// The nonce as a text, and whether it is to be enforced.
    pub(crate) fn nonce(&self) -> Result<Option<(String, bool)>, Refusal> {
        let nonce = match &self.nonce {
            None if self.enforce_nonce == Some(true) => return Err(Refusal::required("nonce")),
            None => return Ok(None),
            Some(Nonce::Number(number)) => number.to_string(),
            Some(Nonce::Text(text)) => {
                length("nonce", text, 0, 25)?;
                text.clone()
            }
        };
        Ok(Some((nonce, self.enforce_nonce == Some(true))))
    }

    /// The name and picture of a webhook's post.
    pub(crate) fn speaker(&self) -> Result<(Option<String>, Option<String>), Refusal> {
        if let Some(name) = &self.username {
            webhook_name("username", name)?;
        }
        if let Some(url) = &self.avatar_url {
            address("avatar_url", url, 2048, &["http", "https"])?;
        }
        Ok((self.username.clone(), self.avatar_url.clone()))
    }

    /// A new message.
    pub(crate) fn draft(&self, state: &mut State, channel: u64, files: &[File]) -> Result<Draft, Refusal> {
        let edit = self.edit(state, files, &[])?;
        let (content, embeds) = (edit.content.unwrap_or_default(), edit.embeds.unwrap_or_default());
        let (components, attachments) = (edit.components.unwrap_or_default(), edit.attachments.unwrap_or_default());
        if content.trim().is_empty() && embeds.is_empty() && attachments.is_empty() && components.is_empty() {
            return Err(Refusal::empty_message());
        }
        Ok(Draft {
            content,
            embeds,
            components,
            attachments,
            reference: self.reference(state, channel)?,
            allowed: edit.allowed,
            nonce: self.nonce()?.map(|_| match &self.nonce {
                Some(Nonce::Number(number)) => (*number).into(),
                Some(Nonce::Text(text)) => text.clone().into(),
                None => Value::Null,
            }),
            flags: self.flags.unwrap_or_default() & FLAGS,
            ..Draft::default()
        })
    }

    /// A change of a message that has `attached` files.
    pub(crate) fn edit(&self, state: &mut State, files: &[File], attached: &[Attachment]) -> Result<Edit, Refusal> {
        let content = self.content.clone().map(Option::unwrap_or_default);
        if let Some(content) = &content {
            length("content", content, 0, CONTENT)?;
            if content.contains('\0') {
                return Err(Refusal::form("content", "BASE_TYPE_CONVERT", "There is no NUL in a text."));
            }
        }
        let embeds = self.embeds.as_ref().map(|e| embed::judge(e.as_deref().unwrap_or_default())).transpose()?;
        let components =
            self.components.as_ref().map(|c| component::judge(c.as_deref().unwrap_or_default())).transpose()?;
        let attachments = match (&self.attachments, files) {
            (None, []) => None,
            (None, files) => {
                let new = files.iter().map(|file| state.file(file, None)).collect::<Vec<_>>();
                Some([attached, &new].concat())
            }
            (Some(list), files) => Some(keep(state, list.as_deref().unwrap_or_default(), files, attached)?),
        };
        let files: Vec<&str> = match &attachments {
            Some(attachments) => attachments.iter().map(|a| a.name.as_str()).collect(),
            None => attached.iter().map(|a| a.name.as_str()).collect(),
        };
        for (i, embed) in embeds.iter().flatten().enumerate() {
            for part in ["image", "thumbnail"] {
                let url = embed[part]["url"].as_str().and_then(|url| url.strip_prefix("attachment://"));
                if url.is_some_and(|name| !files.contains(&name)) {
                    let why = "There is no attachment of this name.";
                    return Err(Refusal::form(&format!("embeds.{i}.{part}.url"), "URL_TYPE_INVALID_URL", why));
                }
            }
        }
        let allowed = self.allowed_mentions.as_ref().map(AllowedMentions::judge).transpose()?;
        Ok(Edit { content, embeds, components, attachments, flags: self.flags, allowed })
    }

    fn reference(&self, state: &State, channel: u64) -> Result<Option<(u64, u64)>, Refusal> {
        let Some(reference) = &self.message_reference else { return Ok(None) };
        let wrong =
            |name: &str, why: &str| Refusal::form(&format!("message_reference{name}"), "REPLIES_CANNOT_REPLY", why);
        if reference.kind.unwrap_or_default() != 0 {
            return Err(wrong(".type", "The stand-in knows replies (type 0) only."));
        }
        if reference.guild_id.is_some_and(|id| id.0 != state.guild) {
            return Err(wrong(".guild_id", "Unknown guild"));
        }
        if reference.channel_id.is_some_and(|id| id.0 != channel) {
            return Err(wrong(".channel_id", "Cannot reply to a message in a different channel"));
        }
        match state.message(channel, reference.message_id.0) {
            Ok(message) if message.is_said() => Ok(Some((channel, message.id))),
            Ok(_) => Err(wrong("", "Cannot reply to a system message")),
            Err(_) if reference.fail_if_not_exists == Some(false) => Ok(None),
            Err(_) => Err(Refusal::form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")),
        }
    }
}

impl State {
    fn file(&mut self, file: &File, description: Option<String>) -> Attachment {
        let (name, media_type) = (file.name.clone(), file.media_type.clone());
        Attachment { id: self.id(), name, description, media_type, bytes: file.bytes.to_vec() }
    }
}

/// The files that stay and those that come, in the order of the list.
fn keep(
    state: &mut State,
    list: &[Attached],
    files: &[File],
    attached: &[Attachment],
) -> Result<Vec<Attachment>, Refusal> {
    let mut kept = Vec::new();
    for (i, wanted) in list.iter().enumerate() {
        length(&format!("attachments.{i}.description"), wanted.description.as_deref().unwrap_or_default(), 0, 1024)?;
        let old = attached.iter().find(|a| a.id == wanted.id.0);
        let new = files.iter().find(|f| f.number == wanted.id.0);
        match (old, new) {
            (Some(old), _) => {
                let mut old = old.clone();
                old.description = wanted.description.clone().or(old.description);
                kept.push(old);
            }
            (None, Some(new)) => {
                let mut new = state.file(new, wanted.description.clone());
                new.name = wanted.filename.clone().unwrap_or(new.name);
                kept.push(new);
            }
            (None, None) => {
                let why = "There is no file of this number, and no attachment of this id.";
                return Err(Refusal::form(&format!("attachments.{i}.id"), "ATTACHMENT_NOT_FOUND", why));
            }
        }
    }
    for file in files {
        if !list.iter().any(|wanted| wanted.id.0 == file.number) {
            kept.push(state.file(file, None));
        }
    }
    Ok(kept)
}

/// Refuses names that webhooks may not have.
pub(crate) fn webhook_name(path: &str, name: &str) -> Result<(), Refusal> {
    length(path, name, 1, 80)?;
    let low = name.to_lowercase();
    for word in ["discord", "clyde"] {
        if low.contains(word) {
            let why = format!("Username cannot contain \"{word}\"");
            return Err(Refusal::form(path, "USERNAME_INVALID_CONTAINS", why));
        }
    }
    if name.trim().is_empty() || matches!(low.trim(), "everyone" | "here") {
        return Err(Refusal::form(path, "USERNAME_INVALID", "Username is not one that can be had"));
    }
    Ok(())
}
