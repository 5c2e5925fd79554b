//! What the server was told before it started: the only reader of the environment.
//!
//! Three sources, each over the next: variables (the environment's, then those of `.env`), the organisation's
//! `bullpen.yaml`, and the embedded `defaults.yaml`, which documents every field and *is* the defaults. What comes out has
//! been checked once, here; nobody else asks whether a setting makes sense.
//!
//! **Architecture invariant:** no other module reads a variable, and nothing here opens a connection or resolves a name.

mod address;
mod discord;
mod environment;
mod error;
mod file;
mod people;
mod slack;
mod stand_in;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bullpen_domain::attendance::Workdays;
use bullpen_domain::org::Right;
use bullpen_domain::source::Lines;
use bullpen_model::Tier;
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;

pub use address::PublicUrl;
pub use discord::{Discord, DiscordBot};
pub use error::Error;
pub(crate) use people::fold;
pub use people::{Person, Token};
pub use slack::{Slack, SlackApp, SlackAppGiven, SlackGiven};

use environment::Environment;
use file::Settings;

/// Everything that is decided before the server starts. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database to use; without it the server starts a Postgres of its own below [`Config::data`].
    pub database_url: Option<SecretString>,
    /// Where the department keeps its own Postgres and what it publishes.
    pub data: PathBuf,
    /// Where the server listens. Port 0 lets the system choose one.
    pub listen: SocketAddr,
    /// The address that people reach it by.
    pub public_url: Option<PublicUrl>,
    /// The endpoint of real models; without it the stand-in speaks.
    pub openai: Option<OpenAi>,
    /// The seed of the hostile stand-in, where that one is to speak. It attacks the department on purpose.
    pub hostile: Option<u64>,
    /// The workspace in Slack, where one is configured.
    pub slack: Option<Slack>,
    /// What was said of Slack, complete or not.
    pub slack_given: SlackGiven,
    /// What was said of Discord.
    pub discord: Discord,
    /// The platform where what nobody asked for is said; the lobby where it is none.
    home: String,
    /// What calls cost.
    prices: Prices,
    /// Whose department it is.
    pub organisation: Organisation,
    /// Its people, at least one.
    pub people: Vec<Person>,
    /// What the models may cost.
    pub budget: Budget,
    /// The folder of teams; where there is none, the built-in copy is used.
    pub personas: PathBuf,
    /// How many jobs of each kind run side by side.
    pub workers: Workers,
    /// About the Postgres that the server starts by itself.
    pub postgres: Postgres,
    /// What is said in the log, and how.
    pub log: Log,
    /// What is unwise but allowed, a sentence each, for the log of the start.
    pub warnings: Vec<String>,
    /// Where the file says things, for faults that show later.
    lines: Lines,
}

/// An OpenAI-compatible endpoint.
#[derive(Debug, Clone)]
pub struct OpenAi {
    /// The address that `/chat/completions` is appended to.
    pub base_url: String,
    /// The key, for endpoints that want one.
    pub key: Option<SecretString>,
    /// The model of each class.
    pub models: Models,
    /// Most time that one answer may take.
    pub timeout: Duration,
}

/// The name of a model for each class of work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Models {
    pub strategic: String,
    pub standard: String,
    pub routine: String,
}

/// The price of a model for each class of work.
#[derive(Debug, Clone, Copy)]
struct Prices {
    strategic: Price,
    standard: Price,
    routine: Price,
}

/// US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Of the question.
    pub input_usd_per_million: f64,
    /// Of the answer.
    pub output_usd_per_million: f64,
}

/// Whose department it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// What it is called.
    pub name: String,
    /// The zone that its days are counted in.
    pub zone: Tz,
    /// When its people work who have said nothing else.
    pub workdays: Workdays,
}

/// What the models may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Most US dollars in a day of the organisation's zone.
    pub daily_usd: f64,
    /// Most US dollars for what one cause sets off.
    pub cause_usd: f64,
}

/// How many jobs of each kind run side by side, each 1 to 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workers {
    /// Decide what happens next.
    pub engine: usize,
    /// Wait for models and skills.
    pub calls: usize,
    /// Hand posts to platforms.
    pub delivery: usize,
}

/// About the Postgres that the server starts by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postgres {
    /// The folder of its programs; without it `PATH` and the usual places are searched.
    pub binaries: Option<PathBuf>,
}

/// What is said in the log, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How it is written.
    pub format: LogFormat,
    /// What is said, in the notation of `RUST_LOG`, where somebody chose.
    pub filter: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object in each line.
    Json,
}

/// Most jobs of one kind.
const WORKERS_MAX: usize = 64;
/// Longest that an answer may be waited for, in seconds.
const TIMEOUT_MAX: u64 = 600;

