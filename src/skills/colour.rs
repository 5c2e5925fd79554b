//! Colours in sRGB, and how well one reads on another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An opaque sRGB colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

/// The text is not a colour.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a colour; write it as #rrggbb, for example #1d4ed8")]
pub struct ParseError(String);

/// Contrast that WCAG 2.1 asks of text of any size (success criterion 1.4.3, level AA).
pub const READABLE: f64 = 4.5;

impl Colour {
    /// White.
    pub const WHITE: Colour = Colour::rgb(255, 255, 255);
    /// Black.
    pub const BLACK: Colour = Colour::rgb(0, 0, 0);

    /// A colour from its three channels.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// A colour from hue (degrees), saturation and lightness (0 to 1 each), as in CSS `hsl()`.
    pub fn hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let reach = saturation * lightness.min(1.0 - lightness);
        let channel = |n: f64| {
            let k = (n + hue.rem_euclid(360.0) / 30.0) % 12.0;
            let value = lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
            (value * 255.0).round() as u8
        };
        Self::rgb(channel(0.0), channel(8.0), channel(4.0))
    }

    /// Relative luminance, 0 (black) to 1 (white), by WCAG 2.1.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.r) + 0.7152 * linear(self.g) + 0.0722 * linear(self.b)
    }

    /// Contrast ratio with another colour, 1 (equal) to 21 (black on white), by WCAG 2.1.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour with `share` (0 to 1) of another in it.
    pub fn mix(self, other: Self, share: f64) -> Self {
        let channel =
            |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
        Self::rgb(channel(self.r, other.r), channel(self.g, other.g), channel(self.b, other.b))
    }

    /// This colour, moved towards black or white no further than needed to reach `ratio` on every one of `grounds`.
    ///
    /// Where no step reaches it (the grounds lie too far apart), the better of black and white comes back.
    pub fn readable_on(self, grounds: &[Self], ratio: f64) -> Self {
        let worst = |colour: Self| grounds.iter().map(|ground| colour.contrast(*ground)).fold(21.0, f64::min);
        let end = if worst(Self::WHITE) >= worst(Self::BLACK) { Self::WHITE } else { Self::BLACK };
        (0..=20).map(|step| self.mix(end, f64::from(step) / 20.0)).find(|colour| worst(*colour) >= ratio).unwrap_or(end)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

impl FromStr for Colour {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let error = || ParseError(text.chars().take(40).collect());
        let digits = text.strip_prefix('#').ok_or_else(error)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(error());
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| error())?;
        let [_, r, g, b] = value.to_be_bytes();
        Ok(Self::rgb(r, g, b))
    }
}

impl TryFrom<String> for Colour {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_and_written_as_hex() {
        let colour: Colour = "#1D4ed8".parse().expect("a colour");
        assert_eq!((colour.r, colour.g, colour.b), (0x1d, 0x4e, 0xd8));
        assert_eq!(colour.to_string(), "#1d4ed8");
    }

    #[test]
    fn what_is_not_a_colour_is_refused_with_an_example() {
        for text in ["", "red", "#12345", "#1234567", "#+12345", "#\u{e9}1234", "123456"] {
            let error = text.parse::<Colour>().expect_err("refused");
            assert!(error.to_string().contains("#1d4ed8"), "{error}");
        }
    }

    #[test]
    fn contrast_follows_wcag() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 1e-9);
        // #767676 on white is the well-known grey that just passes AA.
        let grey = Colour::rgb(0x76, 0x76, 0x76).contrast(Colour::WHITE);
        assert!((4.5..4.6).contains(&grey), "{grey}");
    }

    #[test]
    fn a_colour_is_moved_until_it_can_be_read() {
        for ground in ["#ffffff", "#000000", "#777777", "#ff6600", "#1d4ed8"] {
            let ground: Colour = ground.parse().expect("a colour");
            let text = Colour::rgb(120, 120, 130).readable_on(&[ground], READABLE);
            assert!(text.contrast(ground) >= READABLE, "{text} on {ground}");
        }
    }

    #[test]
    fn hsl_gives_the_primary_colours() {
        assert_eq!(Colour::hsl(0.0, 1.0, 0.5), Colour::rgb(255, 0, 0));
        assert_eq!(Colour::hsl(120.0, 1.0, 0.5), Colour::rgb(0, 255, 0));
        assert_eq!(Colour::hsl(-120.0, 1.0, 0.5), Colour::rgb(0, 0, 255));
    }
}
