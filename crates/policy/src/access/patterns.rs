//! Patterns and the rules of each.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::hash::Hashing;
use super::roles::TYPES;
use super::rule::{DENY, Rule};
use super::texts::Texts;
use crate::acl::AclResourceType;
use crate::names::PatternType;

use super::codes::ResourceType;

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

/// Patterns, numbered section by section, each with its sorted rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Patterns {
    texts: Texts,
    sections: [u32; SECTIONS + 1],
    starts: Vec<u32>,
    rules: Vec<Rule>,
    /// Principals and the patterns that have rules about them, sorted.
    held: Vec<(u32, u32)>,
}

/// Patterns and rules in any order.
#[derive(Debug, Default)]
pub(super) struct Collecting {
    texts: Texts,
    sections: Vec<Section>,
    rules: Vec<(u32, Rule)>,
}

impl Collecting {
    /// The number of a pattern until all are known.
    pub(super) fn pattern(&mut self, section: Section, name: &str) -> u32 {
        let name = name.as_bytes();
        let hash = Hashing::of(section, name);
        let sections = &self.sections;
        let same = |number: u32| sections.get(number as usize) == Some(&section);
        self.texts.find(hash, name, same).unwrap_or_else(|| {
            self.sections.push(section);
            self.texts.add(hash, name)
        })
    }

    pub(super) fn rule(&mut self, section: Section, name: &str, rule: Rule) {
        let number = self.pattern(section, name);
        self.rules.push((number, rule));
    }

    pub(super) fn done(mut self) -> Patterns {
        let mut patterns = Patterns {
            texts: Texts::with_capacity(self.texts.len(), self.texts.total()),
            ..Patterns::default()
        };
        // Numbers of one section follow each other.
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        let of = |number: &u32| self.sections.get(*number as usize).copied().unwrap_or(0);
        order.sort_by_key(of);
        let mut renumbered = vec![0; order.len()];
        for number in &order {
            let (section, name) = (of(number), self.texts.bytes(*number));
            let new = patterns.texts.add(Hashing::of(section, name), name);
            if let Some(place) = renumbered.get_mut(*number as usize) {
                *place = new;
            }
            let after = patterns.sections.iter_mut().skip(usize::from(section) + 1);
            after.for_each(|start| *start = new + 1);
        }
        drop(self.texts);
        for (number, _) in &mut self.rules {
            *number = renumbered.get(*number as usize).copied().unwrap_or(0);
        }
        self.rules.sort_unstable();
        self.rules.dedup();
        patterns.starts.reserve_exact(order.len() + 1);
        patterns.rules.reserve_exact(self.rules.len());
        let mut rows = self.rules.iter().peekable();
        for number in 0..order.len() as u32 {
            patterns.starts.push(patterns.rules.len() as u32);
            while let Some((_, rule)) = rows.next_if(|(pattern, _)| *pattern == number) {
                patterns.rules.push(*rule);
            }
        }
        patterns.starts.push(patterns.rules.len() as u32);
        let held = self
            .rules
            .iter()
            .map(|(number, rule)| (rule.principal, *number));
        patterns.held = held.collect();
        patterns.held.sort_unstable();
        patterns.held.dedup();
        patterns.held.shrink_to_fit();
        patterns
    }
}

impl Patterns {
    pub(super) const fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) const fn count_rules(&self) -> usize {
        self.rules.len()
    }

    /// Numbers of the patterns of a section.
    pub(super) fn section(&self, section: Section) -> Range<u32> {
        let at = usize::from(section);
        let bound = |at: usize| self.sections.get(at).copied().unwrap_or_default();
        bound(at)..bound(at + 1)
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

    #[inline]
    pub(super) fn find(&self, section: Section, hash: u64, name: &[u8]) -> Option<u32> {
        let numbers = self.section(section);
        self.texts
            .find(hash, name, |number| numbers.contains(&number))
    }

    pub(super) fn named(&self, section: Section, name: &str) -> Option<u32> {
        let name = name.as_bytes();
        self.find(section, Hashing::of(section, name), name)
    }

    pub(super) fn name(&self, number: u32) -> &str {
        self.texts.get(number)
    }

    /// Where the rules of a pattern begin, and the rules.
    #[inline]
    pub(super) fn rules(&self, number: u32) -> (u32, &[Rule]) {
        let bound = |at: usize| self.starts.get(at).copied().unwrap_or_default();
        let (start, end) = (bound(number as usize), bound(number as usize + 1));
        let rules = self.rules.get(start as usize..end as usize);
        (start, rules.unwrap_or_default())
    }

    pub(super) fn rule(&self, number: u32) -> Option<Rule> {
        self.rules.get(number as usize).copied()
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
        for number in self.section(section) {
            let length = self.texts.bytes(number).len() as u32;
            if let Err(place) = lengths.binary_search(&length) {
                lengths.insert(place, length);
            }
            denies |= self.rules(number).1.iter().any(|rule| rule.what == DENY);
        }
        (lengths, denies)
    }

    /// Bytes on the heap.
    pub(super) const fn size(&self) -> usize {
        self.texts.size()
            + 4 * self.starts.capacity()
            + size_of::<Rule>() * self.rules.capacity()
            + 8 * self.held.capacity()
    }
}
