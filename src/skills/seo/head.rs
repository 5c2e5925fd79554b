//! What stands above the text: title, address, meta description.

use std::ops::RangeInclusive;

use super::study::{Outcome, Study};
use crate::words::Words;

const TITLE: RangeInclusive<usize> = 30..=65;
const DESCRIPTION: RangeInclusive<usize> = 120..=160;
/// The keyword is near the front of a title when at most this many words stand before it.
const FRONT: usize = 4;

pub(super) fn title_keyword(study: &Study<'_>) -> Outcome {
    let keyword = study.named();
    match Words::of(&study.piece.title).position(&study.keyword) {
        None => Outcome::missed(format!(
            "The title does not contain {keyword}; put it in, as near to the front as it reads well."
        )),
        Some(before) if before > FRONT => Outcome::partly(
            0.7,
            format!("{before} words stand before {keyword} in the title; bring it to within the first {}.", FRONT + 1),
        ),
        Some(_) => Outcome::met(format!("The title has {keyword} near its front.")),
    }
}

pub(super) fn title_length(study: &Study<'_>) -> Outcome {
    length("title", &study.piece.title, TITLE)
}

pub(super) fn slug_keyword(study: &Study<'_>) -> Outcome {
    let (keyword, slug) = (study.named(), Words::of(&study.piece.slug));
    if slug.contains(&study.keyword) {
        return Outcome::met(format!("The address contains {keyword}."));
    }
    Outcome::missed(format!(
        "The address does not contain {keyword}; make it “{}”.",
        crate::slug::slug(&study.goal.keyword)
    ))
}

pub(super) fn description_length(study: &Study<'_>) -> Outcome {
    length("meta description", &study.piece.meta_description, DESCRIPTION)
}

pub(super) fn description_keyword(study: &Study<'_>) -> Outcome {
    let keyword = study.named();
    if Words::of(&study.piece.meta_description).contains(&study.keyword) {
        return Outcome::met(format!("The meta description contains {keyword}."));
    }
    Outcome::missed(format!("The meta description does not contain {keyword}; work it in once."))
}

/// Full weight within `range`, half of it up to a fifth outside.
fn length(what: &str, text: &str, range: RangeInclusive<usize>) -> Outcome {
    let (low, high, count) = (*range.start(), *range.end(), text.trim().chars().count());
    if range.contains(&count) {
        return Outcome::met(format!("The {what} has {count} characters."));
    }
    let advice = format!("The {what} has {count} characters; bring it to {low}-{high}.");
    let near = count * 5 >= low * 4 && count * 5 <= high * 6;
    Outcome::partly(if near { 0.5 } else { 0.0 }, advice)
}
