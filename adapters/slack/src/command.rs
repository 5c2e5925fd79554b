//! The slash command `/bullpen`: help and overviews are answered at once, for the member's eyes only; a question to a persona
//! is written down, put into the channel by the shared app, and heard there as the member's own message.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bullpen_chat::{Author, Overview};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::Slack;
use crate::api::Failure;
use crate::apps::App;
use crate::error::Error;
use crate::home::permalink;
use crate::parse::Ours;
use crate::parse::mrkdwn::{self, Names};
use crate::payload::scrub;
use crate::received::{self, Row};
use crate::render::{self, Surface};

/// Most time to find an overview: Slack waits 3 s for all of the answer.
const LOOKING: Duration = Duration::from_secs(2);
/// Most time to find out whether we are in the channel, and then to write the question down.
const ASKING: Duration = Duration::from_secs(1);
const STORING: Duration = Duration::from_millis(1_300);
/// What the metadata of a question's message is called.
const METADATA: &str = "bullpen_command";
/// How long after an attempt of unknown end a message that is not there will not appear any more, in seconds.
const SETTLED: f64 = 15.0;

/// A slash command, as Slack sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ask {
    command: String,
    text: String,
    user_id: String,
    channel_id: String,
    trigger_id: String,
}

impl Ask {
    /// Reads what Slack sent; what is missing is empty.
    pub(crate) fn read(fields: &Value) -> Self {
        let field = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            command: field("command"),
            text: field("text"),
            user_id: field("user_id"),
            channel_id: field("channel_id"),
            trigger_id: field("trigger_id"),
        }
    }
}

/// What a command asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Help,
    /// A word that nobody knows.
    Unknown(String),
    /// One section of the overview, or all of it.
    Show(Option<&'static str>),
    /// A persona is asked.
    Persona {
        handle: String,
        text: String,
    },
}

/// Answers a command; `None` where the member needs no answer because they will see one in the channel.
pub(crate) async fn answer(slack: &Arc<Slack>, app: &Arc<App>, ask: Ask) -> Result<Option<Value>, Error> {
    let (mut personas, ours) = (slack.members.personas(), slack.known_ours());
    for persona in slack.apps.iter().filter_map(|app| app.config.persona.clone()) {
        personas.entry(persona).or_default();
    }
    let command = if ask.command.is_empty() { "/bullpen" } else { ask.command.as_str() };
    let text = match wish(&ask.text, app.config.persona.as_deref(), &personas, &ours) {
        Wish::Help => help(command, &personas),
        Wish::Unknown(word) => format!("I do not know `{}`.\n{}", escape(&word), help(command, &personas)),
        Wish::Show(section) => return Ok(Some(overview(slack, app, &ask.user_id, section).await)),
        Wish::Persona { handle, text } if text.trim().is_empty() => {
            format!(
                "What is it that @{} should do? For example: `{command} @{handle} what are you working on?`",
                escape(&handle)
            )
        }
        Wish::Persona { handle, text } => match closed(slack, &ask.channel_id).await {
            Some(why) => why.to_owned(),
            None => return store(slack, app, &ask, handle, text).await,
        },
    };
    Ok(Some(whisper(&text)))
}

/// An answer for the member's eyes only.
fn whisper(text: &str) -> Value {
    json!({ "response_type": "ephemeral", "text": text })
}

/// Writes a question down; the gateway puts it into the channel.
async fn store(slack: &Arc<Slack>, app: &App, ask: &Ask, handle: String, text: String) -> Result<Option<Value>, Error> {
    let mut question = json!({ "user": ask.user_id, "handle": handle, "text": text });
    scrub(&mut question);
    let row = received::command(app.name(), &ask.trigger_id, &ask.channel_id, slack.now(), question);
    match timeout(STORING, slack.keep(vec![row])).await {
        Ok(Ok(())) => Ok(None),
        failed => {
            let why = failed.map_or_else(|_| "the database took too long".to_owned(), |kept| format!("{kept:?}"));
            tracing::warn!(app = app.name(), why, "a command was not written down");
            Ok(Some(whisper("That did not get through to the department. Please try again in a minute.")))
        }
    }
}

