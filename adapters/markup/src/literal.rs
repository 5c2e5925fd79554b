//! Plain text to atoms: words, bare addresses, and the names that stand after an `@`.

use url::Url;

use crate::mentions::is_name;
use crate::{Atom, Dialect, Mentions, Span, Style, WORD_JOINER, one_line};

/// Names that a platform may read as "everybody", and that are therefore never made prominent.
const MASS: [&str; 4] = ["everyone", "here", "channel", "group"];
/// A link longer than this is written out as text, so that it can be cut.
const LONGEST_LINK: usize = 1_000;
const MAIL: &str = "mailto:";

fn binds(c: char) -> bool {
    is_name(c) || c == '<'
}

/// What plain text becomes, given whom it notifies and where relative addresses lead.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a, D> {
    /// Who is pinged.
    pub mentions: &'a Mentions<D>,
    /// What `/path` is relative to.
    pub public_url: Option<&'a Url>,
}

impl<D: Dialect> Words<'_, D> {
    /// What the text is written in.
    pub fn dialect(self) -> D {
        self.mentions.dialect
    }

    /// Appends `text` (one line) as atoms.
    pub fn text(self, out: &mut Vec<Span>, text: &str, style: Style) {
        let mut rest = text;
        // Whether what stands before may be part of a name or an address, or of the platform's own markup.
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
                self.push_link(out, &rest[..length], "", style);
                (rest, inside) = (&rest[length..], true);
                continue;
            }
            push(out, c, style);
            (rest, inside) = (after, binds(c));
        }
    }

    /// Appends a link. What the platform can make no link of is written out.
    pub fn link(self, out: &mut Vec<Span>, to: &str, label: &str, style: Style) {
        let label = one_line(label);
        let to = if D::SCHEMES.contains(&MAIL) { to } else { to.strip_prefix(MAIL).unwrap_or(to) };
        if let Some(url) = self.absolute(to) {
            if self.dialect().is_label(&label, &url) {
                self.push_link(out, &url, &label, style);
            } else {
                words(out, &label, style);
                out.push(Span::space());
                self.push_link(out, &url, "", style);
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

    /// Where a link leads, if it is one that the platform opens.
    pub fn absolute(self, to: &str) -> Option<String> {
        let lower = to.to_ascii_lowercase();
        if D::SCHEMES.iter().any(|scheme| lower.len() > scheme.len() && lower.starts_with(scheme)) {
            return Some(to.to_owned());
        }
        let ours = to.starts_with('/') && !to.starts_with("//");
        self.public_url.filter(|_| ours)?.join(to).ok().map(String::from)
    }

    fn push_link(self, out: &mut Vec<Span>, url: &str, label: &str, style: Style) {
        if self.dialect().link_length(url, label) <= LONGEST_LINK {
            out.push(Span { style, atom: Atom::Link { url: url.to_owned(), label: label.to_owned() } });
            return;
        }
        if !label.is_empty() && label != url {
            words(out, label, style);
            out.push(Span::space());
        }
        words(out, url, style);
    }
}

/// Appends text without looking for names and addresses.
pub fn words(out: &mut Vec<Span>, text: &str, style: Style) {
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
