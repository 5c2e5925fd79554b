//! What stands above a piece: title, address, meta description, and the term that all of them carry.

use crate::assignment::Assignment;
use crate::{seed, term, text};

/// Characters of a title that a results page shows whole.
const TITLE: std::ops::RangeInclusive<usize> = 30..=65;
/// Most characters of a title.
const LONGEST_TITLE: usize = 120;
const LONGEST_SLUG: usize = 80;

/// The address of a piece, with the search term in it.
pub(super) fn slug(title: &str, keyword: &str) -> String {
    let (whole, term) = (text::slug(title, LONGEST_SLUG), text::slug(keyword, LONGEST_SLUG));
    if whole.is_empty() {
        // Nothing of the title can be spelled; what tells it from others must not be lost.
        let term = if term.is_empty() { "piece".to_owned() } else { text::slug(&term, LONGEST_SLUG - 7) };
        return format!("{term}-{:06x}", seed::hash(&[title]) & 0xff_ffff);
    }
    if term.is_empty() || text::says(&whole.replace('-', " "), &term.replace('-', " ")) {
        return whole;
    }
    text::slug(&format!("{term}-{whole}"), LONGEST_SLUG)
}

/// The description of a first draft: true, and a little too long.
pub(super) fn long_description(work: &Assignment<'_>) -> String {
    let mut text = description(work, 168);
    if text::len(&text) > 185 {
        text = closed(&text, 185);
    }
    text
}

/// A description of 120 to 160 characters with the search term in it.
pub(super) fn short_description(work: &Assignment<'_>) -> String {
    let text = description(work, 122);
    if text::len(&text) > 158 { closed(&text, 158) } else { text }
}

/// Cut between words and closed with a full stop.
fn closed(text: &str, max: usize) -> String {
    let cut = text::clip(text, max - 1);
    // The last words may now dangle: "… and a", "… for".
    let mut words: Vec<&str> = cut.split(' ').collect();
    while words.len() > 3
        && words.last().is_some_and(|last| term::STOP.contains(&last.trim_matches(',').to_lowercase().as_str()))
    {
        words.pop();
    }
    format!("{}.", words.join(" ").trim_end_matches([',', '.', ';', ':']))
}

/// Sentences until there are at least `least` characters.
fn description(work: &Assignment<'_>, least: usize) -> String {
    const STARTS: &[&str] =
        &["A practical look at", "Plain advice on", "A short, calm guide to", "What helps with", "First steps with"];
    const MORE: &[&str] = &[
        "Clear ideas, an example for each, and a first step you can take this week.",
        "No jargon, no big budget.",
        "Read it in a few minutes and pick one thing to try.",
        "Made to be used on an ordinary day.",
        "With a short list to keep.",
    ];
    let term = term::spoken(&work.keyword).replace('\\', "");
    let mut text = format!(
        "{} {term}, for {}.",
        seed::pick(STARTS, &[&work.title, "meta"]),
        text::clip(&text::line(&work.audience), 60)
    );
    let start = seed::hash(&[&work.title, "more"]) as usize;
    for at in 0..MORE.len() {
        if text::len(&text) >= least {
            break;
        }
        text = format!("{text} {}", MORE[(start + at) % MORE.len()]);
    }
    text
}

/// The title with the search term in it and long enough to say something; the words that were asked for stay in front.
pub(super) fn better_title(title: &str, keyword: &str) -> String {
    let (missing, length) = (!text::says(title, keyword), text::len(title));
    if !missing && length >= *TITLE.start() {
        return title.to_owned();
    }
    let link = if title.ends_with(['?', '!', '.', '…']) { " " } else { ": " };
    let term = text::title_case(&text::line(keyword));
    let endings = if missing {
        vec![
            format!("{term} in Practice"),
            format!("{term} Made Simple"),
            term.clone(),
            format!("{term} in Practice, Step by Step"),
        ]
    } else {
        ["A Practical Guide", "What to Know and Where to Start", "A Practical Guide With First Steps"]
            .map(str::to_owned)
            .to_vec()
    };
    let candidates: Vec<String> = endings.iter().map(|ending| format!("{title}{link}{ending}")).collect();
    let fits = candidates.iter().find(|candidate| TITLE.contains(&text::len(candidate)));
    let shortest = candidates.iter().min_by_key(|candidate| text::len(candidate));
    let chosen = fits.or(shortest.filter(|candidate| missing && text::len(candidate) <= LONGEST_TITLE));
    chosen.map_or_else(|| title.to_owned(), Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_the_term() {
        assert_eq!(slug("5 Ways AI Reduces Marketing Costs", "marketing costs"), "5-ways-ai-reduces-marketing-costs");
        assert_eq!(slug("Do Less", "time management"), "time-management-do-less");
        assert!(slug("日本語", "日本語").starts_with("piece-"));
        assert!(slug(&"word ".repeat(60), "other").len() <= 80);
    }

    #[test]
    fn titles_keep_the_words_that_were_asked_for() {
        assert_eq!(
            better_title("5 Ways AI Reduces Marketing Costs", "marketing costs"),
            "5 Ways AI Reduces Marketing Costs"
        );
        assert_eq!(better_title("Coffee", "coffee"), "Coffee: What to Know and Where to Start");
        assert_eq!(better_title("What Is SEO?", "SEO"), "What Is SEO? A Practical Guide");
        assert_eq!(
            better_title("Doing Less and Getting More Done", "time management"),
            "Doing Less and Getting More Done: Time Management in Practice"
        );
        let long = "x".repeat(120);
        assert_eq!(better_title(&long, "other"), long);
    }
}
