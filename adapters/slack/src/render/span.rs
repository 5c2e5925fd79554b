//! A line of running text: styled atoms, written as mrkdwn or cut at a sensible place.
//!
//! mrkdwn knows no escapes but those of `& < >`, and reads `*`, `_`, `~` and backticks as marks only beside a space or
//! punctuation. So marks inside of words get an invisible space around them, and literal ones a hair of space behind.

use std::fmt::Write as _;

/// Shows nothing and lets a mark begin or end inside of a word.
const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// As narrow as white space can be: a mark that is followed by it opens nothing.
const HAIR_SPACE: char = '\u{200a}';
/// Shows nothing and keeps a literal `>` from standing first on its line.
pub(super) const WORD_JOINER: char = '\u{2060}';

/// How text looks. In the order in which marks nest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) strike: bool,
}

impl Style {
    pub(super) const BOLD: Self = Self { bold: true, italic: false, strike: false };

    fn marks(self) -> impl Iterator<Item = char> {
        [(self.bold, '*'), (self.italic, '_'), (self.strike, '~')]
            .into_iter()
            .filter_map(|(on, mark)| on.then_some(mark))
    }

    fn and(self, other: Self) -> Self {
        Self { bold: self.bold && other.bold, italic: self.italic && other.italic, strike: self.strike && other.strike }
    }
}

/// The smallest piece that is not broken but for want of room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Atom {
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
pub(super) struct Span {
    pub(super) style: Style,
    pub(super) atom: Atom,
}

impl Span {
    pub(super) fn word(text: impl Into<String>, style: Style) -> Self {
        Self { style, atom: Atom::Word(text.into()) }
    }

    pub(super) fn space() -> Self {
        Self { style: Style::default(), atom: Atom::Space(" ".into()) }
    }

    fn is_space(&self) -> bool {
        matches!(self.atom, Atom::Space(_))
    }

    /// Whether a mark that ends just before would be taken for a letter's neighbour.
    fn begins_wordlike(&self) -> bool {
        match &self.atom {
            Atom::Word(word) => word.chars().next().is_some_and(|c| c.is_alphanumeric() || "*_~`".contains(c)),
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
    pub(super) fn plain(&self) -> String {
        match &self.atom {
            Atom::Word(text) | Atom::Space(text) | Atom::Code(text) | Atom::Mention(text) => text.clone(),
            Atom::Link { url, label } if label.is_empty() || label == url => url.clone(),
            Atom::Link { url, label } => format!("{label} ({url})"),
        }
    }
}

/// One line: what stands before it (a bullet, a quote mark), and the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// What the line begins with, already mrkdwn.
    pub(super) lead: String,
    /// What its continuation begins with when it is cut.
    pub(super) hang: String,
    pub(super) spans: Vec<Span>,
}

/// The length of a text as the limits of Slack may count it: UTF-16 units, never fewer than characters.
pub(super) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Text as it must stand in mrkdwn.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

impl Line {
    /// The line as mrkdwn.
    pub(super) fn mrkdwn(&self) -> String {
        written(&self.lead, &self.spans)
    }

    /// The length as mrkdwn, or `None` where it is more than `room`.
    pub(super) fn within(&self, room: usize) -> Option<usize> {
        let short = self.surely_fitting(room) == self.spans.len();
        short.then(|| length(&self.mrkdwn())).filter(|length| *length <= room)
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
    pub(super) fn cut(mut self, room: usize) -> Result<(Self, Self), Self> {
        let fits = |count: usize| length(&written(&self.lead, &self.spans[..count])) <= room;
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
            return self.cut_first(room);
        }
        let mut rest = self.spans.split_off(at);
        let spaces = rest.iter().take_while(|span| span.is_space()).count();
        rest.drain(..spaces);
        let rest = Self { lead: self.hang.clone(), hang: self.hang.clone(), spans: rest };
        Ok((self, rest))
    }

