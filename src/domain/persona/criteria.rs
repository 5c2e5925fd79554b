//! What a persona hands to people at once, whatever its model would say: amounts, topics, mood, safety. Data in the
//! persona's file (`for_people`), looked for by plain rules in what is written to it and in what it wants to do.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::record::Category;

/// One criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What it is about, in words that follow "this is": "a refund above 500", "a legal question".
    pub about: String,
    /// What is looked for.
    pub kind: Kind,
    /// For an amount: from more than this on.
    #[serde(default)]
    pub above: Option<u64>,
    /// Words or phrases that mean it, in any language. A `*` at an end stands for any letters. For an amount they have to
    /// stand in the same sentence.
    #[serde(default)]
    pub words: Vec<String>,
    /// What kind of trouble it is; by the kind of criterion where it is absent.
    #[serde(default)]
    pub category: Option<Category>,
}

/// What a criterion looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A number above a bound, near words that say what it counts.
    Amount,
    /// A subject.
    Topic,
    /// Somebody who is upset.
    Mood,
    /// Somebody or something in danger.
    Safety,
}

impl Criterion {
    /// What kind of trouble it is.
    #[must_use]
    pub fn category(&self) -> Category {
        self.category.unwrap_or(match self.kind {
            Kind::Amount | Kind::Topic => Category::OutsideAuthority,
            Kind::Mood => Category::UpsetPerson,
            Kind::Safety => Category::Crisis,
        })
    }

    /// What in a text meets it, in the text's own words.
    #[must_use]
    pub fn met_by(&self, text: &str) -> Option<String> {
        let text = plain(text);
        if self.kind != Kind::Amount {
            return self.words.iter().find_map(|word| found(&text, &plain(word)));
        }
        let above = self.above.unwrap_or_default();
        text.split(['\n', '?', '!', ';']).flat_map(|line| line.split(". ")).find_map(|sentence| {
            let near = self.words.is_empty() || self.words.iter().any(|word| found(sentence, &plain(word)).is_some());
            let amount = amounts(sentence).into_iter().find(|(amount, _)| *amount > above);
            amount.filter(|_| near).map(|(_, written)| written)
        })
    }

    /// What is wrong with it, by field.
    pub(super) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        if self.about.trim().is_empty() {
            problems.push(("about", "nothing stands here; say what it is about".to_owned()));
        }
        match (self.kind, self.above) {
            (Kind::Amount, None) => problems.push(("above", "an amount needs a bound; write above: 500".to_owned())),
            (Kind::Topic | Kind::Mood | Kind::Safety, Some(_)) => {
                problems.push(("above", "only an amount has a bound; remove it, or write kind: amount".to_owned()));
            }
            (Kind::Topic | Kind::Mood | Kind::Safety, None) if self.words.is_empty() => {
                problems.push(("words", "nothing would meet it; list the words that mean it".to_owned()));
            }
            _ => {}
        }
        if self.words.iter().any(|word| plain(word).trim_matches('*').trim().chars().count() < 2) {
            problems.push((
                "words",
                "an entry has fewer than two letters, and would be met by nearly everything; write it out".to_owned(),
            ));
        }
        problems
    }
}

/// The text in lower case, in one form of each letter, without what cannot be seen.
fn plain(text: &str) -> String {
    let unseen = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    text.nfkc().flat_map(char::to_lowercase).filter(unseen).map(|c| if c == '’' { '\'' } else { c }).collect()
}

/// Where a word or phrase stands by itself in a text, and the words around a `*`.
fn found(text: &str, word: &str) -> Option<String> {
    let (open_before, open_after) = (word.starts_with('*'), word.ends_with('*'));
    let word = word.trim_matches('*').trim();
    if word.is_empty() {
        return None;
    }
    let inside = |c: char| c.is_alphanumeric();
    text.match_indices(word).find_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let left = open_before || !before.ends_with(inside);
        let right = open_after || !after.starts_with(inside);
        let more = |text: &str| text.chars().take_while(|c| inside(*c)).count();
        (left && right).then(|| {
            let tail: String = after.chars().take(if open_after { more(after) } else { 0 }).collect();
            format!("{word}{tail}")
        })
    })
}

