//! Reading the department's YAML files: a value, or the one place that is wrong and what to do about it.
//!
//! Everything here is text in, value or [`Fault`] out. File names only label faults; no file is opened, and none is
//! included from another. Input is bounded ([`SIZE_LIMIT`], nesting, aliases) before it is trusted with memory.

mod error;
mod lines;

use std::fmt;

use serde::de::DeserializeOwned;

pub(crate) use error::nearest;
pub use lines::Lines;

/// The largest file that is read, in bytes.
pub const SIZE_LIMIT: usize = 256 * 1024;

/// Something wrong in a file, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Fault {
    /// The file's name as the caller gave it.
    pub file: String,
    /// Line, counted from 1; 0 when the fault belongs to the file as a whole.
    pub line: u64,
    /// Path of the field, such as `authority.level` or `tests[2].says`; empty when the fault belongs to no field.
    pub field: String,
    /// What is wrong and what to do, as one sentence.
    pub problem: String,
}

impl Fault {
    /// A fault of a file as a whole.
    #[must_use]
    pub fn of_file(file: &str, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, field: String::new(), problem: problem.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        f.write_str(": ")?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.problem)
    }
}

/// A value with the lines its fields stand on, for checks that go beyond the shape of the file.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where its fields stand.
    pub lines: Lines,
}

/// Reads one YAML document.
///
/// # Errors
/// The first fault found: not YAML, an unknown, missing or repeated field, a value of the wrong type, or a file that is
/// empty, too large, or built to unfold into too much.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Fault> {
    acceptable(file, text)?;
    // The parser's error knows the line, and the tracker the path.
    let mut path = String::new();
    serde_saphyr::with_deserializer_from_str_with_options(text, options(), |yaml| {
        serde_path_to_error::deserialize(yaml).map_err(|e| {
            path = lines::path(e.path());
            e.into_inner()
        })
    })
    .map_err(|e| error::fault(file, text, &path, &e))
}

/// Reads one YAML document and remembers on which line every field stands.
///
/// # Errors
/// As [`parse`].
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<Located<T>, Fault> {
    let value = parse(file, text)?;
    Ok(Located { value, lines: Lines::of(file, text) })
}

/// Refuses what is no text file of ours before the parser sees it.
fn acceptable(file: &str, text: &str) -> Result<(), Fault> {
    if text.len() > SIZE_LIMIT {
        let problem = format!("the file has {} bytes; keep it below {SIZE_LIMIT}", text.len());
        return Err(Fault::of_file(file, problem));
    }
    if let Some(at) = text.find('\0') {
        let line = line_of(text, at);
        let problem = "a NUL character stands here; save the file as plain UTF-8 text".to_owned();
        return Err(Fault { file: file.to_owned(), line, field: String::new(), problem });
    }
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Err(Fault::of_file(file, "the file is empty; fill it in or delete it"));
    }
    Ok(())
}

/// The line, counted from 1, of a byte offset.
fn line_of(text: &str, offset: usize) -> u64 {
    text.bytes().take(offset).fold(1, |line, byte| line + u64::from(byte == b'\n'))
}

/// Bounds far above any honest file and far below what would hurt.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 50_000,
            max_nodes: 25_000,
            max_aliases: 200,
            max_anchors: 200,
            max_depth: 24,
            flow_nesting_limit: 24,
            max_documents: 2,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
        emit_comments: false,
        strict_booleans: true,
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests;
