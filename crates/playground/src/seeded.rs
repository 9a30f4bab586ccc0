//! Choices that a seed repeats.

/// SplitMix64, by Sebastiano Vigna (public domain).
#[derive(Debug)]
pub struct Seeded(pub u64);

impl Seeded {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Whether something happens that does so in this many of 100 cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.number() % 100 < percent
    }

    /// One of these; there must be one.
    #[expect(clippy::indexing_slicing, reason = "it is a remainder by their number")]
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let length = u64::try_from(of.len()).unwrap_or(u64::MAX);
        &of[usize::try_from(self.number() % length).unwrap_or(0)]
    }

    /// One of the numbers from the first to the last.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.number() % (last - first + 1)
    }
}
