//! A call that comes from somebody who may make it, with what it brings.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::File;
use super::route::Parameters;
use crate::state::{Refusal, State};

/// A call under way, with the guild in hand.
pub(crate) struct Called<'a> {
    pub(crate) state: &'a mut State,
    /// The calling bot's user; 0 where the route takes no bot's token.
    pub(crate) bot: u64,
    pub(crate) parameters: Parameters,
    pub(crate) query: BTreeMap<String, String>,
    /// `null` where there is none.
    pub(crate) body: Value,
    pub(crate) files: Vec<File>,
}

impl Called<'_> {
    /// A parameter of the path; empty where the route has none of this name.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.parameters.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A snowflake in the path.
    pub(crate) fn id(&self, name: &str) -> Result<u64, Refusal> {
        snowflake(name, self.text(name))
    }

    /// A snowflake in the path, where the route has it.
    pub(crate) fn optional_id(&self, name: &str) -> Result<Option<u64>, Refusal> {
        if self.text(name).is_empty() { Ok(None) } else { self.id(name).map(Some) }
    }

    /// The body as a type; everything else about it is refused.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        parse(&self.body)
    }

    /// Refuses arguments of the query that this route does not have.
    pub(crate) fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        match self.query.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(Refusal::form(name, "UNKNOWN_FIELD", "There is no such argument in the query.")),
            None => Ok(()),
        }
    }

    /// A snowflake in the query.
    pub(crate) fn argument_id(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.query.get(name).map(|value| snowflake(name, value)).transpose()
    }

    /// A yes or no in the query.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.query.get(name).map(String::as_str) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(Refusal::form(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")),
        }
    }

    /// `limit` in the query.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, Refusal> {
        let Some(given) = self.query.get("limit") else { return Ok(default) };
        match given.parse() {
            Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
            Ok(_) => {
                Err(Refusal::form("limit", "NUMBER_TYPE_MAX", format!("int value should be between 1 and {most}.")))
            }
            Err(_) => Err(Refusal::form("limit", "NUMBER_TYPE_COERCE", format!("Value \"{given}\" is not int."))),
        }
    }

    /// The guild in the path: there is one, and the bot must be in it.
    pub(crate) fn guild(&self) -> Result<u64, Refusal> {
        let id = self.id("guild_id")?;
        if id != self.state.guild {
            return Err(Refusal::unknown("Guild"));
        }
        self.state.need_in_guild(self.bot, 0)?;
        Ok(id)
    }

    /// The channel or thread in the path, which the bot must see and have these permissions in.
    pub(crate) fn channel(&self, needed: u64) -> Result<u64, Refusal> {
        let id = self.id("channel_id")?;
        self.state.need(self.bot, id, needed)?;
        Ok(id)
    }
}

pub(crate) fn snowflake(name: &str, value: &str) -> Result<u64, Refusal> {
    let wrong = || Refusal::form(name, "NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not snowflake."));
    if value.bytes().all(|b| b.is_ascii_digit()) { value.parse().map_err(|_| wrong()) } else { Err(wrong()) }
}

/// A JSON value as a type; what the type does not have is refused.
pub(crate) fn parse<T: DeserializeOwned>(body: &Value) -> Result<T, Refusal> {
    let empty = Value::Object(serde_json::Map::new());
    let body = if body.is_null() { &empty } else { body };
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string().replace('[', ".").replace(']', "");
        let path = if path == "." { String::new() } else { path };
        let why = error.into_inner().to_string();
        let named = why.split('`').nth(1).unwrap_or_default();
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if why.starts_with("unknown field") {
            // The path ends in the unknown field already.
            let path = if path.ends_with(named) { path.clone() } else { below(named) };
            Refusal::form(&path, "UNKNOWN_FIELD", why)
        } else if why.starts_with("missing field") {
            Refusal::required(&below(named))
        } else {
            Refusal::form(&path, "BASE_TYPE_CONVERT", why)
        }
    })
}
