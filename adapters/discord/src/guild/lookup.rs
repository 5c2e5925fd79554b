//! What no event has told is asked of Discord, beside the reading: who asks goes on with other channels until it is answered.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use serde_json::Value;
use tokio::time::Instant;

use super::{Channel, Member, Seen};
use crate::Discord;
use crate::api::Failure;

/// Pause before a question is asked again that Discord could not answer.
const AGAIN: Duration = Duration::from_secs(2);
/// The same where Discord refuses to answer.
const REFUSED: Duration = Duration::from_secs(30);
/// How long it is believed that there is no such channel, and that a bot is not let in.
const NONE: Duration = Duration::from_secs(60);

/// What is asked of Discord just now.
#[derive(Debug)]
pub(crate) struct Lookups {
    /// Questions under way (`None`), or not before a time.
    asked: Mutex<HashMap<(What, u64), Option<Instant>>>,
    /// Channels that are not there, or not for us to see.
    no_channel: Cache<u64, ()>,
    /// Our bots that Discord does not let in, by name.
    shut_out: Cache<String, ()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Guild,
    Member,
    Channel,
}

impl Default for Lookups {
    fn default() -> Self {
        let few = Cache::builder().max_capacity(10_000).time_to_live(NONE);
        let none = Cache::builder().max_capacity(10_000).time_to_live(NONE).build();
        Self { asked: Mutex::default(), no_channel: few.build(), shut_out: none }
    }
}

impl Lookups {
    /// Begins a question, if it may be asked now and is not under way.
    fn begin(&self, what: What, id: u64) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let free = match asked.get(&(what, id)) {
            None => true,
            Some(None) => false,
            Some(Some(not_before)) => *not_before <= Instant::now(),
        };
        if free {
            asked.insert((what, id), None);
        }
        free
    }

    /// A question was answered, or may be asked again after a pause.
    fn end(&self, what: What, id: u64, pause: Option<Duration>) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match pause {
            None => asked.remove(&(what, id)),
            Some(pause) => asked.insert((what, id), Some(Instant::now() + pause)),
        };
    }
}

/// Asks beside the reading, and rings for the reader when it is answered.
fn ask(
    discord: &Arc<Discord>,
    what: What,
    id: u64,
    question: impl Future<Output = Result<(), Failure>> + Send + 'static,
) {
    let discord = Arc::clone(discord);
    tokio::spawn(async move {
        let pause = match tokio::time::timeout(bullpen_chat::CALL_LIMIT, question).await {
            Ok(Ok(())) => None,
            Ok(Err(Failure::Limited { after, .. })) => Some(after),
            Ok(Err(failure @ Failure::Refused { .. })) => {
                tracing::warn!(org = %discord.org, ?what, id, %failure, "Discord does not say what the guild holds");
                Some(REFUSED)
            }
            Ok(Err(failure)) => {
                tracing::debug!(?what, id, %failure, "it is asked again");
                Some(AGAIN)
            }
            Err(_) => Some(AGAIN),
        };
        discord.guild.lookups.end(what, id, pause);
        if pause.is_none() {
            discord.arrived.notify_one();
        }
    });
}

/// Whether it is known what the guild holds; where no event has told (a session that was resumed tells nothing anew), it is
/// asked. [`Discord::arrived`] rings when it is known.
pub(crate) fn filled(discord: &Arc<Discord>) -> bool {
    if discord.guild.is_filled() {
        return true;
    }
    if discord.guild.lookups.begin(What::Guild, 0) {
        let asking = Arc::clone(discord);
        ask(discord, What::Guild, 0, async move { fill(&asking).await });
    }
    false
}

async fn fill(discord: &Discord) -> Result<(), Failure> {
    let api = &discord.bots.shared().api;
    let id = match discord.guild.id() {
        Some(id) => id,
        None => {
            let guilds: Vec<Value> = api.get("/users/@me/guilds?limit=2").await?;
            let [Some(only)] = guilds.iter().map(|guild| super::id(guild, "id")).collect::<Vec<_>>()[..] else {
                let why = "the bot is in no guild, or in several, and nobody said which is meant".to_owned();
                return Err(Failure::Ambiguous { route: "GET /users/@me/guilds".into(), why });
            };
            discord.guild.set_id(only);
            only
        }
    };
    let guild: Value = api.get(&format!("/guilds/{id}")).await?;
    let channels: Value = api.get(&format!("/guilds/{id}/channels")).await?;
    let threads: Value = api.get(&format!("/guilds/{id}/threads/active")).await?;
    discord.guild.found(&guild, &channels, &threads);
    discord.lines.ours.outdated();
    Ok(())
}

/// A member of the guild; `None` while that is asked. [`Discord::arrived`] rings when it is known.
pub(crate) fn member(discord: &Arc<Discord>, user: u64) -> Option<Seen> {
    if let Some(seen) = discord.guild.members.seen(user) {
        return Some(seen);
    }
    let Some(guild) = discord.guild.id() else {
        filled(discord);
        return None;
    };
    if discord.guild.lookups.begin(What::Member, user) {
        let asking = Arc::clone(discord);
        ask(discord, What::Member, user, async move {
            let found: Result<Value, Failure> =
                asking.bots.shared().api.get(&format!("/guilds/{guild}/members/{user}")).await;
            match found {
                Ok(member) => match Member::read(&member, None) {
                    Some(member) => asking.guild.members.put(member),
                    None => asking.guild.members.gone(user),
                },
                // Not in the guild, or not for us to see: nobody gets rights from it.
                Err(Failure::Refused { .. }) => asking.guild.members.gone(user),
                Err(failure) => return Err(failure),
            }
            Ok(())
        });
    }
    None
}

/// A channel or thread (`Some(None)`: there is none that we see); `None` while that is asked.
pub(crate) fn channel(discord: &Arc<Discord>, id: u64) -> Option<Option<Channel>> {
    if let Some(channel) = discord.guild.channel(id) {
        return Some(Some(channel));
    }
    if discord.guild.lookups.no_channel.contains_key(&id) {
        return Some(None);
    }
    if discord.guild.lookups.begin(What::Channel, id) {
        let asking = Arc::clone(discord);
        ask(discord, What::Channel, id, async move {
            let found: Result<Value, Failure> = asking.bots.shared().api.get(&format!("/channels/{id}")).await;
            match found {
                Ok(channel) => match Channel::read(&channel) {
                    Some(channel) => {
                        asking.guild.set_channel(channel);
                        asking.lines.ours.outdated();
                    }
                    None => asking.guild.lookups.no_channel.insert(id, ()),
                },
                Err(Failure::Refused { .. }) => asking.guild.lookups.no_channel.insert(id, ()),
                Err(failure) => return Err(failure),
            }
            Ok(())
        });
    }
    None
}

/// Finds out who our bots are, where that is not known yet; `false` where Discord cannot say now. A bot whose token Discord
/// refuses cannot speak, and is left out for a minute.
pub(crate) async fn bots(discord: &Discord) -> bool {
    for bot in discord.bots.iter() {
        if bot.known().is_some() || discord.guild.lookups.shut_out.contains_key(bot.name()) {
            continue;
        }
        match bot.me().await {
            Ok(_) => {}
            Err(Failure::Refused { .. }) => discord.guild.lookups.shut_out.insert(bot.name().to_owned(), ()),
            Err(_) => return false,
        }
    }
    true
}
