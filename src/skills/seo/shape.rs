//! The shape of the text: length, headings, links, pictures.

use std::collections::HashSet;

use super::study::{Outcome, Study, counted, quoted};

/// A subheading for every so many words.
const WORDS_PER_HEADING: usize = 300;
const LINKS: usize = 2;

pub(super) fn headings_structure(study: &Study<'_>) -> Outcome {
    let (main, sub): (Vec<_>, Vec<_>) = study.prose.headings.iter().partition(|heading| heading.level == 1);
    let (main, sub, words) = (main.len(), sub.iter().filter(|heading| heading.level == 2).count(), study.words.len());
    let wanted = (words / WORDS_PER_HEADING).max(1);
    if main > 1 {
        return Outcome::missed(format!(
            "The body has {main} main headings (#); keep 1 at most and make the others subheadings (##)."
        ));
    }
    if sub < wanted {
        let share = sub as f64 / wanted as f64;
        return Outcome::partly(
            share,
            format!("The body has {} (##) for {words} words; use at least {wanted}.", counted(sub, "subheading")),
        );
    }
    Outcome::met(format!("The body has {} for {words} words.", counted(sub, "subheading")))
}

pub(super) fn headings_unique(study: &Study<'_>) -> Outcome {
    let mut seen = HashSet::new();
    let twice = study.prose.headings.iter().find(|heading| !seen.insert(heading.text.to_lowercase()));
    match twice {
        Some(heading) => {
            Outcome::missed(format!("The heading {} stands more than once; give each its own.", quoted(&heading.text)))
        }
        None => Outcome::met(format!("No heading stands twice among {}.", counted(seen.len(), "heading"))),
    }
}

pub(super) fn length(study: &Study<'_>) -> Outcome {
    let (words, least) = (study.words.len(), study.goal.min_words);
    if words < least {
        let share = words as f64 / least as f64;
        return Outcome::partly(
            share,
            format!("The body has {}; bring it to at least {least}.", counted(words, "word")),
        );
    }
    match study.goal.max_words {
        Some(most) if words > most => {
            let share = most as f64 / words as f64;
            Outcome::partly(share, format!("The body has {}; cut it to at most {most}.", counted(words, "word")))
        }
        _ => Outcome::met(format!("The body has {}.", counted(words, "word"))),
    }
}

/// Where a link leads, as far as search is concerned.
#[derive(PartialEq, Eq)]
enum Target {
    Internal,
    External,
    /// A place on the same page, a mail address and the like: not a link in this sense.
    Other,
}

fn target(link: &str) -> Target {
    let link = link.trim().to_ascii_lowercase();
    if link.starts_with("//") || link.starts_with("http://") || link.starts_with("https://") {
        return Target::External;
    }
    let path = link.split(['?', '#', '/']).next().unwrap_or_default();
    if link.is_empty() || link.starts_with('#') || path.contains(':') { Target::Other } else { Target::Internal }
}

fn count(study: &Study<'_>, wanted: Target) -> usize {
    study.prose.links.iter().filter(|link| target(link) == wanted).count()
}

pub(super) fn links(study: &Study<'_>) -> Outcome {
    let (internal, external) = (count(study, Target::Internal), count(study, Target::External));
    let fact =
        format!("The body has {} ({internal} internal, {external} external)", counted(internal + external, "link"));
    if internal + external >= LINKS {
        return Outcome::met(format!("{fact}."));
    }
    Outcome::partly((internal + external) as f64 / LINKS as f64, format!("{fact}; set at least {LINKS}."))
}

pub(super) fn links_internal(study: &Study<'_>) -> Outcome {
    match count(study, Target::Internal) {
        0 => Outcome::missed("No link leads to another page of the site; link to at least 1, such as “/pricing”."),
        links => Outcome::met(format!("The body has {} to other pages of the site.", counted(links, "link"))),
    }
}

pub(super) fn links_external(study: &Study<'_>) -> Outcome {
    match count(study, Target::External) {
        0 => Outcome::missed("No link leads to a source elsewhere; link to at least 1 that backs a claim."),
        links => Outcome::met(format!("The body has {} to sources elsewhere.", counted(links, "link"))),
    }
}

pub(super) fn pictures(study: &Study<'_>) -> Outcome {
    let pictures = study.prose.pictures.len();
    let without = study.prose.pictures.iter().filter(|alt| alt.trim().is_empty()).count();
    if without == 0 {
        return Outcome::met(format!("The body has {}, none without alternative text.", counted(pictures, "picture")));
    }
    let share = 1.0 - without as f64 / pictures as f64;
    Outcome::partly(
        share,
        format!(
            "The body has {} of {pictures} without alternative text; say in a few words what it shows.",
            counted(without, "picture")
        ),
    )
}
