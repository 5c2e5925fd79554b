//! The words around the work: cards and fixed sentences. What personas think is a model's; this is the department's form.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::together::{START, STEP};
use crate::act::Verdict;
use crate::approval::{self, Approval, Because};
use crate::effect::{Action, Body, Card, Picture};
use crate::org::Directory;
use crate::playbook::Step;
use crate::record::{Category, Deliverable, Escalation, EscalationState, Review};
use crate::snapshot::Snapshot;
use crate::task::{Note, NoteKind, State, Task};

/// Longest body shown of a work in progress; the approval card shows it whole.
const EXCERPT: usize = 600;
/// Longest entry of a list that is shown in a line with the others.
const TERM: usize = 40;

/// A day and time as the organisation reads it.
pub(super) fn day(directory: &Directory, at: DateTime<Utc>) -> String {
    at.with_timezone(&directory.zone).format("%a %-d %b %Y, %H:%M %Z").to_string()
}

/// A person's name, or a persona's mention.
pub(super) fn called(directory: &Directory, who: &str) -> String {
    if directory.person(who).is_some() { who.to_owned() } else { format!("@{who}") }
}

/// Text that goes into a line of Markdown: no markup, one line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as a quotation.
pub(super) fn quote(text: &str) -> String {
    text.lines().map(|l| format!("> {l}")).collect::<Vec<_>>().join("\n")
}

/// The root post: who, how far, until when.
pub(super) fn root_card(directory: &Directory, s: &Snapshot) -> Card {
    let Some(root) = s.root() else { return Card::default() };
    if s.proposal.is_some() {
        return super::discuss::card(directory, s);
    }
    let steps: Vec<&Task> = s.tasks.iter().filter(|t| !t.is_root()).collect();
    let done = steps.iter().filter(|t| t.state == State::Done).count();
    let progress = format!("{done} of {}", steps.len());
    let mut fields = vec![
        ("Owner".to_owned(), format!("@{}", root.owner)),
        ("Status".to_owned(), root.state.words().to_owned()),
        ("Progress".to_owned(), progress),
    ];
    if let Some(due) = root.due {
        fields.push(("Due".into(), day(directory, due)));
    }
    if !root.priority.is_normal() {
        fields.push(("Priority".into(), root.priority.words().to_owned()));
    }
    fields.push(("Asked by".into(), root.creator.clone()));
    if let Some(taken) = &root.taken_over {
        fields.push(("Taken over by".into(), format!("{}, {}", taken.by, day(directory, taken.at))));
    }
    let now_at: Vec<String> = steps
        .iter()
        .filter(|t| matches!(t.state, State::InProgress | State::Blocked | State::Waiting))
        .map(|t| match (&t.hold, t.state) {
            (Some(hold), State::Waiting) => format!("{} (@{}), waiting {}", t.title, t.owner, plain(hold)),
            (_, State::Blocked) => format!("{} (@{}), blocked", t.title, t.owner),
            _ => format!("{} (@{})", t.title, t.owner),
        })
        .collect();
    let text = match (root.state.is_over(), now_at.is_empty()) {
        (true, true) => over(root),
        (true, false) => format!("{} Still to come: {}", over(root), now_at.join(" · ")),
        // Before it begins, it is the whole that waits.
        (false, true) if root.state == State::Waiting => {
            root.hold.as_ref().map_or_else(String::new, |hold| format!("Waiting {}.", plain(hold)))
        }
        (false, true) => String::new(),
        (false, false) => format!("Now: {}", now_at.join(" · ")),
    };
    Card { title: root.title.clone(), fields, text, picture: None, actions: Vec::new() }
}

pub(super) fn over(root: &Task) -> String {
    match root.state {
        State::Done => format!("**{}** is done.", plain(&root.title)),
        State::Cancelled => {
            let why = root.hold.as_ref().map(|h| format!(" {h}.")).unwrap_or_default();
            format!("**{}** was stopped.{}", plain(&root.title), plain(&why))
        }
        _ => format!("**{}**: {}.", plain(&root.title), root.state.words()),
    }
}

pub(super) fn handover(task: &Task, root: &Task, ask: &str) -> String {
    let mut text = format!("@{} **{}** for “{}”. {ask}", task.owner, task.title, plain(&root.title));
    for (kind, heading) in [
        (NoteKind::Change, "Wanted"),
        (NoteKind::Edit, "The request now reads"),
        (NoteKind::Review, "From the reviews"),
        (NoteKind::Answer, "Answered from above"),
        (NoteKind::Meanwhile, "Said while a person had taken this over"),
    ] {
        let notes: Vec<_> = task.notes.iter().filter(|n| n.kind == kind).collect();
        if !notes.is_empty() {
            let _ = write!(text, "\n\n{heading}:");
            for note in notes {
                let _ = write!(text, "\n- {} ({})", note.text.replace('\n', " "), note.from);
            }
        }
    }
    text
}

