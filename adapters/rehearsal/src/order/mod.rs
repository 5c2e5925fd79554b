//! A request for work, taken out of a person's sentence: title, audience, search term, due date, and the rest as notes.
//!
//! What was understood is marked in a copy of the text of the same length, so that no word is used twice and the notes are what
//! is left over.

mod audience;
mod keyword;
mod marked;
mod notes;
mod priority;
mod quotes;
mod subject;

use serde_json::Value;

use marked::{floor, free, mark};

use crate::due::{self, Due};
use crate::text;

/// Longest title, audience, search term and notes, unless the playbook says otherwise.
const LIMITS: [(&str, usize); 4] = [("title", 200), ("audience", 200), ("keyword", 80), ("notes", 4000)];

/// The longest part of a message that is read; what comes later goes unread rather than slowly.
const READ: usize = 20_000;

/// What was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Order {
    /// The title as it was written, or the subject.
    pub(crate) title: Option<String>,
    /// Who it is for.
    pub(crate) audience: Option<String>,
    /// The search term that was named.
    pub(crate) keyword: Option<String>,
    /// When it is due.
    pub(crate) due: Option<Due>,
    /// How soon it is wanted, where that was said.
    pub(crate) priority: Option<&'static str>,
    /// Everything else that was asked for.
    pub(crate) notes: Option<String>,
    /// Whether the title stood in quotation marks.
    pub(crate) quoted: bool,
    /// How many titles stood in quotation marks.
    pub(crate) titles: usize,
}

/// Where a text asks for something that a playbook takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The bytes of the word or words.
    pub(crate) span: std::ops::Range<usize>,
    /// Whether more than one is meant.
    pub(crate) plural: bool,
}

/// The longest of `takes` that stands in `text` as whole words, outside of quotation marks.
pub(crate) fn taken(text: &str, takes: &[String]) -> Option<Taken> {
    let text = &text[..floor(text, READ)];
    let mut plain = text.to_owned();
    for quote in quotes::find(text) {
        mark(&mut plain, quote.span);
    }
    let plain = plain.to_ascii_lowercase().replace('-', " ");
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '@');
    let found = takes.iter().flat_map(|take| {
        let take = take.to_ascii_lowercase().replace('-', " ");
        let found: Vec<Taken> = plain
            .match_indices(&take)
            .filter_map(|(start, _)| {
                let mut end = start + take.len();
                let plural = plain[end..].starts_with('s') && !part(plain[end + 1..].chars().next());
                end += usize::from(plural);
                // "post-mortem" is no post.
                let whole = !part(plain[..start].chars().next_back())
                    && !part(plain[end..].chars().next())
                    && !text[end..].starts_with('-');
                (whole && !take.is_empty()).then_some(Taken { span: start..end, plural })
            })
            .collect();
        found
    });
    found.max_by_key(|taken| (taken.span.len(), std::cmp::Reverse(taken.span.start)))
}

/// Understands a request. `taken` is where the thing asked for stands.
pub(crate) fn read(text: &str, taken: Option<&Taken>, now: &str, zone: &str) -> Order {
    let text = &text[..floor(text, READ)];
    let mut left = text.to_owned();
    let mut order = Order::default();
    let found = quotes::find(text);
    order.keyword = keyword::keyword(text, &found, &mut left);
    let titles: Vec<_> =
        found.iter().filter(|quote| free(&left, &quote.span) && !quote.text.trim().is_empty()).collect();
    let title = titles
        .iter()
        .copied()
        .find(|quote| taken.is_none_or(|taken| quote.span.start >= taken.span.end || found.len() == 1))
        .or(titles.first().copied());
    order.titles = titles.len();
    if let Some(quote) = title {
        order.title = Some(text::line(quote.text));
        order.quoted = true;
        mark(&mut left, quote.span.clone());
    }
    for quote in found.iter().filter(|quote| quote.text.trim().is_empty()) {
        mark(&mut left, quote.span.clone());
    }
    order.due = due::find(&left, now, zone);
    if let Some(due) = &order.due {
        mark(&mut left, due.span.clone());
    }
    if let Some((named, span)) = priority::priority(&left) {
        order.priority = Some(named);
        mark(&mut left, span);
    }
    if order.title.is_none() {
        order.title = subject::subject(text, taken, &mut left);
    }
    if let Some(taken) = taken {
        let span = notes::wish_start(&left, taken.span.start)..taken.span.end.min(left.len());
        mark(&mut left, span);
    }
    order.audience = audience::audience(text, &mut left, order.title.is_some());
    order.notes = notes::notes(&left);
    order
}

/// The fields of a playbook's request from what was understood: those it has, within their bounds.
pub(crate) fn fields(order: &Order, playbook: &Value, text: &str) -> serde_json::Map<String, Value> {
    let known =
        [("title", &order.title), ("audience", &order.audience), ("keyword", &order.keyword), ("notes", &order.notes)];
    let usual = |name: &str| LIMITS.iter().find(|(known, _)| *known == name).map_or(1000, |(_, limit)| *limit);
    let clip = |name: &str, value: &str, spec: &Value| {
        let most = spec["max"].as_u64().map_or_else(|| usual(name), |max| max as usize);
        Value::from(text::clip(value, most))
    };
    let Some(request) = playbook["request"].as_object() else {
        let known = known
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), clip(name, value.as_deref()?, &Value::Null))));
        return known.collect();
    };
    let mut fields = serde_json::Map::new();
    for (name, spec) in request {
        let value =
            known.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.as_deref().map(str::to_owned));
        if let Some(value) = value.or_else(|| labelled(text, name)) {
            fields.insert(name.clone(), clip(name, &value, spec));
        }
    }
    // A playbook without a title calls its subject by another name.
    const SUBJECTS: [&str; 9] =
        ["subject", "topic", "name", "headline", "theme", "product", "event", "campaign", "about"];
    let open: Vec<_> = request.iter().filter(|(name, spec)| required(spec) && !fields.contains_key(*name)).collect();
    let subject =
        open.iter().find(|(name, _)| SUBJECTS.contains(&name.as_str())).or(open.first().filter(|_| open.len() == 1));
    if let (false, Some(title), Some((name, spec))) = (request.contains_key("title"), &order.title, subject) {
        fields.insert((*name).clone(), clip(name, title, spec));
    }
    fields
}

/// By which playbook, until when and how soon.
pub(crate) fn settings(order: &Order, playbook: &Value, fields: &mut serde_json::Map<String, Value>) {
    fields.insert("playbook".to_owned(), playbook["name"].clone());
    if let Some(due) = order.due.as_ref().and_then(|due| due.at) {
        fields.insert("due".to_owned(), due.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into());
    }
    if let Some(priority) = order.priority {
        fields.insert("priority".to_owned(), priority.into());
    }
}

/// Whether a field of a request must be there; fields are required unless they say otherwise.
pub(crate) fn required(spec: &Value) -> bool {
    spec["required"].as_bool().unwrap_or(true)
}

/// "city: Vienna", on any line.
fn labelled(text: &str, name: &str) -> Option<String> {
    let label = format!("{}:", name.replace('_', " "));
    let at = text.to_ascii_lowercase().find(&label.to_ascii_lowercase())?;
    let rest = text[at + label.len()..].split(['\n', ',', ';']).next().unwrap_or_default();
    Some(text::line(rest)).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
