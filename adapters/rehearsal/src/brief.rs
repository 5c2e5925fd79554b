//! The brief, and the idea for the picture.

use serde_json::{Map, Value, json};

use crate::assignment::Assignment;
use crate::bank::{CLOSE, Idea, OPEN, STEPS};
use crate::research::fields;
use crate::seed;
use crate::topic::Shape;
use crate::writing::words_asked;
use crate::{term, text};

/// Title, audience, angle, outline, search term and length.
pub(crate) fn brief(work: &Assignment<'_>) -> Map<String, Value> {
    const ANGLES: &[&str] = &[
        "One small step, taken this week and looked at honestly, brings more than another plan.",
        "It takes less than most people think: a clear start, one example to follow, and a date to look back.",
        "Begin where it hurts most, keep what works, and let go of the rest.",
        "The tools matter less than a decision, a name and an hour in the calendar.",
        "Whoever starts small can start today, and that is the whole advantage.",
    ];
    // The request leads; an older brief is what is being replaced.
    let asked = |pointer: &str| text::line(work.text(pointer));
    let title = Some(asked("/request/title")).filter(|title| !title.is_empty()).unwrap_or_else(|| work.title.clone());
    let audience = Some(asked("/request/audience"))
        .filter(|audience| !audience.is_empty())
        .unwrap_or_else(|| work.audience.clone());
    let found = asked("/inputs/keywords/keyword");
    let keyword = [asked("/request/keyword"), found].into_iter().find(|term| !term.is_empty());
    let keyword = keyword.or_else(|| term::of_title(&title)).unwrap_or_else(|| work.keyword.clone());
    let words = words_asked(work.text("/request/notes")).unwrap_or(900).clamp(300, 3000);
    let angle = work.choose(ANGLES, "angle");
    fields(json!({
        "title": title, "audience": audience, "angle": angle, "outline": outline(work, 10), "keyword": keyword, "words": words,
    }))
}

/// Headings that fit the title: as many items as it promises, steps, or themes; at most `most`.
pub(crate) fn outline(work: &Assignment<'_>, most: usize) -> Vec<String> {
    // The search term stays out of the headings here; that is for the revision to mend.
    let ideas: Vec<&Idea> = work.ideas().into_iter().filter(|idea| !text::says(idea.heading, &work.keyword)).collect();
    match work.topic.shape {
        Shape::List(count) => {
            let count = count.min(ideas.len());
            let whole = if count > most { most - 1 } else { count };
            let mut outline: Vec<String> =
                ideas[..whole].iter().zip(1..).map(|(idea, number)| format!("{number}. {}", idea.heading)).collect();
            if count > whole {
                outline.push(format!("{}–{count}. {} More in Short", whole + 1, count - whole));
            }
            outline
        }
        Shape::Steps => {
            STEPS.iter().take(6).zip(1..).map(|(idea, number)| format!("Step {number}: {}", idea.heading)).collect()
        }
        Shape::Themed => {
            let themes = 3 + (seed::hash(&[&work.title, "themes"]) % 2) as usize;
            let middle = ideas.iter().take(themes).map(|idea| idea.heading.to_owned());
            std::iter::once(OPEN.heading.to_owned()).chain(middle).chain([CLOSE.heading.to_owned()]).collect()
        }
    }
}

/// Whether a heading gathers the rest of a long list: the number of its first item, and how many there are.
pub(crate) fn more_in_short(heading: &str) -> Option<(usize, usize)> {
    let (range, rest) = heading.strip_suffix(" More in Short")?.split_once(". ")?;
    Some((range.split('–').next()?.trim().parse().ok()?, rest.trim().parse().ok()?))
}

/// Words and design of the header picture.
pub(crate) fn design(work: &Assignment<'_>) -> Map<String, Value> {
    const DESIGNS: [&str; 3] = ["bold shapes", "soft waves", "an editorial grid"];
    const SUBLINES: &[&str] = &[
        "A practical look",
        "With a first step in every part",
        "Plain ideas for an ordinary week",
        "Start small, look back, go on",
    ];
    let option = (seed::hash(&[&work.title, "design"]).wrapping_add(work.round) % 3) as usize;
    let headline = text::shorten(&work.title, 80);
    let audience = work.text("/request/audience");
    let subline = match audience.is_empty() || text::len(audience) > 40 {
        true => work.choose(SUBLINES, "subline"),
        false => format!("For {}", text::line(audience)),
    };
    let alt = format!("Header picture with {} in the house colours and the words “{headline}”.", DESIGNS[option]);
    fields(json!({"headline": headline, "subline": subline, "option": option + 1, "alt": alt}))
}
