//! What an event of Discord's comes to: the facts in it, each with the key that it is known by for ever.
//!
//! Of a payload only the few fields are read that say what it is about; it is stored as the text that came.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// A row to be of `discord.received`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// Unique per fact, whoever tells it and how often.
    pub(crate) key: String,
    /// The name of the bot that heard it.
    pub(crate) bot: Arc<str>,
    /// Discord's name of the event, e.g. `MESSAGE_CREATE`.
    pub(crate) kind: Cow<'static, str>,
    /// 0 in a direct conversation.
    pub(crate) guild: u64,
    /// The channel or thread that it happened in; 0 for none.
    pub(crate) channel: u64,
    /// The message that it is about; 0 for none.
    pub(crate) message: u64,
    /// The event's data, as JSON.
    pub(crate) payload: Box<str>,
    /// Whether the department is to read it. [`super::store`] and the writer find out by themselves.
    pub(crate) ours: bool,
}

/// Where an event was told: which bot heard it, and its number in the session, for what has no id of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) bot: &'a Arc<str>,
    pub(crate) session: &'a str,
    pub(crate) seq: u64,
}

/// What is read of any payload.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, borrow)]
    id: Option<Id<'a>>,
    #[serde(default, borrow)]
    channel_id: Option<Id<'a>>,
    #[serde(default, borrow)]
    guild_id: Option<Id<'a>>,
    #[serde(default, borrow)]
    message_id: Option<Id<'a>>,
    #[serde(default, borrow)]
    user_id: Option<Id<'a>>,
    #[serde(default, borrow)]
    emoji: Option<Emoji<'a>>,
    #[serde(default, borrow)]
    ids: Vec<Id<'a>>,
    #[serde(default, borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    edited_timestamp: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Emoji<'a> {
    #[serde(default, borrow)]
    id: Option<Id<'a>>,
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
}

/// A snowflake in quotes.
#[derive(Deserialize)]
struct Id<'a>(#[serde(borrow)] Cow<'a, str>);

impl Id<'_> {
    fn number(&self) -> Option<u64> {
        self.0.parse().ok().filter(|id| *id != 0)
    }
}

fn number(id: Option<&Id<'_>>) -> Option<u64> {
    id.and_then(Id::number)
}

/// The events that are facts about a message.
const MESSAGES: [&str; 8] = [
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
];

/// The events that are facts about a guild, its channels, roles and members.
const GUILDS: [&str; 21] = [
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBER_UPDATE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE",
    "GUILD_BAN_ADD",
    "GUILD_BAN_REMOVE",
    "CHANNEL_CREATE",
    "CHANNEL_UPDATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "THREAD_CREATE",
    "THREAD_UPDATE",
    "THREAD_DELETE",
    "THREAD_MEMBER_UPDATE",
    "THREAD_MEMBERS_UPDATE",
    "GUILD_SCHEDULED_EVENT_CREATE",
    "WEBHOOKS_UPDATE",
];

/// The facts in an event; none where it is no fact. `Err` where it is one that cannot be understood.
pub(crate) fn facts(told: Told<'_>, kind: &str, payload: &str) -> Result<Vec<Fact>, ()> {
    if let Some(kind) = MESSAGES.into_iter().find(|known| *known == kind) {
        let head: Head<'_> = serde_json::from_str(payload).map_err(drop)?;
        return about_message(told, kind, &head, payload).ok_or(());
    }
    if let Some(kind) = GUILDS.into_iter().find(|known| *known == kind) {
        return about_guild(told, kind, payload).map(|fact| vec![fact]).ok_or(());
    }
    Ok(Vec::new())
}

