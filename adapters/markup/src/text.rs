//! Plain text: its length, on one line, cut short, in an address.

use std::fmt::Write as _;

use crate::Dialect;

/// Shows nothing and keeps marks apart.
pub const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// Shows nothing and keeps characters from being read together.
pub const WORD_JOINER: char = '\u{2060}';

/// The length of a text as the limits of a platform may count it: UTF-16 units, never fewer than characters.
pub fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Text on one line, with single spaces.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text cut to `most` UTF-16 units, at a word where that is near, with an ellipsis that no escape stands before.
pub fn shortened<D: Dialect>(_: D, text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    let mut used = 1;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > most {
            break;
        }
        end = at + c.len_utf8();
    }
    let head = &text[..end];
    let at_word = head.rfind(char::is_whitespace).filter(|at| at * 4 > end * 3).unwrap_or(end);
    let head = head[..at_word].trim_end();
    format!("{}…", D::ESCAPE.map_or(head, |escape| head.trim_end_matches(escape)))
}

/// An address without white space, control characters and `unwanted` ones.
pub fn encoded(url: &str, unwanted: &[char]) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_whitespace() || c.is_control() || unwanted.contains(&c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
