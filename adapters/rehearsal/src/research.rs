//! What the colleagues find out before a brief is written. Nothing is made up: where a source or a figure is missing, it says so.

use serde_json::{Map, Value, json};

use crate::assignment::Assignment;
use crate::{seed, term, text};

/// Audience, findings and sources.
pub(crate) fn research(work: &Assignment<'_>) -> Map<String, Value> {
    const WANTS: &[&str] = &[
        "They are short of time and want to see quickly whether a text is worth it.",
        "They have read general advice before and look for something they can use this week.",
        "They have to explain their choice to others and need plain reasons for it.",
    ];
    const FIRST: &[&str] = &[
        "the question behind most others is where the time will come from.",
        "a first step that can be taken back is easier to agree to than a large plan.",
        "an example from a small team is more useful than a list of features.",
        "plain words and a short list beat a long argument.",
    ];
    let field = work.topic.fields[0];
    let findings = [
        format!("For {}, {}", work.audience, seed::pick(FIRST, &[&work.title, "finding"])),
        format!(
            "Related subjects that come up beside it: {}.",
            text::listed(&field.terms.iter().map(|&term| term.to_owned()).collect::<Vec<_>>())
        ),
        work.say("Typical costs and savings around {term}: needs a source, or a figure of your own."),
        work.say("What competitors publish about {about}: needs a source; no search is connected yet."),
        "What has to be settled first: who decides, and by when a result should be visible.".to_owned(),
    ];
    let (name, url) = field.reference;
    let sources = [
        format!("General background on {name}: {url}"),
        "Market figures: needs a source. Connect a search or a knowledge base to have them.".to_owned(),
    ];
    let audience = format!(
        "Readers: {}. {} They want to understand {}, and to know where to begin.",
        work.audience,
        work.choose(WANTS, "wants"),
        work.topic.about
    );
    fields(json!({"audience": audience, "findings": findings, "sources": sources}))
}

/// What earlier pieces tell: nothing yet, and what to measure.
pub(crate) fn numbers(work: &Assignment<'_>) -> Map<String, Value> {
    let summary = work.say(
        "No figures are connected yet, so nothing can be said about earlier pieces like “{title}”. The targets below are a place to start; they are aims, not results.",
    );
    let targets = [
        "Length: 900 words, give or take 150",
        "SEO score: 85 of 100 or better before sign-off",
        "Links: at least 1 to our own pages and 1 elsewhere",
        "Reading: note visits after 7 days and compare with the next 3 pieces",
        "Answers: 3 replies or comments in the first 7 days",
    ];
    fields(json!({"summary": summary, "targets": targets}))
}

/// The main search term, further ones, and what the piece must do.
pub(crate) fn keywords(work: &Assignment<'_>) -> Map<String, Value> {
    let asked = text::line(work.text("/request/keyword"));
    let keyword = match asked.is_empty() {
        false => asked.clone(),
        true => term::of_title(&work.title).unwrap_or_else(|| work.keyword.clone()),
    };
    let said = |known: &str| text::says(&keyword, known) || text::says(known, &keyword);
    let secondary: Vec<&str> =
        work.topic.fields.iter().flat_map(|field| field.terms).copied().filter(|term| !said(term)).take(4).collect();
    let origin = if asked.is_empty() { "It is taken from the title" } else { "It was named in the request" };
    let advice = [
        format!("Main term: “{keyword}”. {origin}; search volumes are not connected yet."),
        format!("Put “{keyword}” into the title, the address, one heading and the first 100 words."),
        "Use it 5 to 10 times in 900 words, and only where it reads well.".to_owned(),
        "Write a meta description of 120 to 160 characters with the term in it.".to_owned(),
        "Set one link to our own pages and one to a source elsewhere.".to_owned(),
    ];
    fields(json!({"keyword": keyword, "secondary": secondary, "advice": advice}))
}

/// A week later: the figures in the material, or that there are none.
pub(crate) fn report(work: &Assignment<'_>) -> Map<String, Value> {
    let figures: Vec<String> = ["/inputs/figures", "/inputs/numbers/figures", "/figures"]
        .iter()
        .filter_map(|pointer| work.material.pointer(pointer)?.as_object())
        .flatten()
        .filter(|(_, value)| value.is_number())
        .map(|(name, value)| format!("{}: {value}", name.replace('_', " ")))
        .collect();
    let slug = text::line(work.text("/request/slug"));
    let place = if slug.is_empty() { String::new() } else { format!(" (/{}/)", text::inline(&slug)) };
    let summary = if figures.is_empty() {
        format!(
            "There are no figures for “{}”{place} yet, so it would be a guess to say what it brought. Connect web analytics for visits and reading time, and the accounts of the social channels for reach and replies. Until then a simple count helps: how many people answered, asked a question or passed it on. Next look: when one source of figures is connected, or in 7 days.",
            text::inline(&work.title)
        )
    } else {
        format!(
            "What “{}”{place} brought, from the figures at hand: {}. Nothing else is connected, so this is all that can be said.",
            text::inline(&work.title),
            figures.join("; ")
        )
    };
    fields(json!({"summary": summary}))
}

/// The fields of a JSON object.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}
