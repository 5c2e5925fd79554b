//! What a model may want done: typed, described by a schema, validated here. Model output is data; whatever does not
//! parse into an act that was offered is refused with a sentence that the model is shown once.

pub mod discussion;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::field::{self, Fields};
use crate::playbook::Playbook;
use crate::task::Priority;

/// An act as a model named it: not yet known, not yet valid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// The act's name.
    pub name: String,
    /// Its arguments.
    pub arguments: Value,
}

/// An act that a model is offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// Its name.
    pub name: String,
    /// When to choose it.
    pub description: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
}

/// What may be answered in one turn.
#[derive(Debug, Clone)]
pub enum Offer {
    /// Say something in the conversation.
    Say,
    /// Begin one of these playbooks.
    StartWork(Vec<Arc<Playbook>>),
    /// Take up what the person wants changed.
    RequestChange,
    /// Hand in what a step gives.
    Submit(Fields),
    /// Judge a piece.
    Review,
    /// Say that one cannot go on.
    Escalate,
    /// Answer a colleague who cannot go on.
    Settle,
    /// Take part in a decision.
    Discuss(discussion::Offer),
}

/// A valid act.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Say this.
    Say(String),
    /// Begin this playbook.
    StartWork(StartWork),
    /// The person wants this changed.
    RequestChange(String),
    /// Here is what the step gives.
    Submit(Map<String, Value>),
    /// This is what I think of it.
    Review(Judgement),
    /// I cannot go on because of this.
    Escalate(String),
    /// Go on like this.
    Settle(String),
    /// A part in a decision.
    Discuss(discussion::Act),
}

/// The request that a person made, as a model read it.
#[derive(Debug, Clone, PartialEq)]
pub struct StartWork {
    /// The playbook's name.
    pub playbook: String,
    /// The request's fields.
    pub fields: Map<String, Value>,
    /// When it should be done, if the person said so.
    pub due: Option<DateTime<Utc>>,
    /// How soon, if the person said so.
    pub priority: Option<Priority>,
}

/// What a review finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Whether it may go on.
    pub verdict: Verdict,
    /// In a sentence or two.
    pub summary: String,
    /// What to change, one thing each.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A review's outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may go on.
    Approve,
    /// It goes back.
    Changes,
}

/// Why an answer is refused: a sentence that tells the model what to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// The clock and the zone that dates in an answer are read with.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    /// Now.
    pub now: DateTime<Utc>,
    /// The organisation's zone.
    pub zone: Tz,
}

/// Most characters of something said in one go.
const SAY_MAX: u32 = 4_000;
/// Most characters of a wish, an issue or a note.
const NOTE_MAX: u32 = 2_000;
/// Most acts in one answer.
const ACTS_MAX: usize = 3;

impl Offer {
    /// The act's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::StartWork(_) => "start_work",
            Self::RequestChange => "request_change",
            Self::Submit(_) => "submit",
            Self::Review => "review",
            Self::Escalate => "escalate",
            Self::Settle => "settle",
            Self::Discuss(offer) => offer.name(),
        }
    }

    /// How the act is described to a model.
    #[must_use]
    pub fn spec(&self) -> Spec {
        let (description, schema) = match self {
            Self::Say => ("Answer in the conversation, in Markdown.".to_owned(), one_text("text", SAY_MAX)),
            Self::RequestChange => (
                "The person wants the piece in this thread changed: hand the wish on, in their words.".to_owned(),
                one_text("text", NOTE_MAX),
            ),
            Self::Escalate => (
                "You cannot do this within your role or with what you have: say what is missing.".to_owned(),
                one_text("issue", NOTE_MAX),
            ),
            Self::Settle => (
                "Answer the colleague, so that the work can go on: decide what is open, or say what to do without it."
                    .to_owned(),
                one_text("answer", NOTE_MAX),
            ),
            Self::Submit(fields) => ("Hand in what this step gives.".to_owned(), field::schema(fields)),
            Self::Review => (
                "Give your judgement. `approve` lets it go on; `changes` needs at least one concrete note.".to_owned(),
                json!({
                    "type": "object", "additionalProperties": false, "required": ["verdict", "summary", "notes"],
                    "properties": {
                        "verdict": { "type": "string", "enum": ["approve", "changes"] },
                        "summary": { "type": "string", "maxLength": NOTE_MAX },
                        "notes": { "type": "array", "maxItems": 10, "items": { "type": "string", "maxLength": NOTE_MAX } },
                    },
                }),
            ),
            Self::StartWork(playbooks) => (start_work_description(playbooks), start_work_schema(playbooks)),
            Self::Discuss(offer) => (offer.description(), offer.schema()),
        };
        Spec { name: self.name().to_owned(), description, schema }
    }
}

