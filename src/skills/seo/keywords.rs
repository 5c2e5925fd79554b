//! Where the keywords stand in the text, and how often.

use super::study::{Outcome, Study, counted, quoted};
use crate::words::Words;

/// The opening, in words.
const OPENING: usize = 100;
/// Occurrences of the keyword per hundred words.
const DENSITY: (f64, f64) = (0.5, 2.5);
/// Secondary keywords beyond this are not looked for.
const SECONDARY: usize = 20;

pub(super) fn headings(study: &Study<'_>) -> Outcome {
    let (keyword, count) = (study.named(), study.prose.headings.len());
    let with = study.prose.headings.iter().filter(|heading| Words::of(&heading.text).contains(&study.keyword)).count();
    if with == 0 {
        return Outcome::missed(format!(
            "The body has {}, none with {keyword}; put it into at least 1.",
            counted(count, "heading")
        ));
    }
    Outcome::met(format!("Of {} {with} contain {keyword}.", counted(count, "heading")))
}

pub(super) fn opening(study: &Study<'_>) -> Outcome {
    let keyword = study.named();
    let text = Words::of_all(study.prose.blocks.iter().map(String::as_str));
    if text.first(OPENING).contains(&study.keyword) {
        return Outcome::met(format!("The first {OPENING} words contain {keyword}."));
    }
    match text.position(&study.keyword) {
        None => Outcome::missed(format!("The text never says {keyword}; say it in the first {OPENING} words.")),
        Some(before) => Outcome::missed(format!(
            "{keyword} first stands after {}; say it in the first {OPENING}.",
            counted(before, "word")
        )),
    }
}

pub(super) fn density(study: &Study<'_>) -> Outcome {
    let (found, words) = (study.words.count(&study.keyword), study.words.len());
    let percent = |count: usize| 100.0 * count as f64 / words as f64;
    let bound = |density: f64| density * words as f64 / 100.0;
    let (low, high) = ((bound(DENSITY.0).ceil() as usize).max(1), (bound(DENSITY.1).floor() as usize).max(1));
    let keyword = study.named();
    let fact =
        format!("{keyword} stands {} in {} ({:.1} %)", counted(found, "time"), counted(words, "word"), percent(found));
    if (low..=high).contains(&found) {
        return Outcome::met(format!("{fact}."));
    }
    let share = if found < low { found as f64 / low as f64 } else { high as f64 / found as f64 - 0.3 };
    Outcome::partly(share, format!("{fact}; use it {low} to {high} times."))
}

pub(super) fn secondary(study: &Study<'_>) -> Outcome {
    let wanted: Vec<_> =
        study.goal.secondary.iter().take(SECONDARY).map(|phrase| (phrase, Words::of(phrase))).collect();
    let wanted: Vec<_> = wanted.into_iter().filter(|(_, words)| !words.is_empty()).collect();
    if wanted.is_empty() {
        return Outcome::met("No secondary keywords are asked for.");
    }
    let missing: Vec<_> = wanted.iter().filter(|(_, words)| !study.words.contains(words)).collect();
    if missing.is_empty() {
        return Outcome::met(format!("Everything is used: {}.", counted(wanted.len(), "secondary keyword")));
    }
    let share = 1.0 - missing.len() as f64 / wanted.len() as f64;
    let named: Vec<_> = missing.iter().take(3).map(|(phrase, _)| quoted(phrase)).collect();
    let (are, missing, all, named) =
        (if missing.len() == 1 { "is" } else { "are" }, missing.len(), wanted.len(), named.join(", "));
    Outcome::partly(
        share,
        format!("Of {} {missing} {are} missing; work in {named}.", counted(all, "secondary keyword")),
    )
}
