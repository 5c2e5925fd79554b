//! Messages of bots.

use serde::Deserialize;
use serde_json::{Value, json};

use super::channels::young;
use super::guilds::list as answer;
use super::shape::Id;
use super::shape::message::{Body, By};
use super::{Called, Reply};
use crate::bits::permissions as p;
use crate::seen::Message;
use crate::state::{Kind, Refusal, Speaker};

impl Called<'_> {
    /// The message in the path, of a channel that the bot reads.
    pub(super) fn message(&self) -> Result<&Message, Refusal> {
        let channel = self.channel(p::READ_MESSAGE_HISTORY)?;
        self.state.message(channel, self.id("message_id")?)
    }

    fn told(&self, channel: u64, id: u64) -> Result<Value, Refusal> {
        Ok(self.state.message_json(self.state.message(channel, id)?, Some(self.bot)))
    }
}

/// Messages of a channel, the newest first.
pub(super) fn list(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["before", "after", "around", "limit"])?;
    let channel = called.channel(0)?;
    let limit = called.limit(50, 100)?;
    let (before, after) = (called.argument_id("before")?, called.argument_id("after")?);
    let around = called.argument_id("around")?;
    if [before, after, around].iter().flatten().count() > 1 {
        let why = "before, after and around are mutually exclusive.";
        return Err(Refusal::form("", "BASE_TYPE_MUTUALLY_EXCLUSIVE", why));
    }
    if !called.state.channel(channel)?.kind.holds_messages() {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    }
    // Who may not read what was said before gets nothing, without a word.
    if called.state.permissions(called.bot, channel) & p::READ_MESSAGE_HISTORY == 0 {
        return Ok(Reply::Json(json!([])));
    }
    let all = &called.state.channel(channel)?.messages;
    let mut found: Vec<&Message> = match (before, after, around) {
        (Some(before), ..) => all.range(..before).rev().take(limit).map(|(_, m)| m).collect(),
        (_, Some(after), _) => all.range(after.saturating_add(1)..).take(limit).map(|(_, m)| m).collect(),
        (.., Some(around)) => {
            let older = all.range(..around).rev().take(limit / 2);
            let newer = all.range(around..).take(limit - limit / 2);
            older.chain(newer).map(|(_, m)| m).collect()
        }
        _ => all.values().rev().take(limit).collect(),
    };
    found.sort_by_key(|m| std::cmp::Reverse(m.id));
    Ok(answer(found.into_iter().map(|m| called.state.read_json(m, called.bot))))
}

pub(super) fn get(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let message = called.message()?;
    Ok(Reply::Json(called.state.read_json(message, called.bot)))
}

pub(super) fn create(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.id("channel_id")?;
    called.state.need(called.bot, channel, 0)?;
    let body = Body::read(&called.body, By::Bot)?;
    let nonce = body.nonce()?;
    if let Some((nonce, true)) = &nonce
        && let Some((known_in, known)) = called.state.by_nonce(called.bot, nonce)
        && known_in == channel
        && called.state.message(channel, known).is_ok()
    {
        let mut data = called.told(channel, known)?;
        data["nonce"] = json!(nonce);
        return Ok(Reply::Json(data));
    }
    let files = std::mem::take(&mut called.files);
    let draft = body.draft(called.state, channel, &files)?;
    called.state.may_post(called.bot, channel, &draft)?;
    let sent = draft.nonce.clone();
    let id = called.state.post(channel, Speaker::User(called.bot), draft)?;
    if let Some((nonce, _)) = nonce {
        called.state.remember_nonce(called.bot, &nonce, channel, id);
    }
    let mut data = called.told(channel, id)?;
    if let Some(nonce) = sent {
        data["nonce"] = nonce;
    }
    Ok(Reply::Json(data))
}

pub(super) fn edit(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(0)?;
    let id = called.id("message_id")?;
    let message = called.state.message(channel, id)?.clone();
    if message.author != called.bot || message.webhook.is_some() {
        // The only change that another may make is to take the embeds away.
        return Err(Refusal::new(403, 50005, "Cannot edit a message authored by another user"));
    }
    if !message.is_said() {
        return Err(Refusal::new(403, 50021, "Cannot execute action on a system message"));
    }
    let body = Body::read(&called.body, By::BotEdit)?;
    let files = std::mem::take(&mut called.files);
    let edit = body.edit(called.state, &files, &message.attachments)?;
    leaves_something(&message, &edit)?;
    called.state.edit(channel, id, edit)?;
    Ok(Reply::Json(called.told(channel, id)?))
}

/// Refuses an edit after which nothing would be left to see.
pub(super) fn leaves_something(message: &Message, edit: &crate::state::Edit) -> Result<(), Refusal> {
    let content = edit.content.as_ref().unwrap_or(&message.content);
    let embeds = edit.embeds.as_ref().unwrap_or(&message.embeds);
    let components = edit.components.as_ref().unwrap_or(&message.components);
    let attachments = edit.attachments.as_ref().unwrap_or(&message.attachments);
    if content.trim().is_empty() && embeds.is_empty() && components.is_empty() && attachments.is_empty() {
        return Err(Refusal::empty_message());
    }
    Ok(())
}

pub(super) fn delete(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let (channel, id) = (called.id("channel_id")?, called.id("message_id")?);
    called.state.delete_for(called.bot, channel, id)?;
    Ok(Reply::Empty)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Many {
    messages: Vec<Id>,
}

pub(super) fn delete_many(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::MANAGE_MESSAGES)?;
    if called.state.channel(channel)?.kind == Kind::Direct {
        return Err(Refusal::new(403, 50003, "Cannot execute action on a DM channel"));
    }
    let Many { messages } = called.parse()?;
    if !(2..=100).contains(&messages.len()) {
        let why = "You can delete between 2 and 100 messages at one go.";
        return Err(Refusal::new(400, 50016, why));
    }
    let ids: Vec<u64> = messages.iter().map(|id| id.0).collect();
    for id in &ids {
        young(called, *id)?;
    }
    called.state.delete_many(channel, &ids)?;
    Ok(Reply::Empty)
}

pub(super) fn pins(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["before", "limit"])?;
    let channel = called.channel(p::READ_MESSAGE_HISTORY)?;
    let limit = called.limit(50, 50)?;
    let pinned: Vec<&Message> = called.state.channel(channel)?.messages.values().rev().filter(|m| m.pinned).collect();
    let item = |m: &&Message| {
        let at = m.edited.unwrap_or_else(|| called.state.now());
        json!({"pinned_at": at.to_rfc3339(), "message": called.state.read_json(m, called.bot)})
    };
    let items: Vec<Value> = pinned.iter().take(limit).map(item).collect();
    Ok(Reply::Json(json!({"items": items, "has_more": pinned.len() > limit})))
}

pub(super) fn pin(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    set_pin(called, true)
}

pub(super) fn unpin(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    set_pin(called, false)
}

fn set_pin(called: &mut Called<'_>, set: bool) -> Result<Reply, Refusal> {
    let channel = called.channel(0)?;
    let may = called.state.permissions(called.bot, channel);
    if may & (p::PIN_MESSAGES | p::MANAGE_MESSAGES) == 0 {
        return Err(Refusal::missing_permissions());
    }
    let id = called.id("message_id")?;
    let was = called.state.message(channel, id)?.pinned;
    called.state.message_mut(channel, id)?.pinned = set;
    if was != set {
        called.state.tell_update(channel, id);
    }
    Ok(Reply::Empty)
}
