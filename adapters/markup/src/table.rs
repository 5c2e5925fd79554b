//! Tables: aligned in a preformatted block where they are narrow enough, else a few lines for each row.

use unicode_width::UnicodeWidthStr as _;

use crate::{Atom, Dialect, Line, Span, Style, Unit};

/// A table as it is read: the first row is its head.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<Vec<Span>>>,
}

impl Table {
    pub(crate) fn units<D: Dialect>(self) -> Vec<Unit> {
        let active = |span: &Span| matches!(span.atom, Atom::Link { .. } | Atom::Mention(_));
        // Nothing can be clicked in preformatted text, and nobody is pinged there.
        let plain = !self.rows.iter().flatten().flatten().any(active);
        match self.aligned(D::WIDEST).filter(|_| plain) {
            Some(lines) => vec![Unit::Code(String::new(), lines)],
            None => self.listed(D::INDENT),
        }
    }

    /// The table in columns, unless it is too wide or empty.
    fn aligned(&self, widest: usize) -> Option<Vec<String>> {
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| words(cell)).collect::<Vec<_>>()).collect();
        let columns = rows.iter().map(Vec::len).max()?;
        let widths: Vec<usize> = (0..columns)
            .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0))
            .collect();
        if columns == 0 || widths.iter().sum::<usize>() + 2 * (columns - 1) > widest {
            return None;
        }
        let mut lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let cells = widths.iter().enumerate().map(|(column, width)| {
                    let cell = row.get(column).map_or("", String::as_str);
                    format!("{cell}{}", " ".repeat(width - cell.width()))
                });
                cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            })
            .collect();
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        lines.insert(1, rule.join("  "));
        Some(lines)
    }

    /// Each row by itself: its first cell in bold, the others below with their column's name.
    fn listed(self, indent: &str) -> Vec<Unit> {
        let mut rows = self.rows.into_iter();
        let head = rows.next().unwrap_or_default();
        let mut units: Vec<Unit> = rows
            .filter_map(|row| {
                let mut lines = Vec::new();
                for (column, cell) in row.into_iter().enumerate() {
                    if cell.is_empty() {
                        continue;
                    }
                    if column == 0 {
                        lines.push(Line::of(bold(cell)));
                        continue;
                    }
                    let mut spans = bold(head.get(column).cloned().unwrap_or_default());
                    if !spans.is_empty() {
                        spans.extend([Span::word(":", Style::BOLD), Span::space()]);
                    }
                    spans.extend(cell);
                    lines.push(Line { lead: indent.into(), hang: indent.into(), spans });
                }
                (!lines.is_empty()).then_some(Unit::Text(lines))
            })
            .collect();
        if units.is_empty() && !head.is_empty() {
            let spans = head.into_iter().flat_map(|cell| bold(cell).into_iter().chain([Span::space()])).collect();
            units.push(Unit::Text(vec![Line::of(spans)]));
        } else if let Some(first) = head.first().filter(|cell| !cell.is_empty()) {
            // The first column's name would be lost.
            units.insert(0, Unit::Text(vec![Line::of(first.clone())]));
        }
        units
    }
}

fn words(cell: &[Span]) -> String {
    cell.iter().map(Span::plain).collect::<String>().trim().to_owned()
}

fn bold(cell: Vec<Span>) -> Vec<Span> {
    cell.into_iter().map(|span| Span { style: Style { bold: true, ..span.style }, ..span }).collect()
}
