//! How the organisation speaks and looks; what its writing and pictures are checked against.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::source::{Fault, Lines};

/// The brand file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The name on everything published.
    pub name: String,
    /// One line that goes with it.
    pub tagline: String,
    /// Where its site stands: `https://…`, without a slash at the end.
    pub site_url: String,
    /// What pictures and pages are drawn in.
    pub colours: Colours,
    /// Principles of its voice, one an entry.
    pub voice: Vec<String>,
    /// Words and phrases that it does not use.
    #[serde(default)]
    pub banned: Vec<Banned>,
    /// How many exclamation marks a piece may have.
    #[serde(default)]
    pub max_exclamations: u32,
    /// What it stands for.
    #[serde(default)]
    pub pillars: Vec<Pillar>,
    /// Whom it speaks to.
    #[serde(default)]
    pub audience: Vec<Audience>,
    /// Pages of its own that a piece may link to.
    #[serde(default)]
    pub internal_links: Vec<Link>,
}

/// The palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// The colour it is known by.
    pub primary: Colour,
    /// For what should stand out.
    pub accent: Colour,
    /// Text.
    pub ink: Colour,
    /// Background.
    pub paper: Colour,
}

/// A phrase to avoid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banned {
    /// The phrase; upper and lower case are alike.
    pub phrase: String,
    /// What to say in its place; absent where it should simply go.
    #[serde(default)]
    pub instead: Option<String>,
}

/// Something the brand stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pillar {
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub message: String,
}

/// Somebody the brand speaks to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Who they are.
    pub who: String,
    /// What they want to know or to get done.
    pub wants: String,
}

/// A page of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What the page is about.
    pub title: String,
    /// Its address, absolute.
    pub url: String,
}

/// A colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

/// The least contrast of text that is easy to read (WCAG 2, level AA, ordinary text).
const READABLE: f64 = 4.5;

impl Colour {
    /// Contrast with another colour, 1 (none) to 21 (black on white), as WCAG 2 defines it.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let [_, red, green, blue] = number
            .ok_or_else(|| "this is no colour; write it in quotes as \"#rrggbb\", such as \"#1f6f5c\"".to_owned())?
            .to_be_bytes();
        Ok(Self { red, green, blue })
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl Brand {
    /// What is wrong with a brand beyond the shape of its file.
    pub(super) fn check(&self, lines: &Lines) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, problem: &str| faults.push(lines.fault(field, problem));
        for (field, text) in [("name", &self.name), ("tagline", &self.tagline)] {
            if text.trim().is_empty() {
                fault(field, "nothing stands here; fill it in");
            }
        }
        if !is_address(&self.site_url) || self.site_url.ends_with('/') {
            fault("site_url", "this is no site's address; write it as https://… without a slash at the end");
        }
        if self.voice.iter().all(|principle| principle.trim().is_empty()) {
            fault("voice", "the voice has no principle; write at least one");
        }
        if self.colours.ink.contrast(self.colours.paper) < READABLE {
            fault("colours.ink", "ink is hard to read on paper; choose colours with a contrast of at least 4.5");
        }
        if self.colours.primary.contrast(self.colours.paper) < 3.0 {
            fault("colours.primary", "primary hardly shows on paper; choose colours with a contrast of at least 3");
        }
        for (index, banned) in self.banned.iter().enumerate() {
            if banned.phrase.trim().is_empty() {
                fault(&format!("banned[{index}].phrase"), "the phrase is empty; fill it in or remove the entry");
            }
        }
        for (index, link) in self.internal_links.iter().enumerate() {
            if !is_address(&link.url) {
                fault(
                    &format!("internal_links[{index}].url"),
                    "this is no address; write it in full, from https:// on",
                );
            }
        }
        faults
    }

    /// A plain brand to try prompts out with.
    pub(crate) fn sample() -> Self {
        let grey = |shade| Colour { red: shade, green: shade, blue: shade };
        let text = || "sample".to_owned();
        Self {
            name: text(),
            tagline: text(),
            site_url: "https://site.example".to_owned(),
            colours: Colours { primary: grey(64), accent: grey(96), ink: grey(0), paper: grey(255) },
            voice: vec![text()],
            banned: vec![Banned { phrase: text(), instead: Some(text()) }],
            max_exclamations: 0,
            pillars: vec![Pillar { title: text(), message: text() }],
            audience: vec![Audience { who: text(), wants: text() }],
            internal_links: vec![Link { title: text(), url: "https://site.example/page".to_owned() }],
        }
    }
}

/// Whether a text is an absolute web address without spaces, quotes or angle brackets.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_and_written_and_measured() {
        let colour = |text: &str| Colour::try_from(text.to_owned());
        assert_eq!(colour("#1F6f5c").map(String::from), Ok("#1f6f5c".to_owned()));
        for wrong in ["", "1f6f5c", "#1f6f5", "#1f6f5cff", "#gggggg", "#+12345", "red", "#é234"] {
            assert!(colour(wrong).is_err(), "{wrong:?}");
        }
        let (black, white) = (colour("#000000").expect("black"), colour("#ffffff").expect("white"));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-9);
    }
}