impl Config {
    /// Reads the configuration. `env` looks up a variable, `dir` is the directory that the server is started in: `.env`,
    /// `bullpen.yaml` and relative paths are looked for there.
    ///
    /// # Errors
    /// The first thing that is wrong, with the variable, or the file, line and field, and what to do.
    pub fn load(env: &dyn Fn(&str) -> Option<String>, dir: &Path) -> Result<Self, Error> {
        let env = Environment::open(env, dir)?;
        let own = own_file(&env, dir)?;
        let Settings { file, lines, .. } = settings(own.as_ref(), dir)?;
        let fault = |field: &str, problem: &str| Error::File(lines.fault(field, problem));

        let name = file.organisation.name.trim().to_owned();
        if name.is_empty() {
            return Err(fault("organisation.name", "nothing stands here; write what the organisation is called"));
        }
        if file.budget.daily_usd < 0.0 {
            return Err(fault("budget.daily_usd", "this is no amount; write US dollars from 0 up, such as 20"));
        }
        if file.budget.cause_usd < 0.0 {
            return Err(fault("budget.cause_usd", "this is no amount; write US dollars from 0 up, such as 5"));
        }
        let workers = &file.workers;
        let workers = Workers { engine: workers.engine, calls: workers.calls, delivery: workers.delivery };
        for (kind, count) in [("engine", workers.engine), ("calls", workers.calls), ("delivery", workers.delivery)] {
            if !(1..=WORKERS_MAX).contains(&count) {
                return Err(fault(&format!("workers.{kind}"), "this is out of range; write 1 to 64"));
            }
        }
        let availability = file.organisation.availability.unwrap_or_default();
        people::sound(&availability, "organisation.availability", &lines)?;
        let workdays = Workdays { availability, holidays: file.organisation.holidays.into_iter().collect() };
        let people = people::check(file.people, &lines, &env)?;
        let listen = address::listen(&env, &file.server.listen, &lines)?;
        if !address::is_loopback(listen) && people.iter().all(|person| person.token.is_none()) {
            return Err(Error::NobodyHasAToken { listen });
        }
        let mut warnings = warnings(&env, &people);
        let (slack_given, slack) = slack::read(&env, &file.slack, &lines, &mut warnings)?;
        let discord = discord::read(&env, &file.discord, &lines, &mut warnings)?;
        let connected = [("slack", slack.is_some()), ("discord", discord.is_connected())];
        let path = |text: &str| dir.join(text.strip_prefix("./").unwrap_or(text));
        let openai = openai(&env, &file.model, &lines)?;
        let workspaces = [
            ("Slack", slack.as_ref().map(|slack| slack.api_url.as_str())),
            ("Discord", discord.is_connected().then_some(discord.api_url.as_str())),
        ];
        let beside = stand_in::beside(openai.is_some(), workspaces);
        let hostile = stand_in::hostile(&env, file.model.stand_in, beside, &lines, &mut warnings)?;
        Ok(Self {
            database_url: address::database(&env)?,
            data: env.get("BULLPEN_DATA").map_or_else(|| path(&file.server.data), |data| path(data.trim())),
            listen,
            public_url: address::public(&env, file.server.public_url.as_deref(), &lines)?,
            openai,
            hostile,
            home: home(file.home.as_deref(), &connected, &lines, &mut warnings)?,
            slack,
            slack_given,
            discord,
            prices: prices(&file.model, &lines)?,
            organisation: Organisation { name, zone: file.organisation.zone.0, workdays },
            people,
            budget: Budget { daily_usd: file.budget.daily_usd, cause_usd: file.budget.cause_usd },
            personas: path(&file.server.personas),
            workers,
            postgres: Postgres { binaries: file.postgres.binaries.as_deref().map(path) },
            log: Log { format: file.log.format, filter: env.get("RUST_LOG") },
            warnings,
            lines,
        })
    }

    /// The platform where what nobody asked for is said: the chosen one, else the first that is configured, else the lobby
    /// (nothing).
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The listed person of this name, compared without regard to case.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.name.to_lowercase() == name.to_lowercase())
    }

    /// What a call of the models of this class costs.
    #[must_use]
    pub fn price(&self, tier: Tier) -> Price {
        match tier {
            Tier::Strategic => self.prices.strategic,
            Tier::Standard => self.prices.standard,
            Tier::Routine => self.prices.routine,
        }
    }

    /// Whether only this machine can reach the server, so that nobody has to sign in.
    #[must_use]
    pub fn on_loopback(&self) -> bool {
        address::is_loopback(self.listen)
    }

    /// The address that programs of this machine reach the server by, such as `http://127.0.0.1:3710`.
    #[must_use]
    pub fn local_url(&self) -> String {
        address::local(self.listen)
    }

    /// The address that people are shown: the public one, else the local one.
    #[must_use]
    pub fn shown_url(&self) -> String {
        self.public_url.as_ref().map_or_else(|| self.local_url(), |url| url.as_str().to_owned())
    }

    /// A fault of a field of `bullpen.yaml` that shows only beside other files.
    #[must_use]
    pub fn fault(&self, field: &str, problem: impl Into<String>) -> bullpen_domain::source::Fault {
        self.lines.fault(field, problem)
    }
}

