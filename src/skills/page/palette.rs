//! The colours of a page by day and by night, all of them readable.

use serde::Serialize;

use crate::brand::Colours;
use crate::colour::{Colour, READABLE};

/// Contrast of running text, by WCAG 2.1 level AAA.
const RUNNING_TEXT: f64 = 7.0;

#[derive(Serialize)]
pub(super) struct Palette {
    paper: Colour,
    /// Paper of cards and code, a shade apart.
    raised: Colour,
    ink: Colour,
    /// Text of less weight.
    quiet: Colour,
    /// Hairlines; not for text.
    line: Colour,
    /// Links and marks.
    link: Colour,
    /// Ornament; not for text.
    accent: Colour,
}

impl Palette {
    pub(super) fn light(colours: &Colours) -> Self {
        // A brand with dark paper still gets a light page for those who ask for one.
        let paper =
            if colours.paper.luminance() > 0.6 { colours.paper } else { colours.paper.mix(Colour::WHITE, 0.94) };
        Self::on(paper, paper.mix(Colour::WHITE, 0.7), colours.ink, colours)
    }

    pub(super) fn dark(colours: &Colours) -> Self {
        let dark = if colours.ink.luminance() < colours.paper.luminance() { colours.ink } else { colours.paper };
        let paper = dark.mix(Colour::BLACK, if dark.luminance() < 0.05 { 0.3 } else { 0.85 });
        Self::on(paper, paper.mix(Colour::WHITE, 0.06), Colour::rgb(0xe9, 0xe8, 0xe4), colours)
    }

    fn on(paper: Colour, raised: Colour, ink: Colour, colours: &Colours) -> Self {
        let ink = ink.readable_on(&[paper, raised], RUNNING_TEXT);
        Self {
            paper,
            raised,
            ink,
            quiet: ink.mix(paper, 0.35).readable_on(&[paper, raised], READABLE),
            line: paper.mix(ink, 0.14),
            link: colours.primary.readable_on(&[paper, raised], READABLE),
            accent: colours.accent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_readable_by_day_and_by_night_in_any_brand() {
        let colours = ["#000000", "#ffffff", "#808080", "#ffdd00", "#1f3a8a", "#e11d48"]
            .map(|text| text.parse::<Colour>().expect("a colour"));
        for primary in colours {
            for (ink, paper) in colours.into_iter().flat_map(|ink| colours.map(|paper| (ink, paper))) {
                let brand = Colours { primary, accent: primary, ink, paper };
                let (day, night) = (Palette::light(&brand), Palette::dark(&brand));
                assert!(day.paper.luminance() > night.paper.luminance());
                for palette in [day, night] {
                    for ground in [palette.paper, palette.raised] {
                        assert!(palette.ink.contrast(ground) >= RUNNING_TEXT, "{ink} on {paper}");
                        assert!(
                            palette.quiet.contrast(ground) >= READABLE && palette.link.contrast(ground) >= READABLE
                        );
                    }
                }
            }
        }
    }
}
