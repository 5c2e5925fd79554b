//! Answering people, and personas who ask.

use bullpen_model::{Act, Request};
use chrono::DateTime;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::assignment::{list_at, text_at};
use crate::intent::{self, Intent, Place};
use crate::order::{self, Order, Taken};
use crate::{review, text, voice};

/// Most pieces of work that are named in one answer.
const NAMED: usize = 5;

/// The answer to what was said: a `say`, a `start_work` or a `request_change`.
pub(crate) fn talk(request: &Request) -> Vec<Act> {
    let material = &request.material;
    let said = text_at(material, "/message/text");
    let offered = |name: &str| request.acts.iter().any(|act| act.name == name);
    let persona = text_at(material, "/message/kind") == "persona";
    let wanted = Wanted::in_text(said, material);
    let place = Place { may_change: offered("request_change") && !persona, quoted: wanted.order.quoted };
    let mut intent = intent::of(said, wanted.taken.as_ref(), place);
    if persona && matches!(intent, Intent::Order | Intent::Change | Intent::Stop) {
        intent = Intent::Status;
    }
    let handle = text_at(material, "/self/handle");
    let voice = voice::of(handle);
    let reply = match intent {
        Intent::Order if offered("start_work") && wanted.playbook.is_some() => return vec![start(&wanted, material, said)],
        Intent::Order => elsewhere(handle),
        Intent::Change => return vec![act("request_change", json!({"text": text::clip(addressed(said), 4000)}))],
        Intent::Why => why(material, said),
        Intent::Status => status(material, said),
        Intent::Stop => "To stop a piece of work, delete the message that asked for it, or react with ❌ when it is put up for approval.".to_owned(),
        Intent::Thanks => voice.welcome.to_owned(),
        Intent::Hello => voice.hello.to_owned(),
        Intent::Help => format!("I {}. Right now a stand-in speaks for me, not a language model. Try: {}", voice.does, example(handle)),
        Intent::Unclear if persona => status(material, said),
        Intent::Unclear => format!(
            "I did not understand that: I am a stand-in for a language model and know only a few kinds of sentences. I {}. Try: {}",
            voice.does,
            example(handle)
        ),
    };
    vec![say(reply)]
}

/// The answer to an edited request: the whole request anew.
pub(crate) fn reread(request: &Request) -> Vec<Act> {
    let material = &request.material;
    let said = text_at(material, "/message/text");
    let wanted = Wanted::in_text(said, material);
    let playbook = wanted.playbook.unwrap_or(&material["playbooks"][0]);
    let whole = wanted.taken.is_some() || wanted.order.title.is_some();
    let mut fields = order::fields(&wanted.order, playbook, said);
    for (name, value) in material["before"].as_object().into_iter().flatten() {
        // A sentence that asks anew stands for itself; one that only adds something leaves the rest as it was.
        if !fields.contains_key(name) && !value.is_null() && (name == "title" || !whole) {
            fields.insert(name.clone(), value.clone());
        }
    }
    order::settings(&wanted.order, playbook, &mut fields);
    vec![Act { name: "start_work".to_owned(), arguments: Value::Object(fields) }]
}

/// What a sentence asks for, and by which playbook it would be done.
struct Wanted<'a> {
    playbook: Option<&'a Value>,
    taken: Option<Taken>,
    order: Order,
}

impl<'a> Wanted<'a> {
    fn in_text(said: &str, material: &'a Value) -> Self {
        let playbooks = material["playbooks"].as_array().map(Vec::as_slice).unwrap_or_default();
        let takes = |playbook: &Value| list_at(playbook, "/takes");
        let found = playbooks.iter().filter_map(|playbook| Some((playbook, order::taken(said, &takes(playbook))?)));
        let found = found.max_by_key(|(_, taken)| taken.span.len());
        // Even who may start nothing should know a request when they hear one.
        let usual = || order::taken(said, &["blog post", "article", "case study", "guide"].map(str::to_owned));
        let (playbook, taken) = match found {
            Some((playbook, taken)) => (Some(playbook), Some(taken)),
            None => (None, usual()),
        };
        let order = order::read(said, taken.as_ref(), text_at(material, "/now"), text_at(material, "/zone"));
        Self { playbook, taken, order }
    }
}

