//! Choice without chance: the same words always choose the same thing.

/// A stable hash (64-bit FNV-1a with a final mix) of text, the same on every machine and in every version.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// The item that these words choose; `items` must not be empty.
pub(crate) fn pick<'a, T: ?Sized>(items: &[&'a T], parts: &[&str]) -> &'a T {
    items[(hash(parts) % items.len() as u64) as usize]
}

/// Walks through a list from a chosen place, with a chosen stride, so that nothing comes twice before everything came once.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    items: &'static [&'static str],
    at: usize,
    stride: usize,
}

impl Walk {
    /// A walk over `items` (not empty) that `parts` choose.
    pub(crate) fn over(items: &'static [&'static str], parts: &[&str]) -> Self {
        let hash = hash(parts) as usize;
        let strides: Vec<usize> = (1..items.len().max(2)).filter(|stride| coprime(*stride, items.len())).collect();
        Self { items, at: hash % items.len(), stride: strides[(hash >> 16) % strides.len()] }
    }

    /// The next item.
    pub(crate) fn next(&mut self) -> &'static str {
        let item = self.items[self.at];
        self.at = (self.at + self.stride) % self.items.len();
        item
    }
}

fn coprime(a: usize, b: usize) -> bool {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_sees_everything_before_it_repeats() {
        for items in [&["a"][..], &["a", "b"], &["a", "b", "c", "d", "e", "f"]] {
            let mut walk = Walk::over(items, &["title"]);
            let mut seen: Vec<_> = items.iter().map(|_| walk.next()).collect();
            seen.sort_unstable();
            assert_eq!(seen, items);
        }
    }

    #[test]
    fn the_hash_does_not_change_with_versions() {
        assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
        assert_ne!(hash(&["ab"]), hash(&["a", "b"]));
    }
}
