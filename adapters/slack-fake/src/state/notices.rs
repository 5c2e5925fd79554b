//! What a channel says about itself: joins, topics, names.

use serde_json::json;

use super::State;
use crate::seen::Message;

/// Subtypes of messages that the channel itself writes.
pub(crate) fn is_notice(subtype: &str) -> bool {
    matches!(
        subtype,
        "channel_join"
            | "channel_leave"
            | "channel_topic"
            | "channel_purpose"
            | "channel_name"
            | "channel_archive"
            | "channel_unarchive"
            | "group_archive"
            | "group_unarchive"
    )
}

impl State {
    /// Writes a notice into a channel that exists; apps hear it as a message with a subtype.
    pub(crate) fn notice(&mut self, channel: &str, user: &str, subtype: &str, text: String) {
        let ts = self.ts();
        let message = Message {
            channel: channel.to_owned(),
            ts: ts.clone(),
            user: Some(user.to_owned()),
            subtype: Some(subtype.to_owned()),
            text,
            ..Message::default()
        };
        let Some(found) = self.channels.get_mut(channel) else { return };
        found.messages.insert(ts, message.clone());
        let shown = self.message_json(&message);
        self.tell_message(channel, shown, None);
    }

    pub(crate) fn set_topic(&mut self, channel: &str, user: &str, topic: &str) {
        let Some(found) = self.channels.get_mut(channel) else { return };
        topic.clone_into(&mut found.topic);
        self.notice(channel, user, "channel_topic", format!("<@{user}> set the channel topic: {topic}"));
    }

    pub(crate) fn set_purpose(&mut self, channel: &str, user: &str, purpose: &str) {
        let Some(found) = self.channels.get_mut(channel) else { return };
        purpose.clone_into(&mut found.purpose);
        self.notice(channel, user, "channel_purpose", format!("<@{user}> set the channel description: {purpose}"));
    }

    /// The reply noise of threads. Slack sends it without the subtype that its documentation promises.
    pub(crate) fn replied(&mut self, channel: &str, root: &str) {
        if !self.settings.replied_noise {
            return;
        }
        let Ok(message) = self.message(channel, root).cloned() else { return };
        let (shown, ts) = (self.message_json(&message), self.ts());
        let event = json!({"type": "message", "hidden": true, "message": shown, "ts": ts});
        self.tell_message(channel, event, Some(&ts));
    }
}