fn act(name: &str, arguments: Value) -> Act {
    Act { name: name.to_owned(), arguments }
}

fn say(text: String) -> Act {
    act("say", json!({"text": text}))
}

/// Something to type, as a line of its own.
fn example(handle: &str) -> String {
    let handle = if handle.is_empty() { "content_manager" } else { handle };
    format!("`@{handle} {}`", voice::of(handle).example)
}

/// The words without the mentions before them.
fn addressed(said: &str) -> &str {
    let mut rest = said.trim();
    while rest.starts_with('@') {
        rest = rest.find(char::is_whitespace).map_or("", |at| rest[at..].trim_start());
    }
    if rest.is_empty() { said.trim() } else { rest }
}

fn elsewhere(handle: &str) -> String {
    if handle == "content_manager" {
        return "I would gladly start that, but you have no right to give us work here. Ask somebody who has it, and I begin at once.".to_owned();
    }
    format!("Requests for pieces go to @content_manager, who starts them. Try: {}", example("content_manager"))
}

/// Starts work, or asks for what is missing.
fn start(wanted: &Wanted<'_>, material: &Value, said: &str) -> Act {
    let (order, playbook) = (&wanted.order, wanted.playbook.unwrap_or(&Value::Null));
    let handle = text_at(material, "/self/handle");
    if order.titles > 1 && wanted.taken.as_ref().is_some_and(|taken| taken.plural) {
        return say(format!(
            "One message for each piece, please, so that each gets its own thread. For example: {}",
            example(handle)
        ));
    }
    let longest = playbook.pointer("/request/title/max").and_then(Value::as_u64).unwrap_or(200);
    if let Some(title) = order.title.as_deref().filter(|title| order.quoted && text::len(title) as u64 > longest) {
        return say(format!(
            "That title has {} characters, and a title holds {longest} at most. Which shorter one do you want?",
            text::len(title)
        ));
    }
    if order.due.as_ref().is_some_and(|due| due.at.is_none()) {
        return say("The date you named is over already. By when do you need it? Send the request again with a later one, and I start.".to_owned());
    }
    let mut fields = order::fields(order, playbook, said);
    let needed = playbook["request"].as_object().into_iter().flatten();
    let missing: Vec<String> = needed
        .filter(|(name, spec)| order::required(spec) && !fields.contains_key(*name))
        .map(|(name, _)| name.replace('_', " "))
        .collect();
    if missing == ["title"] || (missing.is_empty() && fields.is_empty()) {
        return say(format!(
            "With pleasure. What is the title, or what should it be about, and who is the audience? For example: {}",
            example(handle)
        ));
    }
    if !missing.is_empty() {
        return say(format!(
            "I can start as soon as I know: {}. Write it like this: `{}: …`",
            text::listed(&missing),
            missing[0]
        ));
    }
    order::settings(order, playbook, &mut fields);
    act("start_work", Value::Object(fields))
}

/// A moment for people, in their zone.
fn moment(at: &str, zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    DateTime::parse_from_rfc3339(at)
        .map_or_else(|_| text::inline(at), |at| at.with_timezone(&zone).format("%a %-d %b, %H:%M").to_string())
}