fn wish(text: &str, of_app: Option<&str>, personas: &BTreeMap<String, String>, ours: &Ours) -> Wish {
    let text = text.trim();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match first.to_lowercase().as_str() {
        "" | "help" | "?" => return Wish::Help,
        "approvals" => return Wish::Show(Some("approvals")),
        "tasks" => return Wish::Show(Some("tasks")),
        "department" | "status" => return Wish::Show(None),
        _ => {}
    }
    let asked = first.eq_ignore_ascii_case("ask");
    let (name, words) =
        if asked { rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), "")) } else { (first, rest) };
    let to = |handle: String, text: &str| Wish::Persona { handle, text: text.trim().to_owned() };
    if let Some(user) = name.strip_prefix("<@").and_then(|name| name.split(['|', '>']).next())
        && let Some(handle) = ours.users.get(user)
    {
        return to(handle.clone(), words);
    }
    let handle = name.trim_start_matches('@').trim_end_matches([',', ':']).to_lowercase().replace('-', "_");
    let plain = !handle.is_empty() && handle.chars().all(|c| c.is_alphanumeric() || c == '_');
    if personas.contains_key(&handle) || ours.users.values().any(|of| *of == handle) {
        return to(handle, words);
    }
    match of_app {
        // A persona's own command needs no name.
        Some(persona) => to(persona.to_owned(), if asked { rest } else { text }),
        // Nobody has told us yet who there is: the department will say so if there is no such persona.
        None if plain && personas.is_empty() && (asked || name.starts_with('@')) => to(handle, words),
        None => Wish::Unknown(name.to_owned()),
    }
}

fn help(command: &str, personas: &BTreeMap<String, String>) -> String {
    let example = personas.keys().next().map_or("cmo", String::as_str);
    let mut text = format!(
        "What you can say:\n\
         • `{command} @{example} what are you working on?` asks a persona, here in the channel (`@{example}` in a message does so too)\n\
         • `{command} ask {example} …` is the same\n\
         • `{command} approvals` shows what waits for you\n\
         • `{command} tasks` shows your tasks\n\
         • `{command} department` shows what the department does\n\
         • `{command} help` shows this"
    );
    if !personas.is_empty() {
        text.push_str("\n\nWho is there:");
        for (handle, line) in personas {
            let _ = write!(text, "\n• `@{handle}` {}", escape(line));
        }
    }
    text
}

/// What the member may see, within the time that there is.
async fn overview(slack: &Slack, app: &App, user: &str, section: Option<&str>) -> Value {
    let seen = timeout(LOOKING, async {
        let author = match slack.members.user(app, user).await {
            Ok(user) => user.author(),
            Err(_) => Author::Member { id: user.to_owned(), name: user.to_owned(), email: None, groups: Vec::new() },
        };
        slack.sources.overviews.of(&author).await
    });
    let Ok(Ok(mut overview)) = seen.await else {
        return whisper("The department cannot look that up just now. Please try again in a minute.");
    };
    if let Some(section) = section {
        overview.summary.clear();
        overview.sections.retain(|part| part.key == section);
    }
    let mut answer = whisper(&shown(&overview));
    let url = app.known().map(|me| me.url.as_str()).unwrap_or_default();
    let blocks = render::overview(&overview, Surface::Message, |message| permalink(url, message));
    if !blocks.is_empty() {
        answer["blocks"] = blocks.into();
    }
    answer
}

/// The same without blocks: for notifications, and for clients that show none.
fn shown(overview: &Overview) -> String {
    let mut text = escape(&overview.summary);
    for part in &overview.sections {
        let gap = if text.is_empty() { "" } else { "\n\n" };
        let _ = write!(text, "{gap}*{}*", escape(&part.title));
        if part.items.is_empty() {
            let _ = write!(text, "\n{}", escape(&part.empty));
        }
        for item in &part.items {
            let detail = if item.detail.is_empty() { String::new() } else { format!(": {}", escape(&item.detail)) };
            let _ = write!(text, "\n• {}{detail}", escape(&item.title));
        }
    }
    if text.is_empty() { "There is nothing to show.".to_owned() } else { text }
}

/// Why a question cannot be put into a channel; `None` where it can, or where Slack does not say in time.
async fn closed(slack: &Slack, channel: &str) -> Option<&'static str> {
    let shared = slack.apps.shared();
    match timeout(ASKING, slack.members.channel(shared, channel)).await {
        Ok(Ok(found)) if found.archived => Some("This channel is archived: nobody can say anything here any more."),
        Ok(Ok(found)) if found.joined => None,
        Ok(Ok(_)) | Ok(Err(Failure::Refused { .. })) => {
            // When we are invited, the next try is to find us here.
            slack.members.forget_channel(slack, channel).await;
            Some("I am not in this conversation. Invite me with `/invite @bullpen`, or ask in a channel that I am in.")
        }
        Ok(Err(_)) | Err(_) => None,
    }
}

/// `& < >` so that Slack shows them, and reads no mention into them.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A question that was written down.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    pub(crate) user: String,
    pub(crate) handle: String,
    /// Slack's mrkdwn, as it was typed.
    pub(crate) text: String,
}

