//! Search terms: the one in a title, and how one is used inside a sentence.

use crate::text;
use crate::topic::{COUNTED, SPELLED, lower};

/// Words that carry a sentence and no meaning of their own.
pub(crate) const STOP: &[&str] = &[
    "a", "an", "the", "and", "or", "but", "of", "for", "to", "in", "on", "at", "by", "with", "from", "as", "into",
    "about", "your", "you", "our", "we", "us", "i", "my", "it", "its", "this", "that", "these", "those", "their",
    "they", "how", "what", "why", "when", "where", "who", "which", "is", "are", "was", "were", "be", "being", "been",
    "do", "does", "did", "can", "could", "will", "would", "should", "must", "may", "might", "has", "have", "had",
    "not", "no", "than", "then", "so", "if", "vs", "versus", "more", "most", "less", "every", "all", "any", "some",
    "without", "within", "over", "under", "between", "after", "before", "during", "through", "while", "really",
    "actually", "just", "still", "even", "also", "too", "people", "here", "there", "now", "stay", "again", "always",
    "never", "way",
];

/// Verbs and empty adjectives of titles: they part search terms and are none themselves.
pub(crate) const WEAK: &[&str] = &[
    "reduce",
    "reduces",
    "reducing",
    "improve",
    "improves",
    "improving",
    "cut",
    "cuts",
    "save",
    "saves",
    "help",
    "helps",
    "make",
    "makes",
    "making",
    "build",
    "builds",
    "building",
    "get",
    "gets",
    "getting",
    "write",
    "use",
    "uses",
    "using",
    "keep",
    "keeps",
    "grow",
    "grows",
    "find",
    "finds",
    "need",
    "needs",
    "read",
    "reads",
    "change",
    "changes",
    "changing",
    "drive",
    "drives",
    "boost",
    "boosts",
    "increase",
    "increases",
    "start",
    "starts",
    "stop",
    "stops",
    "avoid",
    "choose",
    "choosing",
    "create",
    "creates",
    "creating",
    "manage",
    "matter",
    "matters",
    "win",
    "wins",
    "beat",
    "beats",
    "turn",
    "turns",
    "become",
    "becomes",
    "run",
    "go",
    "goes",
    "know",
    "better",
    "best",
    "great",
    "good",
    "new",
    "simple",
    "easy",
    "practical",
    "smart",
    "quick",
    "short",
    "ultimate",
    "complete",
    "guide",
    "introduction",
    "really",
    "works",
    "today",
    "fast",
    "love",
    "like",
    "next",
    "dead",
    "wasting",
    "cutting",
    "don't",
    "don’t",
    "fail",
    "fails",
    "sell",
    "moved",
    "busy",
    "actually",
    "seeing",
    "doing",
];

/// The search term of a title: a run of its own words, so that the title has it. `None` where the title has no words.
pub(crate) fn of_title(title: &str) -> Option<String> {
    let plain = lower(&text::line(title));
    let (_, run) = runs(&plain).into_iter().min_by_key(|(from, run)| {
        let size = match run.len() {
            2 | 3 => 0,
            1 => 3,
            _ => 1,
        };
        (size + if *from > 4 { 2 } else { 0 }, *from)
    })?;
    let term = run[..run.len().min(3)].join(" ");
    // Where a script writes no spaces a whole title is one word; its front will do.
    let most = if term.is_ascii() || run.len() > 1 { 60 } else { 12 };
    Some(text::clip(&term, most)).filter(|term| !term.is_empty())
}

/// The runs of meaningful words in a title, each with the number of words before it.
fn runs(plain: &str) -> Vec<(usize, Vec<&str>)> {
    let mut runs: Vec<(usize, Vec<&str>)> = vec![(0, Vec::new())];
    let between = |c: char| c.is_whitespace() || "<>()[]{}/|=\"“”„«»".contains(c);
    let first = text::words(plain).next().unwrap_or_default();
    let counted = first.chars().all(|c| c.is_ascii_digit()) || SPELLED.contains(&first);
    let mut at = 0;
    for raw in plain.split_inclusive(between) {
        let bare = raw.trim_end_matches(between);
        // Brackets and quotation marks part a run as a comma does.
        let parted = raw.len() > bare.len() && !raw.ends_with(char::is_whitespace);
        let word = bare.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() {
            runs.push((at, Vec::new()));
            continue;
        }
        at += 1;
        let folded = word.to_lowercase();
        let idle = STOP.contains(&folded.as_str())
            || WEAK.contains(&folded.as_str())
            || word.chars().all(|c| c.is_ascii_digit())
            || SPELLED.contains(&folded.as_str())
            || (counted && at <= 4 && COUNTED.contains(&folded.as_str()));
        if idle {
            runs.push((at, Vec::new()));
            continue;
        }
        if let Some((_, run)) = runs.last_mut() {
            run.push(word);
        }
        if parted || bare.ends_with([':', ',', ';', '?', '!', '.', '—', '–']) {
            runs.push((at, Vec::new()));
        }
    }
    runs.into_iter().flat_map(|(from, run)| part_at_verb(from, run)).filter(|(_, run)| !run.is_empty()).collect()
}