/// What the persona is on, or how far the work is whose thread this is.
fn status(material: &Value, said: &str) -> String {
    let zone = text_at(material, "/zone");
    let you = ["you", "your"].iter().any(|word| text::says(said, word));
    if material["task"].is_object() && !you {
        return progress(&material["task"], zone);
    }
    let workload = material["workload"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<String> = workload.iter().take(NAMED).map(|work| one(work, zone)).collect();
    match lines.as_slice() {
        [] => "Nothing is on my desk right now.".to_owned(),
        [one] => format!("I am on {one}."),
        lines => {
            let more = workload.len() - lines.len();
            let rest = if more > 0 { format!("\n- and {more} more") } else { String::new() };
            format!("I am on {} things:\n- {}{rest}", workload.len(), lines.join("\n- "))
        }
    }
}

/// "**Draft** of “5 Ways …” (in progress, due Sat 21 Nov, 17:00)".
fn one(work: &Value, zone: &str) -> String {
    let (task, step, state, due) =
        (text_at(work, "/task"), text_at(work, "/step"), text_at(work, "/state"), text_at(work, "/due"));
    let task = if task.is_empty() {
        "a piece without a title".to_owned()
    } else {
        format!("“{}”", text::inline(&text::shorten(task, 120)))
    };
    let named = if step.is_empty() { task } else { format!("**{}** of {task}", text::inline(step)) };
    let state = (!state.is_empty()).then(|| state.replace('_', " "));
    let due = (!due.is_empty()).then(|| format!("due {}", moment(due, zone)));
    let facts: Vec<String> = state.into_iter().chain(due).collect();
    if facts.is_empty() { named } else { format!("{named} ({})", facts.join(", ")) }
}

fn progress(task: &Value, zone: &str) -> String {
    let title = text::inline(&text::shorten(text_at(task, "/title"), 120));
    let state = text_at(task, "/state").replace('_', " ");
    let due = text_at(task, "/due");
    let steps = task["progress"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut done, mut now, mut next) = (Vec::new(), Vec::new(), Vec::new());
    for step in steps {
        let (name, owner) = (text::inline(text_at(step, "/step")), text_at(step, "/owner"));
        match text_at(step, "/state") {
            "done" | "skipped" => done.push(name),
            "open" | "cancelled" => next.push(name),
            _ if owner.is_empty() => now.push(name),
            _ => now.push(format!("{name} ({})", text::inline(owner))),
        }
    }
    let mut parts = vec![if state.is_empty() {
        format!("“{title}” is under way.")
    } else {
        format!("“{title}” is {state}.")
    }];
    for (label, steps) in [("Done", done), ("Now", now), ("Next", next)] {
        if !steps.is_empty() {
            parts.push(format!("{label}: {}.", text::listed(&steps[..steps.len().min(NAMED + 3)])));
        }
    }
    if !due.is_empty() {
        parts.push(format!("Due {}.", moment(due, zone)));
    }
    parts.join(" ")
}

/// Reasons, from the latest reviews; a number in the question picks the one with that score.
fn why(material: &Value, said: &str) -> String {
    let recent = material["recent"].as_array().map(Vec::as_slice).unwrap_or_default();
    let asked = text::words(said).find_map(|word| word.parse::<f64>().ok());
    let scored = |review: &&Value| asked.is_some() && review["score"].as_f64() == asked;
    let changes = |review: &&Value| text_at(review, "/verdict") == "changes";
    let about_changes = ["change", "changes", "wrong", "back", "rejected"].iter().any(|word| text::says(said, word));
    let reviewed = |review: &&Value| !review["verdict"].is_null() || !review["score"].is_null();
    let exact = recent.iter().find(scored);
    let chosen = exact
        .or_else(|| recent.iter().find(|review| about_changes && changes(review)))
        .or_else(|| recent.iter().find(reviewed))
        .or(recent.first());
    let Some(review) = chosen else {
        return "I have not reviewed or decided anything lately, so there is nothing to explain yet.".to_owned();
    };
    let missing = asked
        .filter(|_| exact.is_none())
        .map_or(String::new(), |asked| format!("I have no review with {asked}; this is my latest. "));
    let score = review["score"].as_f64().map_or(String::new(), |score| format!("{score} of 100 "));
    let (task, step) =
        (text::inline(&text::shorten(text_at(review, "/task"), 120)), text::inline(text_at(review, "/step")));
    let verdict = match text_at(review, "/verdict") {
        "changes" => ": I asked for changes",
        "approve" | "approved" => ": I approved it",
        _ => "",
    };
    let step = if step.is_empty() { String::new() } else { format!(" ({step})") };
    let mut answer = text::upper_first(&format!("{missing}{score}for “{task}”{step}{verdict}."));
    let summary = text::line(text_at(review, "/summary"));
    if !summary.is_empty() {
        answer = format!("{answer} {}", text::shorten(&summary, 400));
    }
    for note in review::notes_of(review).iter().take(8) {
        answer = format!("{answer}\n- {}", text::shorten(&text::line(note), 250));
    }
    answer
}
