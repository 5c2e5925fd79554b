//! Longer and shorter: what can be added without saying anything new, and what can go without being missed.

use super::article::{Article, Section};
use super::phrases;
use crate::assignment::Assignment;
use crate::bank;
use crate::seed::Walk;
use crate::text;

/// Adds thoughts, round the sections, and then whole ideas, until there are about `words`.
pub(super) fn fill(article: &mut Article, work: &Assignment<'_>, words: usize) {
    let mut thoughts = Walk::over(phrases::REFLECTIONS, &[&work.title, "thoughts"]);
    let mut count = article.words();
    let markdown = article.markdown();
    let mut spare = phrases::REFLECTIONS.len();
    let sections = article.before_closing().max(1);
    let mut at = 0;
    while count + 12 < words && spare > 0 && at < 2 * sections {
        let thought = thoughts.next();
        spare -= 1;
        if markdown.contains(thought) {
            continue;
        }
        count += text::count_words(thought);
        match article.sections.get_mut(at % sections) {
            Some(section) => {
                let place = section.blocks.len().saturating_sub(2).max(1).min(section.blocks.len());
                section.blocks.insert(place, thought.to_owned());
            }
            None => article.intro.push(thought.to_owned()),
        }
        at += 1;
    }
    let fresh = work.ideas();
    let fresh: Vec<_> = fresh.into_iter().filter(|idea| !markdown.contains(idea.point) && !text::says(idea.heading, &work.keyword)).collect();
    for idea in fresh {
        if count + 40 >= words {
            return;
        }
        let blocks = vec![idea.point.to_owned(), idea.example.to_owned(), format!("**To begin:** {}", idea.action)];
        let section = Section::new(idea.heading, blocks);
        count += section.blocks.iter().map(|block| text::count_words(block)).sum::<usize>();
        article.add_section(section);
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
    let examples: Vec<&str> =
        article.sections.iter().rev().filter_map(|section| bank::idea_named(&section.heading)).map(|idea| idea.example).collect();
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
