//! Design 3: a page of a magazine: ink on paper, a fine grid, one strong figure.

use super::copy::Copy;
use super::fit::{Room, fit};
use super::fonts::Face;
use super::sheet::Sheet;
use crate::brand::Colours;
use crate::colour::READABLE;
use crate::dice::Dice;

const MARGIN: f64 = 88.0;
/// Left edge of the figure, its width and its height.
const FIGURE: (f64, f64, f64) = (1112.0, 400.0, 480.0);
const TOP: f64 = 176.0;

pub(super) fn draw(copy: &Copy, colours: &Colours, dice: &mut Dice) -> Sheet {
    let paper = colours.paper;
    let mut sheet = Sheet::new(vec![paper, paper.mix(colours.ink, 0.1)], colours.ink);
    sheet.rect(0.0, 0.0, 1600.0, 800.0, paper);
    let line = paper.mix(colours.ink, 0.1);
    for column in 0..=8 {
        sheet.rect(MARGIN + 178.0 * f64::from(column), 128.0, 1.0, 584.0, line);
    }
    sheet.rect(MARGIN, 124.0, 1424.0, 4.0, colours.ink);
    sheet.rect(MARGIN, 712.0, 1424.0, 1.5, colours.ink);
    figure(&mut sheet, colours, dice);

    let quiet = sheet.quiet_ink(0.3);
    let ink = sheet.quiet_ink(0.0);
    sheet.brand(MARGIN, 92.0, copy, (colours.primary, paper), ink);
    let tagline: String = copy.tagline.chars().take(60).collect();
    let face = Face::text();
    sheet.text(1512.0 - face.width(&tagline, 26.0), 92.0, 26.0, &face, quiet, &tagline);

    let room = Room { width: 940.0, height: 470.0, sizes: (152.0, 54.0), lines: 4 };
    let title = fit(&copy.title, &Face::title(), room);
    sheet.rect(MARGIN, TOP + 4.0, 64.0, 12.0, colours.accent);
    sheet.title(MARGIN, TOP + 44.0, &title);
    let subtitle = fit(&copy.subtitle, &face, Room { width: 1424.0, height: 40.0, sizes: (30.0, 26.0), lines: 1 });
    let quiet = quiet.readable_on(&[paper], READABLE);
    for text in &subtitle.lines {
        sheet.text(MARGIN, 760.0, subtitle.size, &face, quiet, text);
    }
    sheet
}

fn figure(sheet: &mut Sheet, colours: &Colours, dice: &mut Dice) {
    let (left, width, height) = FIGURE;
    sheet.draw(format_args!(
        r#"<defs><clipPath id="frame"><rect x="{left}" y="{TOP}" width="{width}" height="{height}"/></clipPath></defs><g clip-path="url(#frame)">"#
    ));
    sheet.rect(left, TOP, width, height, colours.primary);
    match dice.below(3) {
        0 => rising(sheet, colours, dice),
        1 => horizon(sheet, colours, dice),
        _ => ripples(sheet, colours, dice),
    }
    sheet.draw("</g>");
}

/// Columns that grow to the right, one of them in the accent.
fn rising(sheet: &mut Sheet, colours: &Colours, dice: &mut Dice) {
    let (left, width, height) = FIGURE;
    let step = width / 8.0;
    let marked = 4 + dice.below(3);
    let soft = colours.primary.mix(colours.paper, 0.3);
    let mut reach = dice.between(0.1, 0.18);
    for column in 0..7 {
        reach = (reach + dice.between(0.06, 0.15)).min(0.86);
        let fill = if column == marked { colours.accent } else { soft };
        let (x, tall) = (left + step * (0.75 + column as f64), height * reach);
        sheet.rect(x, TOP + height - tall, step * 0.5, tall, fill);
        sheet.circle(x + step * 0.25, TOP + height - tall, step * 0.25, fill);
    }
}

/// A sun behind lines that grow closer towards the horizon.
fn horizon(sheet: &mut Sheet, colours: &Colours, dice: &mut Dice) {
    let (left, width, height) = FIGURE;
    let centre = left + width * dice.between(0.38, 0.62);
    sheet.circle(centre, TOP + height * 0.5, dice.between(120.0, 150.0), colours.accent);
    let sea = TOP + height * 0.56;
    sheet.rect(left, sea, width, height, colours.primary);
    let mut y = sea;
    for nth in 0..9 {
        let share = f64::from(nth) / 9.0;
        sheet.rect(left, y, width, 3.0 + 5.0 * share, colours.primary.mix(colours.paper, 0.75 - 0.5 * share));
        y += 11.0 + 26.0 * share;
    }
}

/// Rings around a point at the foot, one of them in the accent.
fn ripples(sheet: &mut Sheet, colours: &Colours, dice: &mut Dice) {
    let (left, width, height) = FIGURE;
    let centre = if dice.below(2) == 0 { left } else { left + width };
    let marked = 1 + dice.below(4);
    for nth in 0..7 {
        let ring = 6 - nth;
        let fill = match ring {
            ring if ring == marked => colours.accent,
            ring if ring % 2 == 0 => colours.primary.mix(colours.paper, 0.82 - 0.1 * ring as f64),
            _ => colours.primary,
        };
        sheet.circle(centre, TOP + height, 68.0 * (ring as f64 + 1.0), fill);
    }
}
