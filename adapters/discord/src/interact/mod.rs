//! Answers commands, buttons and forms within Discord's three seconds.
//!
//! What a member asks for is written down before it is answered with success, and heard in its turn like a message. A button
//! is the reaction that it stands for. A question that is put by command, and the words of a form, are shown by the shared
//! bot in the member's name first ([`put`]), and then heard as the member's own message.
//!
//! **Architecture invariant:** what comes from a channel that is not the department's is never handed over.

mod command;
mod form;
mod ours;
mod put;
mod reply;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::Discord;
use crate::bots::Bot;
use crate::guild::{self, user_name};
use crate::ingest;
use crate::parse::Id;
use crate::render::button;

pub(crate) use command::commands;
pub(crate) use ours::told;
pub(crate) use put::Puts;
use reply::{Reply, whisper};

/// The kind of the rows that are written here.
pub(crate) const KIND: &str = "INTERACTION_CREATE";

/// Most time to write something down, and to look something up: Discord waits 3 s for the answer.
const STORING: Duration = Duration::from_millis(1_500);
const LOOKING: Duration = Duration::from_millis(1_700);
/// Most time for the answer itself; what comes later is not taken any more.
const ANSWERING: Duration = Duration::from_millis(2_800);

/// Kinds of interactions.
const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
const COMPLETION: u8 = 4;
const FORM: u8 = 5;

/// An interaction, as far as it is read.
#[derive(Debug, Deserialize)]
struct Interaction {
    id: Id,
    token: SecretString,
    #[serde(rename = "type")]
    kind: u8,
    guild_id: Option<Id>,
    channel_id: Option<Id>,
    /// The channel itself: threads that were asleep are made known by it.
    channel: Option<Value>,
    /// Who, in a guild.
    member: Option<Value>,
    /// Who, in a direct conversation.
    user: Option<Value>,
    /// What the button is on, or was that opened the form.
    message: Option<Value>,
    #[serde(default)]
    data: Value,
    /// Where: 0 a guild, 1 a direct conversation with the bot, 2 one among others.
    context: Option<u8>,
}

impl Interaction {
    fn user(&self) -> Option<&Value> {
        self.member.as_ref().and_then(|member| member.get("user")).or(self.user.as_ref())
    }

    fn message_id(&self) -> Option<u64> {
        guild::id(self.message.as_ref()?, "id")
    }

    fn custom_id(&self) -> &str {
        self.data.get("custom_id").and_then(Value::as_str).unwrap_or_default()
    }

    /// The row of it; of the member, only what is needed to know them again. Its token is not kept.
    fn fact(&self, bot: &Bot, what: &str, mut payload: Value) -> Option<ingest::Fact> {
        let user = self.user()?;
        let field = |of: Option<&Value>, name: &str| of.and_then(|of| of.get(name)).cloned().unwrap_or_default();
        payload["what"] = what.into();
        payload["user"] = json!({
            "id": guild::id(user, "id")?.to_string(),
            "username": field(Some(user), "username"),
            "global_name": field(Some(user), "global_name"),
            "bot": field(Some(user), "bot"),
        });
        if let Some(member) = &self.member {
            payload["member"] = json!({ "nick": field(Some(member), "nick"), "roles": field(Some(member), "roles") });
        }
        if let Some(guild) = self.guild_id {
            payload["guild_id"] = guild.0.to_string().into();
        }
        Some(ingest::Fact {
            key: format!("i:{}", self.id.0),
            bot: bot.name().into(),
            kind: KIND.into(),
            guild: self.guild_id.map_or(0, |guild| guild.0),
            channel: self.channel_id?.0,
            message: self.message_id().unwrap_or_default(),
            payload: payload.to_string().into_boxed_str(),
            ours: true,
        })
    }
}

/// Whether the department takes anything from the place of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Ours,
    /// Nobody has said yet which channels are the department's.
    Unknown,
    /// Where it only listens.
    Elsewhere,
}

fn place(discord: &Discord, interaction: &Interaction) -> Place {
    let Some(channel) = interaction.channel_id else { return Place::Elsewhere };
    match interaction.guild_id {
        None if interaction.context == Some(2) => Place::Elsewhere,
        None => Place::Ours,
        Some(guild) if discord.guild.id().is_some_and(|ours| ours != guild.0) => Place::Elsewhere,
        Some(_) if discord.guild.is_ours(channel.0) => Place::Ours,
        Some(_) if discord.guild.knows_ours() => Place::Elsewhere,
        Some(_) => Place::Unknown,
    }
}

