//! Plain text to atoms: words, bare addresses, and the names that stand after an `@`.
//!
//! **Architecture invariant:** [`Mentions`] is the only source of native mentions, and it holds what `Post::notify`
//! resolved to and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use super::span::{Atom, Span, Style, WORD_JOINER, link_length};

/// Names that a platform may read as "everybody", and that are therefore never made prominent.
const MASS: [&str; 4] = ["everyone", "here", "channel", "group"];
/// Most people, and most roles, that one message may notify.
const MOST: usize = 100;
/// A link longer than this is written out as text, so that it can be cut.
const LONGEST_LINK: usize = 1_000;

/// Whom a post notifies: what stands after the `@` in the text, and how Discord wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    /// Longest first, names in lower case.
    by_name: Vec<(String, String)>,
}

impl Mentions {
    /// `resolved` are names or handles with the native mention of each (`<@user>`, `<@&role>`).
    pub(crate) fn new(resolved: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut by_name: Vec<(String, String)> = resolved
            .into_iter()
            .filter(|(name, native)| !name.trim().is_empty() && is_native(native))
            .map(|(name, native)| (name.trim().to_lowercase(), native))
            .collect();
        by_name.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then_with(|| a.cmp(b)));
        by_name.dedup_by(|a, b| a.0 == b.0);
        Self { by_name }
    }

    /// Those that do not stand in `used`, each once.
    pub(super) fn missing(&self, used: &BTreeSet<String>) -> Vec<String> {
        let all: BTreeSet<&String> = self.by_name.iter().map(|(_, native)| native).collect();
        all.into_iter().filter(|native| !used.contains(*native)).cloned().collect()
    }

    /// All of them, each once.
    pub(super) fn natives(&self) -> BTreeSet<&str> {
        self.by_name.iter().map(|(_, native)| native.as_str()).collect()
    }

    /// Who may be notified, as every send and edit says it: exactly these.
    pub(crate) fn allowed(&self) -> Value {
        let ids = |of: fn(&str) -> Option<u64>| -> Vec<String> {
            self.natives().into_iter().filter_map(of).take(MOST).map(|id| id.to_string()).collect()
        };
        json!({ "parse": [], "users": ids(user), "roles": ids(role), "replied_user": false })
    }

    /// The name that `rest` (what follows an `@`) begins with: its length in bytes, and the mention.
    fn at(&self, rest: &str) -> Option<(usize, &str)> {
        self.by_name.iter().find_map(|(name, native)| {
            let length = prefix(rest, name)?;
            let ends = rest[length..].chars().next().is_none_or(|c| !is_name(c));
            ends.then_some((length, native.as_str()))
        })
    }
}

/// The length of the beginning of `text` that reads `name` (lower case) whatever its case.
fn prefix(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars();
    let mut left = wanted.next();
    for (at, c) in text.char_indices() {
        let Some(_) = left else { return Some(at) };
        for lower in c.to_lowercase() {
            if left != Some(lower) {
                return None;
            }
            left = wanted.next();
        }
    }
    left.is_none().then_some(text.len())
}

fn is_native(mention: &str) -> bool {
    user(mention).or_else(|| role(mention)).is_some()
}

/// The user that a native mention means.
fn user(mention: &str) -> Option<u64> {
    mention.strip_prefix("<@")?.strip_suffix('>')?.parse().ok()
}

/// The role that a native mention means.
fn role(mention: &str) -> Option<u64> {
    mention.strip_prefix("<@&")?.strip_suffix('>')?.parse().ok()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn binds(c: char) -> bool {
    is_name(c) || c == '<'
}

/// What plain text becomes, given whom it notifies and where relative addresses lead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    /// Who is pinged.
    pub(crate) mentions: &'a Mentions,
    /// What `/path` is relative to.
    pub(crate) public_url: Option<&'a Url>,
}

