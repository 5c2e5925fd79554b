//! A line of running text: styled atoms, written by a dialect or cut at a sensible place.

use crate::{Dialect, length};

/// How text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// `**so**`
    pub bold: bool,
    /// `*so*`
    pub italic: bool,
    /// `~~so~~`
    pub strike: bool,
}

impl Style {
    /// Bold and nothing else.
    pub const BOLD: Self = Self { bold: true, italic: false, strike: false };

    fn and(self, other: Self) -> Self {
        Self { bold: self.bold && other.bold, italic: self.italic && other.italic, strike: self.strike && other.strike }
    }
}

/// The smallest piece that is not broken but for want of room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Atom {
    /// Text without white space, not yet escaped.
    Word(String),
    /// White space; a line may be broken here.
    Space(String),
    /// Inline code, not yet escaped.
    Code(String),
    /// A link; `label` is not yet escaped, and empty where the address speaks for itself.
    Link {
        /// Where it leads.
        url: String,
        /// What it is called.
        label: String,
    },
    /// A native mention: somebody is pinged.
    Mention(String),
}

/// An atom with its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it looks.
    pub style: Style,
    /// What it is.
    pub atom: Atom,
}

impl Span {
    /// A word; text without white space.
    pub fn word(text: impl Into<String>, style: Style) -> Self {
        Self { style, atom: Atom::Word(text.into()) }
    }

    /// One space.
    pub fn space() -> Self {
        Self { style: Style::default(), atom: Atom::Space(" ".into()) }
    }

    /// Whether it is white space.
    pub fn is_space(&self) -> bool {
        matches!(self.atom, Atom::Space(_))
    }

    /// Whether a mark that ends just before would be taken for a letter's neighbour, or for one with the mark that follows.
    pub fn begins_wordlike(&self, marks: &str) -> bool {
        match &self.atom {
            Atom::Word(word) => word.chars().next().is_some_and(|c| c.is_alphanumeric() || marks.contains(c)),
            Atom::Space(_) => false,
            Atom::Code(_) | Atom::Link { .. } | Atom::Mention(_) => true,
        }
    }

    /// Whether a sentence or a clause ends here.
    fn ends_sentence(&self) -> bool {
        match &self.atom {
            Atom::Word(word) => word
                .trim_end_matches(['"', '\'', ')', '”', '’', '»'])
                .ends_with(['.', '!', '?', '…', ':', ';', '。', '！', '？']),
            _ => false,
        }
    }

    /// A length that it has at least.
    fn least(&self) -> usize {
        match &self.atom {
            Atom::Word(text) | Atom::Space(text) | Atom::Code(text) | Atom::Mention(text) => text.chars().count(),
            Atom::Link { url, .. } => url.chars().count(),
        }
    }

    /// The words that it shows, without marks.
    pub(crate) fn plain(&self) -> String {
        match &self.atom {
            Atom::Word(text) | Atom::Space(text) | Atom::Code(text) | Atom::Mention(text) => text.clone(),
            Atom::Link { url, label } if label.is_empty() || label == url => url.clone(),
            Atom::Link { url, label } => format!("{label} ({url})"),
        }
    }
}

/// One line: what stands before it (a bullet, a quote mark), and the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// What the line begins with, already spelled.
    pub lead: String,
    /// What its continuation begins with when it is cut.
    pub hang: String,
    /// The text.
    pub spans: Vec<Span>,
}

impl Line {
    /// A line with nothing before it.
    pub fn of(spans: Vec<Span>) -> Self {
        Self { spans, ..Self::default() }
    }

    /// The line as the platform wants it.
    pub fn written<D: Dialect>(&self, dialect: D) -> String {
        written(dialect, &self.lead, &self.spans)
    }

    /// The length as it is written, or `None` where that is more than `room`.
    pub(crate) fn within<D: Dialect>(&self, dialect: D, room: usize) -> Option<usize> {
        let short = self.surely_fitting(room) == self.spans.len();
        short.then(|| length(&self.written(dialect))).filter(|length| *length <= room)
    }

