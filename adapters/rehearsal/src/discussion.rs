//! Decisions in the open: proposing, positions, deciding. A stand-in knows no market and makes up no figures: it goes by
//! plain rules, and says so.

use bullpen_model::{Act, Request};
use chrono::{DateTime, Datelike as _, SecondsFormat, TimeDelta, Utc, Weekday};
use serde_json::{Map, Value, json};

use crate::assignment::{list_at, text_at};
use crate::{due, text};

/// Words that tell which kind of decision is meant, the more telling ones first.
const KINDS: [(&str, &[&str]); 9] = [
    ("legal_compliance", &["legal", "law", "compliance", "lawyer", "contract"]),
    ("budget_allocation", &["budget", "spend", "money", "invest"]),
    ("brand_positioning", &["brand", "positioning", "slogan"]),
    ("campaign_timeline", &["launch", "campaign date", "start of the campaign", "postpone", "date"]),
    ("campaign_strategy", &["campaign"]),
    ("content_calendar", &["calendar", "schedule"]),
    ("blog_post_topic", &["blog", "article", "topic"]),
    ("daily_social_post", &["post", "tweet", "linkedin"]),
    ("major_initiative", &["initiative", "programme", "project"]),
];

/// Days on which few people read.
const DAYS_OFF: [&str; 8] =
    ["holiday", "weekend", "saturday", "sunday", "christmas", "new year", "easter", "thanksgiving"];

fn act(name: &str, arguments: Value) -> Vec<Act> {
    vec![Act { name: name.to_owned(), arguments }]
}

/// If somebody wants a decision proposed, and that is on offer: the proposal.
pub(crate) fn proposal(request: &Request) -> Option<Vec<Act>> {
    let offer = request.acts.iter().find(|act| act.name == "propose")?;
    let material = &request.material;
    let said = text_at(material, "/message/text");
    let lower = said.to_lowercase();
    let at = lower.find("propose")?;
    let rest = said.get(at + "propose".len()..)?.trim_start_matches('d').trim_start_matches([':', ',', ' ']);
    let rest = rest.strip_prefix("that ").or_else(|| rest.strip_prefix("to ")).unwrap_or(rest).trim();
    let (wish, _) = rest.split_once(" ask @").or_else(|| rest.split_once("; ask ")).unwrap_or((rest, ""));
    let (plan, why) = match wish.split_once(" because ") {
        Some((plan, why)) => (plan, sentence(why)),
        None => (wish, "I was asked to put this up for discussion, and was given no reason.".to_owned()),
    };
    if plan.trim().is_empty() {
        return None;
    }
    let kinds = list_at(&offer.schema, "/properties/kind/enum");
    let named = |words: &[&str]| words.iter().any(|word| text::says(&lower, word));
    let kind =
        KINDS.iter().find(|(kind, words)| kinds.iter().any(|k| k == kind) && named(words)).map(|(kind, _)| *kind);
    let kind = kind.or_else(|| kinds.iter().map(String::as_str).find(|k| *k == "major_initiative"))?;
    let known = list_at(&offer.schema, "/properties/ask/items/enum");
    let own = text_at(material, "/self/handle");
    let mentioned = |handle: &String| handle != own && lower.contains(&format!("@{handle}"));
    let ask: Vec<String> = known.into_iter().filter(mentioned).take(5).collect();
    let mut arguments = Map::new();
    arguments.insert("kind".into(), json!(kind));
    arguments.insert("text".into(), json!(text::clip(&sentence(plan), 2_000)));
    arguments.insert("reasoning".into(), json!(text::clip(&why, 2_000)));
    arguments.insert("ask".into(), json!(ask));
    if kind == "budget_allocation"
        && let Some(amount) = figure(plan)
        && amount >= 0.0
    {
        arguments.insert("amount".into(), json!(amount.round() as u64));
    }
    // The day on which something is to be is read like the day by which.
    let found = due::find(&plan.replace(" on ", " by "), text_at(material, "/now"), text_at(material, "/zone"))
        .and_then(|due| due.at);
    if let Some(at) = found {
        arguments.insert("due".into(), json!(written(at.with_timezone(&Utc))));
    }
    Some(act("propose", Value::Object(arguments)))
}

/// For or against: a day off speaks against it, and nothing else that a stand-in would know of.
pub(crate) fn position(request: &Request) -> Vec<Act> {
    let material = &request.material;
    let Some(reason) = day_off(material) else {
        return act(
            "take_position",
            json!({ "stance": "agree", "text": "Nothing in the material speaks against it. (A stand-in says so, by rule.)" }),
        );
    };
    let mut arguments = json!({
        "stance": "object",
        "text": format!("It falls on {reason}, when fewer people read. The next working day would serve it better."),
    });
    let offer = request.acts.iter().find(|act| act.name == "take_position");
    let experts = offer.map(|offer| list_at(&offer.schema, "/properties/ask/properties/of/enum")).unwrap_or_default();
    let asked = material["evidence"].as_array().is_some_and(|asked| !asked.is_empty());
    if !asked && experts.iter().any(|handle| handle == "analytics_specialist") {
        let question = "What do our figures say about days off?";
        arguments["ask"] = json!({ "of": "analytics_specialist", "question": question });
    }
    act("take_position", arguments)
}

