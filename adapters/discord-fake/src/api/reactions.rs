//! Reactions.

use super::guilds::list as answer;
use super::{Called, Reply};
use crate::bits::permissions as p;
use crate::state::{Refusal, same_emoji};

/// Who has set an emoji, in the order of their ids.
pub(super) fn list(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    called.only(&["after", "limit", "type"])?;
    let (limit, after) = (called.limit(25, 100)?, called.argument_id("after")?.unwrap_or_default());
    let emoji = called.state.emoji(called.text("emoji_name"))?;
    let message = called.message()?;
    let found = message.reactions.iter().find(|r| same_emoji(&r.emoji, &emoji));
    let mut users = found.map(|r| r.users.clone()).unwrap_or_default();
    users.sort_unstable();
    let users = users.into_iter().filter(|id| *id > after).take(limit);
    Ok(answer(users.map(|id| called.state.user_json(id))))
}

pub(super) fn add(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    set(called, called.bot, true)
}

pub(super) fn remove(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    set(called, called.bot, false)
}

pub(super) fn remove_of(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let user = called.id("user_id")?;
    if user != called.bot {
        called.channel(p::MANAGE_MESSAGES)?;
    }
    set(called, user, false)
}

fn set(called: &mut Called<'_>, user: u64, set: bool) -> Result<Reply, Refusal> {
    let (channel, message) = (called.channel(p::READ_MESSAGE_HISTORY)?, called.id("message_id")?);
    let emoji = called.text("emoji_name").to_owned();
    called.state.react(user, channel, message, &emoji, set)?;
    Ok(Reply::Empty)
}

pub(super) fn clear(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::MANAGE_MESSAGES)?;
    let message = called.id("message_id")?;
    called.state.clear_reactions(channel, message, None)?;
    Ok(Reply::Empty)
}

pub(super) fn clear_emoji(called: &mut Called<'_>) -> Result<Reply, Refusal> {
    let channel = called.channel(p::MANAGE_MESSAGES)?;
    let message = called.id("message_id")?;
    let emoji = called.state.emoji(called.text("emoji_name"))?;
    called.state.clear_reactions(channel, message, Some(&emoji))?;
    Ok(Reply::Empty)
}