/// What a step made, shown in the thread.
pub(super) fn made(step: &Step, d: &Deliverable) -> Body {
    let title = if d.version > 1 { format!("{}, version {}", step.title, d.version) } else { step.title.clone() };
    if let Some(picture) = &d.picture {
        return Body::Card(Card { picture: Some(picture.clone()), ..plain_card(title, String::new()) });
    }
    if step.action.is_some() {
        return Body::Text { text: out(&step.title, &Value::Object(d.fields.clone())) };
    }
    let mut text = format!("**{title}**\n");
    for (name, value) in &d.fields {
        let label = label(name);
        match value {
            Value::Array(entries) => {
                let _ = write!(text, "\n{label}:\n");
                for entry in entries.iter().filter_map(Value::as_str) {
                    let _ = writeln!(text, "- {entry}");
                }
            }
            Value::String(content) if content.chars().count() > EXCERPT => {
                let words = content.split_whitespace().count();
                let excerpt: String = content.chars().take(EXCERPT).collect();
                let cut = excerpt.rfind(char::is_whitespace).unwrap_or(excerpt.len());
                let _ = write!(text, "\n{label} ({words} words):\n{} …\n", quote(&excerpt[..cut]));
            }
            Value::String(content) => {
                let _ = write!(text, "\n{label}: {content}\n");
            }
            other => {
                let _ = write!(text, "\n{label}: {other}\n");
            }
        }
    }
    Body::Text { text }
}

fn label(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

pub(super) fn review(step: &Step, r: &Review) -> String {
    let mark = if r.verdict == Verdict::Approve { "✅" } else { "✏️" };
    let score = r.score.map(|s| format!(" · {s}/100")).unwrap_or_default();
    let mut text = format!("{mark} **{}**{score}: {}", step.title, r.summary);
    for note in &r.notes {
        let _ = write!(text, "\n- {note}");
    }
    text
}

/// The card that people decide on: everything that would go out, whole.
pub(super) fn approval_card(dir: &Directory, a: &Approval, shown: &[&Deliverable], reviews: &[&Review]) -> Card {
    let would = match a.kind.as_str() {
        START => ("Would begin", format!("work led by @{}", a.asked_by)),
        STEP => ("Would go on with", format!("what @{} made", a.asked_by)),
        act => ("Would do", format!("{act} by @{}", a.asked_by)),
    };
    let mut fields = vec![(would.0.to_owned(), would.1)];
    match a.state {
        approval::State::Open => {
            let deputies = a.deputies.iter().map(|d| d.by.as_str()).collect::<BTreeSet<_>>();
            let deputies = deputies.into_iter().map(|by| in_place(a, by));
            fields.push(("For".into(), a.asked_of.iter().cloned().chain(deputies).collect::<Vec<_>>().join(", ")));
            fields.push(("Until".into(), day(dir, a.expires_at)));
            // The rule in short: the whole, with its file and line, is an answer away.
            if let Some(rule) = a.why.split(": ").next().filter(|rule| !rule.is_empty()) {
                fields.push(("Because".into(), format!("{rule} (“@bullpen why” says more)")));
            }
        }
        _ => fields.push(("Decided".into(), decided(dir, a))),
    }
    for r in reviews {
        let verdict = if r.verdict == Verdict::Approve { "approved" } else { "open notes" };
        let score = r.score.map(|s| format!(", {s}/100")).unwrap_or_default();
        fields.push((format!("@{}", r.by), format!("{verdict}{score}")));
    }
    let mut text = String::new();
    for d in shown.iter().filter(|d| d.picture.is_none()) {
        // The title first, then what is short, the body last and whole.
        let (heads, others): (Vec<_>, Vec<_>) =
            d.fields.iter().filter(|(n, _)| !is_body(n)).partition(|(n, _)| is_head(n));
        for (name, value) in heads.into_iter().chain(others) {
            match value {
                Value::String(content) => {
                    let _ = writeln!(text, "**{}:** {}  ", label(name), content.replace('\n', " "));
                }
                Value::Array(entries) => {
                    let entries: Vec<&str> = entries.iter().filter_map(Value::as_str).collect();
                    if entries.iter().all(|entry| entry.chars().count() <= TERM) {
                        let _ = writeln!(text, "**{}:** {}  ", label(name), entries.join(", "));
                        continue;
                    }
                    let _ = writeln!(text, "**{}:**\n", label(name));
                    for entry in entries {
                        let _ = writeln!(text, "- {}", entry.replace('\n', " "));
                    }
                    text.push('\n');
                }
                other => {
                    let _ = writeln!(text, "**{}:** {other}  ", label(name));
                }
            }
        }
        for (_, value) in d.fields.iter().filter(|(n, _)| is_body(n)) {
            let _ = write!(text, "\n{}\n", value.as_str().unwrap_or_default());
        }
    }
    let picture = shown.iter().find_map(|d| d.picture.clone());
    let actions = if a.state == approval::State::Open {
        vec![
            Action::new("✅", "Approve"),
            Action::new("❌", "Reject").asking("What speaks against it?"),
            Action::new("🔁", "Changes").asking("What should be changed?"),
        ]
    } else {
        Vec::new()
    };
    Card { title: format!("For approval: {}", a.title), fields, text, picture, actions }
}

/// What was asked for, and what people said on how it is to be done.
pub(super) fn request(root: &Task, directions: &[Note]) -> String {
    let mut text = String::new();
    for (name, value) in root.request.iter().filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let _ = writeln!(text, "**{}:** {}  ", label(name), value.replace('\n', " "));
    }
    for note in directions {
        let _ = write!(text, "\n{} says:\n{}\n", note.from, quote(&note.text));
    }
    text
}