/// "AI transforms healthcare" holds a verb that no list knows: a middle word in `s` parts a run.
fn part_at_verb(from: usize, run: Vec<&str>) -> Vec<(usize, Vec<&str>)> {
    const NOUNS: [&str; 12] = [
        "sales",
        "news",
        "analytics",
        "savings",
        "news",
        "systems",
        "operations",
        "communications",
        "graphics",
        "economics",
        "ethics",
        "humans",
    ];
    let verb = run.iter().enumerate().skip(1).take(run.len().saturating_sub(2)).find(|(_, word)| {
        word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !NOUNS.contains(&word.to_lowercase().as_str())
    });
    match verb.map(|(at, _)| at) {
        Some(at) => vec![(from, run[..at].to_vec()), (from + at + 1, run[at + 1..].to_vec())],
        None => vec![(from, run)],
    }
}

/// A search term as it stands after "about" or "with": `marketing costs`, `your newsletter`, `“how to start a podcast”`.
pub(crate) fn spoken(term: &str) -> String {
    const MASS: [&str; 44] = [
        "work",
        "coffee",
        "software",
        "data",
        "content",
        "design",
        "security",
        "advice",
        "ai",
        "seo",
        "automation",
        "privacy",
        "media",
        "leadership",
        "management",
        "productivity",
        "education",
        "health",
        "energy",
        "growth",
        "research",
        "support",
        "feedback",
        "time",
        "money",
        "travel",
        "trust",
        "culture",
        "technology",
        "retention",
        "engagement",
        "loyalty",
        "sustainability",
        "rust",
        "postgres",
        "python",
        "kubernetes",
        "waste",
        "success",
        "innovation",
        "food",
        "sleep",
        "service",
        "tea",
    ];
    let safe = text::inline(term);
    let words: Vec<String> = text::words(term).map(str::to_lowercase).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return format!("“{safe}”") };
    let article = ["a", "an", "the", "your", "our", "my"].contains(&first.as_str());
    let phrase = !article
        && (words.len() > 4
            || words
                .iter()
                .any(|word| STOP.contains(&word.as_str()) && word != "of" && word != "and" && word != "for"));
    let foreign = term.chars().any(|c| c.is_alphabetic() && c > '\u{24f}');
    if phrase || foreign || WEAK.contains(&first.as_str()) {
        return format!("“{safe}”");
    }
    let plural = last.len() > 3
        && last.ends_with('s')
        && !last.ends_with("ss")
        && !last.ends_with("us")
        && !last.ends_with("is");
    let bare = article
        || plural
        || last.ends_with("ing")
        || MASS.contains(&last.as_str())
        || text::keeps_capitals(term.split(' ').next_back().unwrap_or(term));
    if bare { safe } else { format!("your {safe}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_term_is_a_run_of_the_title() {
        for (title, term) in [
            ("5 Ways AI Reduces Marketing Costs", Some("marketing costs")),
            ("How to Write a Newsletter People Read", Some("newsletter")),
            ("The Future of Remote Work in Germany", Some("remote work")),
            ("AI Transforms Healthcare", Some("AI")),
            ("Coffee", Some("coffee")),
            ("🚀", None),
            ("人工智能如何降低营销成本", Some("人工智能如何降低营销成本")),
        ] {
            assert_eq!(of_title(title).as_deref(), term, "{title}");
        }
    }

    #[test]
    fn a_term_fits_into_a_sentence() {
        for (term, said) in [
            ("marketing costs", "marketing costs"),
            ("remote work", "remote work"),
            ("newsletter", "your newsletter"),
            ("content marketing", "content marketing"),
            ("how to start a podcast", "“how to start a podcast”"),
            ("<b>", "your b"),
        ] {
            assert_eq!(spoken(term), said.replace("your b", "your \\<b\\>"), "{term}");
        }
    }
}
