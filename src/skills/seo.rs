//! How well a piece is prepared to be found: checks on the text itself, each with a weight, an outcome and advice.
//!
//! The checks, their weights (the sum is 100, checked when this is compiled) and what each needs stand in one table, `RULES`.
//! A check that is met in part earns part of its weight. The bounds are those in common use among editors: a results page
//! shows about 65 characters of a title and 160 of a description, and a keyword more often than once in forty words reads as
//! stuffing. Everything is counted in words and characters of any script, not in bytes.

mod head;
mod keywords;
mod shape;
mod study;
mod style;

use serde::{Deserialize, Serialize};

use study::{Outcome, Study};

/// What is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The title, without markup.
    pub title: String,
    /// What a results page shows below the title.
    pub meta_description: String,
    /// The last part of the address.
    pub slug: String,
    /// The text in Markdown. The title is the page's main heading and need not be repeated here.
    pub body: String,
}

/// What the piece is to be found for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// The word or phrase that it is written for.
    pub keyword: String,
    /// Further phrases that belong to the subject; the first 20 are looked for.
    #[serde(default)]
    pub secondary: Vec<String>,
    /// Fewest words of the body; 600 where nothing is said.
    #[serde(default = "Goal::usual_min_words")]
    pub min_words: usize,
    /// Most words of the body; no bound where nothing is said.
    #[serde(default)]
    pub max_words: Option<usize>,
}

impl Goal {
    /// A goal with this keyword, no secondary ones and the usual length.
    pub fn new(keyword: impl Into<String>) -> Self {
        Self { keyword: keyword.into(), secondary: Vec::new(), min_words: Self::usual_min_words(), max_words: None }
    }

    fn usual_min_words() -> usize {
        600
    }
}

/// What the checks found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Points earned, 0 to 100: the sum over `checks`.
    pub score: u8,
    /// Every check, always all of them and in the same order.
    pub checks: Vec<Check>,
}

impl Report {
    /// The checks that did not earn their full weight, the costliest first.
    pub fn open(&self) -> Vec<&Check> {
        let mut open: Vec<_> = self.checks.iter().filter(|check| !check.passed).collect();
        open.sort_by_key(|check| std::cmp::Reverse(check.weight.saturating_sub(check.earned)));
        open
    }
}

/// One check and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable name, for example `title_keyword`.
    pub id: String,
    /// What is checked, for people.
    pub title: String,
    /// Points that can be earned.
    pub weight: u8,
    /// Points that were earned, at most `weight`.
    pub earned: u8,
    /// Whether the full weight was earned.
    pub passed: bool,
    /// One sentence: what to change; where the check is passed, what was found.
    pub advice: String,
}

/// What a rule cannot be judged without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Keyword,
    Body,
    Both,
}

struct Rule {
    id: &'static str,
    title: &'static str,
    weight: u8,
    needs: Needs,
    judge: fn(&Study<'_>) -> Outcome,
}

const fn rule(
    id: &'static str,
    weight: u8,
    needs: Needs,
    judge: fn(&Study<'_>) -> Outcome,
    title: &'static str,
) -> Rule {
    Rule { id, title, weight, needs, judge }
}

use Needs::{Body, Both, Keyword, Nothing};

const RULES: [Rule; 19] = [
    rule("title_keyword", 10, Keyword, head::title_keyword, "Keyword in the title, near its front"),
    rule("title_length", 5, Nothing, head::title_length, "Title of 30 to 65 characters"),
    rule("slug_keyword", 5, Keyword, head::slug_keyword, "Keyword in the address"),
    rule("description_length", 7, Nothing, head::description_length, "Meta description of 120 to 160 characters"),
    rule("description_keyword", 5, Keyword, head::description_keyword, "Keyword in the meta description"),
    rule(
        "headings_structure",
        6,
        Body,
        shape::headings_structure,
        "One main heading at most, subheadings every 300 words",
    ),
    rule("headings_keyword", 7, Both, keywords::headings, "Keyword in a heading"),
    rule("headings_unique", 2, Body, shape::headings_unique, "No heading twice"),
    rule("opening_keyword", 8, Both, keywords::opening, "Keyword in the first 100 words"),
    rule("density", 8, Both, keywords::density, "Keyword density of 0.5 to 2.5 %"),
    rule("secondary", 5, Body, keywords::secondary, "Secondary keywords in the text"),
    rule("length", 8, Body, shape::length, "Length asked for"),
    rule("links", 3, Body, shape::links, "At least two links"),
    rule("links_internal", 2, Body, shape::links_internal, "A link to another page of the site"),
    rule("links_external", 2, Body, shape::links_external, "A link to a source elsewhere"),
    rule("pictures", 4, Body, shape::pictures, "Alternative text on every picture"),
    rule("paragraphs", 4, Body, style::paragraphs, "Paragraphs of at most 120 words"),
    rule("sentences", 4, Body, style::sentences, "At most a quarter of the sentences over 25 words"),
    rule("readability", 5, Body, style::readability, "Flesch reading ease of at least 50"),
];

const _: () = {
    let (mut sum, mut at) = (0, 0);
    while at < RULES.len() {
        sum += RULES[at].weight;
        at += 1;
    }
    assert!(sum == 100, "the weights of the rules must sum to 100");
};

/// Checks `piece` against `goal`. Any input gets a report; an empty piece scores 0.
pub fn check(piece: &Piece, goal: &Goal) -> Report {
    let study = Study::of(piece, goal);
    let checks: Vec<Check> = RULES.iter().map(|rule| judge(rule, &study)).collect();
    Report { score: checks.iter().map(|check| check.earned).sum(), checks }
}

fn judge(rule: &Rule, study: &Study<'_>) -> Check {
    let outcome = if matches!(rule.needs, Keyword | Both) && study.keyword.is_empty() {
        Outcome::missed("No keyword is named; say in the brief what the piece is to be found for.")
    } else if matches!(rule.needs, Body | Both) && study.words.is_empty() {
        Outcome::missed("The body has 0 words; write it before this can be checked.")
    } else {
        (rule.judge)(study)
    };
    let earned = outcome.points(rule.weight);
    Check {
        id: rule.id.to_owned(),
        title: rule.title.to_owned(),
        weight: rule.weight,
        earned,
        passed: earned == rule.weight,
        advice: outcome.advice,
    }
}

#[cfg(test)]
mod tests;
