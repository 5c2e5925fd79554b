//! Numbers that look random and are the same for the same text, so that a picture drawn again is the same picture.

use sha2::{Digest, Sha256};

/// A stream of numbers that depends on nothing but the seed.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream that belongs to `seed`.
    pub(crate) fn of(seed: &str) -> Self {
        let mut state = [0; 8];
        state.copy_from_slice(&Sha256::digest(seed.as_bytes())[..8]);
        Self(u64::from_be_bytes(state))
    }

    /// The next number (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to below `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    /// A number between `low` and `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_throws_within_the_bounds() {
        let (mut a, mut b) = (Dice::of("title"), Dice::of("title"));
        for _ in 0..1_000 {
            let throw = a.below(6);
            assert_eq!(throw, b.below(6));
            assert!(throw < 6);
            assert!((2.0..3.0).contains(&a.between(2.0, 3.0)));
            b.between(2.0, 3.0);
        }
        assert_eq!(a.below(0), 0);
    }
}
