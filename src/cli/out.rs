//! Standard output. Whoever closes it early (`bullpen tail | head`) has seen enough: writing then fails, and the program
//! ends as if it were done.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Writes a line, at once.
pub(super) fn line(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Text of others without what a terminal would obey; line breaks stay.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// The same on one line, at most this many characters long.
pub(super) fn short(text: &str, limit: usize) -> String {
    let line = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
