//! Patterns and the rules of each, side by side in memory: a name that is found has brought its
//! rules along.

use alloc::vec::Vec;
use core::ops::Range;

use super::codes::ResourceType;
use super::hash::Hashing;
use super::roles::TYPES;
use super::rule::{PACKED, Rule, RuleList};
use super::table::{Filter, Table};
use crate::acl::AclResourceType;
use crate::names::PatternType;

/// A type of resource and a pattern type.
pub(super) type Section = u8;
pub(super) const SECTIONS: usize = TYPES * 2;

pub(super) fn section(resource_type: AclResourceType, pattern_type: PatternType) -> Section {
    let [literal, prefixed] = sections_of(ResourceType::of(resource_type));
    match pattern_type {
        PatternType::Literal => literal,
        PatternType::Prefixed => prefixed,
    }
}

/// The literal and the prefixed section of a type; codes that are not known have empty ones.
pub(super) fn sections_of(resource_type: ResourceType) -> [Section; 2] {
    let place = super::roles::place(resource_type.0, TYPES) as u8;
    [place * 2, place * 2 + 1]
}

const fn is_prefixed(section: Section) -> bool {
    section % 2 == 1
}

/// Bytes before a name: its length and the number of its rules, each four. Prefixes have four more,
/// for their parents, and say so in the length's highest bit.
const HEAD: usize = 8;
const PARENT: usize = 4;
const HAS_PARENT: u32 = 1 << 31;
/// Numbers of patterns count so many bytes.
const UNIT: usize = 4;
const NO_PARENT: u32 = u32::MAX;

/// Patterns, section by section. A pattern's number is where it stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Patterns {
    arena: Vec<u8>,
    sections: [u32; SECTIONS + 1],
    tables: [Table; SECTIONS],
    filters: [Filter; SECTIONS],
    /// Principals and the patterns that have rules about them, sorted.
    held: Vec<(u32, u32)>,
    count: usize,
    rules: usize,
}

struct Entry<'a> {
    name: &'a [u8],
    rules: RuleList<'a>,
    parent: u32,
    end: u32,
}

