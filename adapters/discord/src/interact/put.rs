//! Shows in a channel what a member asked for by command or wrote into a form: once, in their name, and nobody is notified.
//!
//! Each attempt is noted in the row before it is made, with the message once it stands. Discord refuses a second message with
//! the same nonce for some minutes; after an attempt of unknown end the channel is looked at first.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::form::shortened;
use crate::Discord;
use crate::api::Failure;
use crate::bots::Bot;
use crate::guild;
use crate::parse::{self, Fact};

/// Pause before another attempt.
const AGAIN: Duration = Duration::from_secs(2);
/// Longest message.
const LONGEST: usize = 2_000;
/// Longest name of a thread; Discord takes 100 characters.
const NAME: usize = 80;
/// No previews: a question must not unfold what somebody linked.
const NO_EMBEDS: u32 = 1 << 2;
/// Why a thread is made, for the guild's audit log.
const REASON: &str = "What somebody wrote into a form of Bullpen's";
/// The message has a thread already.
const HAS_THREAD: u64 = 160_004;
/// Answers of Discord's that stay the same however often it is asked: not so a token that somebody is just changing.
const FOR_GOOD: [u16; 3] = [400, 403, 404];
/// What the row says of the attempts: `attempted`, `posted` (the message), `refused` (why).
const ATTEMPTED: &str = "attempted";
const POSTED: &str = "posted";
const REFUSED: &str = "refused";

/// What is being shown just now, by the row's key: under way (`None`), or not before a time.
#[derive(Debug, Default)]
pub(crate) struct Puts(Mutex<HashMap<String, Option<Instant>>>);

impl Puts {
    fn begin(&self, key: &str) -> bool {
        let mut puts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = match puts.get(key) {
            None => true,
            Some(None) => false,
            Some(Some(not_before)) => *not_before <= Instant::now(),
        };
        if free {
            puts.insert(key.to_owned(), None);
        }
        free
    }

    fn end(&self, key: &str, pause: Option<Duration>) {
        let mut puts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match pause {
            None => puts.remove(key),
            Some(pause) => puts.insert(key.to_owned(), Some(Instant::now() + pause)),
        };
    }
}

/// What is to be shown.
#[derive(Debug)]
pub(super) struct Put {
    /// The channel or thread.
    pub(super) into: u64,
    /// The channel and the message that the thread is made on, where there may be none yet.
    pub(super) opens: Option<(u64, u64)>,
    /// What such a thread is called.
    pub(super) title: String,
    /// What is said.
    pub(super) words: String,
}

/// Whether it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// This message shows it.
    At(u64),
    /// It is being shown; [`Discord::arrived`] rings.
    NotYet,
    /// Discord refuses it for good.
    Never,
}

/// Whether a row's words stand; begins to show them where they do not.
pub(super) fn shown(discord: &Arc<Discord>, fact: Fact<'_>, put: Put) -> Shown {
    if let Some(message) = guild::id(fact.payload, POSTED) {
        return Shown::At(message);
    }
    if fact.payload.get(REFUSED).is_some() {
        return Shown::Never;
    }
    if discord.puts.begin(fact.key) {
        let bot = if guild::id(fact.payload, "guild_id").is_none() { discord.bots.named(fact.bot) } else { None };
        let bot = Arc::clone(bot.unwrap_or_else(|| discord.bots.shared()));
        let row = Row { key: fact.key.to_owned(), payload: fact.payload.clone() };
        tokio::spawn(show(Arc::clone(discord), bot, row, put));
    }
    Shown::NotYet
}

/// The row that says how it stands.
struct Row {
    key: String,
    payload: Value,
}

impl Row {
    /// Notes something in the row.
    async fn note(&mut self, discord: &Discord, field: &str, value: Value) -> Result<(), Trouble> {
        self.payload[field] = value;
        sqlx::query("update discord.received set payload = $3 where org = $1 and key = $2 and done_at is null")
            .bind(discord.org)
            .bind(&self.key)
            .bind(self.payload.to_string())
            .execute(&discord.pool)
            .await?;
        Ok(())
    }

