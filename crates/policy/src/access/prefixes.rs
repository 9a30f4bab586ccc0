//! The prefixes that a name has: the longest is looked for, and knows the others.

use super::decide::{Asked, Found};
use super::hash::Hashing;
use super::index::Index;
use super::patterns::Section;
use super::verdict::Place;

/// So many lengths are put off until the longest is looked for.
const PUT_OFF: usize = 32;

/// Hashes of prefixes that may be there, ascending by length.
struct Candidates {
    all: [(u64, u32); PUT_OFF],
    count: usize,
}

impl Index {
    /// The longest prefix of the name in each layer.
    pub(super) fn prefixes(
        &self,
        lengths: &[u32],
        prefixed: Section,
        hashing: &mut Hashing<'_>,
        name: &[u8],
    ) -> [Option<Place>; 2] {
        let base = &self.base.patterns;
        let over = self.over.as_ref().map(|over| &over.patterns);
        let mut longest = [None; 2];
        let mut candidates = Candidates {
            all: [(0, 0); PUT_OFF],
            count: 0,
        };
        for length in lengths {
            if *length as usize > name.len() {
                break;
            }
            let hash = hashing.up_to(*length as usize, prefixed);
            let may_be = base.may_have(prefixed, hash)
                || over.is_some_and(|over| over.may_have(prefixed, hash));
            if !may_be {
                continue;
            }
            if candidates.count == PUT_OFF {
                self.settle(&mut candidates, prefixed, name, &mut longest);
            }
            if let Some(place) = candidates.all.get_mut(candidates.count) {
                *place = (hash, *length);
                candidates.count += 1;
            }
        }
        self.settle(&mut candidates, prefixed, name, &mut longest);
        longest
    }

    /// Looks for the candidates, the longest first.
    fn settle(
        &self,
        candidates: &mut Candidates,
        prefixed: Section,
        name: &[u8],
        longest: &mut [Option<Place>; 2],
    ) {
        let all = candidates.all.get(..candidates.count).unwrap_or_default();
        let over = self.over.as_ref().map(|over| (&over.patterns, true));
        let layers = [Some((&self.base.patterns, false)), over];
        for (layer, longest) in layers.into_iter().zip(longest) {
            let Some((patterns, over)) = layer else {
                continue;
            };
            let found = all.iter().rev().find_map(|(hash, length)| {
                let prefix = name.get(..*length as usize)?;
                patterns.find(prefixed, *hash, prefix)
            });
            *longest = found.map(|pattern| Place { over, pattern }).or(*longest);
        }
        candidates.count = 0;
    }

    /// Adds what the rules of a prefix say, and of all prefixes that it begins with.
    pub(super) fn look_along(&self, asked: &Asked<'_>, longest: Place, found: &mut Found) {
        let mut place = longest;
        loop {
            if !self.is_hidden(place) {
                asked.look(place, found);
            }
            let parent = self.layer(place).patterns.parent(place.pattern);
            let Some(pattern) = parent.filter(|_| found.denying.is_none()) else {
                return;
            };
            place.pattern = pattern;
        }
    }
}
