//! Reviews: what a reader in this role would say about the version at hand, from looking at it.

use bullpen_model::{Act, Request};
use serde_json::{Value, json};

use crate::assignment::{Assignment, list_at, text_at};
use crate::text;
use crate::writing::Article;

/// Fewest words of a piece that can be let through.
const FEWEST_WORDS: usize = 250;

/// What a review ends in.
struct Verdict {
    summary: String,
    notes: Vec<String>,
}

/// The answer to a review: one `review`.
pub(crate) fn review(request: &Request) -> Vec<Act> {
    let work = Assignment::of(&request.material);
    let text = Reviewed::of(&request.material["reviewing"]);
    let verdict = match work.text("/step/id") {
        "editing" => editing(&work, &text),
        "voice" => voice(&work, &text),
        "sign_off" => sign_off(&work, &text),
        _ => other(&work, &text),
    };
    let left = request.material.get("rounds_left").and_then(Value::as_u64);
    let changes = !verdict.notes.is_empty() && left != Some(0);
    let summary = match (verdict.notes.is_empty(), changes) {
        (false, false) => format!(
            "{} No round is left, so I let it pass and leave the open points to the person who approves: {}",
            verdict.summary,
            verdict.notes.join(" ")
        ),
        _ => verdict.summary,
    };
    let notes = if changes { verdict.notes } else { Vec::new() };
    let arguments = json!({"verdict": if changes { "changes" } else { "approve" }, "summary": summary, "notes": notes});
    vec![Act { name: "review".to_owned(), arguments }]
}

/// The text under review, in what can be counted about it.
struct Reviewed {
    title: String,
    body: String,
    article: Article,
    words: usize,
}

impl Reviewed {
    fn of(reviewing: &Value) -> Self {
        let deliverables = reviewing.as_object().into_iter().flat_map(|all| all.values());
        let longest = deliverables.clone().flat_map(texts).max_by_key(|text| text.len()).unwrap_or_default();
        let title = deliverables.map(|one| text_at(one, "/title")).find(|title| !title.is_empty()).unwrap_or_default();
        let article = Article::parse(longest);
        Self { title: text::line(title), body: longest.to_owned(), words: article.words(), article }
    }

    /// Words and headings in a sentence.
    fn measured(&self) -> String {
        format!("{} in {}", text::counted(self.words, "word"), text::counted(self.article.sections.len(), "section"))
    }

    fn opens_strongly(&self) -> bool {
        let first = self.article.intro.first().map_or("", String::as_str);
        first.contains('?') || first.chars().any(|c| c.is_ascii_digit())
    }

    fn has_case(&self) -> bool {
        self.article
            .sections
            .iter()
            .any(|section| text::says(&section.heading, "example") || text::says(&section.heading, "case"))
    }
}

/// Every text in a deliverable.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Object(fields) => fields.values().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The title as it is named in a review.
fn named(work: &Assignment<'_>, text: &Reviewed) -> String {
    let title = if text.title.is_empty() { &work.title } else { &text.title };
    format!("“{}”", text::shorten(title, 120))
}

fn editing(work: &Assignment<'_>, text: &Reviewed) -> Verdict {
    let mut notes = too_short(text);
    if !text.opens_strongly() {
        notes.push(format!(
            "Open with a figure or a question; {} should feel in the first two lines that this is for them.",
            work.audience
        ));
    }
    if !text.has_case() {
        notes.push(
            "Add one worked example from start to finish, in a section of its own, so that the advice can be pictured."
                .to_owned(),
        );
    }
    let summary = match notes.is_empty() {
        true => format!(
            "{} keeps the brief's promise: {}, a strong opening and a worked example. Lovely to read now.",
            named(work, text),
            text.measured()
        ),
        false => format!(
            "{} is on the right track: {}, and the order of the ideas is good. {} to go.",
            named(work, text),
            text.measured(),
            text::counted(notes.len(), "point")
        ),
    };
    Verdict { summary, notes }
}

fn voice(work: &Assignment<'_>, text: &Reviewed) -> Verdict {
    let mut notes = failing(&work.material["check"]);
    notes.extend(banned(work, text));
    notes.dedup();
    let summary = match notes.is_empty() {
        true => format!(
            "{} is in our voice: plain, addressed to {}, and free of claims we could not stand behind. {} read.",
            named(work, text),
            work.audience,
            text.measured()
        ),
        false => format!(
            "{} is close, but {} against the brand rules.",
            named(work, text),
            if notes.len() == 1 { "1 wording goes".to_owned() } else { format!("{} wordings go", notes.len()) }
        ),
    };
    Verdict { summary, notes }
}

