//! Answering notes: each one leaves something in the text that its writer can point at.

use super::article::{Article, Section};
use super::wish::{self, Wish};
use super::{Piece, head, length, phrases, tune};
use crate::assignment::{Assignment, Note, fill};
use crate::{bank, seed, text};

/// The next version of a piece: what it was, with every note answered.
pub(super) fn revised(work: &Assignment<'_>, mut piece: Piece) -> Piece {
    let mut titled = false;
    for note in &work.notes {
        titled |= answer(&mut piece, work, note);
    }
    if work.notes.iter().any(for_search) {
        tune::tune(&mut piece, work, !titled);
    }
    tune::use_term(&mut piece.article, work);
    piece
}

/// A piece written anew after the request was edited: what earlier rounds taught is kept, what people asked for is in it.
pub(super) fn polished(work: &Assignment<'_>, mut piece: Piece) -> Piece {
    for note in work.notes.iter().filter(|note| note.kind != "edit" && note.kind != "review") {
        answer(&mut piece, work, note);
    }
    grant(&mut piece, work, &Wish::Opening, "opening");
    grant(&mut piece, work, &Wish::Example(None), "example");
    tune::tune(&mut piece, work, true);
    piece
}

/// A piece with what the request's own notes wish for.
pub(super) fn granted(work: &Assignment<'_>, mut piece: Piece, notes: &str) -> Piece {
    for wish in wish::wishes(notes) {
        // The length was kept in mind when the piece was written.
        if !matches!(wish, Wish::Words(_) | Wish::Search) {
            grant(&mut piece, work, &wish, notes);
        }
    }
    piece
}

/// A passage with every note answered.
pub(super) fn answered(work: &Assignment<'_>, article: Article) -> Article {
    let mut piece = Piece {
        title: work.title.clone(),
        slug: String::new(),
        meta_description: String::new(),
        keywords: Vec::new(),
        article,
    };
    for note in &work.notes {
        answer(&mut piece, work, note);
    }
    piece.article
}

/// Whether a note comes from the search review or speaks of what that looks at.
fn for_search(note: &Note) -> bool {
    note.step.contains("seo") || wish::wishes(&note.text).contains(&Wish::Search)
}

/// Answers one note; says whether it set the title.
fn answer(piece: &mut Piece, work: &Assignment<'_>, note: &Note) -> bool {
    if note.kind == "review" && note.step.contains("seo") {
        return false;
    }
    if let Some(wishes) = brand_wishes(&note.text) {
        wishes.iter().for_each(|wish| grant(piece, work, wish, &note.text));
        return false;
    }
    let mut wishes = wish::wishes(&note.text);
    if note.kind == "review" && wishes.iter().any(|wish| !matches!(wish, Wish::Other(_))) {
        // A reviewer gives reasons beside what to do; those are not wishes.
        wishes.retain(|wish| !matches!(wish, Wish::Other(_)));
    }
    wishes.iter().for_each(|wish| grant(piece, work, wish, &note.text));
    wishes.iter().any(|wish| matches!(wish, Wish::Title(_)))
}

/// What the brand check asks for, in the words in which it asks.
fn brand_wishes(note: &str) -> Option<Vec<Wish>> {
    let quoted = |text: &str| Some(text.split_once('“')?.1.split_once('”')?.0.to_owned());
    let mut wishes = Vec::new();
    for line in note.lines() {
        if let Some((what, instead)) = line.split_once("which the brand does not use") {
            wishes.push(Wish::Replace(quoted(what)?, quoted(instead).unwrap_or_default()));
        } else if let Some((what, _)) = line.split_once("is shouted") {
            let shouted = quoted(what)?;
            wishes.push(Wish::Replace(shouted.clone(), shouted.to_lowercase()));
        } else if line.contains("× “!”") {
            wishes.push(Wish::Replace("!".to_owned(), ".".to_owned()));
        }
    }
    (!wishes.is_empty()).then_some(wishes)
}

/// Grants one wish. Where what it asks for changes nothing, its words are taken up in a paragraph.
fn grant(piece: &mut Piece, work: &Assignment<'_>, wish: &Wish, note: &str) {
    let before = piece.clone();
    apply(piece, work, wish, note);
    if *piece == before && *wish != Wish::Search {
        take_up(&mut piece.article, work, note);
    }
}

