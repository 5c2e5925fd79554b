//! Acts by which personas take a decision of the matrix: proposing, taking a position, deciding, testing, looking back.

mod raw;

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Calendar, Invalid, NOTE_MAX, checked_text, clip, due};
use crate::authority::Audience;
use crate::name::Handle;
use crate::proposal::{Action, Plan, Stance};

/// Most entries of a list in these acts.
const LIST_MAX: usize = 10;
/// Longest that a test may run.
const TEST_MAX: TimeDelta = TimeDelta::days(90);
/// Most colleagues who are asked for their position.
const STAKEHOLDERS_MAX: usize = 5;

/// What may be answered in a discussion.
#[derive(Debug, Clone)]
pub enum Offer {
    /// Propose a decision of one of these kinds (id and title); of the personas, some may be asked for their position.
    Propose {
        /// Kinds of decision: id and title.
        kinds: Vec<(String, String)>,
        /// Who may be asked, or given something to do.
        personas: Vec<Handle>,
    },
    /// Say what one thinks of a proposal; may ask one of these for facts.
    TakePosition(Vec<Handle>),
    /// Say what one knows.
    GiveEvidence,
    /// Propose something else after objections; of these, some may be given something to do.
    Revise(Vec<Handle>),
    /// Keep to what was proposed, and say why.
    StandBy,
    /// Take the proposal back.
    Withdraw,
    /// Settle it between those who disagree.
    Decide(Vec<Handle>),
    /// Let a small test decide; one of these measures.
    OrderTest(Vec<Handle>),
    /// Say what a test gave.
    ReportMeasure,
    /// Say what came of a decision.
    NoteOutcome,
    /// Say what was done about an action.
    Report,
}

/// A valid act of a discussion.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// This should be decided.
    Propose(Box<Draft>),
    /// This is what I think of it.
    TakePosition(Opinion),
    /// This is what I know.
    GiveEvidence(String),
    /// Then this instead.
    Revise(Plan),
    /// It stays as it is, because of this.
    StandBy(String),
    /// It is taken back, because of this.
    Withdraw(String),
    /// This is decided.
    Decide(Settlement),
    /// This test decides.
    OrderTest(Trial),
    /// The test gave this figure, from this source.
    ReportMeasure(f64, String),
    /// This came of it.
    NoteOutcome(Aftermath),
    /// This was done.
    Report(String),
}

/// A proposal, as a model worded it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The kind of decision.
    pub kind: String,
    /// Whose position is asked.
    pub stakeholders: Vec<Handle>,
    /// What is proposed.
    pub plan: Plan,
}

/// What somebody thinks.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// For or against.
    pub stance: Stance,
    /// Why, or what instead.
    pub text: String,
    /// What it rests on.
    pub evidence: Vec<String>,
    /// Who is asked for facts, and what.
    pub asks: Option<(Handle, String)>,
}

/// How a disagreement is settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// What is decided.
    pub plan: Plan,
    /// When its outcome is looked at; the team's usual time where none was said.
    pub look_at: Option<DateTime<Utc>>,
}

/// A small test.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What is measured.
    pub measure: String,
    /// The proposal stands when the figure is at least this.
    pub at_least: f64,
    /// What is done otherwise.
    pub otherwise: String,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Who measures.
    pub measured_by: Handle,
    /// Why a test, and why this one.
    pub reasoning: String,
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Aftermath {
    /// Better, as expected, worse, or not to be told.
    pub went: String,
    /// What is seen.
    pub note: String,
    /// What is to be learned from it.
    pub lesson: Option<String>,
}

/// How a decision can have gone.
const WENT: [&str; 4] = ["better", "as_expected", "worse", "unknown"];

