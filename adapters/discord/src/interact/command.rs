//! The slash command `/bullpen`: help and overviews are answered at once, for the member's eyes only; a question to a persona
//! is written down, put into the channel by the shared bot, and heard there as the member's own message.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use bullpen_chat::Plan;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::form::shortened;
use super::reply::{Reply, page, whisper};
use super::{Interaction, LOOKING, closed, store};
use crate::Discord;
use crate::bots::Bot;
use crate::config::SHARED;
use crate::guild::{self, Guild, handle_of};
use crate::parse::{self, Scene};

/// The command's name.
const NAME: &str = "bullpen";
/// Longest question: it is shown with the member's name before it, in one message.
const LONGEST: usize = 1_500;
/// Most choices that Discord shows, and the longest name of one.
const CHOICES: usize = 25;
const CHOICE: usize = 100;
/// Longest help text; an embed takes 4,096 characters.
const HELP: usize = 4_000;

/// The commands of the shared bot, as `PUT /applications/{id}/guilds/{id}/commands` takes them.
pub(crate) fn commands(plan: &Plan) -> Value {
    let example = plan.identities.iter().map(|identity| identity.handle.as_str()).find(|handle| *handle != SHARED);
    let who = format!("Who is asked, e.g. {}", example.unwrap_or("cmo"));
    let plain = |name: &str, description: &str| json!({ "type": 1, "name": name, "description": description });
    json!([{
        "type": 1,
        "name": NAME,
        "description": "Ask the department, and see what waits for you",
        "contexts": [0],
        "integration_types": [0],
        "options": [
            {
                "type": 1,
                "name": "ask",
                "description": "Ask a persona, here in the channel",
                "options": [
                    {
                        "type": 3,
                        "name": "persona",
                        "description": shortened(&who, CHOICE),
                        "required": true,
                        "autocomplete": true,
                        "max_length": CHOICE,
                    },
                    {
                        "type": 3,
                        "name": "question",
                        "description": "What they are asked or told",
                        "required": true,
                        "max_length": LONGEST,
                    },
                ],
            },
            plain("approvals", "What waits for your approval"),
            plain("tasks", "What you asked for, and how it stands"),
            plain("status", "What the department does"),
            plain("help", "What you can say, and who is there"),
        ],
    }])
}

/// What is asked for: a subcommand and its options.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish<'a> {
    name: &'a str,
    options: BTreeMap<&'a str, &'a str>,
    /// The option that is being typed.
    focused: Option<&'a str>,
}

impl<'a> Wish<'a> {
    /// What is in the data of a command or a completion; `None` where it is not ours.
    fn read(data: &'a Value) -> Option<Self> {
        if data.get("name").and_then(Value::as_str) != Some(NAME) {
            return None;
        }
        let Some(sub) = data.get("options").and_then(Value::as_array).and_then(|options| options.first()) else {
            return Some(Self { name: "help", ..Self::default() });
        };
        let mut wish = Self { name: sub.get("name").and_then(Value::as_str)?, ..Self::default() };
        for option in sub.get("options").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = option.get("name").and_then(Value::as_str) else { continue };
            wish.options.insert(name, option.get("value").and_then(Value::as_str).unwrap_or_default());
            if option.get("focused").and_then(Value::as_bool) == Some(true) {
                wish.focused = Some(name);
            }
        }
        Some(wish)
    }
}

/// Answers the command.
pub(super) async fn answer(discord: &Arc<Discord>, bot: &Bot, interaction: &Interaction) -> Reply {
    let Some(wish) = Wish::read(&interaction.data) else {
        return whisper("This command is not there any more. Try `/bullpen help`.");
    };
    if let Some(why) = closed(discord, interaction) {
        return whisper(&why);
    }
    match wish.name {
        "ask" => ask(discord, bot, interaction, &wish).await,
        "approvals" => overview(discord, interaction, Some("approvals")).await,
        "tasks" => overview(discord, interaction, Some("tasks")).await,
        "status" => overview(discord, interaction, None).await,
        _ => page(json!({ "description": help(&personas(discord)) })),
    }
}

/// Writes a question down; the reader of the queue puts it into the channel.
async fn ask(discord: &Discord, bot: &Bot, interaction: &Interaction, wish: &Wish<'_>) -> Reply {
    let personas = personas(discord);
    let option = |name: &str| wish.options.get(name).copied().unwrap_or_default().trim();
    let (who, question) = (option("persona"), option("question"));
    let Some(handle) = persona(discord, who, &personas) else {
        let who = parse::text::plain(&shortened(who, CHOICE));
        return page(json!({ "description": format!("I do not know “{who}”.\n\n{}", help(&personas)) }));
    };
    if question.is_empty() {
        return whisper(&format!("What is it that @{handle} should do? Please say it in `question`."));
    }
    if question.encode_utf16().count() > LONGEST {
        return whisper(&format!(
            "That is too long for a command: up to {LONGEST} characters. Please write a message instead."
        ));
    }
    if let Some(channel) = interaction.channel_id.and_then(|id| discord.guild.channel(id.0))
        && channel.thread
        && channel.locked
    {
        return whisper("This thread is locked: nobody can say anything here any more.");
    }
    match interaction.fact(bot, "question", json!({ "handle": handle, "words": question })) {
        Some(fact) => store(discord, fact, whisper(&format!("I put it to @{handle}, here in the channel."))).await,
        None => whisper("That did not get through to the department. Please try again in a minute."),
    }
}

