//! What is the same for every platform, in a dialect that spells as little as it can.

mod blocks;
mod laws;

use crate::{Atom, Dialect, Mentions, Span, Unit, Words, length, read, written};

/// Marks each span by itself and escapes nothing but backticks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Terse;

impl Dialect for Terse {
    const INDENT: &'static str = "  ";
    const WIDEST: usize = 30;
    const SCHEMES: &'static [&'static str] = &["https://"];
    const LANGUAGE: usize = 6;
    const ESCAPE: Option<char> = Some('\\');

    fn bullet(self, depth: usize) -> &'static str {
        if depth == 0 { "*" } else { "+" }
    }

    fn heading(self, level: usize) -> Option<&'static str> {
        (level == 1).then_some("# ")
    }

    fn line(self, lead: &str, spans: &[Span]) -> String {
        let spans = spans.iter().map(|span| {
            let text = match &span.atom {
                Atom::Word(text) => text.replace('`', "'"),
                Atom::Space(text) | Atom::Mention(text) => text.clone(),
                Atom::Code(code) => format!("`{}`", code.replace('`', "'")),
                Atom::Link { url, label } => format!("[{label}]({url})"),
            };
            let mark = if span.style.bold && !span.is_space() { "!" } else { "" };
            format!("{mark}{text}{mark}")
        });
        format!("{lead}{}", spans.collect::<String>())
    }

    fn code(self, line: &str) -> String {
        line.to_owned()
    }

    fn link_length(self, url: &str, label: &str) -> usize {
        length(url) + length(label) + 4
    }

    fn is_label(self, label: &str, _: &str) -> bool {
        !label.contains("://")
    }

    fn is_native(self, mention: &str) -> bool {
        mention.starts_with('%')
    }
}

/// Ana is a person, `cmo` a persona, and a team is called like the beginning of her name.
fn mentions() -> Mentions<Terse> {
    let native = [("Ana Lee", "%1"), ("cmo", "%2"), ("Ana", "%3"), ("everyone", "all")];
    Mentions::new(native.map(|(name, native)| (name.to_owned(), native.to_owned())))
}

fn units(text: &str, mentions: &Mentions<Terse>) -> Vec<Unit> {
    let url = "https://bullpen.example".parse().unwrap();
    read(text, Words { mentions, public_url: Some(&url) })
}

/// A text that notifies nobody.
fn plain(text: &str) -> String {
    written(Terse, &units(text, &Mentions::default()))
}