impl Patterns {
    /// Of patterns in the order of their sections, each once, with their sorted rules.
    pub(super) fn of<'a>(
        sorted: impl Iterator<Item = (Section, &'a [u8], &'a [(u32, Rule)])> + Clone,
    ) -> Self {
        let mut patterns = Self::default();
        let mut counts = [0; SECTIONS];
        let (mut bytes, mut rules) = (0, 0);
        for (section, name, own) in sorted.clone() {
            if let Some(count) = counts.get_mut(usize::from(section)) {
                *count += 1;
            }
            let head = if is_prefixed(section) {
                HEAD + PARENT
            } else {
                HEAD
            };
            bytes += head + name.len().next_multiple_of(UNIT) + PACKED * own.len();
            rules += own.len();
        }
        patterns.arena.reserve_exact(bytes);
        patterns.held.reserve_exact(rules);
        patterns.tables = counts.map(Table::with_capacity);
        patterns.filters = counts.map(Filter::with_capacity);
        for (section, name, rules) in sorted {
            patterns.add(section, name, rules);
        }
        patterns.held.sort_unstable();
        patterns.held.dedup();
        patterns.held.shrink_to_fit();
        patterns.adopt();
        patterns
    }

    fn add(&mut self, section: Section, name: &[u8], rules: &[(u32, Rule)]) {
        let number = (self.arena.len() / UNIT) as u32;
        // Names in Kafka have at most 32,767 bytes.
        let (length, count) = (name.len() as u32, rules.len() as u32);
        if is_prefixed(section) {
            for word in [length | HAS_PARENT, count, NO_PARENT] {
                self.arena.extend(word.to_le_bytes());
            }
        } else {
            for word in [length, count] {
                self.arena.extend(word.to_le_bytes());
            }
        }
        self.arena.extend_from_slice(name);
        let padded = self.arena.len().next_multiple_of(UNIT);
        self.arena.resize(padded, 0);
        for (_, rule) in rules {
            self.arena.extend(rule.packed());
            self.held.push((rule.principal, number));
        }
        let end = (self.arena.len() / UNIT) as u32;
        let after = self.sections.iter_mut().skip(usize::from(section) + 1);
        after.for_each(|start| *start = end);
        let hash = Hashing::of(section, name);
        if let Some(table) = self.tables.get_mut(usize::from(section)) {
            table.add(hash, number);
        }
        if let Some(filter) = self.filters.get_mut(usize::from(section)) {
            filter.add(hash);
        }
        self.count += 1;
        self.rules += rules.len();
    }

    /// Gives each prefix the longest of those that it begins with itself.
    fn adopt(&mut self) {
        for section in (0..SECTIONS as Section).filter(|one| is_prefixed(*one)) {
            let (lengths, _) = self.survey(section);
            let mut number = self.section(section).start;
            while self.section(section).contains(&number) {
                let entry = self.entry(number);
                let (name, end) = (entry.name, entry.end);
                let mut hashing = Hashing::new(name);
                let mut parent = NO_PARENT;
                for length in lengths
                    .iter()
                    .take_while(|length| **length < name.len() as u32)
                {
                    let prefix = name.get(..*length as usize).unwrap_or_default();
                    let hash = hashing.up_to(prefix.len(), section);
                    if self.may_have(section, hash) {
                        parent = self.find(section, hash, prefix).unwrap_or(parent);
                    }
                }
                let at = number as usize * UNIT + HEAD;
                if let Some(place) = self.arena.get_mut(at..at + 4) {
                    place.copy_from_slice(&parent.to_le_bytes());
                }
                number = end;
            }
        }
    }

    #[inline]
    fn entry(&self, number: u32) -> Entry<'_> {
        let at = number as usize * UNIT;
        let word = |place: usize| {
            let bytes = self.arena.get(at + place..).and_then(<[u8]>::first_chunk);
            bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
        };
        let (first, parent) = (word(0), word(HEAD));
        let has_parent = first & HAS_PARENT != 0;
        let length = (first & !HAS_PARENT) as usize;
        let name_at = at + if has_parent { HEAD + PARENT } else { HEAD };
        let rules_at = name_at + length.next_multiple_of(UNIT);
        let end = rules_at + PACKED * word(4) as usize;
        Entry {
            name: self
                .arena
                .get(name_at..name_at + length)
                .unwrap_or_default(),
            rules: RuleList::of(self.arena.get(rules_at..end).unwrap_or_default()),
            parent: if has_parent { parent } else { NO_PARENT },
            end: (end / UNIT) as u32,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    pub(super) const fn count_rules(&self) -> usize {
        self.rules
    }

    /// Where the patterns of a section stand.
    pub(super) fn section(&self, section: Section) -> Range<u32> {
        let at = usize::from(section);
        let bound = |at: usize| self.sections.get(at).copied().unwrap_or_default();
        bound(at)..bound(at + 1)
    }

    /// Numbers of all patterns of a section.
    pub(super) fn numbers(&self, section: Section) -> impl Iterator<Item = u32> {
        let Range { mut start, end } = self.section(section);
        core::iter::from_fn(move || {
            let number = start;
            (number < end).then(|| {
                start = self.entry(number).end;
                number
            })
        })
    }

    /// The section that a pattern is in.
    pub(super) fn section_of(&self, number: u32) -> Section {
        let before = self
            .sections
            .iter()
            .skip(1)
            .take_while(|end| **end <= number);
        before.count() as Section
    }

    /// False only if no pattern of the section has the hash.
    #[inline]
    pub(super) fn may_have(&self, section: Section, hash: u64) -> bool {
        let filter = self.filters.get(usize::from(section));
        filter.is_some_and(|filter| filter.may_have(hash))
    }

    #[inline]
    pub(super) fn find(&self, section: Section, hash: u64, name: &[u8]) -> Option<u32> {
        let table = self.tables.get(usize::from(section))?;
        table.find(hash, |number| self.entry(number).name == name)
    }

    pub(super) fn named(&self, section: Section, name: &str) -> Option<u32> {
        let name = name.as_bytes();
        self.find(section, Hashing::of(section, name), name)
    }

    pub(super) fn name(&self, number: u32) -> &str {
        // Only texts are put in.
        core::str::from_utf8(self.entry(number).name).unwrap_or_default()
    }

    #[inline]
    pub(super) fn rules(&self, number: u32) -> RuleList<'_> {
        self.entry(number).rules
    }

    /// The longest other prefix that the prefix begins with.
    #[inline]
    pub(super) fn parent(&self, number: u32) -> Option<u32> {
        Some(self.entry(number).parent).filter(|parent| *parent != NO_PARENT)
    }

    /// Patterns with rules about the principal.
    pub(super) fn held_by(&self, principal: u32) -> impl Iterator<Item = u32> {
        let start = self.held.partition_point(|(one, _)| *one < principal);
        let held = self.held.get(start..).unwrap_or_default().iter();
        held.take_while(move |(one, _)| *one == principal)
            .map(|(_, pattern)| *pattern)
    }

    /// The lengths of the section's names, ascending, each once; and whether any rule denies.
    pub(super) fn survey(&self, section: Section) -> (Vec<u32>, bool) {
        let mut lengths: Vec<u32> = Vec::new();
        let mut denies = false;
        for number in self.numbers(section) {
            let entry = self.entry(number);
            let length = entry.name.len() as u32;
            if let Err(place) = lengths.binary_search(&length) {
                lengths.insert(place, length);
            }
            denies |= entry
                .rules
                .iter()
                .any(|rule| rule.what == super::rule::DENY);
        }
        (lengths, denies)
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        let tables: usize = self.tables.iter().map(Table::size).sum();
        let filters: usize = self.filters.iter().map(Filter::size).sum();
        self.arena.capacity() + tables + filters + 8 * self.held.capacity()
    }
}
