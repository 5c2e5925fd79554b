//! What is done with a webhook's token: posts, and their edits.

use super::messages::leaves_something;
use super::shape::message::{Body, By};
use super::{Called, Reply};
use crate::seen::Message;
use crate::state::{Refusal, Speaker, Webhook};

impl Called<'_> {
    /// The webhook in the path, with its right token.
    fn webhook(&self) -> Result<&Webhook, Refusal> {
        let webhook = self.state.webhook(self.id("webhook_id")?)?;
        if webhook.token == self.text("webhook_token") {
            return Ok(webhook);
        }
        Err(Refusal::new(401, 50027, "Invalid Webhook Token"))
    }

    /// Where the webhook posts: its channel, or `thread_id`, which must be a thread of it.
    fn hooked_channel(&self) -> Result<u64, Refusal> {
        let own = self.webhook()?.channel;
        let Some(thread) = self.argument_id("thread_id")? else { return Ok(own) };
        match self.state.channels.get(&thread) {
            Some(found) if found.thread.is_some() && found.parent == Some(own) => Ok(thread),
            _ => Err(Refusal::unknown("Channel")),
        }
    }

    /// The webhook's own message in the path.
    fn hooked_message(&self) -> Result<&Message, Refusal> {
        self.only(&["thread_id", "with_components"])?;
        let (webhook, channel) = (self.webhook()?.id, self.hooked_channel()?);
        let message = self.state.message(channel, self.id("message_id")?)?;
        if message.webhook == Some(webhook) { Ok(message) } else { Err(Refusal::unknown("Message")) }
    }
}

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.webhook()?.id;
    Ok(Reply::Json(called.state.webhook_json(id, None)))
}

pub(super) fn delete_webhook(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let id = called.webhook()?.id;
    called.state.delete_webhook(id)?;
    Ok(Reply::Empty)
}

pub(super) fn execute(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["wait", "thread_id", "with_components"])?;
    let (wait, channel) = (called.flag("wait")?, called.hooked_channel()?);
    called.flag("with_components")?;
    let (id, application) = called.webhook().map(|w| (w.id, w.application))?;
    let body = Body::read(&called.body, By::Webhook)?;
    let (username, avatar) = body.speaker()?;
    let files = std::mem::take(&mut called.files);
    let mut draft = body.draft(called.state, channel, &files)?;
    if application.is_none() {
        // Only an application's own webhooks show buttons.
        draft.components.clear();
    }
    let thread = called.state.channel(channel)?.thread.as_ref();
    if thread.is_some_and(|t| t.locked) {
        return Err(Refusal::new(400, 160_005, "Thread is locked"));
    }
    let message = called.state.post(channel, Speaker::Webhook { id, username, avatar }, draft)?;
    if !wait {
        return Ok(Reply::Empty);
    }
    let message = called.state.message(channel, message)?;
    Ok(Reply::Json(called.state.message_json(message, None)))
}

pub(super) fn get_message(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let message = called.hooked_message()?;
    Ok(Reply::Json(called.state.message_json(message, None)))
}

pub(super) fn edit_message(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let message = called.hooked_message()?.clone();
    let body = Body::read(&called.body, By::WebhookEdit)?;
    let files = std::mem::take(&mut called.files);
    let edit = body.edit(called.state, &files, &message.attachments)?;
    leaves_something(&message, &edit)?;
    called.state.edit(message.channel, message.id, edit)?;
    let message = called.state.message(message.channel, message.id)?;
    Ok(Reply::Json(called.state.message_json(message, None)))
}

pub(super) fn delete_message(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let (channel, id) = called.hooked_message().map(|m| (m.channel, m.id))?;
    called.state.delete(channel, id)?;
    Ok(Reply::Empty)
}
