//! Longer and shorter: what can be added without saying anything new, and what can go without being missed.

use super::article::{Article, Section};
use super::phrases;
use crate::assignment::Assignment;
use crate::bank;
use crate::seed::Walk;
use crate::text;

/// The section that holds what goes beyond the outline.
const FURTHER: &str = "If You Want to Go Further";

/// Adds a thought to each section, then whole ideas in a section of their own, then more thoughts, until there are about `words`.
pub(super) fn fill(article: &mut Article, work: &Assignment<'_>, words: usize) {
    think(article, work, words);
    let markdown = article.markdown();
    let mut count = article.words();
    let mut blocks = Vec::new();
    for idea in work.ideas() {
        if count + 60 >= words {
            break;
        }
        if !markdown.contains(idea.point) && !text::says(idea.heading, &work.keyword) {
            let added = [
                format!("### {}", idea.heading),
                idea.point.to_owned(),
                idea.example.to_owned(),
                format!("**To begin:** {}", idea.action),
            ];
            count += added.iter().map(|block| text::count_words(block)).sum::<usize>();
            blocks.extend(added);
        }
    }
    if blocks.is_empty() {
        return;
    }
    match article.sections.iter_mut().find(|section| section.heading == FURTHER) {
        Some(section) => section.blocks.append(&mut blocks),
        None => article.add_section(Section::new(FURTHER, blocks)),
    }
}

/// One thought at the end of each section but the closing one, none twice.
fn think(article: &mut Article, work: &Assignment<'_>, words: usize) {
    let mut thoughts = Walk::over(phrases::REFLECTIONS, &[&work.title, "thoughts"]);
    let markdown = article.markdown();
    let mut count = article.words();
    let end = article.before_closing();
    let fresh = phrases::REFLECTIONS.iter().map(|_| thoughts.next()).filter(|thought| !markdown.contains(thought));
    // A list or a table is not followed by a thought; it would be taken for a part of it.
    let open = article.sections[..end]
        .iter_mut()
        .filter(|section| section.blocks.last().is_some_and(|last| !last.contains('\n') && !last.starts_with("**“")));
    for (section, thought) in open.zip(fresh) {
        if count + 12 >= words {
            return;
        }
        section.blocks.push(thought.to_owned());
        count += text::count_words(thought);
    }
}

/// Takes away what is not needed until there are about `words`: first thoughts, then examples, then last sentences of long
/// paragraphs. What somebody asked for is none of these and stays.
pub(super) fn cut(article: &mut Article, work: &Assignment<'_>, words: usize) {
    let ties = phrases::LINKS.iter().map(|template| work.say(template)).skip(4);
    let thoughts = phrases::REFLECTIONS.iter().map(|&thought| thought.to_owned());
    for spare in thoughts.chain(ties) {
        if article.words() <= words {
            return;
        }
        strike(article, &spare);
    }
    let examples: Vec<&str> = article
        .sections
        .iter()
        .rev()
        .filter_map(|section| bank::idea_named(&section.heading))
        .map(|idea| idea.example)
        .collect();
    for example in examples {
        if article.words() <= words {
            return;
        }
        for section in &mut article.sections {
            section.blocks.retain(|block| !block.ends_with(example));
        }
    }
    let (mut over, end) = (article.words().saturating_sub(words), article.before_closing());
    for block in article.sections[..end].iter_mut().rev().flat_map(|section| section.blocks.iter_mut()) {
        let sentences = text::sentences(block);
        if over == 0 || sentences.len() < 3 || block.contains('“') || block.starts_with(['-', '|', '#', '1']) {
            continue;
        }
        let kept = sentences[..sentences.len() - 1].join(" ");
        over = over.saturating_sub(text::count_words(block) - text::count_words(&kept));
        *block = kept;
    }
}

/// Removes a passage wherever it stands, and the block that it leaves empty.
fn strike(article: &mut Article, passage: &str) {
    for block in article.blocks_mut() {
        if block.contains(passage) {
            *block = block.replace(passage, "").trim().replace("  ", " ");
        }
    }
    article.intro.retain(|block| !block.is_empty());
    for section in &mut article.sections {
        section.blocks.retain(|block| !block.is_empty());
    }
}