/// The numbers of a text as amounts, rounded down, each as it is written. `50,000`, `50.000`, `50 000`, `50k`, `1.5m`. A
/// year by itself is none.
fn amounts(text: &str) -> Vec<(u64, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut amounts = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() || (at > 0 && chars[at - 1].is_alphanumeric()) {
            at += 1;
            continue;
        }
        let begin = at;
        while at < chars.len() && (chars[at].is_ascii_digit() || joins(&chars, at)) {
            at += 1;
        }
        let written: String = chars[begin..at].iter().collect();
        let rest: String = chars[at..].iter().collect();
        let unit: String = rest.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
        let times = match unit.as_str() {
            "k" | "thousand" | "tausend" | "tsd" | "mille" | "mil" => 1_000.0,
            "m" | "mn" | "mio" | "million" | "millionen" | "millions" | "millones" => 1_000_000.0,
            _ => 1.0,
        };
        let money = |c: Option<&char>| c.is_some_and(|c| matches!(c, '$' | '€' | '£' | '¥'));
        let near = rest.trim_start();
        let priced = money(chars[..begin].iter().rev().find(|c| !c.is_whitespace()))
            || near.starts_with(['$', '€', '£', '¥'])
            || ["usd", "eur", "euro", "dollar", "gbp", "chf"].iter().any(|word| near.starts_with(word));
        let year = written.len() == 4 && times == 1.0 && !priced && ("1900".."2100").contains(&written.as_str());
        if let Some(amount) = number(&written).filter(|_| !year) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturating, and never negative
            amounts.push(((amount * times) as u64, if times > 1.0 { format!("{written} {unit}") } else { written }));
        }
    }
    amounts
}

/// Whether a sign between digits belongs to the number. A space does only before a group of three.
fn joins(chars: &[char], at: usize) -> bool {
    let digits = chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
    match chars[at] {
        '.' | ',' => digits > 0,
        '\'' | ' ' | '\u{a0}' | '\u{202f}' => digits == 3,
        _ => false,
    }
}

/// A number whose last sign is a decimal one unless exactly three digits follow it.
fn number(written: &str) -> Option<f64> {
    let last = written.rfind(|c: char| !c.is_ascii_digit());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match last {
        Some(at) if matches!(written.as_bytes()[at], b'.' | b',') && written.len() - at - 1 != 3 => {
            format!("{}.{}", digits(&written[..at]), digits(&written[at..])).parse().ok()
        }
        _ => digits(written).parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(kind: Kind, above: Option<u64>, words: &[&str]) -> Criterion {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Criterion { about: "something".into(), kind, above, words, category: None }
    }

    #[test]
    fn an_amount_is_met_above_its_bound_beside_its_words() {
        let deal = criterion(Kind::Amount, Some(50_000), &["deal", "contract*", "Vertrag", "契約*"]);
        for text in [
            "a deal over 50,001 please",
            "The contracts come to $ 75k",
            "Vertrag über 60.000 €",
            "contract: 60 000",
            "a deal of 1.5 million",
            "DEAL ５１０００",
            "the de\u{200b}al is 51000",
            "契約 60000",
        ] {
            assert!(deal.met_by(text).is_some(), "{text}");
        }
        for text in [
            "a deal of 50,000",
            "an ideal text of 60000 words",
            "60000 readers. And a deal.",
            "a deal since 2026 with 49.999,99 euros",
            "deal a1234567",
            "",
        ] {
            assert_eq!(deal.met_by(text), None, "{text}");
        }
        let any = criterion(Kind::Amount, Some(1_000), &[]);
        assert_eq!(any.met_by("in 2026 it was 900"), None, "a year is no amount");
        assert_eq!(any.met_by("it costs $2026"), Some("2026".into()));
    }

    #[test]
    fn words_are_met_as_words() {
        let legal = criterion(Kind::Topic, None, &["lawsuit*", "legal review", "Anwalt"]);
        assert_eq!(legal.met_by("Two LAWSUITS, at least"), Some("lawsuits".into()));
        assert_eq!(legal.met_by("we want a Legal  Review"), None, "a phrase as it is written");
        assert_eq!(legal.met_by("der Anwalt schreibt"), Some("anwalt".into()));
        assert_eq!(legal.met_by("Anwaltschaft und illegal reviews"), None);
    }

    #[test]
    fn what_nothing_or_everything_would_meet_is_refused() {
        let fields = |c: Criterion| c.problems().into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        assert_eq!(fields(criterion(Kind::Amount, None, &["deal"])), ["above"]);
        assert_eq!(fields(criterion(Kind::Topic, Some(5), &["deal"])), ["above"]);
        assert_eq!(fields(criterion(Kind::Mood, None, &[])), ["words"]);
        assert_eq!(fields(criterion(Kind::Topic, None, &["*"])), ["words"]);
        assert_eq!(fields(criterion(Kind::Safety, None, &["fire"])), Vec::<&str>::new());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fall(text in "(\\PC|[0-9.,' k*€]){0,60}") {
            let _ = criterion(Kind::Amount, Some(5), &["a*"]).met_by(&text);
            let _ = criterion(Kind::Topic, None, &[&text, "*b"]).met_by(&text);
        }
    }
}
