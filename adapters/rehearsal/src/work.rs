//! Carrying out a step: what is made depends on what the step gives; a step that nobody told us about gets something sensible.

use bullpen_model::{Act, Request};
use serde_json::{Map, Value, json};

use crate::assignment::{Assignment, text_at};
use crate::fit::{self, Form, Wanted};
use crate::{brief, promote, research, seed, text, writing};

/// The answer to a piece of work: one `submit`.
pub(crate) fn work(request: &Request) -> Vec<Act> {
    let work = Assignment::of(&request.material);
    let gives = &request.material["gives"];
    let wanted = fit::wanted(gives, request.acts.iter().find(|act| act.name == "submit"));
    let made = made(&work, text_at(gives, "/name"), &wanted);
    let arguments = fit::filled(&wanted, made, |field| otherwise(&work, field));
    vec![Act { name: "submit".to_owned(), arguments }]
}

/// What is made for the steps that we know, by the name of what they give, else by their own.
fn made(work: &Assignment<'_>, gives: &str, wanted: &[Wanted]) -> Map<String, Value> {
    let known = |name: &str| {
        Some(match name {
            "research" => research::research(work),
            "numbers" => research::numbers(work),
            "keywords" => research::keywords(work),
            "report" => research::report(work),
            "brief" => brief::brief(work),
            "piece" | "draft" => writing::piece(work),
            "design" => brief::design(work),
            "linkedin" => promote::linkedin(work),
            "x" => promote::x(work),
            "newsletter" => promote::newsletter(work),
            _ => return None,
        })
    };
    let whole_piece = ["title", "body"].iter().all(|name| wanted.iter().any(|field| field.name == *name));
    known(gives)
        .or_else(|| known(work.text("/step/id")))
        .or_else(|| whole_piece.then(|| writing::piece(work)))
        .unwrap_or_default()
}

/// Something for a field that was not made: about the title, and in the words of what the field is for.
fn otherwise(work: &Assignment<'_>, field: &Wanted) -> Value {
    let previous = work.material.pointer(&format!("/previous/{}", field.name.replace('~', "~0").replace('/', "~1")));
    match field.form {
        Form::Markdown => {
            let words = (field.most() / 8).clamp(60, 450);
            json!(writing::passage(work, previous.and_then(Value::as_str).unwrap_or_default(), words))
        }
        Form::Text => json!(line(work, field)),
        Form::List => {
            let ideas = work.ideas();
            let mut items: Vec<String> =
                work.notes.iter().map(|note| format!("Answered: {}", text::line(&note.text))).collect();
            items.extend(
                ideas.iter().take(4).map(|idea| format!("{}: {}", idea.heading, text::lower_first(idea.action))),
            );
            json!(items)
        }
        Form::Number => {
            let (min, max) = (field.min.unwrap_or(0.0), field.max.unwrap_or_else(|| field.min.unwrap_or(0.0) + 10.0));
            let span = (max - min).max(0.0) as u64;
            json!(min + (seed::hash(&[&work.title, &field.name]) % (span + 1)) as f64)
        }
    }
}

/// One line for a field: what it says in the request or the inputs, else a sentence about the subject.
fn line(work: &Assignment<'_>, field: &Wanted) -> String {
    let name = field.name.as_str();
    let known =
        [work.material["request"].get(name), work.material["inputs"].get("brief").and_then(|brief| brief.get(name))];
    let known = known.into_iter().flatten().filter_map(Value::as_str).find(|text| !text.trim().is_empty());
    if let (Some(known), true) = (known, work.notes.is_empty()) {
        return known.to_owned();
    }
    if ["title", "headline", "subject", "name"].contains(&name) {
        return work.title.clone();
    }
    let idea = work.ideas()[(seed::hash(&[name]) % 3) as usize];
    let label = text::upper_first(&name.replace('_', " "));
    let mut said = work
        .say(&format!("{label} for “{{title}}”, written for {{audience}}: {} {}", idea.point, idea.action))
        .replace('\\', "");
    for note in &work.notes {
        said = format!("{said} In answer to the note “{}”, this is new.", text::shorten(&text::line(&note.text), 120));
    }
    said
}
