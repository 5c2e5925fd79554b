//! The search term that somebody names.

use super::marked::mark;
use super::quotes::Quote;
use crate::text;

/// The search term that was named, marked with the words around it.
pub(super) fn keyword(text: &str, found: &[Quote<'_>], left: &mut String) -> Option<String> {
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
