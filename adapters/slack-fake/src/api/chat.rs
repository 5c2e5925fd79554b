//! Posting, updating and deleting.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Called;
use super::arguments::{flag, nested, some_flag};
use crate::blocks;
use crate::state::{Draft, Poster, Refusal, Sort};

/// Most characters of a text: 40,000.
const TEXT: usize = 40_000;
/// Most characters of `markdown_text`: 12,000.
const MARKDOWN: usize = 12_000;
/// Most attachments: 100.
const ATTACHMENTS: usize = 100;

/// What a message says, as several methods take it.
#[derive(Default)]
struct Content {
    text: Option<String>,
    markdown: Option<String>,
    blocks: Option<Value>,
    attachments: Option<Value>,
    metadata: Option<Value>,
}

/// The same, checked. `None` is what was not given.
struct Checked {
    text: Option<String>,
    blocks: Option<Vec<Value>>,
    attachments: Option<Vec<Value>>,
    metadata: Option<Value>,
}

impl Called<'_> {
    fn check(&mut self, content: Content) -> Result<Checked, Refusal> {
        if content.markdown.is_some() && (content.text.is_some() || content.blocks.is_some()) {
            return Err(Refusal::new("markdown_text_conflict"));
        }
        let mut list = content.blocks.as_ref().map(blocks::list).transpose()?;
        let mut text = content.text;
        if let Some(markdown) = content.markdown {
            if markdown.chars().count() > MARKDOWN {
                return Err(Refusal::new("msg_too_long"));
            }
            list = Some(vec![json!({"type": "markdown", "text": markdown})]);
            text = Some(markdown);
        }
        let attachments = match content.attachments {
            None => None,
            Some(Value::Array(list)) => Some(list),
            Some(Value::String(text)) if text.is_empty() => Some(Vec::new()),
            Some(_) => return Err(Refusal::new("invalid_attachments")),
        };
        let says = text.as_ref().is_some_and(|t| !t.is_empty())
            || list.as_ref().is_some_and(|l| !l.is_empty())
            || attachments.as_ref().is_some_and(|l| !l.is_empty());
        if !says {
            return Err(Refusal::new("no_text"));
        }
        if text.as_ref().is_some_and(|t| t.chars().count() > TEXT) {
            return Err(Refusal::new("msg_too_long"));
        }
        let context = self.state.context();
        if let Some(list) = &mut list {
            blocks::message(list, &context)?;
            self.state.fill_ids(list);
        }
        if let Some(list) = &attachments {
            if list.len() > ATTACHMENTS {
                return Err(Refusal::new("too_many_attachments"));
            }
            for attachment in list {
                if let Some(inner) = attachment["blocks"].as_array() {
                    blocks::message(inner, &context)?;
                }
            }
        }
        let metadata = content.metadata.map(|m| metadata(&m)).transpose()?;
        Ok(Checked { text, blocks: list, attachments, metadata })
    }

    /// The channel to post to, from an id, a name, or a person's id; and whether the app may.
    fn target(&mut self, named: &str) -> Result<String, Refusal> {
        if named.starts_with(['U', 'W']) && self.state.users.contains_key(named) {
            let bot = self.bot_user.clone();
            return self.state.open_direct(&bot, named);
        }
        let by_name = self.state.channel_by_name(named.trim_start_matches('#'));
        let id = by_name.unwrap_or_else(|| named.to_owned());
        let channel = self.state.visible(&self.bot_user, &id)?;
        if channel.archived {
            return Err(Refusal::new("is_archived"));
        }
        let may =
            channel.members.contains(&self.bot_user) || (channel.sort == Sort::Public && self.has("chat:write.public"));
        if may { Ok(id) } else { Err(Refusal::new("not_in_channel")) }
    }

    /// The picture beside a post, where it has one of its own, and whether the app may give names and pictures.
    fn customised(
        &self,
        username: Option<&str>,
        icon_url: Option<String>,
        icon_emoji: Option<String>,
    ) -> Result<Option<Value>, Refusal> {
        if username.is_none() && icon_url.is_none() && icon_emoji.is_none() {
            return Ok(None);
        }
        self.need(&["chat:write.customize"])?;
        Ok(match (icon_url, icon_emoji) {
            (_, Some(emoji)) => Some(json!({"emoji": format!(":{}:", emoji.trim_matches(':'))})),
            (Some(url), None) => Some(json!({"image_48": url})),
            (None, None) => None,
        })
    }
}