impl Offer {
    /// The act's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Propose { .. } => "propose",
            Self::TakePosition(_) => "take_position",
            Self::GiveEvidence => "give_evidence",
            Self::Revise(_) => "revise_proposal",
            Self::StandBy => "stand_by",
            Self::Withdraw => "withdraw_proposal",
            Self::Decide(_) => "decide",
            Self::OrderTest(_) => "order_test",
            Self::ReportMeasure => "report_measure",
            Self::NoteOutcome => "note_outcome",
            Self::Report => "report",
        }
    }

    pub(super) fn description(&self) -> String {
        let text = match self {
            Self::Propose { kinds, .. } => {
                let kinds: Vec<String> = kinds.iter().map(|(id, title)| format!("`{id}` ({title})")).collect();
                return format!(
                    "Propose a decision, to be discussed in the open and taken by whoever may: {}. `due` is the date that \
                     it sets or moves.",
                    kinds.join(", ")
                );
            }
            Self::TakePosition(_) => {
                "Say whether you agree, object or abstain, why, and what it rests on; `ask` one colleague for facts only \
                 where they would change your mind."
            }
            Self::GiveEvidence => {
                "Say what you know about the question and where it is from; say so where you do not know."
            }
            Self::Revise(_) => "Change the proposal so that it answers the objections. Give it whole.",
            Self::StandBy => "Keep to the proposal, and answer the objections.",
            Self::Withdraw => "Take the proposal back.",
            Self::Decide(_) => {
                "Decide between those who disagree: what is to happen, whole, with your reasons; `due` where it sets or \
                 moves a date."
            }
            Self::OrderTest(_) => {
                "Let a small test decide instead: what is measured, by whom, until when, and from which figure on the \
                 proposal stands; `otherwise` is what is done below it."
            }
            Self::ReportMeasure => "Say the figure that the test gave, and its source.",
            Self::NoteOutcome => "Say what came of the decision, as far as it can be told, and what is to be learned.",
            Self::Report => "Say what you did about this, so that everybody can see it.",
        };
        text.to_owned()
    }

    pub(super) fn schema(&self) -> Value {
        let text = |max: u32| json!({ "type": "string", "minLength": 1, "maxLength": max });
        let list = json!({ "type": "array", "maxItems": LIST_MAX, "items": text(NOTE_MAX) });
        let date = json!({ "type": "string", "description": "ISO 8601 date or date-time, later than now." });
        let plan = |personas: &[Handle]| {
            let action =
                object(&["what", "owner"], json!({ "what": text(NOTE_MAX), "owner": one_of(personas), "due": date }));
            json!({
                "text": text(NOTE_MAX), "reasoning": text(NOTE_MAX), "alternatives": list, "due": date,
                "amount": { "type": "integer", "minimum": 0, "description": "Money that it is about." },
                "public": { "type": "boolean", "description": "Whether its result is for everybody." },
                "actions": { "type": "array", "maxItems": LIST_MAX, "items": action },
            })
        };
        match self {
            Self::Propose { kinds, personas } => {
                let mut properties = plan(personas);
                let ids: Vec<&String> = kinds.iter().map(|(id, _)| id).collect();
                properties["kind"] = json!({ "type": "string", "enum": ids });
                properties["ask"] = json!({ "type": "array", "maxItems": STAKEHOLDERS_MAX, "items": one_of(personas),
                            "description": "Whose position is asked." });
                object(&["kind", "text", "reasoning"], properties)
            }
            Self::TakePosition(experts) => {
                let ask = object(&["of", "question"], json!({ "of": one_of(experts), "question": text(NOTE_MAX) }));
                object(
                    &["stance", "text"],
                    json!({ "stance": { "type": "string", "enum": ["agree", "object", "abstain"] },
                            "text": text(NOTE_MAX), "evidence": list, "ask": ask }),
                )
            }
            Self::GiveEvidence => object(&["finding"], json!({ "finding": text(NOTE_MAX) })),
            Self::Revise(personas) => object(&["text", "reasoning"], plan(personas)),
            Self::StandBy | Self::Report => object(&["text"], json!({ "text": text(NOTE_MAX) })),
            Self::Withdraw => object(&["why"], json!({ "why": text(NOTE_MAX) })),
            Self::Decide(personas) => {
                let mut properties = plan(personas);
                properties["look_at"] = date;
                object(&["text", "reasoning"], properties)
            }
            Self::OrderTest(personas) => object(
                &["measure", "at_least", "otherwise", "until", "measured_by", "reasoning"],
                json!({ "measure": text(NOTE_MAX), "at_least": { "type": "number" }, "otherwise": text(NOTE_MAX),
                        "until": date, "measured_by": one_of(personas), "reasoning": text(NOTE_MAX) }),
            ),
            Self::ReportMeasure => {
                object(&["value", "source"], json!({ "value": { "type": "number" }, "source": text(NOTE_MAX) }))
            }
            Self::NoteOutcome => object(
                &["went", "note"],
                json!({ "went": { "type": "string", "enum": WENT }, "note": text(NOTE_MAX), "lesson": text(NOTE_MAX) }),
            ),
        }
    }

    pub(super) fn parse(&self, arguments: &Map<String, Value>, calendar: Calendar) -> Result<Act, Invalid> {
        Ok(match self {
            Self::Propose { kinds, personas } => {
                let mut rest = arguments.clone();
                let kind: String = taken(&mut rest, "kind")?;
                if !kinds.iter().any(|(id, _)| *id == kind) {
                    return Err(Invalid(format!("\"{}\" is not a kind of decision that was offered", clip(&kind))));
                }
                let asked: Option<Vec<String>> = taken(&mut rest, "ask")?;
                let stakeholders = handles(asked.unwrap_or_default(), personas, "ask", STAKEHOLDERS_MAX)?;
                Act::Propose(Box::new(Draft { kind, stakeholders, plan: proposed(&rest, personas, calendar)? }))
            }
            Self::TakePosition(experts) => {
                let raw: raw::Opinion = read(arguments)?;
                let asks = match raw.ask {
                    None => None,
                    Some(ask) => Some((handle(&ask.of, experts, "ask.of")?, note(&ask.question, "ask.question")?)),
                };
                Act::TakePosition(Opinion {
                    stance: match raw.stance {
                        raw::Stance::Agree => Stance::Agree,
                        raw::Stance::Object => Stance::Object,
                        raw::Stance::Abstain => Stance::Abstain,
                    },
                    text: note(&raw.text, "text")?,
                    evidence: notes(&raw.evidence, "evidence")?,
                    asks,
                })
            }
            Self::GiveEvidence => Act::GiveEvidence(note(&read::<raw::Finding>(arguments)?.finding, "finding")?),
            Self::Revise(personas) => Act::Revise(proposed(arguments, personas, calendar)?),
            Self::StandBy => Act::StandBy(note(&read::<raw::Text>(arguments)?.text, "text")?),
            Self::Report => Act::Report(note(&read::<raw::Text>(arguments)?.text, "text")?),
            Self::Withdraw => Act::Withdraw(note(&read::<raw::Why>(arguments)?.why, "why")?),
            Self::Decide(personas) => Act::Decide(read::<raw::Plan>(arguments)?.checked(personas, calendar)?),
            Self::OrderTest(personas) => {
                let raw: raw::Trial = read(arguments)?;
                Act::OrderTest(Trial {
                    measure: note(&raw.measure, "measure")?,
                    at_least: finite(raw.at_least, "at_least")?,
                    otherwise: note(&raw.otherwise, "otherwise")?,
                    until: not_beyond(due(&raw.until, "until", calendar)?, calendar)?,
                    measured_by: handle(&raw.measured_by, personas, "measured_by")?,
                    reasoning: note(&raw.reasoning, "reasoning")?,
                })
            }
            Self::ReportMeasure => {
                let raw: raw::Measure = read(arguments)?;
                Act::ReportMeasure(finite(raw.value, "value")?, note(&raw.source, "source")?)
            }
            Self::NoteOutcome => {
                let raw: raw::Aftermath = read(arguments)?;
                if !WENT.contains(&raw.went.as_str()) {
                    return Err(Invalid(format!("\"went\" must be one of: {}", WENT.join(", "))));
                }
                let lesson = raw.lesson.map(|lesson| note(&lesson, "lesson")).transpose()?;
                Act::NoteOutcome(Aftermath { went: raw.went, note: note(&raw.note, "note")?, lesson })
            }
        })
    }
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn one_of(personas: &[Handle]) -> Value {
    json!({ "type": "string", "enum": personas })
}

