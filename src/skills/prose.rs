//! What a piece says, taken out of its Markdown: text by block, headings, links and pictures.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The Markdown that pieces are written in: CommonMark with tables and strikethrough. Reader and page agree on it.
pub(crate) fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// A heading of the body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// 1 to 6.
    pub(crate) level: u8,
    /// Its text without markup.
    pub(crate) text: String,
}

/// The text of a piece. Code blocks and raw HTML are not prose and are left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    /// Headings in order.
    pub(crate) headings: Vec<Heading>,
    /// Paragraphs, list items and table cells in order, without markup.
    pub(crate) blocks: Vec<String>,
    /// Where links lead, in order.
    pub(crate) links: Vec<String>,
    /// The alternative text of each picture, possibly empty.
    pub(crate) pictures: Vec<String>,
}

impl Prose {
    /// Reads Markdown. Anything is valid Markdown, so this cannot fail.
    pub(crate) fn read(markdown: &str) -> Self {
        let mut reader = Reader::default();
        for event in parser(markdown) {
            reader.take(event);
        }
        reader.flush();
        reader.prose
    }

    /// Headings and blocks.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.headings.iter().map(|heading| heading.text.as_str()).chain(self.blocks.iter().map(String::as_str))
    }
}

#[derive(Default)]
struct Reader {
    prose: Prose,
    block: String,
    /// The alternative text of the pictures that are open, innermost last.
    alts: Vec<String>,
    in_code: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.push(&text),
            Event::SoftBreak | Event::HardBreak => self.push(" "),
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(alt) = self.alts.last_mut() {
            alt.push_str(text);
        } else if !self.in_code {
            self.block.push_str(text);
        }
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Link { dest_url, .. } => self.prose.links.push(dest_url.into_string()),
            Tag::Image { .. } => self.alts.push(String::new()),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {}
            Tag::CodeBlock(_) => {
                self.flush();
                self.in_code = true;
            }
            _ => self.flush(),
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {}
            TagEnd::Image => self.prose.pictures.extend(self.alts.pop()),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.block).trim().to_owned();
                self.prose.headings.push(Heading { level: level as u8, text });
            }
            _ => self.flush(),
        }
    }

    fn flush(&mut self) {
        let block = std::mem::take(&mut self.block);
        if !block.trim().is_empty() {
            self.prose.blocks.push(block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_out_by_block_without_markup() {
        let prose = Prose::read(
            "# One *bold* `x`\n\nA [link](/a \"t\") and\nmore.\n\n- item\n  - nested\n\n> quoted\n\n```\ncode\n```\n\n<b>raw</b> tail\n\n| a | b |\n|---|---|\n| c | d |\n\n![alt *text*](p.png) ![](q.png)",
        );
        assert_eq!(prose.headings, [Heading { level: 1, text: "One bold x".into() }]);
        assert_eq!(prose.blocks, ["A link and more.", "item", "nested", "quoted", "raw tail", "a", "b", "c", "d"]);
        assert_eq!(prose.links, ["/a"]);
        assert_eq!(prose.pictures, ["alt text", ""]);
    }

    #[test]
    fn a_link_around_a_picture_is_both() {
        let prose = Prose::read("[![alt](a.png)](https://example.org)");
        assert_eq!((prose.links.len(), prose.pictures), (1, vec!["alt".to_owned()]));
    }
}
