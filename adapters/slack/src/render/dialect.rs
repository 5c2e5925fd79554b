//! Text as Slack's mrkdwn.
//!
//! mrkdwn knows no escapes but those of `& < >`, and reads `*`, `_`, `~` and backticks as marks only beside a space or
//! punctuation. So marks inside of words get an invisible space around them, and literal ones a hair of space behind.

use std::fmt::Write as _;

use bullpen_markup::{Atom, Dialect, Span, Style, WORD_JOINER, ZERO_WIDTH_SPACE, encoded, length};

/// As narrow as white space can be: a mark that is followed by it opens nothing.
const HAIR_SPACE: char = '\u{200a}';
/// All that Slack reads as a mark.
const MARKS: &str = "*_~`";

/// Slack's markup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mrkdwn;

impl Dialect for Mrkdwn {
    /// Plain spaces at the beginning of a line may be swallowed; these are not.
    const INDENT: &'static str = "\u{2003}\u{2002}";
    const WIDEST: usize = 72;
    const SCHEMES: &'static [&'static str] = &["http://", "https://", "mailto:"];
    const LANGUAGE: usize = 0;
    const ESCAPE: Option<char> = None;

    fn bullet(self, depth: usize) -> &'static str {
        ["•", "◦", "▪"][depth % 3]
    }

    fn heading(self, _: usize) -> Option<&'static str> {
        None
    }

    fn line(self, lead: &str, spans: &[Span]) -> String {
        let mut out = lead.to_owned();
        let text_from = out.len();
        let literal = Literal::of(spans);
        let mut open: Vec<char> = Vec::new();
        let mut after_code = false;
        for span in spans {
            let wanted: Vec<char> = marks(span.style).collect();
            let keep = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
            let after_mark = open.len() > keep || after_code;
            while open.len() > keep {
                out.extend(open.pop());
            }
            let is_code = matches!(span.atom, Atom::Code(_));
            let before_mark = wanted.len() > keep || is_code;
            if let Some(before) = out[text_from..].chars().next_back() {
                let bounded = before.is_whitespace() || matches!(before, '(' | '[' | '"' | '“' | '‘');
                if (before_mark && !bounded) || (after_mark && span.begins_wordlike(MARKS)) {
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

    fn code(self, line: &str) -> String {
        escape(line)
    }

    fn link_length(self, url: &str, label: &str) -> usize {
        length(&address(url)) + length(&escape(label)) + 3
    }

    fn is_label(self, _: &str, _: &str) -> bool {
        true
    }

    fn is_native(self, mention: &str) -> bool {
        let id = mention.strip_suffix('>').and_then(|m| m.strip_prefix("<@").or_else(|| m.strip_prefix("<!subteam^")));
        id.is_some_and(|id| (1..=30).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric()))
    }
}

/// The marks of a style, in the order in which they nest.
fn marks(style: Style) -> impl Iterator<Item = char> {
    [(style.bold, '*'), (style.italic, '_'), (style.strike, '~')]
        .into_iter()
        .filter_map(|(on, mark)| on.then_some(mark))
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

/// Which literal characters could be read as marks on a line, because there are two of them.
struct Literal {
    risky: Vec<char>,
}

impl Literal {
    fn of(spans: &[Span]) -> Self {
        let risky = MARKS.chars().filter(|mark| {
            let count: usize = spans
                .iter()
                .map(|span| {
                    let literal = match &span.atom {
                        Atom::Word(word) => word.matches(*mark).count(),
                        Atom::Code(code) if *mark == '`' => 2 + code.matches('`').count(),
                        _ => 0,
                    };
                    literal + if marks(span.style).any(|m| m == *mark) { 2 } else { 0 }
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

/// An address between angle brackets: nothing in it may end it.
fn address(url: &str) -> String {
    encoded(url, &['<', '>', '|']).replace('&', "&amp;")
}