fn read<T: DeserializeOwned>(arguments: &Map<String, Value>) -> Result<T, Invalid> {
    serde_json::from_value(Value::Object(arguments.clone()))
        .map_err(|e| Invalid(format!("the arguments do not fit their schema: {}", clip(&e.to_string()))))
}

/// One argument, taken out of the others.
fn taken<T: DeserializeOwned>(arguments: &mut Map<String, Value>, name: &str) -> Result<T, Invalid> {
    serde_json::from_value(arguments.remove(name).unwrap_or_default())
        .map_err(|e| Invalid(format!("\"{name}\" does not fit the schema: {}", clip(&e.to_string()))))
}

/// What is proposed, which is not decided yet.
fn proposed(arguments: &Map<String, Value>, personas: &[Handle], calendar: Calendar) -> Result<Plan, Invalid> {
    let settled = read::<raw::Plan>(arguments)?.checked(personas, calendar)?;
    if settled.look_at.is_some() {
        return Err(Invalid("\"look_at\" is for who decides; leave it out".into()));
    }
    Ok(settled.plan)
}

fn note(text: &str, name: &str) -> Result<String, Invalid> {
    checked_text(text, NOTE_MAX, name)
}

fn notes(texts: &[String], name: &str) -> Result<Vec<String>, Invalid> {
    if texts.len() > LIST_MAX {
        return Err(Invalid(format!("\"{name}\" takes {LIST_MAX} entries at most")));
    }
    texts.iter().map(|text| note(text, name)).collect()
}

