//! Messages: how they come to be, change and go.

use serde_json::{Value, json};
use uuid::Uuid;

use super::user::SLACKBOT;
use super::{Refusal, State};
use crate::seen::Message;

/// A message that is to be posted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) thread: Option<String>,
    pub(crate) broadcast: bool,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) files: Vec<String>,
    pub(crate) username: Option<String>,
    pub(crate) icons: Option<Value>,
    pub(crate) metadata: Option<Value>,
    pub(crate) client_msg_id: Option<String>,
    pub(crate) unfurl_links: bool,
}

/// Who posts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Poster<'a> {
    /// A person, or a bot that is none of the apps here.
    User(&'a str),
    /// An app, by its id.
    App(&'a str),
}

impl State {
    /// A person posts where they are.
    pub(crate) fn say(&mut self, user: &str, channel: &str, mut draft: Draft) -> Result<String, Refusal> {
        self.user(user)?;
        if draft.text.is_empty() && draft.files.is_empty() {
            return Err(Refusal::new("no_text"));
        }
        if !self.channel(channel)?.members.contains(user) {
            return Err(Refusal::because("not_in_channel", format!("{user} is not in {channel}: let them join first")));
        }
        draft.client_msg_id.get_or_insert_with(|| Uuid::new_v4().to_string());
        self.put(channel, Poster::User(user), draft).map(|message| message.ts)
    }

    /// Checks the place, writes the message down, and tells the apps.
    pub(crate) fn put(&mut self, channel: &str, poster: Poster<'_>, draft: Draft) -> Result<Message, Refusal> {
        let message = self.compose(channel, poster, draft)?;
        let thread = message.thread_ts.clone();
        let found = self.channel_mut(channel)?;
        if let Some(root) = thread.as_ref().and_then(|root| found.messages.get_mut(root)) {
            root.thread_ts = Some(root.ts.clone());
        }
        found.messages.insert(message.ts.clone(), message.clone());
        if let Some(root) = &thread {
            self.statuses.remove(&(channel.to_owned(), root.clone()));
        }
        let mut event = self.message_json(&message);
        if !message.files.is_empty() {
            event["subtype"] = json!("file_share");
        }
        if let (true, Some(root)) = (message.broadcast, &thread)
            && let Ok(root) = self.message(channel, root)
        {
            event["root"] = self.message_json(root);
        }
        self.tell_message(channel, event.clone(), None);
        self.tell_mentioned(channel, &event, "");
        if let Some(root) = &thread {
            self.replied(channel, root);
        }
        Ok(message)
    }

    /// The message that a draft makes, at a time of its own; nothing is written down.
    pub(crate) fn compose(&mut self, channel: &str, poster: Poster<'_>, draft: Draft) -> Result<Message, Refusal> {
        let found = self.channel(channel)?;
        if found.archived {
            return Err(Refusal::new("is_archived"));
        }
        if let Some(root) = &draft.thread
            && found.messages.get(root).is_none_or(Message::is_reply)
        {
            return Err(Refusal::new("thread_not_found"));
        }
        let ts = self.ts();
        let mut message = Message {
            channel: channel.to_owned(),
            ts,
            broadcast: draft.broadcast && draft.thread.is_some(),
            thread_ts: draft.thread,
            text: draft.text,
            blocks: draft.blocks,
            attachments: draft.attachments,
            files: draft.files,
            metadata: draft.metadata,
            client_msg_id: draft.client_msg_id,
            unfurl_links: draft.unfurl_links,
            ..Message::default()
        };
        match poster {
            Poster::User(user) => {
                message.user = Some(user.to_owned());
                message.bot_id = self.user(user)?.bot_id.clone();
            }
            Poster::App(app) => {
                let app = self.apps.get(app).ok_or(Refusal::new("invalid_auth"))?;
                message.bot_id = Some(app.bot_id.clone());
                message.app_id = Some(app.id.clone());
                // A post under a name of its own is nobody's.
                if draft.username.is_some() {
                    message.subtype = Some("bot_message".into());
                    message.username = draft.username;
                } else {
                    message.user = Some(app.bot_user.clone());
                }
                message.icons = draft.icons;
            }
        }
        Ok(message)
    }

    pub(crate) fn edit(&mut self, channel: &str, ts: &str, text: &str) -> Result<(), Refusal> {
        let by = self.message(channel, ts)?.user.clone().unwrap_or_default();
        self.revise(channel, ts, &by, |message| text.clone_into(&mut message.text))
    }

    /// Changes a message and marks it as edited; apps hear what it was and what it is.
    pub(crate) fn revise(
        &mut self,
        channel: &str,
        ts: &str,
        by: &str,
        change: impl FnOnce(&mut Message),
    ) -> Result<(), Refusal> {
        let at = self.ts();
        let before = self.message(channel, ts)?.clone();
        let message = self.message_mut(channel, ts)?;
        change(message);
        message.edited = Some((by.to_owned(), at.clone()));
        let after = message.clone();
        self.tell_changed(channel, &before, &after, &at);
        let shown = self.message_json(&after);
        self.tell_mentioned(channel, &shown, &before.text);
        Ok(())
    }

    /// Slack shows more of a link: a change that nobody made.
    pub(crate) fn unfurl(&mut self, channel: &str, ts: &str, title: &str, text: &str) -> Result<(), Refusal> {
        let before = self.message(channel, ts)?.clone();
        let at = self.ts();
        let message = self.message_mut(channel, ts)?;
        message.attachments.push(json!({
            "id": message.attachments.len() + 1,
            "from_url": "https://example.com/",
            "original_url": "https://example.com/",
            "service_name": "example.com",
            "title": title,
            "title_link": "https://example.com/",
            "text": text,
            "fallback": format!("example.com: {title}"),
        }));
        let after = message.clone();
        self.tell_changed(channel, &before, &after, &at);
        Ok(())
    }

    fn tell_changed(&mut self, channel: &str, before: &Message, after: &Message, at: &str) {
        let event = json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "ts": at,
            "message": self.message_json(after), "previous_message": self.message_json(before),
        });
        self.tell_message(channel, event, Some(at));
    }

    /// Removes a message; a root with replies leaves a tombstone, which apps hear as a change.
    pub(crate) fn delete(&mut self, channel: &str, ts: &str) -> Result<(), Refusal> {
        let before = self.message(channel, ts)?.clone();
        let at = self.ts();
        let found = self.channel_mut(channel)?;
        let has_replies = found.messages.values().any(|m| m.is_reply() && m.thread_ts.as_deref() == Some(ts));
        if has_replies {
            let tombstone = Message {
                channel: channel.to_owned(),
                ts: ts.to_owned(),
                thread_ts: Some(ts.to_owned()),
                user: Some(SLACKBOT.into()),
                subtype: Some("tombstone".into()),
                text: "This message was deleted.".into(),
                ..Message::default()
            };
            found.messages.insert(ts.to_owned(), tombstone.clone());
            self.tell_changed(channel, &before, &tombstone, &at);
            return Ok(());
        }
        found.messages.remove(ts);
        let event = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true, "deleted_ts": ts, "ts": at,
            "previous_message": self.message_json(&before),
        });
        self.tell_message(channel, event, Some(&at));
        Ok(())
    }
}
