//! The shape of `bullpen.yaml`, and how it is laid over the defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use bullpen_domain::attendance::Away;
use bullpen_domain::org::Right;
use bullpen_domain::persona::Availability;
use bullpen_domain::source::{self, Fault, Lines};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;

/// Every setting, documented where it has its value.
pub(super) const DEFAULTS: &str = include_str!("../defaults.yaml");

/// What the defaults are called in faults.
const DEFAULTS_NAME: &str = "defaults.yaml";

/// A whole file. What stands in none of the two files cannot be: the defaults have every field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) organisation: Organisation,
    pub(super) people: Vec<Person>,
    pub(super) server: Server,
    pub(super) postgres: Postgres,
    pub(super) model: Model,
    pub(super) budget: Budget,
    pub(super) workers: Workers,
    pub(super) log: Log,
    pub(super) slack: Slack,
    pub(super) discord: Discord,
    pub(super) home: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Organisation {
    pub(super) name: String,
    pub(super) zone: Zone,
    pub(super) availability: Option<Availability>,
    pub(super) holidays: Vec<NaiveDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) name: String,
    #[serde(default)]
    pub(super) rights: BTreeSet<Right>,
    #[serde(default)]
    pub(super) slack: Option<String>,
    #[serde(default)]
    pub(super) discord: Option<Id>,
    #[serde(default)]
    pub(super) discord_role: Option<Id>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) token: Option<String>,
    #[serde(default)]
    pub(super) availability: Option<Availability>,
    #[serde(default)]
    pub(super) away: Option<Vec<Away>>,
    #[serde(default)]
    pub(super) stand_ins: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Server {
    pub(super) listen: String,
    pub(super) public_url: Option<String>,
    pub(super) data: String,
    pub(super) personas: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Postgres {
    pub(super) binaries: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Model {
    pub(super) stand_in: super::stand_in::StandIn,
    pub(super) base_url: String,
    pub(super) timeout_seconds: u64,
    pub(super) strategic: Tier,
    pub(super) standard: Tier,
    pub(super) routine: Tier,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tier {
    pub(super) name: String,
    pub(super) input_usd_per_million: f64,
    pub(super) output_usd_per_million: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Budget {
    pub(super) daily_usd: f64,
    pub(super) cause_usd: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Workers {
    pub(super) engine: usize,
    pub(super) calls: usize,
    pub(super) delivery: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Log {
    pub(super) format: super::LogFormat,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Slack {
    pub(super) api_url: String,
    pub(super) channel_prefix: String,
    pub(super) posts_a_minute: u32,
    pub(super) personas: BTreeMap<String, SlackApp>,
}

/// Names of variables.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlackApp {
    pub(super) bot_token: String,
    #[serde(default)]
    pub(super) app_token: Option<String>,
    #[serde(default)]
    pub(super) signing_secret: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Discord {
    pub(super) api_url: String,
    pub(super) guild: Option<Id>,
    pub(super) category: String,
    pub(super) personas: BTreeMap<String, DiscordBot>,
}

/// The name of a variable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DiscordBot {
    pub(super) token: String,
}

/// An id of Discord's, which people write as a number or, in quotes, as text.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected an id such as 1029384756")]
pub(super) enum Id {
    Number(u64),
    Text(String),
}

impl Id {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Zone(pub(super) Tz);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let wrong = |_| format!("\"{name}\" is no time zone; write an IANA name such as Europe/Berlin");
        Tz::from_str(&name).map(Self).map_err(wrong)
    }
}

/// The settings in force, and where their file says them.
pub(super) struct Settings {
    pub(super) file: File,
    /// Of the person's own file; of the defaults where there is none.
    pub(super) lines: Lines,
    /// The fields that the person's own file sets.
    own: Value,
}

impl Settings {
    /// Lays a file, by its name and text, over the defaults.
    pub(super) fn read(own: Option<(&str, &str)>) -> Result<Self, Fault> {
        let defaults = source::read::<File>(DEFAULTS_NAME, DEFAULTS)?;
        let Some((name, text)) = own else {
            return Ok(Self { file: defaults.value, lines: defaults.lines, own: Value::Null });
        };
        // Read by its shape first: only so do faults have their line.
        let lines = source::read::<File>(name, text)?.lines;
        let own: Value = source::parse(name, text)?;
        let mut whole: Value = source::parse(DEFAULTS_NAME, DEFAULTS)?;
        lay_over(&mut whole, own.clone());
        let file = serde_json::from_value(whole).map_err(|e| Fault::of_file(name, format!("{e}; correct the file")))?;
        Ok(Self { file, lines, own })
    }

    /// Whether the person's own file sets a field of a section.
    pub(super) fn says(&self, section: &str, field: &str) -> bool {
        self.own.get(section).and_then(|section| section.get(field)).is_some_and(|value| !value.is_null())
    }
}

/// Sections are merged field by field; everything else is replaced. Nothing (`field:`) leaves what was there.
fn lay_over(base: &mut Value, over: Value) {
    match (base, over) {
        (_, Value::Null) => {}
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                lay_over(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}