    /// How many of its atoms may fit at most: what lies beyond is too much even without marks.
    fn surely_fitting(&self, room: usize) -> usize {
        let mut used = length(&self.lead);
        let fits = |span: &&Span| {
            used += span.least();
            used <= room
        };
        self.spans.iter().take_while(fits).count()
    }

    /// Cuts the line so that its first piece takes at most `room`, at the end of a sentence, else between words, else
    /// inside of what is too long by itself. Gives the line back where not even that fits.
    pub(crate) fn cut<D: Dialect>(mut self, dialect: D, room: usize) -> Result<(Self, Self), Self> {
        let fits = |count: usize| length(&written(dialect, &self.lead, &self.spans[..count])) <= room;
        // The length grows with the count: marks that a longer piece saves are shorter than any atom they stand around.
        let (mut most, mut too_many) = (0, self.surely_fitting(room) + 1);
        while too_many - most > 1 {
            let middle = usize::midpoint(most, too_many);
            if fits(middle) { most = middle } else { too_many = middle }
        }
        let spaces = || (1..=most).rev().filter(|i| self.spans.get(*i).is_some_and(Span::is_space));
        let at_sentence = spaces().find(|i| *i * 2 >= most && self.spans[i - 1].ends_sentence());
        let at = at_sentence.or_else(|| spaces().next()).filter(|at| fits(*at)).unwrap_or(most);
        if at == 0 || !fits(at) {
            return self.cut_first(dialect, room);
        }
        let mut rest = self.spans.split_off(at);
        let spaces = rest.iter().take_while(|span| span.is_space()).count();
        rest.drain(..spaces);
        let rest = Self { lead: self.hang.clone(), hang: self.hang.clone(), spans: rest };
        Ok((self, rest))
    }

    /// Cuts inside of the first atom.
    fn cut_first<D: Dialect>(mut self, dialect: D, room: usize) -> Result<(Self, Self), Self> {
        let Some(Span { style, atom }) = self.spans.first().cloned() else { return Err(self) };
        let (text, make): (&str, fn(String) -> Atom) = match &atom {
            Atom::Word(text) => (text, Atom::Word),
            Atom::Space(text) => (text, Atom::Space),
            Atom::Code(text) => (text, Atom::Code),
            Atom::Link { .. } | Atom::Mention(_) => return Err(self),
        };
        let piece = |text: &str| Span { style, atom: make(text.to_owned()) };
        let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(room).collect();
        let fits = |end: &usize| length(&written(dialect, &self.lead, &[piece(&text[..*end])])) <= room;
        let Some(end) = ends.partition_point(fits).checked_sub(1).map(|last| ends[last]) else { return Err(self) };
        let mut rest = Self { lead: self.hang.clone(), hang: self.hang.clone(), spans: self.spans.split_off(1) };
        if end < text.len() {
            rest.spans.insert(0, piece(&text[end..]));
        }
        self.spans = vec![piece(&text[..end])];
        Ok((self, rest))
    }
}

fn written<D: Dialect>(dialect: D, lead: &str, spans: &[Span]) -> String {
    dialect.line(lead, &settled(spans))
}

/// Spaces wear only what both of their neighbours wear: marks hug words.
fn settled(spans: &[Span]) -> Vec<Span> {
    // From the end, what the next word wears; from the beginning, what the last one wore.
    let mut after = Vec::with_capacity(spans.len());
    let mut next = Style::default();
    for span in spans.iter().rev() {
        if !span.is_space() {
            next = span.style;
        }
        after.push(next);
    }
    let mut before = Style::default();
    spans
        .iter()
        .zip(after.into_iter().rev())
        .map(|(span, after)| {
            if span.is_space() {
                return Span { style: before.and(after), atom: span.atom.clone() };
            }
            before = span.style;
            span.clone()
        })
        .collect()
}