/// The persona that somebody means; `None` where there is none of the kind.
fn persona(discord: &Discord, who: &str, personas: &BTreeMap<String, String>) -> Option<String> {
    let native = parse::text::markdown(who, &Scene::new(discord, &[]), None).mentions.into_iter().next();
    let handle = native.unwrap_or_else(|| handle_of(who));
    let plain =
        !handle.is_empty() && handle.len() <= 32 && handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    // Before anybody has told us who there is, the department says so if there is no such persona.
    (personas.contains_key(&handle) || plain && (personas.is_empty() || handle == SHARED)).then_some(handle)
}

/// Our personas: handle, and a line about them.
fn personas(discord: &Discord) -> BTreeMap<String, String> {
    let mut personas = discord.guild.personas();
    for persona in discord.bots.iter().filter_map(|bot| bot.config.persona.clone()) {
        personas.entry(persona).or_default();
    }
    personas.remove(SHARED);
    personas
}

/// What a member may choose from while they type the persona's name.
pub(super) fn complete(discord: &Discord, interaction: &Interaction) -> Reply {
    let none = Reply::Choices(Vec::new());
    let Some(wish) = Wish::read(&interaction.data) else { return none };
    if wish.focused != Some("persona") || closed(discord, interaction).is_some() {
        return none;
    }
    let typed = wish.options.get("persona").copied().unwrap_or_default();
    Reply::Choices(choices(&personas(discord), typed))
}

/// The personas whose handle or line has in it what was typed, those that begin with it first.
fn choices(personas: &BTreeMap<String, String>, typed: &str) -> Vec<Value> {
    let typed = typed.trim().trim_start_matches('@').to_lowercase();
    let handle = handle_of(&typed);
    let mut fit: Vec<(bool, &String, &String)> = personas
        .iter()
        .filter(|(persona, line)| persona.contains(&handle) || line.to_lowercase().contains(&typed))
        .map(|(persona, line)| (!persona.starts_with(&handle), persona, line))
        .collect();
    fit.sort();
    let choice = |(_, persona, line): (bool, &String, &String)| {
        let line = if line.is_empty() { format!("@{persona}") } else { format!("@{persona} · {line}") };
        json!({ "name": shortened(&line, CHOICE), "value": shortened(persona, CHOICE) })
    };
    fit.into_iter().take(CHOICES).map(choice).collect()
}

fn help(personas: &BTreeMap<String, String>) -> String {
    let example = personas.keys().next().map_or("cmo", String::as_str);
    let mut text = format!(
        "What you can say:\n\
         • `/bullpen ask` puts a question to a persona, here in the channel (`@{example}` in a message does so too)\n\
         • `/bullpen approvals` shows what waits for you\n\
         • `/bullpen tasks` shows your tasks\n\
         • `/bullpen status` shows what the department does\n\
         • `/bullpen help` shows this"
    );
    if !personas.is_empty() {
        text.push_str("\n\nWho is there:");
    }
    for (handle, line) in personas {
        let _ = write!(text, "\n• `@{handle}` {}", super::put::escaped(line));
    }
    shortened(&text, HELP)
}

/// What the member may see, within the time that there is.
async fn overview(discord: &Arc<Discord>, interaction: &Interaction, section: Option<&str>) -> Reply {
    let seen = timeout(LOOKING, async {
        let user = interaction.user().unwrap_or(&Value::Null);
        // In a guild the payload says who asks; elsewhere, who is not known has no rights.
        let stranger = || Guild::stranger(guild::id(user, "id").unwrap_or_default(), guild::user_name(user), false);
        let author = parse::author(discord, user, interaction.member.as_ref()).unwrap_or_else(|_| stranger());
        let mut overview = discord.sources.overviews.of(&author).await?;
        if let Some(section) = section {
            overview.summary.clear();
            overview.sections.retain(|part| part.key == section);
        }
        Ok::<_, bullpen_chat::Error>(discord.overview(&overview).await)
    });
    match seen.await {
        Ok(Ok(embed)) => page(embed),
        Ok(Err(error)) => {
            tracing::warn!(org = %discord.org, %error, "a command has nothing to show");
            away()
        }
        Err(_) => away(),
    }
}

fn away() -> Reply {
    whisper("The department cannot look that up just now. Please try again in a minute.")
}

#[cfg(test)]
mod tests;
