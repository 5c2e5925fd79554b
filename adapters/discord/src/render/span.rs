//! A line of running text: styled atoms, written as Discord's Markdown or cut at a sensible place.
//!
//! Discord honours a backslash before a mark, so literal marks are escaped. Marks inside of words get an invisible space
//! around them, since `_` is one only at a word's edge and neighbouring marks would run together.

use std::fmt::Write as _;

/// Shows nothing and keeps marks apart.
pub(super) const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// Shows nothing and keeps what would be a mention from being one.
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

    fn marks(self) -> impl Iterator<Item = &'static str> {
        [(self.bold, "**"), (self.strike, "~~"), (self.italic, "_")]
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
            Atom::Word(word) => word.chars().next().is_some_and(|c| c.is_alphanumeric() || "*_~`|\\".contains(c)),
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
    /// What the line begins with, already Markdown.
    pub(super) lead: String,
    /// What its continuation begins with when it is cut.
    pub(super) hang: String,
    pub(super) spans: Vec<Span>,
}

/// The length of a text as Discord may count it: UTF-16 units, never fewer than characters.
pub(super) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
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

impl Line {
    /// The line as Markdown.
    pub(super) fn markdown(&self) -> String {
        written(&self.lead, &self.spans)
    }

    /// The length as Markdown, or `None` where it is more than `room`.
    pub(super) fn within(&self, room: usize) -> Option<usize> {
        let short = self.surely_fitting(room) == self.spans.len();
        short.then(|| length(&self.markdown())).filter(|length| *length <= room)
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

/// Spans as Markdown behind `lead`.
fn written(lead: &str, spans: &[Span]) -> String {
    let mut out = lead.to_owned();
    let (spans, text_from) = (settled(spans), out.len());
    let mut open: Vec<&'static str> = Vec::new();
    let mut after_code = false;
    for span in &spans {
        // What is open stays outside.
        let mut wanted: Vec<&'static str> = span.style.marks().collect();
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
            if (before_mark && !bounded) || (after_mark && span.begins_wordlike()) {
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

/// How much room a link takes.
pub(super) fn link_length(url: &str, label: &str) -> usize {
    length(&link(url, label))
}

/// An address between angle brackets: nothing in it may end it.
fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            c if c.is_whitespace() || c.is_control() || matches!(c, ZERO_WIDTH_SPACE | WORD_JOINER) => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
            // No mention, wherever it stands.
            '@' => out.push_str("%40"),
            c => out.push(c),
        }
    }
    out
}