fn is_head(field: &str) -> bool {
    matches!(field, "title" | "subject")
}

fn is_body(field: &str) -> bool {
    matches!(field, "body" | "text")
}

/// Somebody who may vote, and in whose place.
pub(super) fn in_place(a: &Approval, by: &str) -> String {
    let of = a.deputies.iter().filter(|d| d.by == by).map(|d| match d.because {
        Because::Away => format!("{} (away)", d.of),
        Because::Silent => format!("{} (no answer)", d.of),
        Because::Delegated => format!("{} (handed over)", d.of),
    });
    format!("{by} for {}", of.collect::<Vec<_>>().join(" or "))
}

/// In whose place somebody voted last, to be put behind their name; nothing where it was in their own.
pub(super) fn in_whose(a: &Approval, by: &str) -> String {
    let of = a.votes.iter().rfind(|v| v.by == by).map(|v| v.in_place_of.join(" or ")).unwrap_or_default();
    if of.is_empty() { of } else { format!(" for {of}") }
}

fn decided(dir: &Directory, a: &Approval) -> String {
    let word = match a.state {
        approval::State::Open => "open",
        approval::State::Approved => "approved",
        approval::State::Rejected => "rejected",
        approval::State::Changes => "changes wanted",
        approval::State::Expired => "ran out",
        approval::State::Void => "void",
    };
    let by = a.decided_by.as_ref().map(|b| format!(" by {b}{}", in_whose(a, b))).unwrap_or_default();
    let at = a.decided_at.map(|at| format!(", {}", day(dir, at))).unwrap_or_default();
    let reason = a.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
    format!("{word}{by}{at}{reason}")
}

pub(super) fn decision_card(maker: &str, kind: &str, decision: &str, why: &str, root: &Task) -> Card {
    let fields = vec![
        ("Decided by".to_owned(), maker.to_owned()),
        ("Kind".to_owned(), kind.to_owned()),
        ("About".to_owned(), root.title.clone()),
    ];
    Card { title: decision.to_owned(), fields, text: why.to_owned(), picture: None, actions: Vec::new() }
}