/// The organisation's own file: its name for faults, and its text.
fn own_file(env: &Environment<'_>, dir: &Path) -> Result<Option<(String, String)>, Error> {
    let named = env.get("BULLPEN_CONFIG");
    let path = dir.join(named.as_deref().unwrap_or("bullpen.yaml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path.strip_prefix("./").unwrap_or(&path).display().to_string(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let problem = format!("there is no file {}; correct the path, or unset the variable", path.display());
            Err(Error::variable("BULLPEN_CONFIG", problem))
        }
        Err(source) => Err(Error::Read { path, source }),
    }
}

/// The settings in force. A folder of personas that is named must be there.
fn settings(own: Option<&(String, String)>, dir: &Path) -> Result<Settings, Error> {
    let settings = Settings::read(own.map(|(name, text)| (name.as_str(), text.as_str())))?;
    let server = &settings.file.server;
    for (field, text) in [("data", &server.data), ("personas", &server.personas)] {
        if text.trim().is_empty() {
            let problem = "nothing stands here; write the path of a folder, or remove the field";
            return Err(settings.lines.fault(&format!("server.{field}"), problem).into());
        }
    }
    if settings.says("server", "personas") && !dir.join(&server.personas).is_dir() {
        let problem = format!("there is no folder {}; make it, or remove the field", server.personas);
        return Err(settings.lines.fault("server.personas", problem).into());
    }
    Ok(settings)
}

fn openai(env: &Environment<'_>, model: &file::Model, lines: &Lines) -> Result<Option<OpenAi>, Error> {
    if !(1..=TIMEOUT_MAX).contains(&model.timeout_seconds) {
        let problem = format!("this is out of range; write 1 to {TIMEOUT_MAX}");
        return Err(lines.fault("model.timeout_seconds", problem).into());
    }
    let name = |class: &str, tier: &file::Tier| -> Result<String, Error> {
        let variable = format!("BULLPEN_MODEL_{}", class.to_uppercase());
        let name = env.get(&variable).unwrap_or_else(|| tier.name.clone()).trim().to_owned();
        let missing = || format!("no model is named; write one, or set {variable}");
        if name.is_empty() { Err(lines.fault(&format!("model.{class}.name"), missing()).into()) } else { Ok(name) }
    };
    let models = Models {
        strategic: name("strategic", &model.strategic)?,
        standard: name("standard", &model.standard)?,
        routine: name("routine", &model.routine)?,
    };
    let (key, base_url) = (env.secret("OPENAI_API_KEY"), env.get("OPENAI_BASE_URL"));
    if key.is_none() && base_url.is_none() {
        return Ok(None);
    }
    let base_url = base_url.unwrap_or_else(|| model.base_url.clone()).trim().to_owned();
    Ok(Some(OpenAi { base_url, key, models, timeout: Duration::from_secs(model.timeout_seconds) }))
}

/// `connected` names every platform beside the lobby, the preferred first, and whether it can be used.
fn home(
    given: Option<&str>,
    connected: &[(&str, bool)],
    lines: &Lines,
    warnings: &mut Vec<String>,
) -> Result<String, Error> {
    let Some(named) = given else {
        let first = connected.iter().find(|(_, usable)| *usable);
        return Ok(first.map(|(name, _)| (*name).to_owned()).unwrap_or_default());
    };
    match connected.iter().find(|(name, _)| *name == named) {
        _ if named == "lobby" => Ok(String::new()),
        Some((_, true)) => Ok(named.to_owned()),
        Some((_, false)) => {
            warnings.push(format!("home is {named}, which is not connected; until it is, the lobby is home"));
            Ok(String::new())
        }
        None => Err(lines.fault("home", "there is no such platform; write lobby, slack or discord").into()),
    }
}

fn prices(model: &file::Model, lines: &Lines) -> Result<Prices, Error> {
    let price = |class: &str, tier: &file::Tier| -> Result<Price, Error> {
        let (input, output) = (tier.input_usd_per_million, tier.output_usd_per_million);
        for (field, amount) in [("input_usd_per_million", input), ("output_usd_per_million", output)] {
            if amount < 0.0 {
                let problem = "this is no price; write US dollars from 0 up, such as 1.25";
                return Err(lines.fault(&format!("model.{class}.{field}"), problem).into());
            }
        }
        Ok(Price { input_usd_per_million: input, output_usd_per_million: output })
    };
    Ok(Prices {
        strategic: price("strategic", &model.strategic)?,
        standard: price("standard", &model.standard)?,
        routine: price("routine", &model.routine)?,
    })
}

fn warnings(env: &Environment<'_>, people: &[Person]) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(path) = &env.exposed {
        let path = path.display();
        warnings.push(format!("{path} holds secrets and others on this machine may read it: run `chmod 600 {path}`"));
    }
    let nobody_may = |right| people.iter().all(|person| !person.rights.contains(&right));
    for (right, so) in [(Right::Command, "begun"), (Right::Approve, "published")] {
        if nobody_may(right) {
            warnings.push(format!("nobody in bullpen.yaml has the right `{right}`, so nothing will be {so}"));
        }
    }
    warnings
}

#[cfg(test)]
mod tests;