impl Words<'_> {
    /// Appends `text` (one line) as atoms.
    pub(super) fn text(self, out: &mut Vec<Span>, text: &str, style: Style) {
        let mut rest = text;
        // Whether what stands before may be part of a name or an address, or of Discord's own markup.
        let mut inside = matches!(out.last(), Some(Span { atom: Atom::Word(word), .. }) if word.ends_with(binds));
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            if c == '@' && !inside {
                if let Some((length, native)) = self.mentions.at(after) {
                    out.push(Span { style, atom: Atom::Mention(native.to_owned()) });
                    (rest, inside) = (&after[length..], true);
                    continue;
                }
                if let Some(length) = handle(after) {
                    out.push(Span::word(&rest[..=length], Style { bold: true, ..style }));
                    (rest, inside) = (&after[length..], true);
                    continue;
                }
            }
            if !inside && let Some(length) = bare_address(rest) {
                push_link(out, &rest[..length], "", style);
                (rest, inside) = (&rest[length..], true);
                continue;
            }
            push(out, c, style);
            (rest, inside) = (after, binds(c));
        }
    }

    /// Appends a link. What cannot be a link in Discord is written out.
    pub(super) fn link(self, out: &mut Vec<Span>, to: &str, label: &str, style: Style) {
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let to = to.strip_prefix("mailto:").unwrap_or(to);
        if let Some(url) = self.absolute(to) {
            if label.contains("://") && label != url {
                // Discord shows no link whose words look like another address.
                words(out, &label, style);
                out.push(Span::space());
                push_link(out, &url, "", style);
            } else {
                push_link(out, &url, &label, style);
            }
        } else if label.is_empty() || label == to {
            words(out, to, style);
        } else {
            words(out, &label, style);
            if !to.is_empty() {
                out.push(Span::space());
                words(out, &format!("({to})"), style);
            }
        }
    }

    /// Where a link leads, if it is one that Discord can open.
    pub(super) fn absolute(self, to: &str) -> Option<String> {
        let lower = to.to_ascii_lowercase();
        if ["http://", "https://"].iter().any(|scheme| lower.len() > scheme.len() && lower.starts_with(scheme)) {
            return Some(to.to_owned());
        }
        let ours = to.starts_with('/') && !to.starts_with("//");
        self.public_url.filter(|_| ours)?.join(to).ok().map(String::from)
    }
}

fn push_link(out: &mut Vec<Span>, url: &str, label: &str, style: Style) {
    if link_length(url, label) <= LONGEST_LINK {
        out.push(Span { style, atom: Atom::Link { url: url.to_owned(), label: label.to_owned() } });
        return;
    }
    if !label.is_empty() && label != url {
        words(out, label, style);
        out.push(Span::space());
    }
    words(out, url, style);
}

/// Appends text without looking for names and addresses.
pub(super) fn words(out: &mut Vec<Span>, text: &str, style: Style) {
    for c in text.chars() {
        push(out, c, style);
    }
}

fn push(out: &mut Vec<Span>, c: char, style: Style) {
    match (out.last_mut(), c.is_whitespace()) {
        (Some(Span { atom: Atom::Space(text), .. }), true) => text.push(c),
        (Some(Span { atom: Atom::Word(text), style: worn }), false) if *worn == style => text.push(c),
        (_, true) => out.push(Span { style, atom: Atom::Space(c.into()) }),
        (_, false) => out.push(Span::word(c, style)),
    }
}

/// The length of a handle at the beginning of `text`, unless it means everybody.
fn handle(text: &str) -> Option<usize> {
    let length = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    let handle = text[..length].trim_end_matches('-');
    let begins = handle.starts_with(|c: char| c.is_ascii_alphabetic());
    let lower = handle.to_ascii_lowercase();
    (begins && !MASS.iter().any(|m| lower.starts_with(m))).then_some(handle.len())
}

/// The length of an address at the beginning of `text`.
fn bare_address(text: &str) -> Option<usize> {
    let lower = text.get(..8).or_else(|| text.get(..7)).unwrap_or_default().to_ascii_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|s| lower.starts_with(s))?;
    let end = text
        .find(|c: char| c.is_whitespace() || c == WORD_JOINER || matches!(c, '<' | '>' | '"' | '`' | '|'))
        .unwrap_or(text.len());
    let mut address = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '…']);
    if address.ends_with(')') && !address.contains('(') {
        address = address.trim_end_matches(')');
    }
    (address.len() > scheme.len()).then_some(address.len())
}
