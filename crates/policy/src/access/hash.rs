//! One pass over a name that gives the hash of each of its beginnings.

const WORD: u64 = 0x9e37_79b9_7f4a_7c15;
const END: u64 = 0xd6e8_feb8_6659_fd93;

/// Both halves of a product: every bit of the factors reaches every bit of the sum.
const fn mix(one: u64, other: u64) -> u64 {
    let product = one as u128 * other as u128;
    (product as u64) ^ ((product >> 64) as u64)
}

/// A name, hashed eight bytes at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashing<'a> {
    name: &'a [u8],
    at: usize,
    state: u64,
    /// The bytes after the last eight.
    last: u64,
}

impl<'a> Hashing<'a> {
    pub(super) fn new(name: &'a [u8]) -> Self {
        let whole = name.len() & !7;
        let rest = name.get(whole..).unwrap_or_default();
        let last = rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        Self {
            name,
            at: 0,
            state: WORD,
            last,
        }
    }

    /// The hash of the whole text, as something of the kind.
    pub(super) fn of(kind: u8, name: &'a [u8]) -> u64 {
        Self::new(name).up_to(name.len(), kind)
    }

    /// The hash of the first bytes, as something of the kind. Lengths come in ascending order and
    /// are at most the name's.
    pub(super) fn up_to(&mut self, length: usize, kind: u8) -> u64 {
        while self.at + 8 <= length {
            self.state = mix(self.state ^ self.word(), WORD);
            self.at += 8;
        }
        let rest = length.saturating_sub(self.at);
        let tail = self.word() & ((1 << (8 * rest)) - 1);
        mix(
            self.state ^ tail,
            END ^ (length as u64) << 8 ^ u64::from(kind),
        )
    }

    fn word(&self) -> u64 {
        let rest = self.name.get(self.at..).and_then(<[u8]>::first_chunk);
        rest.map_or(self.last, |word| u64::from_le_bytes(*word))
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_hash_of_a_beginning_is_the_hash_of_that_name() {
        let name = b"orders-of-the-whole-year-2026";
        let mut hashing = Hashing::new(name);
        let mut seen = BTreeSet::new();
        for length in 0..=name.len() {
            let hash = hashing.up_to(length, 3);
            assert_eq!(hash, Hashing::of(3, &name[..length]));
            assert_ne!(hash, Hashing::of(4, &name[..length]));
            assert!(seen.insert(hash >> 32), "length {length}");
        }
    }
}
