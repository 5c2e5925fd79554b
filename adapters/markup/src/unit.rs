//! What a text consists of, and how it is packed into pieces of a given size.

use crate::{Dialect, Line, length};

/// A part of a text that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A heading: never the last thing in a piece, if that can be helped.
    Heading(Line),
    /// A paragraph or a quotation.
    Text(Vec<Line>),
    /// A list: closer to the paragraph before it.
    List(Vec<Line>),
    /// Preformatted lines as they are, with their language (or nothing).
    Code(String, Vec<String>),
}

/// What opens and closes preformatted text, line ends included, but for the language.
const FENCES: usize = 8;
/// What is left of a piece is used by cutting a paragraph only when it is at least a third.
const WORTH_CUTTING: usize = 3;

impl Unit {
    /// Its lines of running text; `None` for preformatted ones.
    pub fn lines(&self) -> Option<&[Line]> {
        match self {
            Self::Heading(line) => Some(std::slice::from_ref(line)),
            Self::Text(lines) | Self::List(lines) => Some(lines),
            Self::Code(..) => None,
        }
    }

    /// The unit as the platform wants it.
    pub fn written<D: Dialect>(&self, dialect: D) -> String {
        match self {
            Self::Code(language, lines) => {
                let lines: Vec<String> = lines.iter().map(|line| code_line(dialect, line)).collect();
                format!("```{language}\n{}\n```", lines.join("\n"))
            }
            _ => {
                self.lines().unwrap_or_default().iter().map(|line| line.written(dialect)).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// What stands between this unit and the next.
    fn gap(&self, next: &Self) -> &'static str {
        match (self, next) {
            (Self::Heading(_), Self::Text(_) | Self::List(_) | Self::Code(..))
            | (Self::Text(_), Self::List(_))
            | (Self::Code(..), _)
            | (_, Self::Code(..)) => "\n",
            _ => "\n\n",
        }
    }

    /// The length as it is written, or `None` where that is more than `room`.
    fn within<D: Dialect>(&self, dialect: D, room: usize) -> Option<usize> {
        match self {
            Self::Code(language, lines) => {
                let fences = FENCES + length(language);
                sum(lines.iter().map(|line| code_within(dialect, line, room)), room.checked_sub(fences)?)
                    .map(|l| l + fences)
            }
            _ => sum(self.lines().unwrap_or_default().iter().map(|line| line.within(dialect, room)), room),
        }
    }

    /// Cuts the unit so that its first piece takes at most `room`; gives it back where nothing sensible fits.
    fn cut<D: Dialect>(self, dialect: D, room: usize) -> Result<(Self, Option<Self>), Self> {
        match self {
            Self::Code(language, lines) => {
                let room = room.saturating_sub(FENCES + length(&language));
                match cut_code(dialect, lines, room) {
                    Ok((head, rest)) => Ok((
                        Self::Code(language.clone(), head),
                        (!rest.is_empty()).then_some(Self::Code(language, rest)),
                    )),
                    Err(lines) => Err(Self::Code(language, lines)),
                }
            }
            Self::Heading(line) => match line.cut(dialect, room) {
                Ok((head, rest)) => Ok((Self::Heading(head), some(Self::Heading, rest))),
                Err(line) => Err(Self::Heading(line)),
            },
            Self::Text(lines) => cut_lines(dialect, lines, room, Self::Text).map_err(Self::Text),
            Self::List(lines) => cut_lines(dialect, lines, room, Self::List).map_err(Self::List),
        }
    }
}

/// What is left of a line, unless that is nothing.
fn some(make: fn(Line) -> Unit, rest: Line) -> Option<Unit> {
    (!rest.spans.is_empty()).then(|| make(rest))
}

/// The length of lines one below the other, or `None` where it is more than `room`.
fn sum(lengths: impl Iterator<Item = Option<usize>>, room: usize) -> Option<usize> {
    let mut used = 0;
    for (i, length) in lengths.enumerate() {
        used += length? + usize::from(i > 0);
        if used > room {
            return None;
        }
    }
    Some(used)
}

/// How many lines fit.
fn fitting(lengths: impl Iterator<Item = Option<usize>>, room: usize) -> usize {
    let mut used = 0;
    lengths
        .enumerate()
        .take_while(|(i, length)| {
            used += length.map_or(room + 1, |length| length + usize::from(*i > 0));
            used <= room
        })
        .count()
}

fn code_line<D: Dialect>(dialect: D, line: &str) -> String {
    // Three backticks in a row would end the block; an invisible joiner keeps them apart.
    dialect.code(&line.replace("```", "``\u{2060}`"))
}

fn code_within<D: Dialect>(dialect: D, line: &str, room: usize) -> Option<usize> {
    let short = line.chars().take(room + 1).count() <= room;
    short.then(|| length(&code_line(dialect, line))).filter(|length| *length <= room)
}

fn cut_lines<D: Dialect>(
    dialect: D,
    mut lines: Vec<Line>,
    room: usize,
    make: fn(Vec<Line>) -> Unit,
) -> Result<(Unit, Option<Unit>), Vec<Line>> {
    let count = fitting(lines.iter().map(|line| line.within(dialect, room)), room);
    if count > 0 {
        let rest = lines.split_off(count);
        return Ok((make(lines), (!rest.is_empty()).then(|| make(rest))));
    }
    if lines.is_empty() {
        return Err(lines);
    }
    let mut rest = lines.split_off(1);
    let Some(first) = lines.pop() else { return Err(rest) };
    match first.cut(dialect, room) {
        Ok((head, left)) => {
            if !left.spans.is_empty() {
                rest.insert(0, left);
            }
            Ok((make(vec![head]), (!rest.is_empty()).then(|| make(rest))))
        }
        Err(first) => {
            rest.insert(0, first);
            Err(rest)
        }
    }
}

/// Lines that fit, and the rest. What is too long by itself is cut inside.
fn cut_code<D: Dialect>(
    dialect: D,
    mut lines: Vec<String>,
    room: usize,
) -> Result<(Vec<String>, Vec<String>), Vec<String>> {
    let count = fitting(lines.iter().map(|line| code_within(dialect, line, room)), room);
    if count > 0 {
        let rest = lines.split_off(count);
        return Ok((lines, rest));
    }
    let Some(first) = lines.first_mut() else { return Err(lines) };
    let ends: Vec<usize> = first.char_indices().map(|(at, c)| at + c.len_utf8()).take(room).collect();
    let fits = |end: &usize| length(&code_line(dialect, &first[..*end])) <= room;
    let Some(end) = ends.partition_point(fits).checked_sub(1).map(|last| ends[last]) else { return Err(lines) };
    let head = first.drain(..end).collect();
    Ok((vec![head], lines))
}

/// Units one below the other, as the platform wants them.
pub fn written<D: Dialect>(dialect: D, units: &[Unit]) -> String {
    let mut out = String::new();
    for (i, unit) in units.iter().enumerate() {
        if let Some(before) = i.checked_sub(1).and_then(|i| units.get(i)) {
            out.push_str(before.gap(unit));
        }
        out.push_str(&unit.written(dialect));
    }
    out
}

/// Packs units into pieces: the first of at most `first` UTF-16 units, the others of at most `limit`, each as full as
/// cutting at paragraphs, lines, sentences and words allows. Both must leave room for a link.
pub fn pack<D: Dialect>(dialect: D, units: Vec<Unit>, first: usize, limit: usize) -> Vec<Vec<Unit>> {
    let mut pieces: Vec<Vec<Unit>> = Vec::new();
    let (mut piece, mut used): (Vec<Unit>, usize) = (Vec::new(), 0);
    for unit in units {
        let mut left = Some(unit);
        while let Some(unit) = left.take() {
            let limit = if pieces.is_empty() { first } else { limit };
            let gap = piece.last().map_or(0, |last| last.gap(&unit).len());
            let room = limit.saturating_sub(used + gap);
            if let Some(size) = unit.within(dialect, room) {
                used += gap + size;
                piece.push(unit);
                continue;
            }
            // What fits whole into the next piece is cut only where it would leave much of this one empty.
            let worth_it = piece.is_empty() || room >= limit / WORTH_CUTTING;
            match if worth_it { unit.cut(dialect, room) } else { Err(unit) } {
                Ok((head, rest)) => {
                    piece.push(head);
                    left = rest;
                }
                // Cannot be, as `limit` holds any atom. Shown rather than lost.
                Err(unit) if piece.is_empty() => piece.push(unit),
                Err(unit) => left = Some(unit),
            }
            let heading = piece.pop_if(|last| left.is_some() && matches!(last, Unit::Heading(_)));
            match heading {
                Some(heading) if !piece.is_empty() => {
                    pieces.push(std::mem::take(&mut piece));
                    used = length(&heading.written(dialect));
                    piece.push(heading);
                }
                heading => {
                    piece.extend(heading);
                    pieces.push(std::mem::take(&mut piece));
                    used = 0;
                }
            }
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}