fn apply(piece: &mut Piece, work: &Assignment<'_>, wish: &Wish, note: &str) {
    let article = &mut piece.article;
    let salt = format!("{note}{}", work.round);
    match wish {
        Wish::Opening => opening(article, work, &salt),
        Wish::Example(topic) => example(article, work, topic.as_deref(), &salt),
        Wish::Shorter => length::cut(article, work, article.words() * 3 / 4),
        Wish::Longer => length::fill(article, work, article.words() * 5 / 4),
        Wish::Words(words) if article.words() > *words => length::cut(article, work, *words),
        Wish::Words(words) => length::fill(article, work, *words),
        Wish::Section(topic) => section(article, work, topic, &salt),
        Wish::Mention(topic) => {
            let topic = text::inline(topic);
            let sentence = fill(seed::pick(phrases::MENTIONS, &[&salt, &topic]), &[("topic", &topic)]);
            article.add_paragraph(&topic, sentence);
        }
        Wish::Link(url) => link(article, url),
        Wish::Replace(old, new) => replace(piece, old, new),
        Wish::Title(title) => {
            piece.title.clone_from(title);
            piece.slug = head::slug(title, &work.keyword);
        }
        Wish::Remove(topic) => remove(article, work, topic),
        Wish::Casual => contractions(article, true),
        Wish::Formal => contractions(article, false),
        Wish::Light => {
            let line = work.choose(phrases::LIGHT, &salt);
            if !article.intro.contains(&line) {
                article.intro.push(line);
            }
        }
        Wish::Search => {}
        Wish::Translate(words) => {
            let line = format!(
                "*Asked for: {}. The stand-in writes English only; connect a model for other languages.*",
                text::inline(words)
            );
            if !article.foot.contains(&line) {
                article.foot.insert(0, line);
            }
        }
        Wish::Other(words) => take_up(article, work, words),
    }
}

/// A question and a count that is true of this very piece, instead of the first paragraph.
fn opening(article: &mut Article, work: &Assignment<'_>, salt: &str) {
    let minutes = article.words().div_ceil(220).max(1);
    let counts = [("parts", &*text::counted(article.ideas(), "idea")), ("minutes", &*text::counted(minutes, "minute"))];
    let question = work.choose(phrases::QUESTIONS, salt);
    let count = fill(seed::pick(phrases::COUNTS, &[&work.title, salt]), &counts);
    let opening = format!("{question} {count}");
    match article.intro.first_mut() {
        Some(first) => *first = opening,
        None => article.intro.push(opening),
    }
}

fn example(article: &mut Article, work: &Assignment<'_>, topic: Option<&str>, salt: &str) {
    let idea = article.sections.iter().map(|section| &section.heading).filter(|heading| bank::is_idea(heading));
    let idea = idea.filter_map(|heading| bank::idea_named(heading)).next();
    let action = idea.unwrap_or(work.ideas()[0]).action;
    let markdown = article.markdown();
    // A case is known by its last sentence, which names nothing of the subject.
    let fresh = |case: &&&str| text::sentences(case).last().is_some_and(|last| !markdown.contains(last));
    let fresh: Vec<&str> = phrases::CASES.iter().filter(fresh).copied().collect();
    let cases = if fresh.is_empty() { phrases::CASES } else { &fresh };
    let case = fill(&work.choose(cases, salt), &[("action", action)]).replace("{action}", action);
    let mut blocks: Vec<String> = case.split("\n\n").map(str::to_owned).collect();
    let heading = match topic {
        Some(topic) => {
            let topic = text::inline(topic);
            blocks.insert(0, format!("The example that follows is about {topic}; the same steps fit other cases."));
            format!("An Example: {}", text::title_case(&topic))
        }
        None => "An Example From Start to Finish".to_owned(),
    };
    article.add_section(Section::new(heading, blocks));
}

fn section(article: &mut Article, work: &Assignment<'_>, topic: &str, salt: &str) {
    let topic = text::inline(topic);
    let values = [("topic", topic.as_str())];
    let mut blocks = vec![fill(seed::pick(phrases::ASKED, &[salt, &topic]), &values)];
    let markdown = article.markdown();
    let near =
        bank::fields_for(&topic).into_iter().filter(|field| !field.triggers.is_empty()).flat_map(|field| field.ideas);
    if let Some(idea) = near.chain(work.ideas()).find(|idea| !markdown.contains(idea.point)) {
        blocks.push(idea.point.to_owned());
        blocks.push(format!("For example: {}", idea.example));
        blocks.push(format!("**First step:** {}", idea.action));
    }
    blocks.push(fill(seed::pick(phrases::ASKED_MORE, &[salt, &topic]), &values));
    article.add_section(Section::new(text::title_case(&text::upper_first(&topic)), blocks));
}

fn link(article: &mut Article, url: &str) {
    let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(url);
    let safe: String =
        url.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !"()<>\\\"".contains(*c)).collect();
    article.add_paragraph("", format!("More on this stands at [{}]({safe}).", text::inline(host)));
}

