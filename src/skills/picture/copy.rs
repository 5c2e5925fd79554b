//! The words of a picture, reduced to what the embedded font can write.

use unicode_normalization::UnicodeNormalization;

use super::HeaderSpec;
use super::fonts::Face;
use crate::brand::Brand;

/// More characters than this never fit; longer texts are cut before they are measured.
const LONGEST: usize = 400;

/// What is set on the picture. Each text is one line of characters that the font has; any of them may be empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) brand: String,
    pub(super) tagline: String,
    /// What was asked for and cannot be shown.
    pub(super) note: Option<String>,
}

impl Copy {
    pub(super) fn of(spec: &HeaderSpec, brand: &Brand) -> Self {
        let face = Face::title();
        let title = Reduced::of(&spec.title, &face);
        let subtitle = Reduced::of(&spec.subtitle, &face).legible().unwrap_or_default();
        let name = Reduced::of(&brand.name, &face).legible().unwrap_or_default();
        let tagline = Reduced::of(&brand.tagline, &face).legible().unwrap_or_default();
        let left_out = title.left_out;
        let copy = Self { title: String::new(), subtitle, brand: name, tagline, note: None };
        match title.legible() {
            Some(title) if left_out == 0 => Self { title, ..copy },
            Some(title) => {
                let note =
                    format!("Characters of the title that the picture's font does not have were left out: {left_out}.");
                Self { title, note: Some(note), ..copy }
            }
            None => copy.without_title(),
        }
    }

    /// Something else in place of a title that cannot be written.
    fn without_title(self) -> Self {
        let (shown, title, subtitle) = if !self.subtitle.is_empty() {
            ("the subtitle", self.subtitle, String::new())
        } else if !self.brand.is_empty() {
            ("the brand name", self.brand.clone(), String::new())
        } else {
            ("no text", String::new(), String::new())
        };
        let note = format!(
            "The title cannot be written in the picture's font (Latin, Greek, Cyrillic); the picture shows {shown}."
        );
        Self { title, subtitle, note: Some(note), ..self }
    }
}

/// A text without what the font does not have.
struct Reduced {
    text: String,
    /// Letters and digits that were there, and that remain.
    letters: (usize, usize),
    /// Visible characters that are gone.
    left_out: usize,
}

impl Reduced {
    fn of(text: &str, face: &Face) -> Self {
        let mut reduced = Self { text: String::new(), letters: (0, 0), left_out: 0 };
        for c in text.chars().take(LONGEST).nfc() {
            let letter = usize::from(c.is_alphanumeric());
            reduced.letters.0 += letter;
            if c.is_whitespace() {
                reduced.text.push(' ');
            } else if is_invisible(c) {
                continue;
            } else if face.has(c) {
                reduced.text.push(c);
                reduced.letters.1 += letter;
            } else {
                reduced.left_out += 1;
            }
        }
        reduced.text = reduced.text.split_whitespace().collect::<Vec<_>>().join(" ");
        reduced
    }

    /// The text, unless half of its letters or more are gone: the rest would say something else.
    fn legible(self) -> Option<String> {
        let (before, after) = self.letters;
        (after > 0 && after * 2 > before).then_some(self.text)
    }
}

/// Controls, joiners, direction marks and variation selectors: they have no shape of their own.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(title: &str, subtitle: &str) -> Copy {
        Copy::of(&HeaderSpec { title: title.into(), subtitle: subtitle.into(), option: 1 }, &Brand::named("Acme"))
    }

    #[test]
    fn what_the_font_has_is_kept_as_one_line() {
        let copy = copy(" Ö\u{202e}ffnen\n\t<b>Ещё</b> & \u{0}\"x\"  ", "");
        assert_eq!((copy.title.as_str(), copy.note), ("Öffnen <b>Ещё</b> & \"x\"", None));
    }

    #[test]
    fn what_it_lacks_is_left_out_and_said() {
        let copy = copy("Five ways 🙂 to grow 漢", "");
        assert_eq!(copy.title, "Five ways to grow");
        assert!(copy.note.expect("a note").ends_with("left out: 2."));
    }

    #[test]
    fn a_title_that_cannot_be_written_gives_way() {
        assert_eq!(copy("日本語のAI", "For directors").title, "For directors");
        assert_eq!(copy("مرحبا", "").title, "Acme");
        assert_eq!(copy("", "").title, "Acme");
        assert!(copy("🙂", "").note.expect("a note").contains("brand name"));
        assert_eq!(Copy::of(&HeaderSpec::default(), &Brand::named("漢")).title, "");
    }
}
