//! A piece made ready to be judged, and what a judgement is.

use super::{Goal, Piece};
use crate::prose::Prose;
use crate::words::Words;

/// Everything the checks look at, computed once.
pub(super) struct Study<'a> {
    pub(super) piece: &'a Piece,
    pub(super) goal: &'a Goal,
    pub(super) prose: Prose,
    /// The words of headings and text.
    pub(super) words: Words,
    /// The keyword, word by word.
    pub(super) keyword: Words,
}

impl<'a> Study<'a> {
    pub(super) fn of(piece: &'a Piece, goal: &'a Goal) -> Self {
        let prose = Prose::read(&piece.body);
        let words = Words::of_all(prose.texts());
        Self { piece, goal, prose, words, keyword: Words::of(&goal.keyword) }
    }

    /// The keyword as it is named in advice: quoted and not longer than a line.
    pub(super) fn named(&self) -> String {
        quoted(&self.goal.keyword)
    }
}

/// `text` in quotation marks, shortened to a line.
pub(super) fn quoted(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(61).collect();
    if line.chars().count() > 60 {
        line = line.chars().take(59).chain(['…']).collect();
    }
    format!("“{line}”")
}

/// A number with its noun: "1 link", "2 links".
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A judgement: the share of the weight that is earned, and a sentence about it.
pub(super) struct Outcome {
    share: f64,
    pub(super) advice: String,
}

impl Outcome {
    /// The full weight.
    pub(super) fn met(finding: impl Into<String>) -> Self {
        Self { share: 1.0, advice: finding.into() }
    }

    /// `share` (0 to 1) of the weight; never the whole of it.
    pub(super) fn partly(share: f64, advice: impl Into<String>) -> Self {
        Self { share: share.clamp(0.0, 0.999), advice: advice.into() }
    }

    /// Nothing of the weight.
    pub(super) fn missed(advice: impl Into<String>) -> Self {
        Self::partly(0.0, advice)
    }

    /// The points out of `weight`, rounded down.
    pub(super) fn points(&self, weight: u8) -> u8 {
        (f64::from(weight) * self.share) as u8
    }
}