    /// Cuts inside of the first atom.
    fn cut_first(mut self, room: usize) -> Result<(Self, Self), Self> {
        let Some(Span { style, atom }) = self.spans.first().cloned() else { return Err(self) };
        let (text, make): (&str, fn(String) -> Atom) = match &atom {
            Atom::Word(text) => (text, Atom::Word),
            Atom::Space(text) => (text, Atom::Space),
            Atom::Code(text) => (text, Atom::Code),
            Atom::Link { .. } | Atom::Mention(_) => return Err(self),
        };
        let piece = |text: &str| Span { style, atom: make(text.to_owned()) };
        let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(room).collect();
        let fits = |end: &usize| length(&written(&self.lead, &[piece(&text[..*end])])) <= room;
        let Some(end) = ends.partition_point(fits).checked_sub(1).map(|last| ends[last]) else { return Err(self) };
        let mut rest = Self { lead: self.hang.clone(), hang: self.hang.clone(), spans: self.spans.split_off(1) };
        if end < text.len() {
            rest.spans.insert(0, piece(&text[end..]));
        }
        self.spans = vec![piece(&text[..end])];
        Ok((self, rest))
    }
}

/// Spans as mrkdwn behind `lead`.
fn written(lead: &str, spans: &[Span]) -> String {
    let mut out = lead.to_owned();
    let (spans, text_from) = (settled(spans), out.len());
    let literal = Literal::of(&spans);
    let mut open: Vec<char> = Vec::new();
    let mut after_code = false;
    for span in &spans {
        let wanted: Vec<char> = span.style.marks().collect();
        let keep = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
        let after_mark = open.len() > keep || after_code;
        while open.len() > keep {
            out.extend(open.pop());
        }
        let is_code = matches!(span.atom, Atom::Code(_));
        let before_mark = wanted.len() > keep || is_code;
        if let Some(before) = out[text_from..].chars().next_back() {
            let bounded = before.is_whitespace() || matches!(before, '(' | '[' | '"' | '“' | '‘');
            if (before_mark && !bounded) || (after_mark && span.begins_wordlike()) {
                out.push(ZERO_WIDTH_SPACE);
            }
        }
        for mark in &wanted[keep..] {
            out.push(*mark);
            open.push(*mark);
        }
        literal.write(&mut out, text_from, span);
        after_code = is_code;
    }
    while let Some(mark) = open.pop() {
        out.push(mark);
    }
    out
}

/// Spaces wear only what both of their neighbours wear: marks hug words.
fn settled(spans: &[Span]) -> Vec<Span> {
    let style_of = |found: Option<&Span>| found.map(|s| s.style).unwrap_or_default();
    spans
        .iter()
        .enumerate()
        .map(|(i, span)| {
            if !span.is_space() {
                return span.clone();
            }
            let before = style_of(spans[..i].iter().rev().find(|s| !s.is_space()));
            let after = style_of(spans[i..].iter().find(|s| !s.is_space()));
            Span { style: before.and(after), atom: span.atom.clone() }
        })
        .collect()
}

/// Which literal characters could be read as marks on a line, because there are two of them.
struct Literal {
    risky: Vec<char>,
}

impl Literal {
    fn of(spans: &[Span]) -> Self {
        let risky = ['*', '_', '~', '`'].into_iter().filter(|mark| {
            let count: usize = spans
                .iter()
                .map(|span| {
                    let literal = match &span.atom {
                        Atom::Word(word) => word.matches(*mark).count(),
                        Atom::Code(code) if *mark == '`' => 2 + code.matches('`').count(),
                        _ => 0,
                    };
                    literal + if span.style.marks().any(|m| m == *mark) { 2 } else { 0 }
                })
                .sum();
            count > 1
        });
        Self { risky: risky.collect() }
    }

    fn write(&self, out: &mut String, text_from: usize, span: &Span) {
        match &span.atom {
            Atom::Word(word) => self.word(out, text_from, word),
            Atom::Space(space) => out.push_str(space),
            // Nothing can stand for a backtick inside of code.
            Atom::Code(code) if code.contains('`') || code.trim().is_empty() => self.word(out, text_from, code),
            Atom::Code(code) => {
                let _ = write!(out, "`{}`", escape(code));
            }
            Atom::Link { url, label } if label.is_empty() || label == url => {
                let _ = write!(out, "<{}>", address(url));
            }
            Atom::Link { url, label } => {
                let _ = write!(out, "<{}|{}>", address(url), escape(label));
            }
            Atom::Mention(native) => out.push_str(native),
        }
    }

    fn word(&self, out: &mut String, text_from: usize, word: &str) {
        for c in word.chars() {
            let first = out.len() == text_from;
            if first && c == '>' {
                // At the beginning of a line it would make a quotation.
                out.push(WORD_JOINER);
            }
            let before = out[text_from..].chars().next_back();
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                c => out.push(c),
            }
            let opens = before.is_none_or(|b| !b.is_alphanumeric());
            if self.risky.contains(&c) && (opens || c == '`') {
                out.push(HAIR_SPACE);
            }
        }
    }
}

/// How much room a link takes.
pub(super) fn link_length(url: &str, label: &str) -> usize {
    length(&address(url)) + length(&escape(label)) + 3
}

/// An address between angle brackets: nothing in it may end it.
fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '|' => out.push_str("%7C"),
            c if c.is_whitespace() || c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
            c => out.push(c),
        }
    }
    out
}