impl Question {
    /// The question in a row.
    pub(crate) fn read(row: &Row) -> Option<Self> {
        Self::deserialize(row.payload.get("command")?).ok().filter(|question| !question.user.is_empty())
    }

    /// The time stamp of its message, once that stands.
    pub(crate) fn posted(row: &Row) -> Option<&str> {
        row.payload.get("posted").and_then(Value::as_str)
    }

    /// What its message says, in mrkdwn that mentions nobody.
    pub(crate) fn words(&self, asker: &str, names: &impl Names) -> String {
        let asker = asker.replace(['*', '\n'], " ");
        format!("*{}* asks: @{} {}", escape(asker.trim()), self.handle, escape(&mrkdwn::plain(&self.text, names)))
    }
}

/// Puts a question into its channel, once: a message whose fate is unknown is looked for before it is sent again. The row then
/// says where it stands.
pub(crate) async fn post(slack: &Slack, row: &Row, words: &str) -> Result<(), bullpen_chat::Error> {
    let shared = slack.apps.shared();
    if let Some(seconds) = since_attempt(slack, row).await? {
        if let Some(ts) = find(slack, shared, row).await? {
            return note(slack, row, &ts).await;
        }
        if seconds < SETTLED {
            return Err(bullpen_chat::Error::Ambiguous { why: "the last attempt may still come to something".into() });
        }
    }
    slack.limits.wait(shared.name(), "chat.postMessage", &row.channel).await?;
    attempt(slack, row).await?;
    let message = json!({
        "channel": row.channel,
        "text": words,
        "unfurl_links": false,
        "unfurl_media": false,
        "metadata": { "event_type": METADATA, "event_payload": { "key": row.key } },
    });
    let sent: Sent = match shared.api.post("chat.postMessage", &message).await {
        Ok(sent) => sent,
        Err(failure) => {
            if let Failure::Limited { after, .. } = &failure {
                slack.limits.told(shared.name(), "chat.postMessage", *after);
            }
            return Err(failure.into());
        }
    };
    note(slack, row, &sent.ts).await
}

#[derive(Deserialize)]
struct Sent {
    ts: String,
}

#[derive(Deserialize)]
struct History {
    #[serde(default)]
    messages: Vec<Value>,
}

/// Looks for the message among the last hundred.
async fn find(slack: &Slack, shared: &App, row: &Row) -> Result<Option<String>, bullpen_chat::Error> {
    slack.limits.wait(shared.name(), "conversations.history", &row.channel).await?;
    let query =
        [("channel", Some(row.channel.as_str())), ("limit", Some("100")), ("include_all_metadata", Some("true"))];
    let history: History = shared.api.get("conversations.history", &query).await?;
    let ours = |message: &&Value| {
        message.pointer("/metadata/event_type").and_then(Value::as_str) == Some(METADATA)
            && message.pointer("/metadata/event_payload/key").and_then(Value::as_str) == Some(row.key.as_str())
    };
    let found = history.messages.iter().find(ours);
    Ok(found.and_then(|message| message.get("ts")).and_then(Value::as_str).map(str::to_owned))
}

/// How long ago, in seconds of the database, the message was last sent; `None` where it never was.
async fn since_attempt(slack: &Slack, row: &Row) -> Result<Option<f64>, bullpen_chat::Error> {
    sqlx::query_scalar(
        "select extract(epoch from clock_timestamp())::float8 - (payload ->> 'attempted')::float8
         from slack.received where org = $1 and key = $2",
    )
    .bind(slack.org)
    .bind(&row.key)
    .fetch_optional(&slack.pool)
    .await
    .map(Option::flatten)
    .map_err(away)
}

async fn attempt(slack: &Slack, row: &Row) -> Result<(), bullpen_chat::Error> {
    let attempted = sqlx::query(
        "update slack.received
         set payload = payload || jsonb_build_object('attempted', extract(epoch from clock_timestamp()))
         where org = $1 and key = $2",
    );
    attempted.bind(slack.org).bind(&row.key).execute(&slack.pool).await.map_err(away)?;
    Ok(())
}

async fn note(slack: &Slack, row: &Row, ts: &str) -> Result<(), bullpen_chat::Error> {
    let noted = sqlx::query(
        "update slack.received set payload = payload || jsonb_build_object('posted', $3::text) where org = $1 and key = $2",
    );
    noted.bind(slack.org).bind(&row.key).bind(ts).execute(&slack.pool).await.map_err(away)?;
    Ok(())
}

fn away(error: sqlx::Error) -> bullpen_chat::Error {
    bullpen_chat::Error::Retry { why: format!("the database failed: {error}"), after: None }
}

#[cfg(test)]
mod tests;
