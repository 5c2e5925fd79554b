//! Design 2: a calm sky in the brand's colour over waves that run into the accent.

use std::f64::consts::TAU;
use std::fmt::Write;

use super::copy::Copy;
use super::fit::{Room, fit};
use super::fonts::Face;
use super::sheet::Sheet;
use crate::brand::Colours;
use crate::colour::Colour;
use crate::dice::Dice;

const MARGIN: f64 = 96.0;
/// Below this line there are waves, above it the title.
const SHORE: f64 = 560.0;
const WAVES: usize = 5;

pub(super) fn draw(copy: &Copy, colours: &Colours, dice: &mut Dice) -> Sheet {
    // Dark enough for white at the lighter end, whatever the brand's colour is.
    let light = colours.primary.mix(Colour::BLACK, 0.12).readable_on(&[Colour::WHITE], 6.0);
    let deep = light.mix(Colour::BLACK, 0.45);
    let bright = if colours.paper.luminance() > colours.ink.luminance() { colours.paper } else { colours.ink };
    let mut sheet = Sheet::new(vec![deep, light], bright);
    sky(&mut sheet, (deep, light), colours, dice);
    for nth in 0..WAVES {
        let share = nth as f64 / (WAVES - 1) as f64;
        let fill = light.mix(colours.accent, 0.15 + 0.85 * share);
        let top = SHORE + 44.0 + share * 150.0;
        wave(&mut sheet, top, 34.0 - 10.0 * share, fill, dice);
    }

    let quiet = sheet.quiet_ink(0.2);
    sheet.brand(MARGIN, 112.0, copy, (colours.accent, deep), quiet);
    let subtitle =
        fit(&copy.subtitle, &Face::text(), Room { width: 960.0, height: 48.0, sizes: (34.0, 26.0), lines: 1 });
    let room = Room { width: 1010.0, height: 370.0 - subtitle.height() * 1.4, sizes: (144.0, 52.0), lines: 4 };
    let title = fit(&copy.title, &Face::title(), room);
    let below = if subtitle.lines.is_empty() { 0.0 } else { subtitle.height() + 22.0 };
    let top = 352.0 - (title.height() + below) / 2.0;
    let end = sheet.title(MARGIN, top, &title);
    for line in &subtitle.lines {
        sheet.text(MARGIN, end + 22.0 + subtitle.size, subtitle.size, &Face::text(), quiet, line);
    }
    sheet
}

fn sky(sheet: &mut Sheet, (deep, light): (Colour, Colour), colours: &Colours, dice: &mut Dice) {
    sheet.draw(format_args!(
        r#"<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{deep}"/><stop offset="0.8" stop-color="{light}"/></linearGradient></defs>"#
    ));
    sheet.rect(0.0, 0.0, 1600.0, 800.0, "url(#sky)");
    let (x, y, radius) = (dice.between(1350.0, 1400.0), dice.between(250.0, 330.0), dice.between(120.0, 150.0));
    for (nth, ring) in [2.4, 1.9, 1.45].into_iter().enumerate() {
        let reach = (radius * ring).min(x - 1130.0);
        sheet.draw(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{reach:.1}" fill="{}" opacity="{}"/>"#,
            colours.accent,
            0.06 + 0.05 * nth as f64
        ));
    }
    sheet.circle(x, y, radius, colours.accent.mix(Colour::WHITE, 0.12));
}

/// A body of water from a wavy line at `top` down to the foot of the sheet.
fn wave(sheet: &mut Sheet, top: f64, height: f64, fill: Colour, dice: &mut Dice) {
    let (long, short) = (dice.between(0.9, 1.6), dice.between(2.0, 2.8));
    let (first, second) = (dice.between(0.0, TAU), dice.between(0.0, TAU));
    let level = |x: f64| {
        let along = x / 1600.0 * TAU;
        top + height * (0.75 * (along * long + first).sin() + 0.25 * (along * short + second).sin())
    };
    let mut d = format!("M0 800 V{:.1}", level(0.0));
    for x in (20..=1600).step_by(20) {
        // Writing to a String cannot fail.
        let _ = write!(d, " L{x} {:.1}", level(f64::from(x)));
    }
    d.push_str(" V800 z");
    sheet.path(&d, fill);
}