fn one_text(name: &str, max: u32) -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": [name],
        "properties": { name: { "type": "string", "minLength": 1, "maxLength": max } },
    })
}

fn start_work_description(playbooks: &[Arc<Playbook>]) -> String {
    let kinds: Vec<String> =
        playbooks.iter().map(|p| format!("`{}` ({}): {}", p.name, p.takes.join(", "), p.purpose)).collect();
    format!("Begin the work that the person asks for. Playbooks: {}", kinds.join("; "))
}

fn start_work_schema(playbooks: &[Arc<Playbook>]) -> Value {
    let mut properties = Map::new();
    let names: Vec<&str> = playbooks.iter().map(|p| p.name.as_str()).collect();
    properties.insert("playbook".into(), json!({ "type": "string", "enum": names }));
    properties.insert(
        "due".into(),
        json!({ "type": "string", "description": "ISO 8601 date or date-time, later than now; only if it was said." }),
    );
    properties.insert(
        "priority".into(),
        json!({ "type": "string", "enum": Priority::ALL, "description": "How pressing it is; only if it was said." }),
    );
    for playbook in playbooks {
        for (name, field) in &playbook.request.0 {
            properties.entry(name.clone()).or_insert_with(|| field::property(field));
        }
    }
    json!({ "type": "object", "additionalProperties": false, "required": ["playbook"], "properties": properties })
}

/// Parses the acts of one answer against what was offered. Talk beside the acts counts as `say` where that was offered
/// and no act came.
///
/// # Errors
/// A sentence that says what does not fit.
pub fn parse(acts: &[Proposed], text: Option<&str>, offers: &[Offer], calendar: Calendar) -> Result<Vec<Act>, Invalid> {
    if acts.is_empty() {
        let talk = text.map(str::trim).filter(|t| !t.is_empty());
        return match talk {
            Some(text) if offers.iter().any(|o| matches!(o, Offer::Say)) => {
                checked_text(text, SAY_MAX, "text").map(|t| vec![Act::Say(t)])
            }
            _ => Err(Invalid(format!("answer by calling one of: {}", names(offers)))),
        };
    }
    if acts.len() > ACTS_MAX {
        return Err(Invalid(format!("at most {ACTS_MAX} acts fit in one answer; {} came", acts.len())));
    }
    if acts.iter().filter(|act| act.name != Offer::Say.name()).count() > 1 {
        return Err(Invalid("one answer may hold one act besides `say`".into()));
    }
    acts.iter().map(|act| parse_one(act, offers, calendar)).collect()
}

fn names(offers: &[Offer]) -> String {
    offers.iter().map(Offer::name).collect::<Vec<_>>().join(", ")
}

fn parse_one(act: &Proposed, offers: &[Offer], calendar: Calendar) -> Result<Act, Invalid> {
    let offer = offers
        .iter()
        .find(|o| o.name() == act.name)
        .ok_or_else(|| Invalid(format!("\"{}\" was not offered; choose from: {}", clip(&act.name), names(offers))))?;
    let Value::Object(arguments) = &act.arguments else {
        return Err(Invalid(format!("the arguments of {} must be a JSON object", offer.name())));
    };
    match offer {
        Offer::Say => only_text(arguments, "text", SAY_MAX).map(Act::Say),
        Offer::RequestChange => only_text(arguments, "text", NOTE_MAX).map(Act::RequestChange),
        Offer::Escalate => only_text(arguments, "issue", NOTE_MAX).map(Act::Escalate),
        Offer::Settle => only_text(arguments, "answer", NOTE_MAX).map(Act::Settle),
        Offer::Submit(fields) => field::validate(fields, arguments).map(Act::Submit).map_err(Invalid),
        Offer::Review => review(arguments),
        Offer::StartWork(playbooks) => start_work(arguments, playbooks, calendar),
        Offer::Discuss(offer) => offer.parse(arguments, calendar).map(Act::Discuss),
    }
}

