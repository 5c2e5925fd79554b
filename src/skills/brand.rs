//! How the organisation looks and speaks, and whether a text keeps to it.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::words::Words;

/// The organisation's brand, as its configuration states it. Unknown fields are refused, so that a typing error is noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// What the organisation is called in public.
    pub name: String,
    /// A few words below the name.
    #[serde(default)]
    pub tagline: String,
    /// Where the published pages will be found, for example `https://example.org/blog`; without it pages link relatively.
    #[serde(default)]
    pub site_url: Option<String>,
    /// The colours of pages and pictures.
    #[serde(default)]
    pub colours: Colours,
    /// Phrases that are not used, each with what to say instead.
    #[serde(default)]
    pub banned: Vec<Banned>,
    /// Exclamation marks that a text may have.
    #[serde(default = "Brand::usual_max_exclamations")]
    pub max_exclamations: usize,
    /// Words that are rightly written in capitals, for example `UNICEF`. Words of up to five letters always may be.
    #[serde(default)]
    pub capitals: Vec<String>,
}

impl Brand {
    /// A brand with this name and the defaults for everything else.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tagline: String::new(),
            site_url: None,
            colours: Colours::default(),
            banned: Vec::new(),
            max_exclamations: Self::usual_max_exclamations(),
            capitals: Vec::new(),
        }
    }

    /// `site_url` as an address to put paths behind.
    pub(crate) fn base(&self) -> Option<&str> {
        self.site_url.as_deref().and_then(web_address)
    }

    fn usual_max_exclamations() -> usize {
        1
    }
}

/// `url` without a slash at its end, where it is a web address.
pub(crate) fn web_address(url: &str) -> Option<&str> {
    let url = url.trim();
    let lower = url.get(..8)?.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")).then(|| url.trim_end_matches('/'))
}

/// The colours of a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Colours {
    /// The colour that the brand is known by.
    pub primary: Colour,
    /// The colour set against it.
    pub accent: Colour,
    /// Text on paper.
    pub ink: Colour,
    /// The ground of a page.
    pub paper: Colour,
}

impl Default for Colours {
    /// Deep blue and coral on warm white.
    fn default() -> Self {
        Self {
            primary: Colour::rgb(0x1f, 0x3a, 0x8a),
            accent: Colour::rgb(0xff, 0x7a, 0x59),
            ink: Colour::rgb(0x17, 0x1a, 0x2b),
            paper: Colour::rgb(0xfb, 0xfa, 0xf7),
        }
    }
}

/// A phrase that the brand does not use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banned {
    /// The phrase; found in any case, as whole words.
    pub phrase: String,
    /// What to write in its place; empty where it is just left out.
    #[serde(default)]
    pub instead: String,
}

/// Something in a text that the brand does not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was found.
    pub phrase: String,
    /// One sentence: what to do about it.
    pub advice: String,
}

/// A run of capitals of at least this many letters is shouting when it is one word, and of [`SHOUTED_RUN`] words of four or more.
const SHOUTED_WORD: usize = 6;
const SHOUTED_RUN: usize = 2;
/// Findings of one kind beyond this are not listed.
const MOST_SHOUTS: usize = 10;

/// Mentions that would wake everybody, on any platform.
const MASS_MENTIONS: [&str; 7] = ["@everyone", "@here", "@channel", "@all", "<!everyone", "<!here", "<!channel"];

/// What in `text` goes against `brand`; nothing is well.
pub fn check(text: &str, brand: &Brand) -> Vec<Finding> {
    let mut findings = banned(text, brand);
    findings.extend(shouting(text, brand));
    findings.extend(exclamations(text, brand));
    findings.extend(mass_mentions(text));
    findings
}

fn banned(text: &str, brand: &Brand) -> Vec<Finding> {
    let words = Words::of(text);
    let found = brand
        .banned
        .iter()
        .map(|banned| (banned, words.count(&Words::of(&banned.phrase))))
        .filter(|(_, count)| *count > 0);
    found
        .map(|(Banned { phrase, instead }, count)| {
            let advice = match (instead.trim(), count) {
                ("", _) => format!("{count} × “{phrase}”, which the brand does not use; leave it out."),
                (instead, _) => format!("{count} × “{phrase}”, which the brand does not use; write “{instead}”."),
            };
            Finding { phrase: phrase.clone(), advice }
        })
        .collect()
}