pub(super) fn escalation_card(dir: &Directory, e: &Escalation) -> Card {
    let names = ["colleague", "manager", "VP", "CMO", "people"];
    let level = usize::try_from(e.level).ok().and_then(|level| names.get(level)).copied().unwrap_or_default();
    let open = e.state == EscalationState::Open;
    let mut fields = vec![
        ("From".to_owned(), format!("@{}", e.from)),
        ("To".to_owned(), format!("{} (level {}, {level})", e.to.join(", "), e.level)),
        ("Kind".to_owned(), e.category.to_string().replace('_', " ")),
        ("Urgency".to_owned(), e.urgency.to_string()),
    ];
    if !e.impact.is_empty() {
        fields.push(("Impact".to_owned(), e.impact.clone()));
    }
    if let Some(at) = e.respond_by.filter(|_| open) {
        fields.push(("Answer by".to_owned(), day(dir, at)));
    }
    for attempt in &e.attempts {
        fields.push(("Tried".to_owned(), attempt.clone()));
    }
    if let (Some(answer), Some(by)) = (&e.answer, &e.answered_by) {
        fields.push((format!("Answered by {}", called(dir, by)), answer.clone()));
    }
    let mut text = if open { format!("{}\n\n*{}*", e.issue, e.recommendation) } else { e.issue.clone() };
    if open && e.category.waits_for_word() && (e.step_task.is_none() || !e.category.is_of_rules()) {
        let _ = write!(text, "\n\nA reply here to @{} settles it; 🙋 takes the thread over.", e.from);
    }
    let actions = if open && e.step_task.is_some() { vec![Action::new("🔁", "Try again")] } else { Vec::new() };
    let title = if open { "This needs somebody" } else { "This is settled" };
    Card { title: title.into(), fields, text, picture: None, actions }
}

/// The card of an escalation that has climbed on from there.
pub(super) fn moved_on(dir: &Directory, e: &Escalation, whom: &str, level: i32) -> Card {
    let card = escalation_card(dir, e);
    let gone = |name: &str| matches!(name, "To" | "Answer by");
    let mut fields: Vec<(String, String)> = card.fields.into_iter().filter(|(name, _)| !gone(name)).collect();
    fields.insert(1, ("Went on to".to_owned(), format!("{whom} (level {level})")));
    Card { title: "This has climbed on".into(), fields, text: e.issue.clone(), picture: None, actions: Vec::new() }
}

pub(super) fn recommendation(category: Category, of_step: bool) -> &'static str {
    match category {
        Category::Blocked => "Mend what is named above, then react 🔁 to try again.",
        Category::Budget => "Raise the budget in bullpen.yaml, or wait: it is tried again when the day turns.",
        Category::Allowance => {
            "A word here, or 🔁, opens a new allowance of the same size; bullpen.yaml says how much it is."
        }
        Category::DeadlineMissed if !of_step => "See what holds it up; move the date, or help it along.",
        Category::DeadlineMissed => "React 🔁 to have it put anew.",
        Category::NoAgreement => "The piece goes on with its open notes in sight; decide on it as you see fit.",
        Category::OutsideAuthority => {
            "Decide on its card where there is one. Else have it done by somebody whose it is, or change the rule that is \
             named above, and react 🔁 to try again."
        }
        Category::Legal => {
            "A person decides this, on its card where there is one; or changes the rule that is named above and reacts 🔁."
        }
        Category::BrandVoice => "Say which wording holds; the piece goes on with its open notes in sight.",
        Category::Crisis => "Take it over with 🙋, say what everybody says and does, and hand it back.",
        Category::UpsetPerson => "Answer them yourself; 🙋 keeps the personas silent meanwhile.",
        Category::Conflict => "Settle it between you; whoever asked can say here what should change.",
        Category::Model => "Look at the model's configuration, then react 🔁 to try again.",
    }
}

/// What everybody reads when something went out.
pub(super) fn published(
    title: &str,
    step: &str,
    action: &str,
    link: &str,
    input: &Value,
    picture: Option<Picture>,
) -> Card {
    let path = if link.is_empty() { input.get("link").and_then(Value::as_str).unwrap_or_default() } else { link };
    let mut fields = vec![("What".to_owned(), action.to_owned())];
    if !path.is_empty() {
        fields.push(("Address".into(), path.to_owned()));
    }
    let text = match input.get("text").and_then(Value::as_str) {
        Some(text) => quote(text),
        None => {
            let about = input.get("meta_description").and_then(Value::as_str).unwrap_or_default();
            let read = if path.is_empty() { String::new() } else { format!("\n\n[Read it]({path})") };
            format!("{about}{read}")
        }
    };
    Card { title: format!("{step}: {title}"), fields, text, picture, actions: Vec::new() }
}

/// That something went out, for the thread.
pub(super) fn out(step: &str, fields: &Value) -> String {
    let path = ["path", "link"].iter().find_map(|k| fields.get(*k).and_then(Value::as_str)).unwrap_or_default();
    if path.is_empty() { format!("{step} is out.") } else { format!("{step} is out: [{path}]({path})") }
}

/// What is drawn of a card without a picture.
fn plain_card(title: String, text: String) -> Card {
    Card { title, text, ..Card::default() }
}