fn about_message(told: Told<'_>, kind: &'static str, head: &Head<'_>, payload: &str) -> Option<Vec<Fact>> {
    let channel = number(head.channel_id.as_ref())?;
    let guild = number(head.guild_id.as_ref()).unwrap_or_default();
    let fact = |key: String, message: u64, kind: &'static str, payload: &str| Fact {
        key,
        bot: Arc::clone(told.bot),
        kind: Cow::Borrowed(kind),
        guild,
        channel,
        message,
        payload: payload.into(),
        ours: false,
    };
    let one = |key: String, message: u64| Some(vec![fact(key, message, kind, payload)]);
    match kind {
        "MESSAGE_CREATE" => {
            let id = number(head.id.as_ref())?;
            one(posted(channel, id), id)
        }
        "MESSAGE_UPDATE" => {
            let id = number(head.id.as_ref())?;
            // Without these something else was changed: an embed arrived, the message was pinned.
            let Some((content, at)) = head.content.as_ref().zip(head.edited_timestamp.as_ref()) else {
                return Some(Vec::new());
            };
            one(edited(channel, id, at, content), id)
        }
        "MESSAGE_DELETE" => {
            let id = number(head.id.as_ref())?;
            one(deleted(channel, id), id)
        }
        "MESSAGE_DELETE_BULK" => {
            let ids = head.ids.iter().map(Id::number).collect::<Option<Vec<u64>>>()?;
            let single = |id| {
                let place = if guild == 0 { String::new() } else { format!(r#","guild_id":"{guild}""#) };
                fact(
                    deleted(channel, id),
                    id,
                    "MESSAGE_DELETE",
                    &format!(r#"{{"id":"{id}","channel_id":"{channel}"{place}}}"#),
                )
            };
            Some(ids.into_iter().map(single).collect())
        }
        _ => {
            let message = number(head.message_id.as_ref())?;
            let (session, seq) = (told.session, told.seq);
            let key = match kind {
                "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => {
                    let (user, emoji) = (number(head.user_id.as_ref())?, head.emoji.as_ref()?.word()?);
                    format!("r:{channel}:{message}:{user}:{emoji}:{session}:{seq}")
                }
                "MESSAGE_REACTION_REMOVE_EMOJI" => {
                    format!("c:{channel}:{message}:{}:{session}:{seq}", head.emoji.as_ref()?.word()?)
                }
                _ => format!("c:{channel}:{message}::{session}:{seq}"),
            };
            one(key, message)
        }
    }
}

impl Emoji<'_> {
    /// What it is told apart by: its id where it has one, else its name.
    fn word(&self) -> Option<Cow<'_, str>> {
        match (&self.id, &self.name) {
            (Some(id), _) => Some(Cow::Borrowed(&*id.0)),
            (None, Some(name)) => Some(Cow::Borrowed(name)),
            (None, None) => None,
        }
    }
}

fn about_guild(told: Told<'_>, kind: &'static str, payload: &str) -> Option<Fact> {
    #[derive(Deserialize)]
    struct Place<'a> {
        #[serde(default, borrow)]
        id: Option<Id<'a>>,
        #[serde(default, borrow)]
        guild_id: Option<Id<'a>>,
        #[serde(default, borrow)]
        channel_id: Option<Id<'a>>,
    }
    let place: Place<'_> = serde_json::from_str(payload).ok()?;
    let id = number(place.id.as_ref());
    let is_channel = kind.starts_with("CHANNEL_") || kind.starts_with("THREAD_");
    let channel = number(place.channel_id.as_ref()).or(if is_channel { id } else { None }).unwrap_or_default();
    let guild = number(place.guild_id.as_ref()).or(if kind.starts_with("GUILD_") { id } else { None });
    Some(Fact {
        key: format!("g:{}:{}", told.session, told.seq),
        bot: Arc::clone(told.bot),
        kind: Cow::Borrowed(kind),
        guild: guild.unwrap_or_default(),
        channel,
        message: 0,
        payload: payload.into(),
        ours: false,
    })
}

/// The key of a message.
pub(crate) fn posted(channel: u64, id: u64) -> String {
    format!("m:{channel}:{id}")
}

/// The key of an edit: its stamp, and what it says, for two edits may come within one stamp.
pub(crate) fn edited(channel: u64, id: u64, at: &str, content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    let [a, b, c, d] = [digest[0], digest[1], digest[2], digest[3]];
    format!("e:{channel}:{id}:{at}:{a:02x}{b:02x}{c:02x}{d:02x}")
}

/// The key of a deletion.
pub(crate) fn deleted(channel: u64, id: u64) -> String {
    format!("d:{channel}:{id}")
}

/// Where a channel that is fetched from belongs.
#[derive(Debug, Clone)]
pub(crate) struct Guilded {
    pub(crate) bot: Arc<str>,
    pub(crate) guild: u64,
    pub(crate) channel: u64,
}

