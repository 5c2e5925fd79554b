use crate::Span;

/// How a platform writes what all of them can say, and what it takes.
pub trait Dialect: Copy + Default {
    /// One step of indentation.
    const INDENT: &'static str;
    /// The widest table that does not wrap in the platform's window at its usual size, in columns of a monospaced font.
    const WIDEST: usize;
    /// What the address of a link may begin with, in lower case.
    const SCHEMES: &'static [&'static str];
    /// Longest name of a language behind a fence; 0 where it would be shown as text.
    const LANGUAGE: usize;
    /// What changes the meaning of the character behind it.
    const ESCAPE: Option<char>;

    /// What an item of a list begins with that has this many lists around it.
    fn bullet(self, depth: usize) -> &'static str;

    /// The marks before a heading of this level (1 is the highest), with a space behind; `None` where it is a bold line.
    fn heading(self, level: usize) -> Option<&'static str>;

    /// Text as one line behind `lead`, which is already spelled. Spaces wear only what both of their neighbours wear.
    fn line(self, lead: &str, spans: &[Span]) -> String;

    /// A line of preformatted text without three backticks in a row.
    fn code(self, line: &str) -> String;

    /// How much room a link takes at most. `label` is empty where the address speaks for itself.
    fn link_length(self, url: &str, label: &str) -> usize;

    /// Whether a link may be called so. Otherwise its label stands beside it as text.
    fn is_label(self, label: &str, url: &str) -> bool;

    /// Whether this is a mention of somebody who can be notified, and of nothing else.
    fn is_native(self, mention: &str) -> bool;
}