/// A test ends some day.
fn not_beyond(until: DateTime<Utc>, calendar: Calendar) -> Result<DateTime<Utc>, Invalid> {
    if until > calendar.now + TEST_MAX {
        return Err(Invalid(format!("\"until\" may be {} days from now at most", TEST_MAX.num_days())));
    }
    Ok(until)
}

fn finite(number: f64, name: &str) -> Result<f64, Invalid> {
    if number.is_finite() { Ok(number) } else { Err(Invalid(format!("\"{name}\" must be a number"))) }
}

fn handle(text: &str, known: &[Handle], name: &str) -> Result<Handle, Invalid> {
    let found = Handle::parse(text).ok().filter(|handle| known.contains(handle));
    found.ok_or_else(|| Invalid(format!("\"{name}\" is \"{}\", whom nobody offered here", clip(text))))
}

fn handles(texts: Vec<String>, known: &[Handle], name: &str, most: usize) -> Result<Vec<Handle>, Invalid> {
    let mut found: Vec<Handle> = Vec::new();
    for text in texts {
        let handle = handle(&text, known, name)?;
        if !found.contains(&handle) {
            found.push(handle);
        }
    }
    if found.len() > most {
        return Err(Invalid(format!("\"{name}\" takes {most} at most")));
    }
    Ok(found)
}

impl raw::Plan {
    fn checked(self, personas: &[Handle], calendar: Calendar) -> Result<Settlement, Invalid> {
        if self.actions.len() > LIST_MAX {
            return Err(Invalid(format!("\"actions\" takes {LIST_MAX} entries at most")));
        }
        let date = |text: Option<String>, name: &str| text.map(|text| due(&text, name, calendar)).transpose();
        let action = |raw: raw::Action| {
            Ok(Action {
                what: note(&raw.what, "actions.what")?,
                owner: handle(&raw.owner, personas, "actions.owner")?,
                due: date(raw.due, "actions.due")?,
            })
        };
        Ok(Settlement {
            plan: Plan {
                text: note(&self.text, "text")?,
                reasoning: note(&self.reasoning, "reasoning")?,
                alternatives: notes(&self.alternatives, "alternatives")?,
                actions: self.actions.into_iter().map(action).collect::<Result<_, Invalid>>()?,
                due: date(self.due, "due")?,
                amount: self.amount,
                audience: if self.public { Audience::Public } else { Audience::Internal },
            },
            look_at: date(self.look_at, "look_at")?,
        })
    }
}
