//! Who a piece is for.

use super::marked::{USED, mark};
use crate::text;

/// Who it is for, marked.
pub(super) fn audience(text: &str, left: &mut String, titled: bool) -> Option<String> {
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
