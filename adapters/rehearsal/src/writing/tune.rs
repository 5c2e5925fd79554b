//! What search asks of a piece: the term in heading, opening and text, links, a description of the right length.

use serde_json::Value;

use super::article::Article;
use super::{Piece, head, phrases};
use crate::assignment::{Assignment, fill, text_at};
use crate::seed::Walk;
use crate::{bank, term, text};

/// Words at the beginning in which the term has to stand, with some room to spare.
const OPENING: usize = 80;
/// One use of the term in so many words; half a percent is the least that is asked for.
const WORDS_PER_USE: usize = 150;

/// Mends everything that search looks at. `title` says whether the title may be added to.
pub(super) fn tune(piece: &mut Piece, work: &Assignment<'_>, title: bool) {
    if title {
        piece.title = head::better_title(&piece.title, &work.keyword);
    }
    if !text::says(&piece.slug.replace('-', " "), &text::slug(&work.keyword, 80).replace('-', " ")) {
        piece.slug = head::slug(&work.title, &work.keyword);
    }
    piece.meta_description = head::short_description(work);
    heading(&mut piece.article, work);
    related(&mut piece.article, work);
    links(&mut piece.article, work);
    use_term(&mut piece.article, work);
    for secondary in &work.secondary {
        if piece.keywords.len() < 6 && !piece.keywords.contains(secondary) {
            piece.keywords.push(secondary.clone());
        }
    }
}

/// The term in the opening, and often enough in the text.
pub(super) fn use_term(article: &mut Article, work: &Assignment<'_>) {
    let opening: String = article.intro.join(" ").split_whitespace().take(OPENING).collect::<Vec<_>>().join(" ");
    if !text::says(&opening, &work.keyword) {
        let mention = format!("This text is about {}.", work.term());
        match article.intro.first_mut() {
            Some(first) => *first = format!("{first} {mention}"),
            None => article.intro.push(mention),
        }
    }
    let markdown = article.markdown();
    let wanted = text::count_words(&markdown).div_ceil(WORDS_PER_USE);
    let missing = wanted.saturating_sub(text::count_phrase(&markdown, &work.keyword));
    let mut ties = Walk::over(phrases::LINKS, &[&work.title, "ties"]);
    let fresh: Vec<String> = phrases::LINKS
        .iter()
        .map(|_| work.say(ties.next()))
        .filter(|tie| !markdown.contains(tie))
        .take(missing)
        .collect();
    let end = article.before_closing();
    // The first words of a themed piece say why it matters; a remark on an idea does not fit there.
    let ideas = article.sections[..end].iter_mut().filter(|section| section.heading != bank::OPEN.heading);
    let mut places = ideas
        .filter_map(|section| section.blocks.first_mut())
        .filter(|block| is_prose(block) && !text::says(block, &work.keyword));
    let mut left = Vec::new();
    for tie in fresh {
        match places.next() {
            Some(block) => *block = format!("{block} {tie}"),
            None => left.push(tie),
        }
    }
    let last =
        article.sections.iter_mut().filter_map(|section| section.blocks.iter_mut().rev().find(|block| is_prose(block)));
    for (tie, block) in left.into_iter().zip(last) {
        *block = format!("{block} {tie}");
    }
}

fn is_prose(block: &str) -> bool {
    !block.starts_with(['-', '|', '#', '`', '>']) && !block.starts_with("**“") && !block.contains('\n')
}

/// The term in a heading: the closing one, which belongs to no idea.
fn heading(article: &mut Article, work: &Assignment<'_>) {
    if article.sections.iter().any(|section| text::says(&section.heading, &work.keyword)) {
        return;
    }
    let spoken = term::spoken(&work.keyword);
    let quoted = spoken.starts_with('“');
    let term = text::title_case(&text::inline(&work.keyword));
    if let Some(last) = article.sections.last_mut() {
        last.heading = match (quoted, last.heading.as_str()) {
            (false, "In Short" | "The Short Version") => format!("{term} in Short"),
            (false, "Your Next Step" | "Before You Go") => format!("{term}: Your Next Step"),
            (true, _) => format!("What to Remember About {spoken}"),
            _ => format!("{term} at a Glance"),
        };
    }
}

/// The further search terms that are not in the text yet.
fn related(article: &mut Article, work: &Assignment<'_>) {
    let markdown = article.markdown();
    let missing: Vec<String> =
        work.secondary.iter().filter(|term| !text::says(&markdown, term)).map(|term| text::inline(term)).collect();
    if missing.is_empty() {
        return;
    }
    let sentence = fill(&work.choose(phrases::RELATED, "related"), &[("terms", &text::listed(&missing))]);
    insert_before_call(article, sentence);
}

/// A link to something of ours and one to general reference.
fn links(article: &mut Article, work: &Assignment<'_>) {
    let markdown = article.markdown();
    if markdown.contains("](https://en.wikipedia.org/") {
        return;
    }
    let (name, url) = work.topic.fields[0].reference;
    let external = format!("[{name}]({url})");
    let sentence =
        fill(&work.choose(phrases::LINKED, "linked"), &[("internal", &internal(work)), ("external", &external)]);
    insert_before_call(article, sentence);
}

/// Our own page to link to: the one that is closest to the subject, else the feed that lies beside every piece.
fn internal(work: &Assignment<'_>) -> String {
    let pages =
        work.material.pointer("/brand/internal_links").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let site = work.text("/brand/site_url").trim_end_matches('/');
    let pages = pages.iter().filter_map(|page| {
        let (title, url) = (text_at(page, "/title"), text_at(page, "/url"));
        let path = if site.is_empty() { url } else { url.strip_prefix(site).unwrap_or(url) };
        let safe = path.starts_with(['/', '.'])
            && !path.starts_with("//")
            && !path.contains(|c: char| c.is_whitespace() || "()<>\\".contains(c));
        (safe && !title.is_empty())
            .then(|| (text::words(title).filter(|word| text::says(&work.title, word)).count(), title, path))
    });
    match pages.max_by_key(|(near, ..)| *near) {
        Some((_, title, path)) => format!("[{}]({path})", text::inline(title)),
        None => "[our other pieces](../feed.xml)".to_owned(),
    }
}

fn insert_before_call(article: &mut Article, sentence: String) {
    match article.sections.last_mut() {
        Some(last) => {
            let at = last.blocks.len().saturating_sub(1);
            last.blocks.insert(at, sentence);
        }
        None => article.intro.push(sentence),
    }
}
