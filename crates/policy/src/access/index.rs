//! The index: a base and what changed since.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::codes::ResourceType;
use super::names::Names;
use super::patterns::{Patterns, Section, sections_of};
use super::roles::{RoleTable, TYPES};
use super::rules::Providers;
use super::verdict::Place;

/// What the settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) super_users: Vec<String>,
    pub(super) allow_everyone: bool,
    pub(super) providers: Providers,
}

/// Rules, and the names that they use.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    pub(super) names: Names,
    pub(super) patterns: Patterns,
    /// Roles on the whole cluster by principal, a bit for each.
    pub(super) wide: BTreeMap<u32, u64>,
    /// The directory's groups by user.
    pub(super) groups: BTreeMap<u32, Box<[u32]>>,
    pub(super) types: [TypeFacts; TYPES],
    /// Patterns of the base, sorted, about which this layer says all there is to say.
    pub(super) hidden: Box<[u32]>,
}

/// What is known of a type of resource beforehand; of the newest layer's patterns and all below.
#[derive(Debug, Clone, Default)]
pub(super) struct TypeFacts {
    /// Lengths of prefixes, ascending.
    pub(super) lengths: Vec<u32>,
    /// Whether any rule denies.
    pub(super) denies: bool,
    /// Where the rules for every name are.
    pub(super) everything: Option<Place>,
}

/// All rules of a Kafka cluster, ready to decide. Copying it shares all that it is made of.
#[derive(Debug, Clone)]
pub struct Index {
    pub(super) version: u64,
    pub(super) settings: Arc<Settings>,
    pub(super) roles: Arc<RoleTable>,
    pub(super) base: Arc<Layer>,
    /// Patterns that are here hide those of the base; so do principals' roles and groups.
    pub(super) over: Option<Arc<Layer>>,
}

/// From so many patterns on, an overlay makes changes slow.
const LARGE_OVERLAY: usize = 2_000;

impl Index {
    /// The number that it was made with.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether so much changed that making it anew from all rules is due: what it answers is right
    /// all the same, each further change costs more.
    #[must_use]
    pub fn is_worn(&self) -> bool {
        let base = &self.base.patterns;
        let patterns = LARGE_OVERLAY.max(base.len() / 64);
        let rules = LARGE_OVERLAY.max(base.count_rules() / 4);
        self.over.as_ref().is_some_and(|over| {
            over.patterns.len() > patterns || over.patterns.count_rules() > rules
        })
    }

    /// How many rules it holds, without roles on the whole cluster; those that a change hides
    /// count until it is made anew.
    #[must_use]
    pub fn count_rules(&self) -> usize {
        self.layers()
            .map(|layer| layer.patterns.count_rules())
            .sum()
    }

    /// Bytes on the heap, without the directory's groups.
    #[must_use]
    pub fn size(&self) -> usize {
        let of = |layer: &Layer| layer.patterns.size() + layer.names.size();
        self.layers().map(of).sum()
    }

    pub(super) fn newest(&self) -> &Layer {
        self.over.as_ref().unwrap_or(&self.base)
    }

    /// The overlay first.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.over.iter().chain([&self.base]).map(|layer| &**layer)
    }

    pub(super) fn facts(&self, resource_type: ResourceType) -> Option<&TypeFacts> {
        let [literal, _] = sections_of(resource_type);
        self.newest().types.get(usize::from(literal / 2))
    }

    pub(super) fn layer(&self, place: Place) -> &Layer {
        match &self.over {
            Some(over) if place.over => over,
            _ => &self.base,
        }
    }

    /// The pattern that is in force under that name.
    #[inline]
    pub(super) fn find(&self, section: Section, hash: u64, name: &[u8]) -> Option<Place> {
        let in_layer = |layer: &Layer, over| {
            let pattern = layer.patterns.find(section, hash, name)?;
            Some(Place { over, pattern })
        };
        let over = self.over.as_ref().and_then(|over| in_layer(over, true));
        over.or_else(|| in_layer(&self.base, false))
    }

    /// Whether the overlay says something else about the pattern.
    #[inline]
    pub(super) fn is_hidden(&self, place: Place) -> bool {
        let over = self.over.as_ref().filter(|_| !place.over);
        over.is_some_and(|over| over.hidden.binary_search(&place.pattern).is_ok())
    }

    pub(super) fn principal_number(&self, text: &str) -> Option<u32> {
        let mut layers = self.layers();
        layers.find_map(|layer| layer.names.find_principal(text))
    }

    pub(super) fn principal(&self, number: u32) -> &str {
        let mut layers = self.layers();
        let found = layers.find_map(|layer| layer.names.principal(number));
        found.unwrap_or_default()
    }

    pub(super) fn host(&self, number: u32) -> &str {
        let mut layers = self.layers();
        let found = layers.find_map(|layer| layer.names.host(number));
        found.unwrap_or_default()
    }
}

impl Layer {
    /// Looks over the patterns once they are there, and over what the base has.
    pub(super) fn survey(&mut self, base: Option<&Self>) {
        let patterns = &self.patterns;
        let over = base.is_some();
        for (place, facts) in self.types.iter_mut().enumerate() {
            let [literal, prefixed] = sections_of(ResourceType(place as u8));
            if usize::from(literal / 2) != place {
                continue;
            }
            let (_, denies) = patterns.survey(literal);
            let (lengths, prefixes_deny) = patterns.survey(prefixed);
            let everything = patterns.named(literal, "*");
            *facts = TypeFacts {
                lengths,
                denies: denies || prefixes_deny,
                everything: everything.map(|pattern| Place { over, pattern }),
            };
            if let Some(below) = base.and_then(|base| base.types.get(place)) {
                facts.lengths.extend(&below.lengths);
                facts.lengths.sort_unstable();
                facts.lengths.dedup();
                facts.denies |= below.denies;
                facts.everything = facts.everything.or(below.everything);
            }
        }
    }
}
