//! Choice by the words at hand.

use bullpen_model::Request;

use crate::seed;

/// Numbers that follow from a seed and a question.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    /// The turn and the present are left out: the same words are answered in the same way, in whatever run they come.
    pub(super) fn of(seed: u64, request: &Request) -> Self {
        let said = |pointer: &str| request.material.pointer(pointer).map(ToString::to_string).unwrap_or_default();
        let words = [
            seed.to_string(),
            request.ask.clone(),
            said("/kind"),
            said("/self/handle"),
            said("/message/text"),
            said("/task/title"),
            said("/step"),
            said("/notes"),
            said("/escalation/issue"),
        ];
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Self { state: seed::hash(&words) }
    }

    /// A number below `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    /// One of these.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}
