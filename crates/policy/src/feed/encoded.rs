//! Patterns in few bytes: a node holds as many as there are in its cluster.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::fmt;

use serde::Serialize;

use crate::names::{PatternType, ResourcePattern};

fn bytes_of<T: Serialize>(value: &T) -> Box<[u8]> {
    // Writing to memory what has no length limits of its own does not fail.
    postcard::to_allocvec(value).unwrap_or_default().into()
}

/// A set of resource patterns, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct Patterns {
    count: usize,
    bytes: Box<[u8]>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatternRef<'a> {
    /// `Topic`, `Group`, ...
    pub resource_type: &'a str,
    /// A whole name or a prefix.
    pub name: &'a str,
    /// How to compare.
    pub pattern_type: PatternType,
}

impl Patterns {
    pub(super) fn new(patterns: &BTreeSet<ResourcePattern>) -> Self {
        let mut bytes = alloc::vec::Vec::new();
        for pattern in patterns {
            bytes.extend(bytes_of(pattern));
        }
        Self {
            count: patterns.len(),
            bytes: bytes.into(),
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none: the role is held on the whole cluster.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = PatternRef<'_>> {
        let mut rest: &[u8] = &self.bytes;
        core::iter::from_fn(move || {
            let ((resource_type, name, pattern_type), after) =
                postcard::take_from_bytes(rest).ok()?;
            rest = after;
            Some(PatternRef {
                resource_type,
                name,
                pattern_type,
            })
        })
    }

    /// All of them, each on its own.
    #[must_use]
    pub fn to_set(&self) -> BTreeSet<ResourcePattern> {
        self.iter().map(PatternRef::to_owned).collect()
    }
}

impl PatternRef<'_> {
    /// The pattern itself.
    #[must_use]
    pub fn to_owned(self) -> ResourcePattern {
        ResourcePattern {
            resource_type: self.resource_type.into(),
            name: self.name.into(),
            pattern_type: self.pattern_type,
        }
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}