pub(crate) fn evidence(_: &Request) -> Vec<Act> {
    let finding = "I have no figures on that: I am a stand-in, and no performance data is connected. What speaks for or \
                   against it stands in this thread.";
    act("give_evidence", json!({ "finding": finding }))
}

pub(crate) fn answer(_: &Request) -> Vec<Act> {
    act(
        "stand_by",
        json!({ "text": "What was asked of me has not changed, so this is for whoever is above us to decide." }),
    )
}

/// Where a day off is what they differ about, the next working day; else what was proposed.
pub(crate) fn decide(request: &Request) -> Vec<Act> {
    let material = &request.material;
    let plan = text_at(material, "/proposal/text");
    let date = text_at(material, "/proposal/due").parse::<DateTime<Utc>>().ok();
    let mut arguments =
        json!({ "text": plan, "reasoning": "Nothing in the material speaks against it. (By a stand-in's rule.)" });
    if day_off(material).is_some() {
        let moved = date.map(next_working_day);
        let on = moved.map(|at| format!(" ({})", at.format("%A, %-d %B"))).unwrap_or_default();
        arguments = json!({
            "text": format!("{} On the next working day instead{on}.", sentence(plan)),
            "reasoning": "The objection is about a day off, and nothing in the material needs that day. (By a stand-in's rule.)",
            "alternatives": [plan],
        });
        if let Some(at) = moved {
            arguments["due"] = json!(written(at));
        }
    } else if let Some(at) = date {
        arguments["due"] = json!(written(at));
    }
    act("decide", arguments)
}

pub(crate) fn agree(_: &Request) -> Vec<Act> {
    let summary = "Nothing in the material speaks against it. (By a stand-in's rule.)";
    act("review", json!({ "verdict": "approve", "summary": summary, "notes": [] }))
}

/// The figure that a person gave in the thread; a stand-in has no other source.
pub(crate) fn measure(request: &Request) -> Vec<Act> {
    let thread = request.material["thread"].as_array().map(Vec::as_slice).unwrap_or_default();
    let people = list_at(&request.material, "/people");
    let by_people = thread.iter().rev().filter(|said| people.iter().any(|name| name == text_at(said, "/from")));
    let given = by_people.filter_map(|said| Some((figure(text_at(said, "/text"))?, text_at(said, "/from")))).next();
    match given {
        Some((value, by)) => {
            act("report_measure", json!({ "value": value, "source": format!("{by}, in this thread") }))
        }
        None => {
            act("escalate", json!({ "issue": "a stand-in has no performance data; somebody has to say the figure" }))
        }
    }
}

pub(crate) fn look_back(_: &Request) -> Vec<Act> {
    let note = "A stand-in cannot see what came of it: no performance data is connected.";
    act("note_outcome", json!({ "went": "unknown", "note": note }))
}

pub(crate) fn carry(request: &Request) -> Vec<Act> {
    let what = text_at(&request.material, "/action/what");
    let text = format!("Noted: {what}. I am a stand-in and can do no more than say so.");
    act("report", json!({ "text": text::clip(&text, 2_000) }))
}

/// Which day off a proposal falls on, if it does.
fn day_off(material: &Value) -> Option<String> {
    let plan = text_at(material, "/proposal/text").to_lowercase();
    if let Some(word) = DAYS_OFF.iter().find(|word| text::says(&plan, word)) {
        return Some(format!("a day off (“{word}”)"));
    }
    let date: DateTime<Utc> = text_at(material, "/proposal/due").parse().ok()?;
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun).then(|| format!("a {}", date.format("%A")))
}

fn next_working_day(at: DateTime<Utc>) -> DateTime<Utc> {
    let mut at = at + TimeDelta::days(1);
    while matches!(at.weekday(), Weekday::Sat | Weekday::Sun) {
        at += TimeDelta::days(1);
    }
    at
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The first number in a text.
fn figure(text: &str) -> Option<f64> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '%' | '€' | '$' | '!' | ';' | ':'));
    let mut numbers = words.filter_map(|word| word.trim_end_matches(['.', ',']).parse::<f64>().ok());
    numbers.find(|n| n.is_finite())
}

/// A text as a sentence of its own.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches([';', ',', '.']);
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
