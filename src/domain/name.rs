//! Names as the department writes them, parsed once at the rim.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A persona's mention handle: 2 to 32 characters of `a-z`, `0-9` and `_`, beginning with a letter; written `@handle`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

impl Handle {
    /// Parses a handle, with or without its `@`, in any case.
    ///
    /// # Errors
    /// When it is too short, too long, or holds other characters.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let name = text.strip_prefix('@').unwrap_or(text).to_ascii_lowercase();
        let fits = (2..=32).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if fits { Ok(Self(name)) } else { Err(Error::Handle(text.chars().take(40).collect())) }
    }

    /// The handle without `@`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Handle {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}

impl Borrow<str> for Handle {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a handle.
    #[error("\"{0}\" is not a handle: use 2 to 32 of a-z, 0-9 and _, beginning with a letter")]
    Handle(String),
}
