//! Short texts that bring people to a published piece.

use serde_json::{Map, Value, json};

use crate::assignment::{Assignment, list_at};
use crate::research::fields;
use crate::{bank, seed, text};

/// Most characters of a post on X, the address included.
const X: usize = 280;
const LINKEDIN: usize = 1300;

/// Where the piece stands; empty when nobody said.
fn address(work: &Assignment<'_>) -> String {
    let path = work.text("/inputs/page/url");
    text::line(if path.is_empty() { work.text("/inputs/page/path") } else { path })
}

/// The title under which the piece was published, else the one of the request.
fn title(work: &Assignment<'_>) -> String {
    let published = text::line(work.text("/inputs/piece/title"));
    if published.is_empty() { work.title.clone() } else { published }
}

/// What the piece says, in headings.
fn points(work: &Assignment<'_>, most: usize) -> Vec<String> {
    let outline = list_at(work.material, "/inputs/brief/outline");
    let frame = [bank::OPEN.heading, bank::CLOSE.heading];
    let headings = outline.iter().map(|heading| text::plain_heading(heading));
    headings.filter(|heading| !frame.contains(heading)).take(most).map(|heading| text::shorten(heading, 90)).collect()
}

/// A post for LinkedIn.
pub(crate) fn linkedin(work: &Assignment<'_>) -> Map<String, Value> {
    const HOOKS: &[&str] = &[
        "A question for {audience}: what is the smallest step that would help you this week?",
        "We wrote something for {audience}. It is short, and each part ends with something to do.",
        "Good advice is easy to find. A first step for Monday is not.",
        "If {term} came up in your last meeting, this one is for you.",
        "No grand promises, just a few ideas about {about} and a first step for each.",
    ];
    const ASKS: &[&str] = &[
        "Which of these have you tried? Tell us what happened.",
        "What would you add? The comments are open.",
        "If a colleague comes to mind, pass it on.",
        "What is missing? We would like to hear it.",
    ];
    let address = address(work);
    let mut parts =
        vec![plain(&work.choose(HOOKS, "hook")), format!("New on our pages: “{}”", text::shorten(&title(work), 160))];
    let points = points(work, 4);
    if !points.is_empty() {
        parts.push(points.iter().map(|point| format!("→ {point}")).collect::<Vec<_>>().join("\n"));
    }
    parts.push(work.choose(ASKS, "ask"));
    if !address.is_empty() {
        parts.push(format!("Read it here: {address}"));
    }
    fields(json!({"text": within(&parts, LINKEDIN)}))
}

/// A post for X, counted with the address.
pub(crate) fn x(work: &Assignment<'_>) -> Map<String, Value> {
    const TAILS: &[&str] = &[
        "A first step in every part.",
        "Short, plain, and ready to use.",
        "Pick one idea and start today.",
        "No big budget needed.",
        "Read it in a few minutes.",
    ];
    let (address, title) = (address(work), title(work));
    let room = X.saturating_sub(text::len(&address) + 1);
    let tail = seed::pick(TAILS, &[&title, "x"]);
    let whole = format!("{title}: {tail}");
    let whole = if title.ends_with(['?', '!', '.', '…']) { format!("{title} {tail}") } else { whole };
    let said = if text::len(&whole) <= room { whole } else { text::shorten(&title, room) };
    fields(json!({"text": format!("{said} {address}").trim()}))
}

/// An item for the newsletter.
pub(crate) fn newsletter(work: &Assignment<'_>) -> Map<String, Value> {
    const GREETINGS: &[&str] = &["Hello,", "Good morning,", "Hello again,"];
    const LEADS: &[&str] = &[
        "this time we looked at {about}. The piece was written for {audience}, and it keeps to things that one person can start.",
        "we have a new piece for {audience}. It is about {about}, and every part of it ends with a first step.",
        "some questions come back every season. This one is about {about}, and we tried to answer it in plain words for {audience}.",
    ];
    let (title, address) = (title(work), address(work));
    let mut parts = vec![work.choose(GREETINGS, "greeting"), work.choose(LEADS, "lead")];
    let points = points(work, 3);
    if !points.is_empty() {
        parts.push(format!(
            "What you will find in it:\n\n{}",
            points.iter().map(|point| format!("- {}", text::inline(point))).collect::<Vec<_>>().join("\n")
        ));
    }
    let linked = !address.is_empty() && !address.contains(['(', ')', '<', '>', ' ']);
    parts.push(if linked {
        format!("[Read “{}”]({address})", text::inline(&title))
    } else {
        format!("The piece is called “{}”.", text::inline(&title))
    });
    parts.push("Write back if you try it. We read every answer.".to_owned());
    fields(json!({"subject": text::shorten(&title, 110), "text": parts.join("\n\n")}))
}

/// The parts, without those in the middle that do not fit.
fn within(parts: &[String], most: usize) -> String {
    let mut parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    while text::len(&parts.join("\n\n")) > most && parts.len() > 2 {
        parts.remove(parts.len() / 2);
    }
    parts.join("\n\n")
}

/// Without the backslashes of Markdown, for places that show plain text.
fn plain(text: &str) -> String {
    text.replace('\\', "")
}
