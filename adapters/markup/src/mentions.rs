//! Whom a post notifies.

use std::collections::BTreeSet;

use crate::{Atom, Dialect, Line, Span, Style, Unit};

/// Whom a post notifies: what stands after the `@` in the text, and how the platform wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions<D> {
    pub(crate) dialect: D,
    /// Longest first, names in lower case.
    by_name: Vec<(String, String)>,
}

impl<D: Dialect> Mentions<D> {
    /// `resolved` are names or handles with the native mention of each. What the platform takes for none is left out.
    pub fn new(resolved: impl IntoIterator<Item = (String, String)>) -> Self {
        let dialect = D::default();
        let mut by_name: Vec<(String, String)> = resolved
            .into_iter()
            .filter(|(name, native)| !name.trim().is_empty() && dialect.is_native(native))
            .map(|(name, native)| (name.trim().to_lowercase(), native))
            .collect();
        by_name.sort_by(|a, b| b.0.chars().count().cmp(&a.0.chars().count()).then_with(|| a.cmp(b)));
        by_name.dedup_by(|a, b| a.0 == b.0);
        Self { dialect, by_name }
    }

    /// All native mentions, each once.
    pub fn natives(&self) -> BTreeSet<&str> {
        self.by_name.iter().map(|(_, native)| native.as_str()).collect()
    }

    /// A line for those who are notified and not named in a text.
    pub fn unnamed(&self, units: &[Unit]) -> Option<Unit> {
        let mut spans = Vec::new();
        for native in self.natives().difference(&mentioned(units)) {
            if !spans.is_empty() {
                spans.push(Span::space());
            }
            spans.push(Span { style: Style::default(), atom: Atom::Mention((*native).to_owned()) });
        }
        (!spans.is_empty()).then(|| Unit::Text(vec![Line::of(spans)]))
    }

    /// The name that `rest` (what follows an `@`) begins with: its length in bytes, and the mention.
    pub(crate) fn at(&self, rest: &str) -> Option<(usize, &str)> {
        self.by_name.iter().find_map(|(name, native)| {
            let length = prefix(rest, name)?;
            let ends = rest[length..].chars().next().is_none_or(|c| !is_name(c));
            ends.then_some((length, native.as_str()))
        })
    }
}

/// The native mentions in a text.
fn mentioned(units: &[Unit]) -> BTreeSet<&str> {
    let lines = units.iter().flat_map(|unit| unit.lines().unwrap_or_default());
    let mentions = lines.flat_map(|line| &line.spans).filter_map(|span| match &span.atom {
        Atom::Mention(native) => Some(native.as_str()),
        _ => None,
    });
    mentions.collect()
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

/// Whether a name can go on with this.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
