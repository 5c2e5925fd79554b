//! A request for work, taken out of a person's sentence: title, audience, search term, due date, and the rest as notes.
//!
//! What was understood is marked in a copy of the text of the same length, so that no word is used twice and the notes are what
//! is left over.

mod quotes;

use serde_json::Value;

use crate::due::{self, Due};
use crate::{term, text};

/// Stands in for what was used up; cannot be typed.
const USED: char = '\u{1}';

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
    order.keyword = keyword(text, &found, &mut left);
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
    if order.title.is_none() {
        order.title = subject(text, taken, &mut left);
    }
    if let Some(taken) = taken {
        let span = wish_start(&left, taken.span.start)..taken.span.end.min(left.len());
        mark(&mut left, span);
    }
    order.audience = audience(text, &mut left, order.title.is_some());
    order.notes = notes(&left);
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

/// Marks bytes as used, keeping the length.
fn mark(text: &mut String, span: std::ops::Range<usize>) {
    if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) && span.start < span.end {
        text.replace_range(span.clone(), &USED.to_string().repeat(span.len()));
    }
}

fn free(text: &str, span: &std::ops::Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|part| !part.contains(USED))
}

/// The largest place up to `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The search term that was named, marked with the words around it.
fn keyword(text: &str, found: &[quotes::Quote<'_>], left: &mut String) -> Option<String> {
    const MARKERS: [&str; 8] =
        ["search term", "search phrase", "keyphrase", "key phrase", "keywords", "keyword", "found for", "rank for"];
    const BEFORE: [&str; 14] =
        ["for", "the", "with", "main", "focus", "target", "our", "use", "using", "and", "should", "be", "it", "a"];
    let lower = text.to_ascii_lowercase();
    let inside = |at: usize| found.iter().any(|quote| quote.span.contains(&at));
    let marker = MARKERS
        .iter()
        .filter_map(|marker| Some((lower.match_indices(marker).map(|(at, _)| at).find(|at| !inside(*at))?, *marker)))
        .next()?;
    let mut end = marker.0 + marker.1.len();
    let named = text[end..].trim_start_matches(' ').starts_with([':', '='])
        || lower[end..].starts_with(" is ")
        || lower[end..].starts_with(" should be ");
    for lead in [" is ", " should be "] {
        if lower[end..].starts_with(lead) {
            end += lead.len();
        }
    }
    end += text[end..].len() - text[end..].trim_start_matches([' ', ':', '=']).len();
    let quote = found.iter().find(|quote| quote.span.start == end);
    let before: Vec<&str> =
        lower[..marker.0].split_whitespace().rev().take_while(|word| BEFORE.contains(word)).collect();
    // "about keyword research" names no term.
    if !named
        && quote.is_none()
        && (before.is_empty()
            || !(marker.1.starts_with("search")
                || before.contains(&"the")
                || marker.1.ends_with("for")
                || before.contains(&"main")
                || before.contains(&"focus")))
    {
        return None;
    }
    let (term, stop) = match quote {
        Some(quote) => (text::line(quote.text), quote.span.end),
        None => {
            let rest = &lower[end..];
            let stops =
                [",", ";", "\n", ". ", " due ", " for ", " by ", " with ", " and make", " please", "?", "!", ")"];
            let stop = stops.iter().filter_map(|stop| rest.find(stop)).min().unwrap_or(rest.len());
            (text::line(text[end..end + stop].trim_end_matches('.')), end + stop)
        }
    };
    let start = before.iter().fold(marker.0, |at, word| lower[..at].rfind(word).unwrap_or(at));
    mark(left, start..stop);
    Some(text::clip(&term, 80)).filter(|term| !term.is_empty())
}

/// The subject where no title stood in quotation marks: after "titled", "about" and the like, else before the thing asked for.
fn subject(text: &str, taken: Option<&Taken>, left: &mut String) -> Option<String> {
    let from = taken.map_or(0, |taken| taken.span.end.min(left.len()));
    let lower = left.to_ascii_lowercase();
    let rest = &lower[from..];
    let mut leads: Vec<(usize, usize)> = Vec::new();
    for lead in [
        "titled ",
        "called ",
        "entitled ",
        "named ",
        "title: ",
        "title is ",
        "headline: ",
        "about ",
        "regarding ",
        "covering ",
        "on the topic of ",
        "topic: ",
        "on how ",
        "on why ",
    ] {
        leads.extend(
            rest.match_indices(lead).filter(|(at, _)| *at == 0 || !rest[..*at].ends_with(char::is_alphanumeric)).map(
                |(at, _)| {
                    let keeps = lead.starts_with("on ") && lead != "on the topic of ";
                    (at, at + if keeps { 3 } else { lead.len() })
                },
            ),
        );
    }
    if taken.is_some() {
        for lead in [" on ", ": ", " \"", " “", " „"] {
            leads.extend(rest.starts_with(lead).then_some((0, lead.len())));
        }
    }
    leads.sort_unstable();
    for (at, begin) in leads {
        let begin = from + begin;
        let end = begin + topic_end(&lower[begin..]);
        let raw = &left[begin..end];
        let topic = text::line(raw.trim_matches(['"', '“', '„', '«', ' ', '.', ':', '-', '*']));
        let first = text::words(&topic).next().unwrap_or_default().to_lowercase();
        let length = topic.to_ascii_lowercase().ends_with(" words") && first.chars().all(|c| c.is_ascii_digit());
        if topic.is_empty()
            || length
            || ["it", "this", "that", "something", "anything", "our", "us", "you"]
                .contains(&topic.to_lowercase().as_str())
        {
            continue;
        }
        mark(left, from + at..end);
        return Some(text::upper_first(&text::clip(&topic, 200)));
    }
    described(text, taken?)
}

/// "an AI ethics article": what stands between the article and the thing.
fn described(text: &str, taken: &Taken) -> Option<String> {
    const PLAIN: [&str; 24] = [
        "short",
        "long",
        "quick",
        "new",
        "great",
        "nice",
        "funny",
        "little",
        "simple",
        "fresh",
        "next",
        "good",
        "small",
        "detailed",
        "in-depth",
        "brief",
        "proper",
        "first",
        "second",
        "big",
        "interesting",
        "engaging",
        "word",
        "blog",
    ];
    let before = text.get(..taken.span.start)?;
    let words: Vec<&str> = before.split_whitespace().rev().take(6).collect();
    let article = words.iter().position(|word| ["a", "an", "another"].contains(&word.to_lowercase().as_str()))?;
    let words: Vec<&str> = words[..article]
        .iter()
        .rev()
        .copied()
        .filter(|word| {
            let word = word.to_lowercase();
            !PLAIN.contains(&word.as_str())
                && !term::STOP.contains(&word.as_str())
                && !word.ends_with("-word")
                && word.chars().any(char::is_alphabetic)
        })
        .collect();
    (!words.is_empty()).then(|| text::upper_first(&text::line(&words.join(" "))))
}

/// Where a subject ends: at punctuation, before the audience (the last "for"), before a date.
fn topic_end(lower: &str) -> usize {
    const STOPS: [&str; 19] = [
        ", ",
        ";",
        "\n",
        " (",
        "? ",
        "! ",
        ". ",
        " aimed at ",
        " targeted at ",
        " targeting ",
        " due ",
        " please",
        " written for ",
        " with a ",
        " with the ",
        " and make ",
        " and keep ",
        " thanks",
        " audience",
    ];
    let mut end = STOPS.iter().filter_map(|stop| lower.find(stop)).chain(lower.find(USED)).min().unwrap_or(lower.len());
    if let Some(at) = lower[..end].rfind(" for ")
        && at > 0
    {
        end = at;
    }
    end
}

/// Where the wish before the thing asked for begins: "we need a", "could you write another".
fn wish_start(left: &str, thing: usize) -> usize {
    let lower = left[..thing.min(left.len())].to_ascii_lowercase();
    let clause = lower
        .rfind(['\n', ';', USED])
        .map_or(0, |at| at + 1)
        .max(lower.rfind(". ").map_or(0, |at| at + 2))
        .max(lower.rfind("! ").map_or(0, |at| at + 2));
    const WISHES: [&str; 16] = [
        "please",
        "we need",
        "i need",
        "can you",
        "could you",
        "can we",
        "could we",
        "would you",
        "i'd like",
        "i would like",
        "we'd like",
        "we would like",
        "we want",
        "i want",
        "let's",
        "write",
    ];
    WISHES.iter().filter_map(|wish| lower[clause..].find(wish)).min().map_or(clause, |at| clause + at)
}

/// Who it is for, marked.
fn audience(text: &str, left: &mut String, titled: bool) -> Option<String> {
    const LEADS: [&str; 10] = [
        "aimed at ",
        "targeted at ",
        "targeting ",
        "audience: ",
        "audience is ",
        "audience are ",
        "readers: ",
        "written for ",
        "intended for ",
        "for ",
    ];
    const STOPS: [&str; 24] = [
        ", ",
        ",\n",
        ";",
        "\n",
        ". ",
        "? ",
        "! ",
        " (",
        " due ",
        " by ",
        " with ",
        " about ",
        " titled ",
        " called ",
        " until ",
        " before ",
        " please",
        " and make ",
        " and keep ",
        " and please",
        " and mention ",
        " and add ",
        " - ",
        " — ",
    ];
    let lower = left.to_ascii_lowercase();
    for lead in LEADS {
        for (at, _) in lower.match_indices(lead) {
            if at > 0 && lower[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-') {
                continue;
            }
            let begin = at + lead.len();
            let rest = &lower[begin..];
            let on = (!titled).then(|| rest.find(" on ")).flatten();
            let end = STOPS
                .iter()
                .filter_map(|stop| rest.find(stop))
                .chain(rest.find(USED))
                .chain(on)
                .min()
                .unwrap_or(rest.len());
            let audience = text::line(
                text[begin..begin + end].trim_matches([' ', '.', ',', ':', '?', '!', '"', '”', '“', '-', '*']),
            );
            if !names_people(&audience) {
                continue;
            }
            mark(left, at..begin + end);
            return Some(text::clip(&audience, 200));
        }
    }
    None
}

/// "for marketing directors", but not "for us", "for our blog", "for Friday", "for free".
fn names_people(audience: &str) -> bool {
    const NOBODY: [&str; 37] = [
        "me",
        "us",
        "now",
        "free",
        "example",
        "instance",
        "sure",
        "tomorrow",
        "today",
        "tonight",
        "next",
        "this",
        "you",
        "it",
        "that",
        "which",
        "publication",
        "approval",
        "review",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "later",
        "real",
        "good",
        "all",
        "fun",
        "both",
        "once",
        "what",
        "when",
        "more",
        "less",
    ];
    const PLACES: [&str; 12] = [
        "blog",
        "site",
        "website",
        "newsletter",
        "week",
        "weekend",
        "month",
        "keyword",
        "page",
        "homepage",
        "linkedin",
        "launch",
    ];
    let words: Vec<String> = text::words(audience).map(str::to_lowercase).collect();
    let Some(first) = words.first() else { return false };
    let last = words.last().map(String::as_str).unwrap_or_default();
    let place = ["the", "our", "my", "your", "a"].contains(&first.as_str()) && PLACES.contains(&last);
    // "all" alone is nobody, "all parents" are people.
    let nobody =
        NOBODY.contains(&first.as_str()) && (words.len() == 1 || !["all", "good", "both"].contains(&first.as_str()));
    !(nobody || place || PLACES.contains(&last) && words.len() == 1 || first.chars().all(|c| c.is_ascii_digit()))
}

/// What is left over, clause by clause.
fn notes(left: &str) -> Option<String> {
    const EMPTY: [&str; 58] = [
        "please", "thanks", "thank", "you", "hi", "hello", "hey", "dear", "team", "and", "with", "for", "the", "a",
        "an", "it", "is", "to", "by", "on", "about", "due", "titled", "called", "entitled", "named", "title", "of",
        "in", "at", "that", "should", "be", "we", "our", "i", "us", "as", "so", "or", "but", "good", "morning", "need",
        "would", "like", "could", "can", "have", "want", "new", "this", "here", "there", "cheers", "regards", "many",
        "is",
    ];
    let left: String = left.replace(". ", "\u{1}").replace("? ", "\u{1}").replace("! ", "\u{1}");
    let clauses = left.split([USED, '\n', ';', ',']).map(|clause| {
        let words: Vec<&str> = clause.split_whitespace().filter(|word| !word.starts_with('@')).collect();
        let joined = text::line(&words.join(" "));
        joined
            .trim_matches(['.', ',', ':', ' ', '-', '–', '—', '(', ')', '"', '“', '”', '„', '«', '»', '?', '!', '\''])
            .to_owned()
    });
    let clauses: Vec<String> = clauses
        .map(|clause| {
            ["and ", "but ", "also "]
                .iter()
                .fold(clause, |clause, lead| clause.strip_prefix(lead).map_or(clause.clone(), str::to_owned))
        })
        .filter(|clause| text::words(clause).any(|word| !EMPTY.contains(&word.to_lowercase().as_str())))
        .collect();
    (!clauses.is_empty()).then(|| text::clip(&clauses.join(". "), 4000))
}

#[cfg(test)]
mod tests;