/// `{"event_type": text, "event_payload": {text: text}}`, and nothing else.
fn metadata(metadata: &Value) -> Result<Value, Refusal> {
    let bad = |why: &str| Err(Refusal::because("invalid_metadata_format", why));
    let Value::Object(map) = metadata else { return bad("must provide an object") };
    if map.is_empty() {
        return Ok(Value::Null);
    }
    if let Some(odd) = map.keys().find(|k| !["event_type", "event_payload"].contains(&k.as_str())) {
        return bad(&format!("invalid additional property: {odd}"));
    }
    match map.get("event_type") {
        Some(Value::String(kind)) if (1..=255).contains(&kind.len()) => {}
        _ => return bad("event_type must be a string of 1 to 255 characters"),
    }
    let Some(Value::Object(payload)) = map.get("event_payload") else { return bad("event_payload must be an object") };
    if let Some((name, _)) = payload.iter().find(|(_, v)| !v.is_string()) {
        return bad(&format!("event_payload/{name} must be a string"));
    }
    if metadata.to_string().len() > 16_000 {
        return Err(Refusal::new("metadata_too_large"));
    }
    Ok(metadata.clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Post {
    channel: String,
    text: Option<String>,
    markdown_text: Option<String>,
    #[serde(default, deserialize_with = "nested")]
    blocks: Option<Value>,
    #[serde(default, deserialize_with = "nested")]
    attachments: Option<Value>,
    #[serde(default, deserialize_with = "nested")]
    metadata: Option<Value>,
    thread_ts: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    reply_broadcast: bool,
    #[serde(default, deserialize_with = "some_flag")]
    unfurl_links: Option<bool>,
    #[serde(default, rename = "unfurl_media", deserialize_with = "some_flag")]
    _unfurl_media: Option<bool>,
    #[serde(default, rename = "mrkdwn", deserialize_with = "some_flag")]
    _mrkdwn: Option<bool>,
    #[serde(default, rename = "link_names", deserialize_with = "some_flag")]
    _link_names: Option<bool>,
    #[serde(rename = "parse")]
    _parse: Option<String>,
    username: Option<String>,
    icon_url: Option<String>,
    icon_emoji: Option<String>,
    client_msg_id: Option<String>,
}

pub(super) fn post(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Post = called.parse()?;
    let channel = called.target(&asked.channel)?;
    let checked = called.check(Content {
        text: asked.text,
        markdown: asked.markdown_text,
        blocks: asked.blocks,
        attachments: asked.attachments,
        metadata: asked.metadata,
    })?;
    let icons = called.customised(asked.username.as_deref(), asked.icon_url, asked.icon_emoji)?;
    let draft = Draft {
        thread: asked.thread_ts.filter(|ts| !ts.is_empty()),
        broadcast: asked.reply_broadcast,
        text: checked.text.unwrap_or_default(),
        blocks: checked.blocks.unwrap_or_default(),
        attachments: checked.attachments.unwrap_or_default(),
        files: Vec::new(),
        username: asked.username,
        icons,
        metadata: checked.metadata.filter(|m| !m.is_null()),
        client_msg_id: asked.client_msg_id,
        unfurl_links: asked.unfurl_links.unwrap_or(true),
    };
    let app = called.app().to_owned();
    let message = called.state.put(&channel, Poster::App(&app), draft)?;
    Ok(json!({"channel": channel, "ts": message.ts, "message": called.state.message_json(&message)}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    channel: String,
    ts: String,
    text: Option<String>,
    markdown_text: Option<String>,
    #[serde(default, deserialize_with = "nested")]
    blocks: Option<Value>,
    #[serde(default, deserialize_with = "nested")]
    attachments: Option<Value>,
    #[serde(default, deserialize_with = "nested")]
    metadata: Option<Value>,
    #[serde(default, rename = "link_names", deserialize_with = "some_flag")]
    _link_names: Option<bool>,
    #[serde(rename = "parse")]
    _parse: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    reply_broadcast: bool,
}

pub(super) fn update(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Update = called.parse()?;
    let channel = called.state.visible(&called.bot_user, &asked.channel)?;
    if channel.archived {
        return Err(Refusal::new("is_inactive"));
    }
    let standing = called.state.message(&asked.channel, &asked.ts)?;
    if standing.app_id.as_deref() != Some(called.app()) {
        return Err(Refusal::new("cant_update_message"));
    }
    let checked = called.check(Content {
        text: asked.text,
        markdown: asked.markdown_text,
        blocks: asked.blocks,
        attachments: asked.attachments,
        metadata: asked.metadata,
    })?;
    let by = called.bot_user.clone();
    // What is not given stays as it is; what is given empty is removed.
    called.state.revise(&asked.channel, &asked.ts, &by, |message| {
        if let Some(text) = checked.text {
            message.text = text;
        }
        if let Some(blocks) = checked.blocks {
            message.blocks = blocks;
        }
        if let Some(attachments) = checked.attachments {
            message.attachments = attachments;
        }
        match checked.metadata {
            Some(Value::Null) => message.metadata = None,
            Some(metadata) => message.metadata = Some(metadata),
            None => {}
        }
        message.broadcast |= asked.reply_broadcast && message.is_reply();
    })?;
    let message = called.state.message(&asked.channel, &asked.ts)?;
    let shown = called.state.message_json(message);
    Ok(json!({"channel": asked.channel, "ts": asked.ts, "text": message.text, "message": shown}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    channel: String,
    ts: String,
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Delete = called.parse()?;
    called.state.visible(&called.bot_user, &asked.channel)?;
    let standing = called.state.message(&asked.channel, &asked.ts)?;
    if standing.app_id.as_deref() != Some(called.app()) {
        let gone = standing.subtype.as_deref() == Some("tombstone");
        return Err(Refusal::new(if gone { "message_not_found" } else { "cant_delete_message" }));
    }
    called.state.delete(&asked.channel, &asked.ts)?;
    Ok(json!({"channel": asked.channel, "ts": asked.ts}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EphemeralPost {
    channel: String,
    user: String,
    text: Option<String>,
    markdown_text: Option<String>,
    #[serde(default, deserialize_with = "nested")]
    blocks: Option<Value>,
    #[serde(default, deserialize_with = "nested")]
    attachments: Option<Value>,
    thread_ts: Option<String>,
    #[serde(default, rename = "link_names", deserialize_with = "some_flag")]
    _link_names: Option<bool>,
    #[serde(rename = "parse")]
    _parse: Option<String>,
    username: Option<String>,
    icon_url: Option<String>,
    icon_emoji: Option<String>,
}

pub(super) fn ephemeral(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: EphemeralPost = called.parse()?;
    let channel = called.target(&asked.channel)?;
    if !called.state.channel(&channel)?.members.contains(&asked.user) {
        return Err(Refusal::new("user_not_in_channel"));
    }
    let checked = called.check(Content {
        text: asked.text,
        markdown: asked.markdown_text,
        blocks: asked.blocks,
        attachments: asked.attachments,
        metadata: None,
    })?;
    let icons = called.customised(asked.username.as_deref(), asked.icon_url, asked.icon_emoji)?;
    let draft = Draft {
        thread: asked.thread_ts.filter(|ts| !ts.is_empty()),
        text: checked.text.unwrap_or_default(),
        blocks: checked.blocks.unwrap_or_default(),
        attachments: checked.attachments.unwrap_or_default(),
        username: asked.username,
        icons,
        ..Draft::default()
    };
    let app = called.app().to_owned();
    let message = called.state.show_alone(&asked.user, &channel, &app, draft)?;
    Ok(json!({"message_ts": message.ts}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permalink {
    channel: String,
    message_ts: String,
}

pub(super) fn permalink(called: &mut Called<'_>) -> Result<Value, Refusal> {
    let asked: Permalink = called.parse()?;
    called.state.visible(&called.bot_user, &asked.channel)?;
    let message = called.state.message(&asked.channel, &asked.message_ts)?;
    Ok(json!({"channel": asked.channel, "permalink": called.state.permalink(message)}))
}
