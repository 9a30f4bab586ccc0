//! A role binding in few bytes: a node holds as many as there are in its cluster. These bytes stay
//! in memory; the wire has its own (`message.rs`).

use alloc::vec::Vec;

use crate::names::{PatternType, ResourcePattern};

/// What is bound: a role on one pattern, or on the whole cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GrantRef<'a> {
    /// With its type.
    pub principal: &'a str,
    /// By name.
    pub role: &'a str,
    /// `None` on the whole cluster.
    pub pattern: Option<PatternRef<'a>>,
}

/// A resource pattern, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatternRef<'a> {
    /// `Topic`, `Group`, ...
    pub resource_type: &'a str,
    /// A whole name or a prefix.
    pub name: &'a str,
    /// How to compare.
    pub pattern_type: PatternType,
}

/// Words that are written as their place here, from 1; any other follows a 0.
const WORDS: [&str; 17] = [
    "AuditAdmin",
    "ClusterAdmin",
    "Cluster",
    "DelegationToken",
    "DeveloperManage",
    "DeveloperRead",
    "DeveloperWrite",
    "Group",
    "Operator",
    "ResourceOwner",
    "SecurityAdmin",
    "Subject",
    "SystemAdmin",
    "Topic",
    "TransactionalId",
    "User",
    "UserAdmin",
];

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    // Writing to memory what has no length limits of its own does not fail.
    bytes.extend(postcard::to_allocvec(text).unwrap_or_default());
}

fn push_word(bytes: &mut Vec<u8>, word: &str) {
    if let Some(place) = WORDS.iter().position(|one| *one == word) {
        bytes.push(place as u8 + 1);
    } else {
        bytes.push(0);
        push_text(bytes, word);
    }
}

fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    postcard::take_from_bytes(bytes).ok()
}

fn word(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (code, rest) = bytes.split_first()?;
    match usize::from(*code).checked_sub(1) {
        Some(place) => Some((WORDS.get(place)?, rest)),
        None => text(rest),
    }
}

/// What all records of a principal's role begin with; by itself it is the role on the whole
/// cluster.
pub(super) fn beginning(principal: &str, role: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    push_text(&mut bytes, principal);
    push_word(&mut bytes, role);
    bytes
}

/// Adds the pattern to a beginning; the name comes last, for what is alike to come first.
pub(super) fn push_pattern(bytes: &mut Vec<u8>, pattern: &ResourcePattern) {
    push_word(bytes, &pattern.resource_type);
    bytes.push(match pattern.pattern_type {
        PatternType::Literal => 0,
        PatternType::Prefixed => 1,
    });
    bytes.extend_from_slice(pattern.name.as_bytes());
}

impl<'a> GrantRef<'a> {
    /// `None` never happens to what was written here.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (principal, rest) = text(bytes)?;
        let (role, rest) = word(rest)?;
        let pattern = if rest.is_empty() {
            None
        } else {
            let (resource_type, rest) = word(rest)?;
            let (kind, name) = rest.split_first()?;
            Some(PatternRef {
                resource_type,
                name: core::str::from_utf8(name).ok()?,
                pattern_type: match kind {
                    0 => PatternType::Literal,
                    _ => PatternType::Prefixed,
                },
            })
        };
        Some(Self {
            principal,
            role,
            pattern,
        })
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
