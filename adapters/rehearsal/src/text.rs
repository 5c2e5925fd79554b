//! Small things done to text: words, cuts, cases, slugs. Everything counts characters, not bytes.

/// The words of a text: runs of letters and digits, with apostrophes and hyphens inside them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '-')))
        .map(|word| word.trim_matches(['\'', '’', '-']))
        .filter(|word| !word.is_empty())
}

/// How many words a reader would count.
pub(crate) fn count_words(text: &str) -> usize {
    words(text).count()
}

/// How many characters there are.
pub(crate) fn len(text: &str) -> usize {
    text.chars().count()
}

/// At most `max` characters, cut between words where that leaves at least half.
pub(crate) fn clip(text: &str, max: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max) else { return text.to_owned() };
    let cut = &text[..end];
    let whole = if text[end..].starts_with(char::is_whitespace) { Some(end) } else { cut.rfind(char::is_whitespace) };
    match whole {
        Some(at) if at * 2 >= end => cut[..at].trim_end().to_owned(),
        _ => cut.trim_end().to_owned(),
    }
}

/// Like [`clip`], with an ellipsis where something was cut away.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    if len(text) <= max {
        return text.to_owned();
    }
    format!("{}…", clip(text, max.saturating_sub(1)).trim_end_matches([',', '.', ';', ':', '-']))
}

/// One line without control characters and without white space in a row.
pub(crate) fn line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first letter in upper case.
pub(crate) fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The first letter in lower case, unless the first word is an abbreviation or a name.
pub(crate) fn lower_first(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    if keeps_capitals(first) {
        return text.to_owned();
    }
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Title case, as headings have it.
pub(crate) fn title_case(text: &str) -> String {
    const SMALL: [&str; 20] = [
        "a", "an", "the", "and", "or", "but", "of", "for", "to", "in", "on", "at", "by", "with", "from", "as", "vs",
        "per", "via", "nor",
    ];
    let words: Vec<String> = text
        .split_whitespace()
        .enumerate()
        .map(|(at, word)| if at > 0 && SMALL.contains(&word) { word.to_owned() } else { upper_first(word) })
        .collect();
    words.join(" ")
}

/// Whether a word is written with capitals wherever it stands: abbreviations, inner capitals, and well-known names.
pub(crate) fn keeps_capitals(word: &str) -> bool {
    const NAMES: [&str; 58] = [
        "I",
        "Germany",
        "German",
        "Europe",
        "European",
        "America",
        "American",
        "Africa",
        "Asia",
        "Asian",
        "China",
        "Chinese",
        "India",
        "Indian",
        "France",
        "French",
        "Spain",
        "Spanish",
        "Italy",
        "Italian",
        "Japan",
        "Japanese",
        "Britain",
        "British",
        "English",
        "London",
        "Berlin",
        "Paris",
        "Vienna",
        "Zurich",
        "Google",
        "Microsoft",
        "Apple",
        "Amazon",
        "Facebook",
        "Instagram",
        "Twitter",
        "Slack",
        "Discord",
        "Python",
        "Java",
        "Rust",
        "Postgres",
        "Kubernetes",
        "Linux",
        "Excel",
        "Christmas",
        "Easter",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "December",
        "Bullpen",
    ];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    NAMES.contains(&bare) || (len(bare) > 1 && bare.chars().skip(1).any(char::is_uppercase))
}

/// Names in a row as a sentence has them: `a, b and c`.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// `count` with its noun: `1 step`, `2 steps`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How a word is compared: lower case, no possessive, no plural `s`.
fn key(word: &str) -> String {
    let mut key = word.to_lowercase().replace('’', "'");
    if let Some(bare) = key.strip_suffix("'s") {
        key.truncate(bare.len());
    }
    if key.len() > 4 && key.ends_with("ies") {
        key.truncate(key.len() - 3);
        key.push('y');
    } else if key.len() > 2 && key.ends_with('s') && !key.ends_with("ss") {
        key.pop();
    }
    key
}

fn keys(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')))
        .filter(|word| !word.is_empty())
        .map(key)
        .collect()
}

/// How often a phrase stands in a text as whole words, whatever its case and number.
pub(crate) fn count_phrase(text: &str, phrase: &str) -> usize {
    let phrase = keys(phrase);
    if phrase.is_empty() {
        return 0;
    }
    if phrase.len() == 1 && !phrase[0].is_ascii() {
        // A script that writes no spaces: whole words cannot be told apart.
        return text.to_lowercase().matches(&phrase[0]).count();
    }
    keys(text).windows(phrase.len()).filter(|window| *window == phrase).count()
}

/// Whether a phrase stands in a text as whole words.
pub(crate) fn says(text: &str, phrase: &str) -> bool {
    count_phrase(text, phrase) > 0
}

/// A heading without the number or the word "Step" before it.
pub(crate) fn plain_heading(heading: &str) -> &str {
    let rest = heading.trim().strip_prefix("Step ").unwrap_or(heading.trim());
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.len() == rest.len() {
        return heading.trim();
    }
    after.strip_prefix(['.', ':', ')']).map_or(heading.trim(), str::trim)
}

/// Text of others made safe to stand inside a paragraph of Markdown.
pub(crate) fn inline(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in line(text).chars() {
        if matches!(c, '<' | '>' | '[' | ']' | '*' | '_' | '`' | '\\' | '|' | '#') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// An address from a title: lower-case ASCII words with hyphens, at most `max` characters; empty where nothing can be spelled.
pub(crate) fn slug(text: &str, max: usize) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            '\'' | '’' => {}
            _ => match spelled(c) {
                Some(letters) => slug.push_str(letters),
                None if slug.is_empty() || slug.ends_with('-') => {}
                None => slug.push('-'),
            },
        }
    }
    if slug.len() > max {
        let end = if slug.as_bytes()[max] == b'-' { max } else { slug[..max].rfind('-').unwrap_or(max) };
        slug.truncate(end);
    }
    slug.trim_matches('-').to_owned()
}

fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'ç' | 'č' | 'ć' => "c",
        'ñ' | 'ń' => "n",
        'š' | 'ś' => "s",
        'ž' | 'ż' | 'ź' => "z",
        'ł' => "l",
        'ý' => "y",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

/// The sentences of a paragraph, each with its closing mark.
pub(crate) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut ended) = (0, false);
    for (at, c) in paragraph.char_indices() {
        if ended && c.is_whitespace() {
            found.push(paragraph[start..at].trim());
            (start, ended) = (at, false);
        } else {
            ended = matches!(c, '.' | '!' | '?' | '…') || (ended && matches!(c, '”' | '"' | ')'));
        }
    }
    found.push(paragraph[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_respect_words_and_characters() {
        assert_eq!(clip("one two three", 9), "one two");
        assert_eq!(clip("one two", 7), "one two");
        assert_eq!(clip("ääääääää", 3), "äää");
        assert_eq!(shorten("one two three", 9), "one two…");
        assert_eq!(clip("", 0), "");
    }

    #[test]
    fn cases_keep_abbreviations_and_names() {
        assert_eq!(lower_first("CFOs at work"), "CFOs at work");
        assert_eq!(lower_first("Marketing directors"), "marketing directors");
        assert_eq!(lower_first("German founders"), "German founders");
        assert_eq!(title_case("the cost of AI for teams"), "The Cost of AI for Teams");
    }

    #[test]
    fn phrases_are_found_as_the_checks_find_them() {
        assert_eq!(count_phrase("Marketing cost, marketing costs; the market.", "marketing costs"), 2);
        assert_eq!(count_phrase("smart art", "art"), 1);
        assert_eq!(count_phrase("降低营销成本的方法", "营销成本"), 1);
        assert_eq!(count_phrase("anything", "🚀"), 0);
    }

    #[test]
    fn slugs_and_headings() {
        assert_eq!(slug("5 Ways: “Größe” & more!", 80), "5-ways-grosse-more");
        assert_eq!(slug("日本語", 80), "");
        assert_eq!(plain_heading("12. Keep It"), "Keep It");
        assert_eq!(plain_heading("Step 2: Keep It"), "Keep It");
        assert_eq!(plain_heading("2026 in Numbers"), "2026 in Numbers");
    }

    #[test]
    fn sentences_end_at_their_marks() {
        assert_eq!(sentences("One. Two? “Three.” Four 3.5"), ["One.", "Two?", "“Three.”", "Four 3.5"]);
        assert_eq!(sentences(""), [""; 0]);
    }
}