/// What the interaction tells by the way: who the member is now, and of a thread that no event has told of since it fell
/// asleep.
fn meet(discord: &Discord, interaction: &Interaction, payload: &Value) {
    let here = interaction.guild_id.is_some_and(|guild| discord.guild.id() == Some(guild.0));
    if !here {
        return;
    }
    discord.guild.apply(KIND, payload);
    let channel = interaction.channel.as_ref().and_then(guild::Channel::read);
    if let Some(channel) = channel.filter(|c| c.thread && discord.guild.channel(c.id).is_none()) {
        discord.guild.set_channel(channel);
    }
}

/// Answers an interaction (`d` of `INTERACTION_CREATE`) that `bot` heard, and stores what it comes to. Never fails: what
/// goes wrong is said to the member, or in the log.
pub(crate) async fn answer(discord: Arc<Discord>, bot: Arc<Bot>, payload: Value) {
    let interaction = match Interaction::deserialize(&payload) {
        Ok(interaction) => interaction,
        Err(error) => {
            metrics::counter!("bullpen_discord_unread_total", "kind" => KIND).increment(1);
            tracing::warn!(bot = bot.name(), %error, "an interaction of Discord's cannot be understood; it is left out");
            return;
        }
    };
    let began = Instant::now();
    meet(&discord, &interaction, &payload);
    let reply = match interaction.kind {
        COMMAND => command::answer(&discord, &bot, &interaction).await,
        COMPLETION => command::complete(&discord, &interaction),
        COMPONENT => click(&discord, &bot, &interaction).await,
        FORM => form::submitted(&discord, &bot, &interaction).await,
        _ => return,
    };
    let sent = timeout(
        ANSWERING.saturating_sub(began.elapsed()),
        reply::send(&bot, interaction.id.0, &interaction.token, &reply),
    )
    .await;
    match sent {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => tracing::warn!(bot = bot.name(), %failure, "an interaction was not answered"),
        Err(_) => tracing::warn!(bot = bot.name(), "an interaction was not answered: Discord took too long"),
    }
}

/// A button of ours: the reaction that it stands for, or a form that asks for more.
async fn click(discord: &Discord, bot: &Bot, interaction: &Interaction) -> Reply {
    let Some(button) = button::parse(interaction.custom_id()) else {
        return whisper("This button means nothing any more. Please use a reaction instead.");
    };
    if let Some(why) = closed(discord, interaction) {
        return whisper(&why);
    }
    match button.asks {
        Some(question) => form::ask(&button.emoji, &question),
        None => {
            let fact = interaction.fact(bot, "click", json!({ "emoji": button.emoji }));
            match fact.filter(|_| interaction.message_id().is_some()) {
                Some(fact) => store(discord, fact, Reply::Seen).await,
                None => Reply::Seen,
            }
        }
    }
}

/// Why nothing is taken from here; `None` where it is.
fn closed(discord: &Discord, interaction: &Interaction) -> Option<String> {
    match place(discord, interaction) {
        Place::Ours => None,
        Place::Unknown => Some("The department is just starting. Please try again in a minute.".to_owned()),
        Place::Elsewhere => Some(reply::elsewhere(discord)),
    }
}

/// Writes something down, and answers with `done` when it is.
async fn store(discord: &Discord, fact: ingest::Fact, done: Reply) -> Reply {
    let key = fact.key.clone();
    match timeout(STORING, ingest::store(discord, vec![fact])).await {
        Ok(Ok(_)) => done,
        failed => {
            let why = failed.map_or_else(|_| "the database took too long".to_owned(), |stored| format!("{stored:?}"));
            tracing::warn!(key, why, "an interaction was not written down");
            whisper("That did not get through to the department. Please try again in a minute.")
        }
    }
}

/// What a member is called in a row of ours.
fn name(payload: &Value) -> String {
    let user = payload.get("user").unwrap_or(&Value::Null);
    let member = payload.get("member").and_then(|member| guild::Member::read(member, Some(user)));
    member.map_or_else(|| user_name(user), |member| member.name)
}

#[cfg(test)]
mod tests;
