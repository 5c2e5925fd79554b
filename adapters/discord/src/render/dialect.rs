//! Text as Discord's Markdown.
//!
//! Discord honours a backslash before a mark, so literal marks are escaped. Marks inside of words get an invisible space
//! around them, since `_` is one only at a word's edge and neighbouring marks would run together.

use std::fmt::Write as _;

use bullpen_markup::{Atom, Dialect, Span, Style, WORD_JOINER, ZERO_WIDTH_SPACE, encoded, length};
use serde_json::{Value, json};

/// What a word may begin with that runs together with a mark.
const MARKS: &str = "*_~`|\\";
/// Most people, and most roles, that one message may notify.
const MOST: usize = 100;

/// Markdown as Discord reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Discord;

impl Dialect for Discord {
    const INDENT: &'static str = "  ";
    const WIDEST: usize = 64;
    const SCHEMES: &'static [&'static str] = &["http://", "https://"];
    const LANGUAGE: usize = 20;
    const ESCAPE: Option<char> = Some('\\');

    fn bullet(self, _: usize) -> &'static str {
        "-"
    }

    /// Discord has three levels.
    fn heading(self, level: usize) -> Option<&'static str> {
        ["# ", "## ", "### "].get(level.checked_sub(1)?).copied()
    }

    fn line(self, lead: &str, spans: &[Span]) -> String {
        let mut out = lead.to_owned();
        let text_from = out.len();
        let mut open: Vec<&'static str> = Vec::new();
        let mut after_code = false;
        for span in spans {
            // What is open stays outside.
            let mut wanted: Vec<&'static str> = marks(span.style).collect();
            wanted.sort_by_key(|mark| open.iter().position(|other| other == mark).unwrap_or(open.len()));
            let keep = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
            let after_mark = open.len() > keep || after_code;
            while open.len() > keep {
                out.extend(open.pop());
            }
            let is_code = matches!(span.atom, Atom::Code(_));
            // Marks hug words: before a space none is opened.
            let opened = if span.is_space() { &[] } else { &wanted[keep..] };
            if let Some(before) = out[text_from..].chars().next_back() {
                let bounded = before.is_whitespace() || matches!(before, '(' | '"' | '“' | '‘');
                let before_mark = !opened.is_empty() || is_code;
                if (before_mark && !bounded) || (after_mark && span.begins_wordlike(MARKS)) {
                    out.push(ZERO_WIDTH_SPACE);
                }
            }
            for mark in opened {
                out.push_str(mark);
                open.push(mark);
            }
            write(&mut out, text_from, span);
            after_code = is_code;
        }
        while let Some(mark) = open.pop() {
            out.push_str(mark);
        }
        out
    }

    fn code(self, line: &str) -> String {
        defused(line)
    }

    fn link_length(self, url: &str, label: &str) -> usize {
        length(&link(url, label))
    }

    /// Discord shows no link whose words look like another address.
    fn is_label(self, label: &str, url: &str) -> bool {
        label == url || !label.contains("://")
    }

    fn is_native(self, mention: &str) -> bool {
        user(mention).or_else(|| role(mention)).is_some()
    }
}

/// Who may be notified, as every send and edit says it: exactly these.
pub(super) fn allowed(mentions: &super::Mentions) -> Value {
    let ids = |of: fn(&str) -> Option<u64>| -> Vec<String> {
        mentions.natives().into_iter().filter_map(of).take(MOST).map(|id| id.to_string()).collect()
    };
    json!({ "parse": [], "users": ids(user), "roles": ids(role), "replied_user": false })
}

/// The marks of a style, in the order in which they nest.
fn marks(style: Style) -> impl Iterator<Item = &'static str> {
    [(style.bold, "**"), (style.strike, "~~"), (style.italic, "_")]
        .into_iter()
        .filter_map(|(on, mark)| on.then_some(mark))
}

/// Plain text as it must stand in Markdown, within a line: it shows as it is, and nobody is mentioned by it.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        if matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']') {
            out.push('\\');
        }
        out.push(c);
        let rest = &text[at + c.len_utf8()..];
        match c {
            // Behind it Discord looks for mentions, emoji, times, commands and addresses.
            '<' if rest.starts_with(|c: char| !c.is_whitespace()) => out.push(WORD_JOINER),
            '@' if everybody(rest) => out.push(ZERO_WIDTH_SPACE),
            _ => {}
        }
    }
    out
}

/// Whether what follows an `@` would address everybody.
fn everybody(rest: &str) -> bool {
    ["everyone", "here"].iter().any(|word| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
}

/// Code as it must stand between backticks: as it is, but for what Discord would take for a mention even there.
pub(super) fn defused(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for (at, c) in code.char_indices() {
        out.push(c);
        let rest = &code[at + c.len_utf8()..];
        match c {
            '<' if rest.starts_with(['@', '#']) => out.push(WORD_JOINER),
            '@' if everybody(rest) => out.push(ZERO_WIDTH_SPACE),
            _ => {}
        }
    }
    out
}

fn write(out: &mut String, text_from: usize, span: &Span) {
    match &span.atom {
        Atom::Word(text) => word(out, text_from, text),
        Atom::Space(space) => out.push_str(space),
        Atom::Code(code) if code.trim().is_empty() || code.contains("``") => word(out, text_from, code),
        Atom::Code(code) if code.contains('`') => {
            let _ = write!(out, "`` {} ``", defused(code.trim()));
        }
        Atom::Code(code) => {
            let _ = write!(out, "`{}`", defused(code));
        }
        Atom::Link { url, label } => out.push_str(&link(url, label)),
        Atom::Mention(native) => out.push_str(native),
    }
}

/// A word. At the beginning of a line it could make a heading, a list, a quotation or small print.
fn word(out: &mut String, text_from: usize, word: &str) {
    let mut word = word;
    if out.len() == text_from {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && word[digits..].starts_with(['.', ')']) {
            out.push_str(&word[..digits]);
            out.push('\\');
            out.push_str(&word[digits..=digits]);
            word = &word[digits + 1..];
        } else if word.starts_with(['#', '-', '+', '>']) {
            out.push('\\');
            out.push_str(&word[..1]);
            word = &word[1..];
        }
    }
    // What stands before it may have ended in what would make a mention of it.
    match out[text_from..].chars().next_back() {
        Some('<') => out.push(WORD_JOINER),
        Some('@') if everybody(word) => out.push(ZERO_WIDTH_SPACE),
        _ => {}
    }
    out.push_str(&escape(word));
}

/// A link that nothing unfurls.
fn link(url: &str, label: &str) -> String {
    if label.is_empty() || label == url {
        format!("<{}>", address(url))
    } else {
        format!("[{}](<{}>)", escape(label), address(url))
    }
}

/// An address between angle brackets: nothing in it may end it or be a mention.
fn address(url: &str) -> String {
    encoded(url, &['<', '>', '\\', '@', ZERO_WIDTH_SPACE, WORD_JOINER])
}

/// The user that a native mention means.
fn user(mention: &str) -> Option<u64> {
    mention.strip_prefix("<@")?.strip_suffix('>')?.parse().ok()
}

/// The role that a native mention means.
fn role(mention: &str) -> Option<u64> {
    mention.strip_prefix("<@&")?.strip_suffix('>')?.parse().ok()
}
