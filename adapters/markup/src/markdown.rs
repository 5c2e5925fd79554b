//! Markdown, as models and people write it, to units.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::{Atom, Dialect, Line, Span, Style, Unit, Words, table};

/// Lists nested deeper are not indented further.
const DEEPEST: usize = 6;

/// Reads Markdown.
pub fn read<D: Dialect>(text: &str, words: Words<'_, D>) -> Vec<Unit> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader::new(words);
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        reader.take(event);
    }
    reader.end_block();
    reader.units
}

struct Reader<'a, D> {
    words: Words<'a, D>,
    units: Vec<Unit>,
    /// The block that is being read.
    lines: Vec<Line>,
    spans: Vec<Span>,
    bold: usize,
    italic: usize,
    strike: usize,
    quotes: usize,
    /// For each open list, the number of its next item.
    lists: Vec<Option<u64>>,
    /// The bullet that the next line begins with.
    bullet: Option<String>,
    /// The marks of the heading that is being read; none for one that is only bold.
    heading: Option<&'static str>,
    /// The link that is open, with what it is called so far. Links do not nest.
    link: Option<(String, String)>,
    /// Pictures and links within an open link.
    inner_links: usize,
    /// The language and the text of the preformatted block that is open.
    code: Option<(String, String)>,
    table: Option<table::Table>,
}

impl<'a, D: Dialect> Reader<'a, D> {
    fn new(words: Words<'a, D>) -> Self {
        Self {
            words,
            units: Vec::new(),
            lines: Vec::new(),
            spans: Vec::new(),
            bold: 0,
            italic: 0,
            strike: 0,
            quotes: 0,
            lists: Vec::new(),
            bullet: None,
            heading: None,
            link: None,
            inner_links: 0,
            code: None,
            table: None,
        }
    }