fn sign_off(work: &Assignment<'_>, text: &Reviewed) -> Verdict {
    let reviews = work.material["reviews"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said: Vec<String> = reviews.iter().map(one_line).collect();
    let notes = failing(&work.material["check"]);
    let basis = if said.is_empty() { "no reviews are in the material".to_owned() } else { said.join("; ") };
    let summary = match notes.is_empty() {
        true => format!(
            "{} is ready to be put before a person. {}, and the reviews say: {basis}.",
            named(work, text),
            text::upper_first(&text.measured())
        ),
        false => format!(
            "{} is not ready yet; the check still finds something. The reviews say: {basis}.",
            named(work, text)
        ),
    };
    Verdict { summary, notes }
}

fn other(work: &Assignment<'_>, text: &Reviewed) -> Verdict {
    let mut notes = failing(&work.material["check"]);
    if work.material["reviewing"].pointer("/piece").is_some() {
        notes.extend(too_short(text));
    }
    let score = work
        .material
        .pointer("/check/score")
        .and_then(Value::as_f64)
        .map_or(String::new(), |score| format!(" The check gives {score} of 100."));
    let summary = match notes.is_empty() {
        true => format!(
            "Looked at {} ({}) and found nothing that stands against it.{score}",
            named(work, text),
            text.measured()
        ),
        false => format!("{} needs {} first.{score}", named(work, text), text::counted(notes.len(), "change")),
    };
    Verdict { summary, notes }
}

fn too_short(text: &Reviewed) -> Vec<String> {
    if text.words >= FEWEST_WORDS {
        return Vec::new();
    }
    vec![format!(
        "The text has only {}; make it longer, to at least {FEWEST_WORDS} words.",
        text::counted(text.words, "word")
    )]
}

/// A review in a few words: "editing: approved", "seo: 92 of 100".
fn one_line(review: &Value) -> String {
    let step = match (text_at(review, "/step"), text_at(review, "/by")) {
        ("", "") => "a review",
        ("", by) => by,
        (step, _) => step,
    };
    let verdict = if text_at(review, "/verdict") == "changes" { "asked for changes" } else { "approved" };
    let score = review["score"].as_f64().map_or(String::new(), |score| format!(", {score} of 100"));
    format!("{}: {verdict}{score}", step.replace('_', " "))
}

/// What a check found, whatever its form: a list of findings, or a report with a list in it.
pub(crate) fn failing(check: &Value) -> Vec<String> {
    let lists: Vec<&Value> = match check {
        Value::Array(_) => vec![check],
        Value::Object(fields) => ["findings", "checks", "failing", "open", "problems", "issues"]
            .iter()
            .filter_map(|name| fields.get(*name))
            .collect(),
        _ => Vec::new(),
    };
    let passed = check["passed"].as_bool() == Some(true) || check["pass"].as_bool() == Some(true);
    let found = lists
        .into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .filter(|one| !passed && one["passed"].as_bool() != Some(true));
    found
        .filter_map(|one| {
            let said = one.as_str().unwrap_or_else(|| {
                ["/advice", "/text", "/note", "/message", "/phrase"]
                    .iter()
                    .map(|pointer| text_at(one, pointer))
                    .find(|text| !text.is_empty())
                    .unwrap_or_default()
            });
            (!said.is_empty()).then(|| said.to_owned())
        })
        .take(10)
        .collect()
}

/// Phrases that the brand does not use, where no check looked for them.
fn banned(work: &Assignment<'_>, text: &Reviewed) -> Vec<String> {
    if !work.material["check"].is_null() {
        return Vec::new();
    }
    let banned =
        work.material.pointer("/brand/banned").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let used = banned
        .iter()
        .map(|one| (text_at(one, "/phrase"), text_at(one, "/instead")))
        .filter(|(phrase, _)| text::says(&text.body, phrase));
    used.map(|(phrase, instead)| match instead {
        "" => format!("“{phrase}”, which the brand does not use; leave it out."),
        instead => format!("“{phrase}”, which the brand does not use; write “{instead}”."),
    })
    .collect()
}

/// What the notes of a review in `recent` say, for those who ask why.
pub(crate) fn notes_of(review: &Value) -> Vec<String> {
    let notes = list_at(review, "/notes");
    if notes.is_empty() { failing(&review["check"]) } else { notes }
}
