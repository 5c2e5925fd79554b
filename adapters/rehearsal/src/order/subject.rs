//! What a piece is to be about, where no title stands in quotation marks.

use super::Taken;
use super::marked::{USED, mark};
use crate::{term, text};

/// The subject where no title stood in quotation marks: after "titled", "about" and the like, else before the thing asked for.
pub(super) fn subject(text: &str, taken: Option<&Taken>, left: &mut String) -> Option<String> {
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