    fn style(&self) -> Style {
        Style { bold: self.bold > 0, italic: self.italic > 0, strike: self.strike > 0 }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::Code(code) => self.inline_code(&code),
            Event::InlineHtml(html) if is_break(&html) => self.line_break(),
            Event::Html(html) | Event::InlineHtml(html) => self.text(&html),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => {
                self.end_block();
                self.spans.push(Span::word("———", Style::default()));
                self.end_block();
            }
            Event::TaskListMarker(done) => {
                self.spans.push(Span::word(if done { "☑" } else { "☐" }, Style::default()));
                self.spans.push(Span::space());
            }
            Event::FootnoteReference(name) => self.text(&format!("[{name}]")),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_block();
                // In a list or a quotation the marks would be shown.
                let alone = self.lists.is_empty() && self.quotes == 0;
                let marks = self.words.dialect().heading(level as usize).filter(|_| alone);
                self.bold += usize::from(marks.is_none());
                self.heading = Some(marks.unwrap_or_default());
            }
            Tag::BlockQuote(_) => {
                self.end_block();
                self.quotes += 1;
            }
            Tag::CodeBlock(kind) => {
                self.end_block();
                self.code = Some((language(&kind, D::LANGUAGE), String::new()));
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.end_block();
                } else {
                    self.end_line();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.end_line();
                self.bullet = Some(self.next_bullet());
            }
            Tag::Table(_) => {
                self.end_block();
                self.table = Some(table::Table::default());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { link_type, dest_url, .. } => {
                self.open_link(if link_type == LinkType::Email {
                    format!("mailto:{dest_url}")
                } else {
                    dest_url.into_string()
                });
            }
            Tag::Image { dest_url, .. } => self.open_link(dest_url.into_string()),
            Tag::Paragraph | Tag::HtmlBlock => {
                self.end_line();
                if self.quotes > 0 && self.lists.is_empty() && !self.lines.is_empty() {
                    self.lines.push(Line { lead: "> ".into(), hang: "> ".into(), ..Line::default() });
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock if self.lists.is_empty() && self.quotes == 0 => self.end_block(),
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_line(),
            TagEnd::Heading(_) => {
                self.end_block();
                if self.heading.take().is_some_and(|marks| marks.is_empty()) {
                    self.bold = self.bold.saturating_sub(1);
                }
            }
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                if let Some((language, code)) = self.code.take() {
                    let code = code.strip_suffix('\n').unwrap_or(&code);
                    if !code.trim().is_empty() {
                        self.units.push(Unit::Code(language, code.split('\n').map(str::to_owned).collect()));
                    }
                }
            }
            TagEnd::List(_) => {
                self.end_line();
                if self.lists.len() == 1 {
                    self.end_block();
                }
                self.lists.pop();
            }
            TagEnd::Item => {
                self.end_line();
                self.bullet = None;
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.units.extend(table.units::<D>());
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strikethrough => self.strike = self.strike.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.close_link(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        if let Some((_, label)) = &mut self.link {
            label.push_str(text);
            return;
        }
        let style = self.style();
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                self.line_break();
            }
            self.words.text(&mut self.spans, line.trim_end_matches('\r'), style);
        }
    }

    fn inline_code(&mut self, code: &str) {
        if let Some((_, label)) = &mut self.link {
            label.push_str(code);
            return;
        }
        let style = self.style();
        self.spans.push(Span { style, atom: Atom::Code(code.to_owned()) });
    }

    fn open_link(&mut self, to: String) {
        if self.link.is_some() {
            self.inner_links += 1;
        } else {
            self.link = Some((to, String::new()));
        }
    }

    fn close_link(&mut self) {
        if let Some(inner) = self.inner_links.checked_sub(1) {
            self.inner_links = inner;
            return;
        }
        if let Some((to, label)) = self.link.take() {
            let style = self.style();
            let label = if to == format!("mailto:{label}") { "" } else { &label };
            self.words.link(&mut self.spans, &to, label, style);
        }
    }

    fn line_break(&mut self) {
        if let Some((_, label)) = &mut self.link {
            label.push(' ');
        } else if self.table.is_some() {
            self.spans.push(Span::space());
        } else {
            self.end_line();
        }
    }

    fn next_bullet(&mut self) -> String {
        let depth = self.lists.len().saturating_sub(1).min(DEEPEST);
        let indent = D::INDENT.repeat(depth);
        match self.lists.last_mut() {
            Some(Some(number)) => {
                let bullet = format!("{indent}{number}. ");
                *number = number.saturating_add(1);
                bullet
            }
            _ => format!("{indent}{} ", self.words.dialect().bullet(depth)),
        }
    }

    /// Ends a line, if there is something on it.
    fn end_line(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().all(|span| matches!(span.atom, Atom::Space(_))) {
            return;
        }
        let quote = if self.quotes > 0 {
            format!("> {}", "│ ".repeat((self.quotes - 1).min(DEEPEST)))
        } else {
            String::new()
        };
        let indent =
            if self.lists.is_empty() { String::new() } else { D::INDENT.repeat(self.lists.len().min(DEEPEST + 1)) };
        let bullet = self.bullet.take().unwrap_or_else(|| indent.clone());
        let heading = self.heading.unwrap_or_default();
        self.lines.push(Line {
            lead: format!("{quote}{bullet}{heading}"),
            hang: format!("{quote}{indent}{heading}"),
            spans,
        });
    }

    fn end_block(&mut self) {
        self.end_line();
        let mut lines = std::mem::take(&mut self.lines);
        if lines.is_empty() {
            return;
        }
        self.units.push(match (self.heading.is_some(), self.lists.is_empty()) {
            (true, _) if lines.len() == 1 => Unit::Heading(lines.remove(0)),
            (_, true) => Unit::Text(lines),
            (_, false) => Unit::List(lines),
        });
    }
}

/// The name of a block's language; nothing where it is longer than `most` or not one word.
fn language(kind: &CodeBlockKind<'_>, most: usize) -> String {
    let CodeBlockKind::Fenced(info) = kind else { return String::new() };
    let name = info.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase();
    let fits = (1..=most).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '_'));
    if fits { name } else { String::new() }
}

fn is_break(html: &str) -> bool {
    let inside = html.trim().trim_start_matches('<').trim_end_matches('>').trim_end_matches('/').trim_end();
    inside.eq_ignore_ascii_case("br")
}
