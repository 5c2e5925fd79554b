//! Discord: the bots and their tokens, which stand in variables only.

use std::collections::BTreeMap;

use bullpen_domain::source::Lines;
use secrecy::SecretString;

use super::Error;
use super::address;
use super::environment::{Environment, is_variable};
use super::file;

/// What was said of Discord. It is connected where the shared bot has its token.
#[derive(Debug, Clone)]
pub struct Discord {
    /// The base of the REST routes, without a slash at its end.
    pub api_url: String,
    /// The guild; without it the only one that the shared bot is in.
    pub guild: Option<u64>,
    /// The category that the department's channels are made in.
    pub category: String,
    /// The bot that personas share.
    pub shared: DiscordBot,
    /// The bots that belong to one persona each, by its handle.
    pub personas: BTreeMap<String, DiscordBot>,
}

/// A bot's token, and the variable for it.
#[derive(Debug, Clone)]
pub struct DiscordBot {
    /// The name of the variable.
    pub variable: String,
    /// What it signs in with, where it is set.
    pub token: Option<SecretString>,
}

/// The variable of the shared bot's token.
const TOKEN: &str = "DISCORD_TOKEN";

impl Discord {
    /// Whether there is something to connect with.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.shared.token.is_some()
    }
}

/// Reads what is said of Discord. What is incomplete is no reason not to start: it is warned about, and the department works
/// without it.
pub(super) fn read(
    env: &Environment<'_>,
    said: &file::Discord,
    lines: &Lines,
    warnings: &mut Vec<String>,
) -> Result<Discord, Error> {
    let bot = |variable: &str| -> Result<DiscordBot, Error> {
        let token = env.secret(variable);
        if let Some(token) = &token {
            plausible(token).map_err(|problem| Error::variable(variable, problem))?;
        }
        Ok(DiscordBot { variable: variable.to_owned(), token })
    };
    let shared = bot(TOKEN)?;
    let mut personas = BTreeMap::new();
    for (handle, named) in &said.personas {
        if !is_variable(&named.token) {
            // It may be the token itself, so it is not repeated.
            let problem = "this is no name of a variable; write one such as DISCORD_CMO_TOKEN, and the token in it";
            return Err(lines.fault(&format!("discord.personas.{handle}.token"), problem).into());
        }
        personas.insert(handle.clone(), bot(&named.token)?);
    }
    if shared.token.is_none() {
        if !personas.is_empty() {
            warnings.push("Discord is not connected: set DISCORD_TOKEN, or run `bullpen setup discord`".to_owned());
        }
    } else {
        let silent = personas.iter().filter(|(_, bot)| bot.token.is_none());
        warnings.extend(silent.map(|(handle, bot)| {
            format!("{} is not set, so {handle} speaks through the shared bot in Discord until it is", bot.variable)
        }));
    }
    let guild = said.guild.as_ref().map(|id| {
        let id = match id {
            file::Id::Number(id) => Some(*id),
            file::Id::Text(id) => id.trim().parse().ok(),
        };
        let problem = "this is no id of a guild; in Discord, with developer mode on, copy it from the server's menu";
        id.filter(|id| *id > 0).ok_or_else(|| lines.fault("discord.guild", problem))
    });
    let category = said.category.trim().to_owned();
    if category.is_empty() || category.chars().count() > 100 {
        let problem = "this is no name of a category; write 1 to 100 characters";
        return Err(lines.fault("discord.category", problem).into());
    }
    Ok(Discord {
        api_url: address::of_api(env, "DISCORD_API_URL", &said.api_url, "discord.api_url", lines)?,
        guild: guild.transpose()?,
        category,
        shared,
        personas,
    })
}

/// What is often pasted instead of the token.
fn plausible(token: &SecretString) -> Result<(), String> {
    use secrecy::ExposeSecret as _;
    let token = token.expose_secret();
    if token.starts_with("Bot ") {
        return Err("write the token alone, without \"Bot \" before it".to_owned());
    }
    if token.chars().any(char::is_whitespace) {
        return Err("there is a space in it; copy the token again from the page Bot of the application".to_owned());
    }
    if token.chars().all(|c| c.is_ascii_digit()) {
        let problem = "this is an id; the token is on the page Bot of the application, under Reset Token";
        return Err(problem.to_owned());
    }
    Ok(())
}
