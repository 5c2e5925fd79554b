//! Design 1: the title on the brand's colour, beside a wall of bold tiles.

use super::copy::Copy;
use super::fit::{Room, fit};
use super::fonts::Face;
use super::sheet::Sheet;
use crate::brand::Colours;
use crate::colour::Colour;
use crate::dice::Dice;

const TILE: f64 = 200.0;
const COLUMNS: usize = 3;
const ROWS: usize = 4;
const LEFT: f64 = 1000.0;
const MARGIN: f64 = 88.0;

pub(super) fn draw(copy: &Copy, colours: &Colours, dice: &mut Dice) -> Sheet {
    let ground = colours.primary;
    let ink = if colours.paper.contrast(ground) >= colours.ink.contrast(ground) { colours.paper } else { colours.ink };
    let mut sheet = Sheet::new(vec![ground], ink);
    sheet.rect(0.0, 0.0, 1600.0, 800.0, ground);
    wall(&mut sheet, colours, dice);

    let quiet = sheet.quiet_ink(0.25);
    sheet.brand(MARGIN, 118.0, copy, (colours.accent, ground), quiet);
    let width = LEFT - 2.0 * MARGIN + 24.0;
    let subtitle = fit(&copy.subtitle, &Face::text(), Room { width, height: 90.0, sizes: (34.0, 26.0), lines: 2 });
    let room = Room { width, height: 460.0 - subtitle.height(), sizes: (152.0, 52.0), lines: 4 };
    let title = fit(&copy.title, &Face::title(), room);
    let below = if subtitle.lines.is_empty() { 0.0 } else { subtitle.height() + 28.0 };
    let top = 420.0 - (title.height() + below) / 2.0;
    let end = sheet.title(MARGIN, top, &title);
    for (nth, line) in subtitle.lines.iter().enumerate() {
        let baseline = end + 28.0 + subtitle.size * (0.9 + 1.3 * nth as f64);
        sheet.text(MARGIN, baseline, subtitle.size, &Face::text(), quiet, line);
    }
    sheet.rect(MARGIN, 700.0, 96.0, 8.0, colours.accent);
    sheet
}

fn wall(sheet: &mut Sheet, colours: &Colours, dice: &mut Dice) {
    let palette = [
        colours.accent,
        colours.primary.mix(Colour::BLACK, 0.35),
        colours.paper,
        colours.primary.mix(Colour::WHITE, 0.22),
        colours.accent.mix(Colour::WHITE, 0.55),
    ];
    let mut backs = [[usize::MAX; COLUMNS]; ROWS];
    let mut last_shape = usize::MAX;
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let left = column.checked_sub(1).map(|before| backs[row][before]);
            let above = row.checked_sub(1).map(|before| backs[before][column]);
            let back = other_than(dice, palette.len(), &[left, above]);
            let front = other_than(dice, palette.len(), &[Some(back)]);
            let shape = other_than(dice, 7, &[Some(last_shape)]);
            backs[row][column] = back;
            last_shape = shape;
            let corner = (LEFT + column as f64 * TILE, row as f64 * TILE);
            tile(sheet, corner, shape, dice.below(4), (palette[back], palette[front]));
        }
    }
}

/// A throw below `end` that is none of `taken`.
fn other_than(dice: &mut Dice, end: usize, taken: &[Option<usize>]) -> usize {
    let mut throw = dice.below(end);
    while taken.contains(&Some(throw)) {
        throw = (throw + 1) % end;
    }
    throw
}

/// One tile; `turn` counts quarter turns.
fn tile(sheet: &mut Sheet, (x, y): (f64, f64), shape: usize, turn: usize, (back, front): (Colour, Colour)) {
    let middle = TILE / 2.0;
    sheet.draw(format_args!(r#"<g transform="translate({x} {y}) rotate({} {middle} {middle})">"#, 90 * turn));
    sheet.rect(0.0, 0.0, TILE, TILE, back);
    match shape {
        0 => sheet.path("M0 0 h200 a200 200 0 0 1 -200 200 z", front),
        1 => sheet.path("M0 0 a100 100 0 0 0 200 0 z M0 100 a100 100 0 0 0 200 0 z", front),
        2 => sheet.circle(middle, middle, 64.0, front),
        3 => sheet.path("M0 200 L200 0 V200 z", front),
        4 => {
            for (radius, fill) in [(200.0, front), (140.0, back), (80.0, front)] {
                sheet.path(&format!("M0 0 h{radius} a{radius} {radius} 0 0 1 -{radius} {radius} z"), fill);
            }
        }
        5 => {
            for at in 0..9 {
                sheet.circle(40.0 + 60.0 * f64::from(at % 3), 40.0 + 60.0 * f64::from(at / 3), 15.0, front);
            }
        }
        _ => sheet.path("M0 0 h100 a100 100 0 0 1 0 200 h-100 z", front),
    }
    sheet.draw("</g>");
}
