//! The sheet that a design draws on. All text comes in through here and is escaped here.

use std::fmt::{Display, Write};

use super::copy::Copy;
use super::fit::{LEADING, Setting};
use super::fonts::Face;
use super::{HEIGHT, WIDTH};
use crate::colour::{Colour, READABLE};
use crate::xml;

/// A drawing in the making.
pub(super) struct Sheet {
    body: String,
    /// Every colour that lies under the title.
    grounds: Vec<Colour>,
    title_ink: Colour,
}

impl Sheet {
    /// A sheet whose title lies on `grounds` and is written in `ink`, which is moved as far as it must be to be readable there.
    pub(super) fn new(grounds: Vec<Colour>, ink: Colour) -> Self {
        let title_ink = ink.readable_on(&grounds, READABLE);
        Self { body: String::new(), grounds, title_ink }
    }

    /// Lowest contrast between the title and what lies under it.
    pub(super) fn title_contrast(&self) -> f64 {
        self.grounds.iter().map(|ground| self.title_ink.contrast(*ground)).fold(21.0, f64::min)
    }

    /// The title's ink with `share` of the ground in it, as far as it stays readable: for text of less weight.
    pub(super) fn quiet_ink(&self, share: f64) -> Colour {
        let ground = self.grounds.first().copied().unwrap_or(Colour::WHITE);
        self.title_ink.mix(ground, share).readable_on(&self.grounds, READABLE)
    }

    /// Adds SVG of our own making.
    pub(super) fn draw(&mut self, svg: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body, "{svg}");
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: impl Display) {
        self.draw(format_args!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>"#));
    }

    pub(super) fn circle(&mut self, x: f64, y: f64, radius: f64, fill: impl Display) {
        self.draw(format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"/>"#));
    }

    /// A filled path.
    pub(super) fn path(&mut self, d: &str, fill: impl Display) {
        self.draw(format_args!(r#"<path d="{d}" fill="{fill}"/>"#));
    }

    /// One line of text, `x` its left edge, `y` its baseline.
    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, face: &Face, fill: Colour, text: &str) {
        let weight = if face.family() == super::fonts::TITLE { 700 } else { 400 };
        let (family, text) = (face.family(), xml::escape(text));
        self.draw(format_args!(
            r#"<text x="{x}" y="{y}" font-family="{family}" font-weight="{weight}" font-size="{size}" fill="{fill}">{text}</text>"#
        ));
    }

    /// The title, its first line's top at `top`. Gives back where its last line ends.
    pub(super) fn title(&mut self, x: f64, top: f64, setting: &Setting) -> f64 {
        let (face, ink) = (Face::title(), self.title_ink);
        for (nth, line) in setting.lines.iter().enumerate() {
            let baseline = top + setting.size * (0.86 + nth as f64 * LEADING);
            self.text(x, baseline, setting.size, &face, ink, line);
        }
        top + setting.height()
    }

    /// The brand's sign and name, the name's baseline at `y`.
    pub(super) fn brand(&mut self, x: f64, y: f64, copy: &Copy, sign: (Colour, Colour), ink: Colour) {
        if copy.brand.is_empty() {
            return;
        }
        let (back, front) = sign;
        let top = y - 25.0;
        self.draw(format_args!(r#"<rect x="{x}" y="{top}" width="32" height="32" rx="9" fill="{back}"/>"#));
        self.path(&format!("M{} {} a18 18 0 0 1 18 -18 v18 z", x + 7.0, top + 25.0), front);
        let name: String = copy.brand.chars().take(40).collect();
        self.text(x + 48.0, y, 30.0, &Face::title(), ink, &name);
    }

    /// The whole document.
    pub(super) fn into_svg(self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\">\n{}</svg>",
            self.body
        )
    }
}
