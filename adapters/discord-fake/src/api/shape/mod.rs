//! The shapes of what is sent: typed, and nothing beside what they name.

pub(crate) mod command;
mod component;
mod embed;
mod mentions;
pub(crate) mod message;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::state::Refusal;

/// A snowflake: a text of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub(crate) u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let id = text.parse().ok().filter(|_| digits);
        id.map(Self).ok_or_else(|| D::Error::custom(format!("Value \"{text}\" is not snowflake.")))
    }
}

/// Permissions: a text of digits, or a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bits(pub(crate) u64);

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bits = match Value::deserialize(from)? {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        bits.map(Self).ok_or_else(|| D::Error::custom("permissions are a text of digits"))
    }
}

/// A field whose absence and `null` are not the same.
pub(crate) fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Refuses a text that has too few or too many characters.
pub(crate) fn length(path: &str, text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let length = text.chars().count();
    if length < least && least == 1 {
        return Err(Refusal::required(path));
    }
    if length < least || (length > most && least > 0) {
        let why = format!("Must be between {least} and {most} in length.");
        return Err(Refusal::form(path, "BASE_TYPE_BAD_LENGTH", why));
    }
    if length > most { Err(Refusal::too_long(path, most)) } else { Ok(()) }
}

/// Refuses what is no address of these schemes.
pub(crate) fn address(path: &str, text: &str, most: usize, schemes: &[&str]) -> Result<(), Refusal> {
    length(path, text, 0, most)?;
    let wrong = || Refusal::form(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    if !schemes.contains(&url.scheme()) {
        let why = format!("Scheme \"{}\" must be one of ('{}').", url.scheme(), schemes.join("', '"));
        return Err(Refusal::form(path, "URL_TYPE_INVALID_SCHEME", why));
    }
    if url.host_str().is_none_or(str::is_empty) { Err(wrong()) } else { Ok(()) }
}

/// Refuses a picture that is no data URL.
pub(crate) fn picture(path: &str, text: &str) -> Result<(), Refusal> {
    let is_picture =
        ["png", "jpeg", "gif", "webp"].iter().any(|f| text.starts_with(&format!("data:image/{f};base64,")));
    if is_picture { Ok(()) } else { Err(Refusal::form(path, "IMAGE_INVALID", "Invalid image data")) }
}
