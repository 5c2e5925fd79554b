//! The small texts of cards and overviews.

use crate::{Atom, Dialect, Line, Span, Style, Unit, Words, one_line, shortened, words};

/// A title as a line of its own; `None` where there is nothing to read in it.
pub fn title(text: &str) -> Option<Unit> {
    let mut spans = Vec::new();
    words(&mut spans, &one_line(text), Style::BOLD);
    (!spans.is_empty()).then(|| Unit::Heading(Line::of(spans)))
}

/// A field's value: plain text, with a bar where it is a share.
pub fn value<D: Dialect>(name: &str, value: &str, words: Words<'_, D>) -> Line {
    let mut spans = Vec::new();
    let text = one_line(value);
    if text.is_empty() {
        spans.push(Span::word("–", Style::default()));
    }
    if let Some(share) = share(&text).filter(|_| !is_date(name)) {
        spans.extend([Span::word(bar(share), Style::default()), Span::space()]);
    }
    if text.starts_with('/') && !text.contains(char::is_whitespace) && words.absolute(&text).is_some() {
        words.link(&mut spans, &text, &text, Style::default());
    } else {
        words.text(&mut spans, &text, Style::default());
    }
    Line::of(spans)
}

/// A field as a line of its own.
pub fn named<D: Dialect>(name: &str, text: &str, plain: Words<'_, D>) -> Line {
    let mut spans = Vec::new();
    let label = one_line(name);
    if !label.is_empty() {
        words(&mut spans, &format!("{label}:"), Style::BOLD);
        spans.push(Span::space());
    }
    spans.extend(value(name, text, plain).spans);
    Line::of(spans)
}

/// An item of an overview: its title, which leads to `url`, and a detail below, each of at most `most` UTF-16 units.
pub fn item<D: Dialect>(title: &str, url: Option<String>, detail: &str, most: usize, plain: Words<'_, D>) -> Unit {
    let short = |text: &str| shortened(plain.dialect(), &one_line(text), most);
    let title = short(title);
    let mut first = Vec::new();
    match url {
        Some(url) if !title.is_empty() => {
            first.push(Span { style: Style::BOLD, atom: Atom::Link { url, label: title } });
        }
        _ => words(&mut first, &title, Style::BOLD),
    }
    let mut second = Vec::new();
    plain.text(&mut second, &short(detail), Style::default());
    Unit::Text([first, second].into_iter().filter(|spans| !spans.is_empty()).map(Line::of).collect())
}

/// How much of a whole a value names: `42 %`, `3/7`, `3 of 7`.
fn share(text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| (0.0..=1e9).contains(n));
    let share = match text.strip_suffix('%') {
        Some(percent) => number(percent)? / 100.0,
        None => {
            let (part, whole) = text.split_once('/').or_else(|| text.split_once(" of "))?;
            number(part)? / number(whole).filter(|whole| *whole > 0.0)?
        }
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// Whether a value like `3/7` is a day rather than a share.
fn is_date(name: &str) -> bool {
    let name = name.to_lowercase();
    ["due", "date", "day", "until", "when", "since"].iter().any(|word| name.contains(word))
}

/// A share in ten steps; full only when it is.
fn bar(share: f64) -> String {
    let full = (1..=10).filter(|step| share * 10.0 + 1e-9 >= f64::from(*step)).count();
    format!("{}{}", "▰".repeat(full), "▱".repeat(10 - full))
}
