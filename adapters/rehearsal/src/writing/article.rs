//! A piece of Markdown taken apart into its sections, so that one of them can be changed without touching the rest.

use crate::{bank, seed, term, text};

/// The last line of every piece: who wrote it.
pub(crate) const SIGNATURE: &str =
    "*Written by Bullpen's stand-in model for rehearsal; connect a model for real copy.*";

/// A section under a second-level heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// The heading, without marks.
    pub(crate) heading: String,
    /// Paragraphs, lists and tables.
    pub(crate) blocks: Vec<String>,
}

impl Section {
    /// A section with these blocks.
    pub(crate) fn new(heading: impl Into<String>, blocks: Vec<String>) -> Self {
        Self { heading: heading.into(), blocks }
    }
}

/// The whole text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Article {
    /// What stands before the first heading.
    pub(crate) intro: Vec<String>,
    /// The sections in order; the last one closes the piece.
    pub(crate) sections: Vec<Section>,
    /// Lines in italics below everything, the signature last.
    pub(crate) foot: Vec<String>,
}

impl Article {
    /// Takes Markdown apart. Any text will do; what is not understood stays as it is.
    pub(crate) fn parse(markdown: &str) -> Self {
        let mut article = Self::default();
        for block in blocks(markdown) {
            let heading = block.strip_prefix("## ").filter(|rest| !rest.contains('\n'));
            match (heading, article.sections.last_mut()) {
                (Some(heading), _) => article.sections.push(Section::new(heading.trim(), Vec::new())),
                (None, Some(section)) => section.blocks.push(block),
                (None, None) => article.intro.push(block),
            }
        }
        let last = article.sections.last_mut().map_or(&mut article.intro, |section| &mut section.blocks);
        let at = last.iter().rposition(|block| !is_foot(block)).map_or(0, |at| at + 1);
        article.foot = last.split_off(at);
        article
    }

    /// The Markdown again.
    pub(crate) fn markdown(&self) -> String {
        let headed = self.sections.iter().flat_map(|section| {
            std::iter::once(format!("## {}", section.heading)).chain(section.blocks.iter().cloned())
        });
        self.intro.iter().cloned().chain(headed).chain(self.foot.iter().cloned()).collect::<Vec<_>>().join("\n\n")
    }

    /// How many words a reader would count.
    pub(crate) fn words(&self) -> usize {
        text::count_words(&self.markdown())
    }

    /// All blocks that can be changed, in order.
    pub(crate) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.intro.iter_mut().chain(self.sections.iter_mut().flat_map(|section| section.blocks.iter_mut()))
    }

    /// Where a new section goes: before the one that closes the piece.
    pub(crate) fn before_closing(&self) -> usize {
        self.sections.len().saturating_sub(1)
    }

    /// Adds a section before the closing one, under a heading that is not taken yet.
    pub(crate) fn add_section(&mut self, mut section: Section) {
        let taken = |heading: &str| self.sections.iter().any(|other| other.heading.eq_ignore_ascii_case(heading));
        if taken(&section.heading) {
            let fresh = (2..).map(|count| format!("{} ({count})", section.heading)).find(|heading| !taken(heading));
            section.heading = fresh.unwrap_or_default();
        }
        let at = self.before_closing();
        self.sections.insert(at, section);
    }

    /// Adds a paragraph at the end of the section that is closest to `subject`, else of one that holds an idea; never of the
    /// closing one.
    pub(crate) fn add_paragraph(&mut self, subject: &str, paragraph: String) {
        let telling = |word: &&str| text::len(word) > 3 && !term::STOP.contains(&word.to_lowercase().as_str());
        let words: Vec<&str> = text::words(subject).filter(telling).collect();
        let end = self.before_closing();
        let close =
            self.sections[..end].iter().position(|section| words.iter().any(|word| text::says(&section.heading, word)));
        let ideas: Vec<usize> = (0..end).filter(|at| bank::is_idea(&self.sections[*at].heading)).collect();
        let spread = (!ideas.is_empty()).then(|| ideas[seed::hash(&[subject]) as usize % ideas.len()]);
        match close.or(spread).or_else(|| end.checked_sub(1)) {
            Some(at) => self.sections[at].blocks.push(paragraph),
            None => self.intro.push(paragraph),
        }
    }

    /// How many ideas the piece has: its sections without frame, questions and examples.
    pub(crate) fn ideas(&self) -> usize {
        let ideas = self.sections.iter().filter(|section| bank::is_idea(&section.heading)).count();
        if ideas > 0 { ideas } else { self.before_closing().max(1) }
    }
}

fn is_foot(block: &str) -> bool {
    block == SIGNATURE || (block.starts_with("*Asked for:") && block.ends_with('*'))
}

/// Blocks parted by blank lines; fenced code is one block, and a heading is one of its own.
fn blocks(markdown: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        let heading = !fenced && line.starts_with("## ");
        if (line.trim().is_empty() || heading) && !fenced && !open.is_empty() {
            blocks.push(std::mem::take(&mut open).join("\n"));
        }
        if heading {
            blocks.push(line.to_owned());
            continue;
        }
        fenced ^= line.trim_start().starts_with("```");
        if !line.trim().is_empty() || fenced {
            open.push(line);
        }
    }
    if !open.is_empty() {
        blocks.push(open.join("\n"));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_survives_being_taken_apart() {
        let markdown = format!(
            "Intro.\n\n## One\n\nA.\n\n- x\n- y\n\n```\n## no heading\n\ncode\n```\n\n## Two\n\nB.\n\n{SIGNATURE}"
        );
        let article = Article::parse(&markdown);
        assert_eq!(article.sections.len(), 2);
        assert_eq!(article.foot, [SIGNATURE]);
        assert_eq!(article.markdown(), markdown);
    }

    #[test]
    fn paragraphs_go_where_they_belong() {
        let mut article = Article::parse("Intro.\n\n## Budget plans\n\nA.\n\n## Other\n\nB.\n\n## End\n\nC.");
        article.add_paragraph("the budget for next year", "New.".into());
        assert_eq!(article.sections[0].blocks, ["A.", "New."]);
        let mut bare = Article::parse("Only text.");
        bare.add_paragraph("x", "More.".into());
        assert_eq!(bare.markdown(), "Only text.\n\nMore.");
    }
}
