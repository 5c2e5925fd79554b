//! Header pictures: a title set large in brand colours, drawn as SVG and rendered to PNG.
//!
//! Three designs can be asked for. Their ornaments depend on the title alone, so the same request gives the same picture again.
//! The fonts are embedded (Inter, see `fonts/OFL.txt`): fonts of the machine are never looked at, and letters in the SVG are
//! outlines, so that it looks the same wherever it is shown.

mod copy;
mod editorial;
mod fit;
mod fonts;
mod geometric;
mod sheet;
mod waves;

use resvg::{tiny_skia, usvg};
use serde::{Deserialize, Serialize};

use crate::brand::Brand;
use crate::dice::Dice;
use copy::Copy;
use sheet::Sheet;

/// Width of a header picture in pixels.
pub const WIDTH: u32 = 1600;
/// Height of a header picture in pixels.
pub const HEIGHT: u32 = 800;
/// How many designs there are.
pub const OPTIONS: u8 = 3;

/// What a header picture is to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderSpec {
    /// The title; any text. At most four lines are shown.
    pub title: String,
    /// A line below it; may be empty.
    #[serde(default)]
    pub subtitle: String,
    /// The design: 1 bold geometry, 2 soft waves, 3 editorial.
    pub option: u8,
}

/// A finished picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The drawing, letters as outlines.
    pub svg: String,
    /// The same as PNG.
    pub png: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What the picture shows, for those who do not see it.
    pub alt: String,
    /// Lowest contrast ratio between the title and anything that lies under it; never below [`crate::colour::READABLE`].
    pub contrast: f64,
    /// What of the request could not be shown, in one sentence.
    pub note: Option<String>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such design.
    #[error("there is no picture option {0}; ask for 1, 2 or 3")]
    Option(u8),
    /// The drawing was not understood by the renderer, which no text in a request can cause.
    #[error("the header drawing is not valid SVG; report this with the title that was used")]
    Drawing(#[from] usvg::Error),
    /// The machine had no room for the picture.
    #[error("the header picture does not fit into memory ({WIDTH} × {HEIGHT} pixels); free some and ask again")]
    Memory,
    /// The PNG could not be written.
    #[error("the header picture could not be written as PNG: {0}")]
    Png(String),
}

/// Draws the header picture that `spec` asks for, in the colours of `brand`.
///
/// Takes some 10 MB while it works, all of which is given back; draw one picture at a time.
///
/// # Errors
/// [`Error::Option`] for a design that does not exist; the other errors are faults of the machine or of this crate.
pub fn header(spec: &HeaderSpec, brand: &Brand) -> Result<Rendered, Error> {
    let copy = Copy::of(spec, brand);
    let mut dice = Dice::of(&format!("{}\n{}", spec.option, spec.title));
    let sheet = match spec.option {
        1 => geometric::draw(&copy, &brand.colours, &mut dice),
        2 => waves::draw(&copy, &brand.colours, &mut dice),
        3 => editorial::draw(&copy, &brand.colours, &mut dice),
        other => return Err(Error::Option(other)),
    };
    let contrast = sheet.title_contrast();
    let (svg, png) = render(sheet)?;
    let alt =
        if copy.title.is_empty() { "Header picture".to_owned() } else { format!("Header picture: {}", copy.title) };
    Ok(Rendered { svg, png, width: WIDTH, height: HEIGHT, alt, contrast, note: copy.note })
}

fn render(sheet: Sheet) -> Result<(String, Vec<u8>), Error> {
    let options =
        usvg::Options { fontdb: fonts::database(), font_family: fonts::TEXT.into(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&sheet.into_svg(), &options)?;
    let mut pixels = tiny_skia::Pixmap::new(WIDTH, HEIGHT).ok_or(Error::Memory)?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    let png = pixels.encode_png().map_err(|error| Error::Png(error.to_string()))?;
    let outlines = usvg::WriteOptions { coordinates_precision: 2, ..usvg::WriteOptions::default() };
    Ok((tree.to_string(&outlines), png))
}

#[cfg(test)]
mod tests;
