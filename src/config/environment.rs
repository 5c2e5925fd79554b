//! The variables: the environment first, then `.env`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::Error;

/// Where variables are looked up. It has no `Debug`: some of them are secrets.
pub(super) struct Environment<'a> {
    real: &'a dyn Fn(&str) -> Option<String>,
    dotenv: BTreeMap<String, String>,
    /// The file `.env`, where others may read it.
    pub(super) exposed: Option<PathBuf>,
}

impl<'a> Environment<'a> {
    /// Reads `.env` in `dir`, if there is one.
    pub(super) fn open(real: &'a dyn Fn(&str) -> Option<String>, dir: &Path) -> Result<Self, Error> {
        let path = dir.join(".env");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { real, dotenv: BTreeMap::new(), exposed: None });
            }
            Err(source) => return Err(Error::Read { path, source }),
        };
        let dotenv = parse(&path, &text)?;
        Ok(Self { real, dotenv, exposed: open_to_others(&path).then_some(path) })
    }

    /// The value of a variable; one that is set to nothing counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let set = |value: &String| !value.trim().is_empty();
        (self.real)(name).filter(set).or_else(|| self.dotenv.get(name).cloned().filter(set))
    }

    /// The same, for what nobody may see.
    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.get(name).map(|value| SecretString::from(value.trim().to_owned()))
    }
}

/// `NAME=value` on each line, with or without `export` and quotes; `#` begins a comment line.
fn parse(path: &Path, text: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = match line.split_once('=') {
            Some((name, value)) if is_variable(name.trim()) => (name.trim(), value.trim()),
            // The line may hold a secret, so it is not repeated.
            _ => {
                return Err(Error::File(bullpen_domain::source::Fault {
                    file: path.display().to_string(),
                    line: index as u64 + 1,
                    field: String::new(),
                    problem: "this is no variable; write it as NAME=value, or remove the line".to_owned(),
                }));
            }
        };
        let quoted = ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q));
        found.insert(name.to_owned(), quoted.unwrap_or(value).to_owned());
    }
    Ok(found)
}

/// Whether a text can name a variable.
pub(super) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> bool {
    false
}
