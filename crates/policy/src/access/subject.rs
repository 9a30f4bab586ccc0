//! Who asks, in the numbers of an index.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::build::group_text;
use super::index::Index;

const WORDS: usize = 16;
pub(super) const EVERYBODY: &str = "User:*";

/// A user and its groups, looked up once for many decisions. It belongs to the index that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub(super) version: u64,
    /// Which of the super users it is.
    pub(super) super_user: Option<u32>,
    /// Sorted: the user, its groups, and everybody, as far as rules know them.
    pub(super) numbers: Box<[u32]>,
    /// A bit for each, at its number modulo their count: most rules are about others.
    seen: [u64; WORDS],
    /// Who of them holds roles on the whole cluster, and which.
    pub(super) wide: Box<[(u32, u64)]>,
    /// The number of `User:*`, unless a group or the user itself is called so.
    pub(super) everybody: Option<u32>,
}

impl Subject {
    #[inline]
    pub(super) fn is(&self, principal: u32) -> bool {
        let word = self.seen.get((principal >> 6) as usize % WORDS);
        word.is_some_and(|word| word >> (principal & 63) & 1 == 1)
            && self.numbers.binary_search(&principal).is_ok()
    }

    /// Whether the index made it: to others it is nobody.
    #[must_use]
    pub const fn belongs_to(&self, index: &Index) -> bool {
        self.version == index.version
    }
}

impl Index {
    /// Looks up a user, by text with its type, and its groups: those its token names, without
    /// type, and those the directory puts it in. Principals that no rule names cost nothing.
    #[must_use]
    pub fn subject(&self, user: &str, token_groups: &[&str]) -> Subject {
        let own = self.principal_number(user);
        let mut numbers: Vec<u32> = own.into_iter().collect();
        let mut super_user = self.super_user(user);
        for group in token_groups {
            let text = group_text(group);
            numbers.extend(self.principal_number(&text));
            super_user = super_user.or_else(|| self.super_user(&text));
        }
        for group in own.map(|own| self.groups_of(own)).unwrap_or_default() {
            numbers.push(*group);
            super_user = super_user.or_else(|| self.super_user(self.principal(*group)));
        }
        let everybody = self.principal_number(EVERYBODY);
        let everybody = everybody.filter(|number| !numbers.contains(number));
        let wide = numbers.iter().map(|number| (*number, self.wide(*number)));
        let wide = wide.filter(|(_, roles)| *roles != 0).collect();
        numbers.extend(everybody);
        numbers.sort_unstable();
        numbers.dedup();
        let mut seen = [0; WORDS];
        for number in &numbers {
            if let Some(word) = seen.get_mut((number >> 6) as usize % WORDS) {
                *word |= 1 << (number & 63);
            }
        }
        Subject {
            version: self.version,
            super_user,
            numbers: numbers.into(),
            seen,
            wide,
            everybody,
        }
    }

    fn super_user(&self, text: &str) -> Option<u32> {
        let users = &self.settings.super_users;
        let found = users.binary_search_by(|one: &String| one.as_str().cmp(text));
        found.ok().map(|place| place as u32)
    }

    pub(super) fn wide(&self, principal: u32) -> u64 {
        let mut layers = self.layers();
        let found = layers.find_map(|layer| layer.wide.get(&principal).copied());
        found.unwrap_or_default()
    }

    pub(super) fn groups_of(&self, user: u32) -> &[u32] {
        let mut layers = self.layers();
        let found = layers.find_map(|layer| layer.groups.get(&user));
        found.map_or(&[], |groups| &**groups)
    }
}
