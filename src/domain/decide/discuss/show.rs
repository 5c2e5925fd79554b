//! Cards and words of a discussion.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::act::Verdict;
use crate::decide::words::{called, day, quote};
use crate::effect::Card;
use crate::org::Directory;
use crate::proposal::{Plan, Proposal, Stance, State, Test, Voice};
use crate::record::Record;
use crate::snapshot::Snapshot;

/// Longest title taken from a text.
const TITLE: usize = 80;

/// The first sentence of a text, as a title.
pub(in crate::decide) fn title(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first).trim_end_matches('.');
    if sentence.chars().count() <= TITLE {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(TITLE).collect();
    let end = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    format!("{} …", &cut[..end])
}

/// What a persona is asked for.
pub(super) fn ask(voice: Voice) -> &'static str {
    match voice {
        Voice::Position => {
            "A colleague proposes a decision and wants your position on it. Speak from your role and from the material; \
             agree where you can live with it, object where you have a reason, and say what would change your mind."
        }
        Voice::Evidence { .. } => {
            "A colleague asks you for facts in a discussion. Answer the question from what you know."
        }
        Voice::Answer => {
            "Colleagues object to your proposal. Change it so that it answers them, stand by it with your reasons, or take \
             it back."
        }
        Voice::Decide => {
            "This is for you to decide. Weigh the positions and the evidence, decide with your reasons, and say who does \
             what; or, where only data can tell, order a small test."
        }
        Voice::Agree => "This decision needs your yes. Approve it, or ask for changes with at least one concrete note.",
        Voice::Measure => {
            "A test that was to decide is over. Report its figure and where that is from; make nothing up."
        }
        Voice::LookBack => {
            "Some time ago this was decided. Say what came of it as far as you can tell, and what is to be learned."
        }
    }
}

pub(super) fn until(dir: &Directory, at: DateTime<Utc>) -> String {
    format!("Please answer until {}.", day(dir, at))
}

pub(super) fn stance(stance: Stance) -> &'static str {
    match stance {
        Stance::Agree => "agrees",
        Stance::Object => "objects",
        Stance::Abstain => "abstains",
        Stance::Silent => "said nothing",
    }
}

pub(super) fn position(stance: Stance, text: &str, evidence: &[String]) -> String {
    let head = match stance {
        Stance::Agree => "✅ **I agree.**",
        Stance::Object => "✋ **I object.**",
        Stance::Abstain | Stance::Silent => "**I abstain.**",
    };
    let mut out = format!("{head} {text}");
    for fact in evidence {
        let _ = write!(out, "\n- {fact}");
    }
    out
}

pub(super) fn judged(verdict: Verdict, summary: &str, notes: &[String]) -> String {
    let mut out = match verdict {
        Verdict::Approve => format!("✅ **Yes.** {summary}"),
        Verdict::Changes => format!("✏️ **Not like this.** {summary}"),
    };
    for note in notes {
        let _ = write!(out, "\n- {note}");
    }
    out
}

/// A plan, whole.
pub(super) fn plan(dir: &Directory, plan: &Plan) -> String {
    let mut out = format!("{}\n\n**Why:** {}", quote(&plan.text), plan.reasoning);
    if let Some(due) = plan.due {
        let _ = write!(out, "\n**Date:** {}", day(dir, due));
    }
    if !plan.alternatives.is_empty() {
        let _ = write!(out, "\n**Instead of:** {}", plan.alternatives.join("; "));
    }
    if !plan.actions.is_empty() {
        out.push_str("\n**To do:**");
        for action in &plan.actions {
            let due = action.due.map(|due| format!(", until {}", day(dir, due))).unwrap_or_default();
            let _ = write!(out, "\n- {} (@{}{due})", action.what, action.owner);
        }
    }
    out
}

/// What a version is kept as.
pub(super) fn fields(p: &Proposal) -> Map<String, Value> {
    let fields = json!({
        "title": title(&p.plan.text), "kind": p.kind, "amount": p.plan.amount, "audience": p.plan.audience, "text": p.plan.text,
        "reasoning": p.plan.reasoning, "alternatives": p.plan.alternatives, "actions": p.plan.actions, "due": p.plan.due,
    });
    fields.as_object().cloned().unwrap_or_default()
}