fn shouting(text: &str, brand: &Brand) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    // A full stop or line end does not end shouting, any word in other letters does.
    for word in crate::words::words(text).map(Some).chain([None]) {
        match word {
            Some(word) if in_capitals(word) && !brand.capitals.iter().any(|allowed| allowed == word) => run.push(word),
            _ => {
                if is_shouting(&run) && findings.len() < MOST_SHOUTS {
                    let phrase: String = run.join(" ").chars().take(80).collect();
                    let advice = format!("“{phrase}” is shouted; write it in lower case.");
                    findings.push(Finding { phrase, advice });
                }
                run.clear();
            }
        }
    }
    findings
}

fn in_capitals(word: &str) -> bool {
    word.chars().any(char::is_uppercase) && word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
}

fn is_shouting(run: &[&str]) -> bool {
    let letters = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count();
    run.iter().any(|word| letters(word) >= SHOUTED_WORD)
        || run.iter().filter(|word| letters(word) >= 4).count() >= SHOUTED_RUN
}

fn exclamations(text: &str, brand: &Brand) -> Option<Finding> {
    // The mark that opens a picture in Markdown is not one that anybody reads.
    let pictures = text.matches("![").count();
    let count = text.chars().filter(|c| matches!(c, '!' | '！' | '‼')).count() - pictures;
    let most = brand.max_exclamations;
    (count > most)
        .then(|| Finding {
            phrase: "!".into(), advice: format!("The text has {count} × “!”; keep {most} at most.")
        })
}

fn mass_mentions(text: &str) -> Vec<Finding> {
    let lower = text.to_lowercase();
    let found = MASS_MENTIONS.iter().filter(|mention| {
        lower.match_indices(*mention).any(|(at, _)| {
            let (before, after) = (lower[..at].chars().next_back(), lower[at + mention.len()..].chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    });
    found
        .map(|mention| Finding {
            phrase: (*mention).to_owned(),
            advice: format!("“{mention}” would wake everybody; name the people who are meant, or nobody."),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brand() -> Brand {
        Brand {
            banned: vec![
                Banned { phrase: "leverage".into(), instead: "use".into() },
                Banned { phrase: "game-changer".into(), instead: String::new() },
                Banned { phrase: String::new(), instead: "x".into() },
            ],
            capitals: vec!["UNICEF".into()],
            ..Brand::named("Acme")
        }
    }

    fn phrases(text: &str) -> Vec<String> {
        check(text, &brand()).into_iter().map(|finding| finding.phrase).collect()
    }

    #[test]
    fn a_plain_text_is_well() {
        assert_eq!(
            phrases("Our SEO and ROI rose by 12 %, says UNICEF. Nice! ![chart](a.png) mail@all.example @allison"),
            [""; 0]
        );
        assert_eq!(phrases(""), [""; 0]);
    }

    #[test]
    fn banned_phrases_are_found_as_whole_words_with_what_to_say_instead() {
        let findings = check("LEVERAGE it: a game changer. Leveraged?", &Brand { max_exclamations: 0, ..brand() });
        assert_eq!(findings[0].advice, "1 × “leverage”, which the brand does not use; write “use”.");
        assert_eq!(findings[1].advice, "1 × “game-changer”, which the brand does not use; leave it out.");
    }

    #[test]
    fn shouting_exclaiming_and_waking_everybody_are_found() {
        assert_eq!(phrases("this is AMAZING news"), ["AMAZING"]);
        assert_eq!(phrases("READ THIS NOW, says the CEO"), ["READ THIS NOW"]);
        assert_eq!(phrases("Wow! Great! Now!"), ["!"]);
        assert_eq!(phrases("hi @Everyone and <!here|x>"), ["@everyone", "<!here"]);
    }

    #[test]
    fn a_brand_names_its_unknown_fields() {
        let read: Brand =
            serde_json::from_str(r##"{"name":"Acme","colours":{"primary":"#123456"}}"##).expect("a brand");
        assert_eq!(
            read,
            Brand {
                colours: Colours { primary: Colour::rgb(0x12, 0x34, 0x56), ..Colours::default() },
                ..Brand::named("Acme")
            }
        );
        let error = serde_json::from_str::<Brand>(r#"{"name":"Acme","color":1}"#).expect_err("refused");
        assert!(error.to_string().contains("color"), "{error}");
    }

    #[test]
    fn only_web_addresses_are_a_base() {
        let base = |url: &str| Brand { site_url: Some(url.into()), ..brand() }.base().map(str::to_owned);
        assert_eq!(base("https://example.org/blog/").as_deref(), Some("https://example.org/blog"));
        assert_eq!(base("javascript:alert(1)"), None);
        assert_eq!(base("ü"), None);
    }
}
