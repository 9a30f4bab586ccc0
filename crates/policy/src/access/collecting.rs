//! Patterns and rules in any order, on their way into order.

use alloc::vec::Vec;

use super::hash::Hashing;
use super::patterns::{Patterns, Section};
use super::rule::Rule;
use super::texts::Texts;

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
        self.rules.sort_unstable();
        self.rules.dedup();
        self.rules.shrink_to_fit();
        let of = |number: &u32| self.sections.get(*number as usize).copied().unwrap_or(0);
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        order.sort_by_key(of);
        let sorted = order.iter().map(|number| {
            let start = self.rules.partition_point(|(one, _)| one < number);
            let rules = self.rules.get(start..).unwrap_or_default();
            let end = rules.iter().take_while(|(one, _)| one == number).count();
            let rules = rules.get(..end).unwrap_or_default();
            (of(number), self.texts.bytes(*number), rules)
        });
        Patterns::of(sorted)
    }
}