/// A message of a channel's history, as the facts that a line would have told: that it was posted, and what it was edited to.
/// `None` where it cannot be understood.
pub(crate) fn backfilled(place: &Guilded, message: &RawValue) -> Option<(u64, Vec<Fact>)> {
    let head: Head<'_> = serde_json::from_str(message.get()).ok()?;
    let id = number(head.id.as_ref())?;
    let inner = message.get().trim_start().strip_prefix('{')?;
    // History leaves out which guild it is from.
    let payload: Box<str> = if place.guild == 0 || head.guild_id.is_some() {
        message.get().into()
    } else {
        format!(r#"{{"guild_id":"{}",{inner}"#, place.guild).into()
    };
    let fact = |key: String, kind: &'static str, payload: Box<str>| Fact {
        key,
        bot: Arc::clone(&place.bot),
        kind: Cow::Borrowed(kind),
        guild: place.guild,
        channel: place.channel,
        message: id,
        payload,
        ours: false,
    };
    let mut facts = Vec::with_capacity(1);
    if let Some((content, at)) = head.content.as_ref().zip(head.edited_timestamp.as_ref()) {
        facts.push(fact(edited(place.channel, id, at, content), "MESSAGE_UPDATE", payload.clone()));
    }
    facts.insert(0, fact(posted(place.channel, id), "MESSAGE_CREATE", payload));
    Some((id, facts))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::value::RawValue;

    use super::{Fact, Guilded, Told, backfilled, facts};

    fn read(kind: &str, payload: &str) -> Vec<Fact> {
        let bot: Arc<str> = "bullpen".into();
        facts(Told { bot: &bot, session: "s", seq: 7 }, kind, payload).unwrap()
    }

    fn keys(kind: &str, payload: &str) -> Vec<String> {
        read(kind, payload).into_iter().map(|fact| fact.key).collect()
    }

    #[test]
    fn each_kind_has_its_key() {
        let message = r#"{"id":"5","channel_id":"3","guild_id":"1","content":"a \"b\" \u0000","author":{"id":"9"}}"#;
        let facts = read("MESSAGE_CREATE", message);
        assert_eq!(facts[0].key, "m:3:5");
        assert_eq!((facts[0].guild, facts[0].channel, facts[0].message), (1, 3, 5));
        assert_eq!(&*facts[0].payload, message, "the text that came is what is stored");
        assert_eq!(keys("MESSAGE_DELETE", r#"{"id":"5","channel_id":"3"}"#), ["d:3:5"]);
        assert_eq!(keys("MESSAGE_DELETE_BULK", r#"{"ids":["5","6"],"channel_id":"3"}"#), ["d:3:5", "d:3:6"]);
        let reaction = r#"{"user_id":"9","channel_id":"3","message_id":"5","emoji":{"id":null,"name":"✅"}}"#;
        assert_eq!(keys("MESSAGE_REACTION_ADD", reaction), ["r:3:5:9:✅:s:7"]);
        let custom = r#"{"user_id":"9","channel_id":"3","message_id":"5","emoji":{"id":"77","name":"ship"}}"#;
        assert_eq!(keys("MESSAGE_REACTION_REMOVE", custom), ["r:3:5:9:77:s:7"]);
        assert_eq!(keys("MESSAGE_REACTION_REMOVE_ALL", r#"{"channel_id":"3","message_id":"5"}"#), ["c:3:5::s:7"]);
        assert_eq!(keys("THREAD_CREATE", r#"{"id":"5","guild_id":"1","parent_id":"3"}"#), ["g:s:7"]);
        assert_eq!(keys("TYPING_START", r#"{"channel_id":"3"}"#), [""; 0]);
    }

    #[test]
    fn only_edits_are_edits() {
        let arrived = r#"{"id":"5","channel_id":"3","content":"a","edited_timestamp":null,"embeds":[{}]}"#;
        assert_eq!(keys("MESSAGE_UPDATE", arrived), [""; 0]);
        assert_eq!(keys("MESSAGE_UPDATE", r#"{"id":"5","channel_id":"3","embeds":[{}]}"#), [""; 0]);
        let edit = |text: &str| {
            let at = "2026-01-02T03:04:05+00:00";
            let edit = format!(r#"{{"id":"5","channel_id":"3","content":"{text}","edited_timestamp":"{at}"}}"#);
            keys("MESSAGE_UPDATE", &edit).remove(0)
        };
        assert!(edit("a").starts_with("e:3:5:2026-01-02T03:04:05+00:00:"));
        assert_eq!(edit("a"), edit("a"));
        assert_ne!(edit("a"), edit("b"), "two edits within one stamp are two");
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        let bot: Arc<str> = "bullpen".into();
        let told = Told { bot: &bot, session: "s", seq: 7 };
        for payload in ["{}", "[]", r#"{"id":5,"channel_id":"3"}"#, r#"{"id":"x","channel_id":"3"}"#] {
            assert_eq!(facts(told, "MESSAGE_CREATE", payload), Err(()), "{payload}");
        }
    }

    #[test]
    fn history_says_the_same_as_the_line() {
        let place = Guilded { bot: "bullpen".into(), guild: 1, channel: 3 };
        let message = r#"{"id":"5","channel_id":"3","content":"b","edited_timestamp":"2026-01-02T03:04:05+00:00"}"#;
        let raw: Box<RawValue> = serde_json::from_str(message).unwrap();
        let (id, facts) = backfilled(&place, &raw).unwrap();
        assert_eq!(id, 5);
        assert_eq!(facts[0].key, "m:3:5");
        assert_eq!(facts[1].key, keys("MESSAGE_UPDATE", message)[0]);
        let payload: serde_json::Value = serde_json::from_str(&facts[0].payload).unwrap();
        assert_eq!(payload["guild_id"], "1");
    }
}
