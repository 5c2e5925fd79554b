//! What the stand-in can say something sensible about: fields of work, each with a handful of ideas.
//!
//! Everything here is advice that holds without a figure or a source; there are none, so that nothing can be wrong or made
//! up. A title picks its fields by its words ([`fields_for`]); what no field knows is written from [`GENERAL`].

mod business;
mod everyday;
mod general;
mod marketing;
mod people;
mod technology;

pub(crate) use general::{CLOSE, GENERAL, OPEN, STEPS};

use crate::text;

/// One piece of advice, enough for a section.
pub(crate) struct Idea {
    /// The heading, in title case.
    pub(crate) heading: &'static str,
    /// The thought, in two short sentences.
    pub(crate) point: &'static str,
    /// A small case that shows it.
    pub(crate) example: &'static str,
    /// What to do first.
    pub(crate) action: &'static str,
}

/// A field of work: how to recognise it and what there is to say.
pub(crate) struct Field {
    /// Lower-case words of a title that belong to this field.
    pub(crate) triggers: &'static [&'static str],
    /// Search terms that sit beside it.
    pub(crate) terms: &'static [&'static str],
    /// A page of general reference: what it is called, and its address.
    pub(crate) reference: (&'static str, &'static str),
    /// The advice.
    pub(crate) ideas: &'static [Idea],
}

/// All fields but the general one; the more specific ones first.
fn all() -> impl Iterator<Item = &'static Field> {
    technology::FIELDS
        .iter()
        .chain(business::FIELDS)
        .chain(marketing::FIELDS)
        .chain(people::FIELDS)
        .chain(everyday::FIELDS)
}

/// The fields that a text speaks of: those with most of its words first, then those named earlier; the general one last.
pub(crate) fn fields_for(subject: &str) -> Vec<&'static Field> {
    let words: Vec<String> = text::words(subject).map(str::to_lowercase).collect();
    let mut found: Vec<_> = all()
        .filter_map(|field| {
            let hits = words.iter().enumerate().filter(|(_, word)| field.triggers.contains(&word.as_str()));
            let first = hits.clone().next()?.0;
            Some((std::cmp::Reverse(hits.count()), first, field))
        })
        .collect();
    found.sort_by_key(|(hits, first, _)| (*hits, *first));
    let mut fields: Vec<&'static Field> = found.into_iter().map(|(.., field)| field).collect();
    fields.push(&GENERAL);
    fields
}

/// The idea with this heading, whatever number stands before it.
pub(crate) fn idea_named(heading: &str) -> Option<&'static Idea> {
    let plain = text::plain_heading(heading);
    all()
        .chain([&GENERAL])
        .flat_map(|field| field.ideas)
        .chain(STEPS)
        .chain([&OPEN, &CLOSE])
        .find(|idea| idea.heading.eq_ignore_ascii_case(plain))
}

/// Whether a heading names an idea of a piece: one of ours that is not the frame, or anything with a number before it.
pub(crate) fn is_idea(heading: &str) -> bool {
    let framed = [OPEN.heading, CLOSE.heading].iter().any(|frame| frame.eq_ignore_ascii_case(heading));
    !framed && (idea_named(heading).is_some() || text::plain_heading(heading) != heading.trim())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn headings_are_unique_and_complete() {
        let mut seen = HashSet::new();
        for idea in all().chain([&GENERAL]).flat_map(|field| field.ideas).chain(STEPS).chain([&OPEN, &CLOSE]) {
            assert!(seen.insert(idea.heading.to_lowercase()), "{} twice", idea.heading);
            for sentence in [idea.point, idea.example, idea.action] {
                assert!(sentence.ends_with(['.', '?', '!']), "{sentence}");
                assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{sentence}");
            }
        }
        assert!(seen.len() > 110);
    }

    #[test]
    fn the_title_decides_the_field() {
        let fields = fields_for("5 Ways AI Reduces Marketing Costs");
        assert!(fields[0].triggers.contains(&"ai"));
        assert_eq!(fields_for("Zyx").len(), 1);
        assert_eq!(
            idea_named("3. Keep a Person at the Gate").map(|idea| idea.heading),
            Some("Keep a Person at the Gate")
        );
    }
}
