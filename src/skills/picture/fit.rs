//! Setting a text into a box: the largest size at which it fits, lines of even length, an ellipsis where nothing else helps.

use super::fonts::Face;

/// Distance between baselines, in sizes.
pub(super) const LEADING: f64 = 1.1;

/// The room for a text.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// In pixels.
    pub(super) width: f64,
    /// In pixels.
    pub(super) height: f64,
    /// Largest and smallest size in pixels. The smallest is used whether the text fits or not.
    pub(super) sizes: (f64, f64),
    /// Most lines.
    pub(super) lines: usize,
}

/// A text in lines.
#[derive(Debug, PartialEq)]
pub(super) struct Setting {
    pub(super) lines: Vec<String>,
    /// In pixels.
    pub(super) size: f64,
}

impl Setting {
    /// From the top of the first line to the foot of the last, in pixels.
    pub(super) fn height(&self) -> f64 {
        self.lines.len() as f64 * self.size * LEADING
    }
}

/// Sets `text` in `face` into `room`. An empty text has no lines.
pub(super) fn fit(text: &str, face: &Face, room: Room) -> Setting {
    let (largest, smallest) = room.sizes;
    let mut size = largest;
    while size > smallest {
        let lines = wrap(text, face, size, room.width);
        let whole_words = text.split_whitespace().all(|word| face.width(word, size) <= room.width);
        if whole_words && lines.len() <= room.lines && lines.len() as f64 * size * LEADING <= room.height {
            return Setting { lines: even(text, face, size, room.width, lines), size };
        }
        size -= 4.0;
    }
    let by_height = (room.height / (smallest * LEADING)) as usize;
    let mut lines = wrap(text, face, smallest, room.width);
    let most = room.lines.min(by_height.max(1));
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            shorten(last, face, smallest, room.width);
        }
    }
    Setting { lines, size: smallest }
}

/// The same number of lines, as narrow as that number allows, so that no word is left alone on the last.
fn even(text: &str, face: &Face, size: f64, width: f64, lines: Vec<String>) -> Vec<String> {
    let (mut narrow, mut wide, mut best) = (width / 2.0, width, lines);
    for _ in 0..8 {
        let middle = (narrow + wide) / 2.0;
        let tried = wrap(text, face, size, middle);
        if tried.len() <= best.len() {
            (wide, best) = (middle, tried);
        } else {
            narrow = middle;
        }
    }
    best
}

/// Greedy lines; a word wider than the line is broken inside.
fn wrap(text: &str, face: &Face, size: f64, width: f64) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        for (nth, part) in parts(word, face, size, width).into_iter().enumerate() {
            let joined = if line.is_empty() { part.clone() } else { format!("{line} {part}") };
            if nth == 0 && face.width(&joined, size) <= width {
                line = joined;
            } else {
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line = part;
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A word in pieces that each fit on a line: mostly one.
fn parts(word: &str, face: &Face, size: f64, width: f64) -> Vec<String> {
    let (mut parts, mut part, mut used) = (Vec::new(), String::new(), 0.0);
    for c in word.chars() {
        let advance = face.width(c.encode_utf8(&mut [0; 4]), size);
        if used + advance > width && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            used = 0.0;
        }
        part.push(c);
        used += advance;
    }
    parts.push(part);
    parts
}

/// Puts an ellipsis at the end of a line, in place of as many words (of a single word: letters) as needed.
fn shorten(line: &mut String, face: &Face, size: f64, width: f64) {
    while !line.is_empty() && face.width(&format!("{line}…"), size) > width {
        match line.rfind(' ') {
            Some(space) => line.truncate(space),
            None => drop(line.pop()),
        }
    }
    line.truncate(line.trim_end_matches([' ', ',', '.', ';', ':', '-', '–']).len());
    line.push('…');
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { width: 800.0, height: 420.0, sizes: (112.0, 56.0), lines: 4 };

    fn set(text: &str) -> Setting {
        let (face, setting) = (Face::title(), fit(text, &Face::title(), ROOM));
        assert!(setting.lines.len() <= ROOM.lines && setting.height() <= ROOM.height);
        assert!(setting.lines.iter().all(|line| face.width(line, setting.size) <= ROOM.width), "{setting:?}");
        setting
    }

    #[test]
    fn a_short_title_is_large_and_a_long_one_smaller() {
        assert_eq!(set("Grow"), Setting { lines: vec!["Grow".into()], size: 112.0 });
        let long = set("How marketing directors can cut the cost of a campaign without losing a single lead");
        assert!(long.size < 112.0 && long.lines.len() > 2);
    }

    #[test]
    fn lines_are_even() {
        let setting = set("5 Ways AI Reduces Marketing Costs");
        let widths: Vec<f64> = setting.lines.iter().map(|line| Face::title().width(line, 1.0)).collect();
        let (least, most) =
            (widths.iter().copied().fold(f64::MAX, f64::min), widths.iter().copied().fold(0.0, f64::max));
        assert!(least > most * 0.4, "{:?}", setting.lines);
    }

    #[test]
    fn what_cannot_fit_ends_in_an_ellipsis() {
        for text in ["word ".repeat(80), "x".repeat(400), "W".repeat(400)] {
            let setting = set(&text);
            assert!(setting.lines.last().is_some_and(|line| line.ends_with('…')), "{setting:?}");
        }
        assert!(set("").lines.is_empty());
    }
}