/// The root post of a discussion.
pub(in crate::decide) fn card(dir: &Directory, s: &Snapshot) -> Card {
    let (Some(root), Some(p)) = (s.root(), &s.proposal) else { return Card::default() };
    let row = dir.team.authority.decisions.get(&p.kind).map_or(p.kind.as_str(), |row| row.title.as_str());
    let mut fields = vec![
        ("Decision".to_owned(), row.to_owned()),
        ("Proposed by".to_owned(), format!("@{}", p.by)),
        ("Status".to_owned(), p.state.words().to_owned()),
    ];
    if !p.state.is_over() {
        fields.push(("Round".into(), format!("{} of {}", p.round.min(rounds(dir)), rounds(dir))));
    }
    if let Some(amount) = p.plan.amount {
        fields.push(("Amount".into(), amount.to_string()));
    }
    if p.maker != p.by {
        fields.push(("With".into(), format!("@{}", p.maker)));
    }
    if let Some(at) = p.respond_by.filter(|_| !p.state.is_over()) {
        fields.push(("Until".into(), day(dir, at)));
    }
    if let Some(at) = p.look_at.filter(|_| p.state == State::Decided) {
        fields.push(("Looked at again".into(), day(dir, at)));
    }
    let actions: Vec<_> = s.tasks.iter().filter(|t| !t.is_root()).collect();
    if !actions.is_empty() {
        let done = actions.iter().filter(|t| t.state == crate::task::State::Done).count();
        fields.push(("Carried out".into(), format!("{done} of {}", actions.len())));
    }
    fields.push(("Asked by".into(), root.creator.clone()));
    let latest = p.latest().map(|q| format!("{} {}", called(dir, &q.by), stance(q.stance)));
    let mut text = quote(&p.plan.text);
    let heard: Vec<String> = latest.collect();
    if !heard.is_empty() {
        let _ = write!(text, "\n\n{}", heard.join(" · "));
    }
    Card { title: root.title.clone(), fields, text, picture: None, actions: Vec::new() }
}

fn rounds(dir: &Directory) -> i32 {
    i32::from(dir.team.discussion.rounds)
}

/// What was decided, for the thread.
pub(super) fn decided(
    dir: &Directory,
    p: &Proposal,
    by: &str,
    dissent: &[(String, String)],
    told: &[String],
    past: bool,
) -> String {
    let mut out = format!("**Decided by {}.**\n{}", called(dir, by), plan(dir, &p.plan));
    if past {
        out.push_str("\nThat date is over, so nothing moves.");
    }
    for (by, what) in dissent {
        let _ = write!(out, "\n**{} was of another mind:** {what}", called(dir, by));
    }
    if !told.is_empty() {
        let names: Vec<String> = told.iter().map(|who| called(dir, who)).collect();
        let _ = write!(out, "\nFor your information: {}", names.join(", "));
    }
    out
}

pub(super) fn closed(state: State) -> &'static str {
    match state {
        State::Withdrawn => "Taken back",
        _ => "Not decided",
    }
}

/// What a record says it is about.
pub(super) fn context(title: &str, p: &Proposal) -> String {
    format!("{title} (proposed by @{}, version {}, round {})", p.by, p.version, p.round)
}

pub(super) fn record_card(dir: &Directory, r: &Record) -> Card {
    let mut fields = vec![
        ("Decided by".to_owned(), called(dir, &r.maker)),
        ("Kind".to_owned(), r.kind.clone()),
        ("About".to_owned(), r.context.clone()),
    ];
    let list = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let alternatives = list(&r.alternatives);
    if !alternatives.is_empty() {
        fields.push(("Instead of".into(), alternatives.join("; ")));
    }
    for action in r.actions.as_array().into_iter().flatten() {
        let what = action["what"].as_str().unwrap_or_default();
        fields.push(("To do".into(), format!("{what} (@{})", action["owner"].as_str().unwrap_or_default())));
    }
    for against in r.dissent.as_array().into_iter().flatten() {
        let by = against["by"].as_str().unwrap_or_default();
        fields
            .push((format!("Dissent of {}", called(dir, by)), against["what"].as_str().unwrap_or_default().to_owned()));
    }
    Card { title: r.decision.clone(), fields, text: r.reasoning.clone(), picture: None, actions: Vec::new() }
}

/// The rule of a test, in a sentence without its full stop.
pub(super) fn test_rule(test: &Test) -> String {
    format!("{}; from {} on the proposal stands, and otherwise: {}", test.measure, test.at_least, test.otherwise)
}

pub(super) fn test(dir: &Directory, test: &Test, reasoning: &str) -> String {
    format!(
        "**A test decides.** {reasoning}\n{}\n@{} measures, until {}.",
        quote(&test_rule(test)),
        test.measured_by,
        day(dir, test.until)
    )
}

pub(super) fn figure(test: &Test) -> String {
    let (value, source) = (test.value.unwrap_or_default(), test.source.clone().unwrap_or_default());
    format!("The test gave **{value}** ({}). Source: {source}", test.measure)
}

pub(super) fn verdict_of(test: &Test) -> String {
    let value = test.value.unwrap_or_default();
    let (word, what) =
        if value >= test.at_least { ("reached", "the proposal stands") } else { ("not reached", "the proposal falls") };
    format!("The test gave {value}, and {} was {word}: {what}, as was agreed before it began.", test.at_least)
}