/// One wording for another in everything that readers see.
fn replace(piece: &mut Piece, old: &str, new: &str) {
    let swap = |text: &mut String| *text = replaced(text, old, new);
    swap(&mut piece.title);
    swap(&mut piece.meta_description);
    for block in piece.article.blocks_mut() {
        swap(block);
    }
    for section in &mut piece.article.sections {
        swap(&mut section.heading);
    }
}

/// Whole words only, whatever their case; a capital stays a capital.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let (lower, needle) = (text.to_lowercase(), old.to_lowercase());
    if needle.is_empty() || lower.len() != text.len() {
        return text.replace(old, new);
    }
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (mut result, mut from) = (String::with_capacity(text.len()), 0);
    for (at, _) in lower.match_indices(&needle) {
        let end = at + needle.len();
        let begins = needle.starts_with(char::is_alphanumeric) && part(text[..at].chars().next_back());
        let goes_on = needle.ends_with(char::is_alphanumeric) && part(text[end..].chars().next());
        if at < from || begins || goes_on || !text.is_char_boundary(at) || !text.is_char_boundary(end) {
            continue;
        }
        result.push_str(&text[from..at]);
        let capital = text[at..].starts_with(char::is_uppercase) && old.starts_with(char::is_lowercase);
        result.push_str(&if capital { text::upper_first(new) } else { new.to_owned() });
        from = end;
    }
    result.push_str(&text[from..]);
    if new.is_empty() { result.replace("  ", " ").replace(" .", ".").replace(" ,", ",") } else { result }
}

/// A section, else the paragraphs, that speak of something. A numbered list gets a new item, so that its number stays true.
fn remove(article: &mut Article, work: &Assignment<'_>, topic: &str) {
    let end = article.before_closing();
    if let Some(at) = article.sections[..end].iter().position(|section| text::says(&section.heading, topic)) {
        let gone = article.sections.remove(at);
        let number: String = gone.heading.chars().take_while(char::is_ascii_digit).collect();
        let markdown = article.markdown();
        let fresh = work.ideas().into_iter().find(|idea| {
            !markdown.contains(idea.point) && !gone.heading.contains(idea.heading) && !text::says(idea.point, topic)
        });
        if let (false, Some(idea)) = (number.is_empty(), fresh) {
            let blocks = vec![
                idea.point.to_owned(),
                format!("For example: {}", idea.example),
                format!("**To begin:** {}", idea.action),
            ];
            article.sections.insert(at, Section::new(format!("{number}. {}", idea.heading), blocks));
        }
        let old = text::plain_heading(&gone.heading);
        if let Some(closing) = article.sections.last_mut() {
            closing.blocks = closing
                .blocks
                .iter()
                .map(|block| block.lines().filter(|line| !line.contains(old)).collect::<Vec<_>>().join("\n"))
                .collect();
        }
        return;
    }
    article.intro.retain(|block| !text::says(block, topic));
    for section in &mut article.sections {
        section.blocks.retain(|block| !text::says(block, topic));
    }
}

/// Contractions in, or out.
fn contractions(article: &mut Article, casual: bool) {
    const PAIRS: [(&str, &str); 14] = [
        ("do not", "don't"),
        ("does not", "doesn't"),
        ("cannot", "can't"),
        ("will not", "won't"),
        ("is not", "isn't"),
        ("are not", "aren't"),
        ("you will", "you'll"),
        ("you are", "you're"),
        ("it is a", "it's a"),
        ("it is easy", "it's easy"),
        ("there is", "there's"),
        ("we will", "we'll"),
        ("let us", "let's"),
        ("that is", "that's"),
    ];
    for block in article.blocks_mut() {
        for (long, short) in PAIRS {
            *block = if casual { replaced(block, long, short) } else { replaced(block, short, long) };
        }
    }
}

/// A paragraph that takes a wish up in its own words.
fn take_up(article: &mut Article, work: &Assignment<'_>, words: &str) {
    let wish = text::inline(&text::shorten(&text::line(words), 240));
    let wish = wish.trim_matches(['“', '”', '"', '.', ' ']).replace(['“', '”'], "\"");
    let lead = fill(seed::pick(phrases::WISHES, &[&work.title, &wish]), &[("wish", &wish)]);
    let markdown = article.markdown();
    let near = bank::fields_for(words).into_iter().flat_map(|field| field.ideas);
    let idea = near.chain(work.ideas()).find(|idea| !markdown.contains(idea.point));
    let answer = idea.map_or(String::new(), |idea| format!(" {} {}", idea.point, idea.action));
    article.add_paragraph(words, format!("{lead}{answer}"));
}
