//! The two embedded typefaces: what they can write, and how wide it comes out.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

/// Family of the text face.
pub(super) const TEXT: &str = "Inter";
/// Family of the title face, which has one weight: bold.
pub(super) const TITLE: &str = "Inter Display";

static TEXT_FILE: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
static TITLE_FILE: &[u8] = include_bytes!("../fonts/InterDisplay-Bold.ttf");

/// The fonts that the renderer may use: these two. Loaded at the first picture; the files themselves are never copied.
pub(super) fn database() -> Arc<fontdb::Database> {
    static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut database = fontdb::Database::new();
        for file in [TEXT_FILE, TITLE_FILE] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(file)));
        }
        Arc::new(database)
    });
    DATABASE.clone()
}

/// A typeface as a ruler. Kerning is left out, which is an error of less than one in a hundred on a line.
#[derive(Clone)]
pub(super) struct Face {
    family: &'static str,
    glyphs: Charmap<'static>,
    /// Advances in parts of the size.
    advances: GlyphMetrics<'static>,
}

impl Face {
    pub(super) fn title() -> Self {
        Self::read(TITLE, TITLE_FILE)
    }

    pub(super) fn text() -> Self {
        Self::read(TEXT, TEXT_FILE)
    }

    fn read(family: &'static str, file: &'static [u8]) -> Self {
        let font = FontRef::new(file).expect("the embedded fonts are valid, which a test asserts");
        Self { family, glyphs: font.charmap(), advances: font.glyph_metrics(Size::new(1.0), LocationRef::default()) }
    }

    pub(super) fn family(&self) -> &'static str {
        self.family
    }

    /// Whether the face has a glyph for `c`.
    pub(super) fn has(&self, c: char) -> bool {
        self.glyphs.map(c).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    /// The width of `text` in pixels when it is set at `size` pixels.
    pub(super) fn width(&self, text: &str, size: f64) -> f64 {
        let advance = |c| self.glyphs.map(c).and_then(|glyph| self.advances.advance_width(glyph)).unwrap_or_default();
        size * text.chars().map(|c| f64::from(advance(c))).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_write_european_scripts_and_nothing_else_is_loaded() {
        for face in [Face::title(), Face::text()] {
            for c in "AZaz09 äßçñøžőțǎệ ΑΩαώ ЖяЇґ “”‘’–—…•€£→←✓№".chars()
            {
                assert!(face.has(c), "{} lacks {c:?}", face.family());
            }
            assert!(!face.has('漢') && !face.has('🙂') && !face.has('א'));
        }
        assert_eq!(database().len(), 2);
    }

    #[test]
    fn width_grows_with_size_and_text() {
        let face = Face::title();
        assert!((face.width("Marketing", 100.0) - 2.0 * face.width("Marketing", 50.0)).abs() < 0.1);
        assert!(face.width("WWW", 10.0) > face.width("iii", 10.0));
        assert_eq!(face.width("", 10.0), 0.0);
    }
}