    /// Discord's id of the interaction, as text: what is shown for it is younger. It is the nonce as well.
    fn id(&self) -> &str {
        self.key.strip_prefix("i:").unwrap_or(&self.key)
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Discord(#[from] Failure),
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

async fn show(discord: Arc<Discord>, bot: Arc<Bot>, mut row: Row, put: Put) {
    let shown = tokio::time::timeout(2 * bullpen_chat::CALL_LIMIT, attempt(&discord, &bot, &mut row, &put)).await;
    let pause = match shown {
        Ok(Ok(())) => None,
        Ok(Err(Trouble::Discord(failure @ Failure::Refused { .. })))
            if failure.status().is_some_and(|status| FOR_GOOD.contains(&status)) =>
        {
            tracing::warn!(key = row.key, channel = put.into, %failure, "what a member said is not shown");
            let noted = row.note(&discord, REFUSED, failure.to_string().into()).await;
            noted.err().map(|_| AGAIN)
        }
        Ok(Err(Trouble::Discord(Failure::Limited { after, .. }))) => Some(after),
        Ok(Err(error)) => {
            tracing::debug!(key = row.key, %error, "it is tried again");
            Some(AGAIN)
        }
        Err(_) => Some(AGAIN),
    };
    discord.puts.end(&row.key, pause);
    discord.arrived.notify_one();
}

async fn attempt(discord: &Discord, bot: &Bot, row: &mut Row, put: &Put) -> Result<(), Trouble> {
    if let Some((channel, root)) = put.opens.filter(|(_, root)| discord.guild.channel(*root).is_none()) {
        open(discord, bot, (channel, root), &put.title).await?;
    }
    let words = shortened(&put.words, LONGEST);
    let path = format!("/channels/{}/messages", put.into);
    if row.payload.get(ATTEMPTED).is_some()
        && let Some(found) = find(bot, &path, row.id(), &words).await?
    {
        return row.note(discord, POSTED, found.to_string().into()).await;
    }
    row.note(discord, ATTEMPTED, true.into()).await?;
    let message = json!({
        "content": words,
        "nonce": row.id(),
        "enforce_nonce": true,
        "flags": NO_EMBEDS,
        "allowed_mentions": { "parse": [] },
    });
    let sent: Value = bot.api.post(&path, &message).await?;
    match guild::id(&sent, "id") {
        Some(id) => row.note(discord, POSTED, id.to_string().into()).await,
        None => {
            let why = "the message that was sent has no id".to_owned();
            Err(Failure::Ambiguous { route: format!("POST {path}"), why }.into())
        }
    }
}

/// Makes the thread on a card. One that is there already is fine.
async fn open(discord: &Discord, bot: &Bot, (channel, root): (u64, u64), title: &str) -> Result<(), Failure> {
    let title = parse::text::plain(title);
    let name = if title.is_empty() { "Answer".to_owned() } else { shortened(&title, NAME) };
    let path = format!("/channels/{channel}/messages/{root}/threads");
    let body = json!({ "name": name, "auto_archive_duration": 10_080 });
    match bot.api.call::<Value>(Method::POST, &path, Some(&body), &[], Some(REASON)).await {
        Ok(thread) => {
            if let Some(thread) = guild::Channel::read(&thread) {
                discord.guild.set_channel(thread);
            }
            Ok(())
        }
        Err(failure) if failure.code() == Some(HAS_THREAD) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Looks for the message among those since the interaction.
async fn find(bot: &Bot, path: &str, since: &str, words: &str) -> Result<Option<u64>, Failure> {
    let me = bot.me().await?.user;
    let found: Vec<Value> = bot.api.get(&format!("{path}?after={since}&limit=100")).await?;
    let ours = |message: &&Value| {
        let author = message.get("author").and_then(|author| guild::id(author, "id"));
        let content = message.get("content").and_then(Value::as_str).unwrap_or_default();
        author == Some(me) && content.trim() == words.trim()
    };
    Ok(found.iter().find(ours).and_then(|message| guild::id(message, "id")))
}

/// A name as it reads, whatever marks are in it: Discord shows punctuation after a backslash as it is.
pub(super) fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in parse::text::plain(name).chars() {
        if matches!(c, '*' | '_' | '~' | '|' | '\\' | '[' | ']' | '(' | ')' | '#' | ':' | '/') {
            let _ = write!(out, "\\{c}");
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escaped("Ann **the boss** _x_"), "Ann \\*\\*the boss\\*\\* \\_x\\_");
        assert_eq!(escaped("a\nb `c` <@1> @everyone"), "a b 'c' ‹@\u{2060}1› @\u{2060}everyone");
        assert_eq!(escaped("[x](http://y)"), "\\[x\\]\\(http\\:\\/\\/y\\)");
    }
}