fn only_text(arguments: &Map<String, Value>, name: &str, max: u32) -> Result<String, Invalid> {
    if let Some(other) = arguments.keys().find(|k| *k != name) {
        return Err(Invalid(format!("\"{}\" is not an argument here; only \"{name}\" is", clip(other))));
    }
    match arguments.get(name) {
        Some(Value::String(text)) => checked_text(text, max, name),
        _ => Err(Invalid(format!("\"{name}\" must be a text"))),
    }
}

fn checked_text(text: &str, max: u32, name: &str) -> Result<String, Invalid> {
    field::text(text, Some(max)).map_err(|problem| Invalid(format!("\"{name}\" {problem}")))
}

fn review(arguments: &Map<String, Value>) -> Result<Act, Invalid> {
    let mut judgement: Judgement = serde_json::from_value(Value::Object(arguments.clone()))
        .map_err(|e| Invalid(format!("the review does not fit its schema: {}", clip(&e.to_string()))))?;
    judgement.summary = checked_text(&judgement.summary, NOTE_MAX, "summary")?;
    if judgement.notes.len() > 10 {
        return Err(Invalid("at most 10 notes fit in one review".into()));
    }
    for note in &mut judgement.notes {
        *note = checked_text(note, NOTE_MAX, "notes")?;
    }
    if judgement.verdict == Verdict::Changes && judgement.notes.is_empty() {
        return Err(Invalid("a review that asks for changes needs at least one note".into()));
    }
    Ok(Act::Review(judgement))
}

fn start_work(arguments: &Map<String, Value>, playbooks: &[Arc<Playbook>], c: Calendar) -> Result<Act, Invalid> {
    let mut fields = arguments.clone();
    let name = match fields.remove("playbook") {
        Some(Value::String(name)) => name,
        _ => return Err(Invalid("\"playbook\" must name a playbook".into())),
    };
    let playbook = playbooks
        .iter()
        .find(|p| p.name == name)
        .ok_or_else(|| Invalid(format!("\"{}\" is not a playbook that was offered", clip(&name))))?;
    let due = match fields.remove("due") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(due(&text, "due", c)?),
        Some(_) => return Err(Invalid("\"due\" must be an ISO 8601 date or date-time".into())),
    };
    let priority = match fields.remove("priority") {
        None | Some(Value::Null) => None,
        Some(named) => Some(
            serde_json::from_value(named)
                .map_err(|_| Invalid("\"priority\" must be one of urgent, normal and low".into()))?,
        ),
    };
    let fields = field::validate(&playbook.request, &fields).map_err(Invalid)?;
    Ok(Act::StartWork(StartWork { playbook: name, fields, due, priority }))
}

/// Reads a date (meant as 17:00 in the organisation's zone) or a date-time; it must be later than now.
fn due(text: &str, name: &str, c: Calendar) -> Result<DateTime<Utc>, Invalid> {
    let wrong = || Invalid(format!("\"{name}\" is \"{}\"; write an ISO 8601 date or date-time", clip(text)));
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(&Utc),
        Err(_) => {
            let date: NaiveDate = text.parse().map_err(|_| wrong())?;
            let local = date.and_hms_opt(17, 0, 0).ok_or_else(wrong)?;
            c.zone.from_local_datetime(&local).earliest().ok_or_else(wrong)?.with_timezone(&Utc)
        }
    };
    if at <= c.now {
        return Err(Invalid(format!("\"{name}\" is {at}, which is not later than now ({})", c.now)));
    }
    Ok(at)
}

/// A few words of what a model wrote: they end up in the next question, and before people.
fn clip(text: &str) -> String {
    crate::legible::text(text).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect()
}
