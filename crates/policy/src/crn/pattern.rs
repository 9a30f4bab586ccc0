//! A CRN pattern: which resources a route is about, and which of two patterns is more specific.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::name::{Crn, Element};
use super::percent::encode_into;

/// A value with or without a wildcard at its end, decoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValuePattern {
    /// Exactly this value.
    Literal(String),
    /// Every value that begins so; empty for `*` alone.
    Prefix(String),
}

impl ValuePattern {
    /// Whether the value is one of the pattern's.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == value,
            Self::Prefix(prefix) => value.starts_with(prefix.as_str()),
        }
    }

    /// Whether every value of `other` is also one of this pattern.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Literal(value)) => self.matches(value),
            (Self::Prefix(wide), Self::Prefix(narrow)) => narrow.starts_with(wide.as_str()),
            (Self::Literal(_), Self::Prefix(_)) => false,
        }
    }

    /// The values of both patterns, which are those of one of the two, or none.
    #[must_use]
    pub fn common<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        if self.covers(other) {
            Some(other)
        } else {
            other.covers(self).then_some(self)
        }
    }

    /// Literal length in bytes, then whether the value is literal: larger is more specific.
    #[must_use]
    pub fn specificity(&self) -> (usize, bool) {
        match self {
            Self::Literal(literal) => (literal.len(), true),
            Self::Prefix(prefix) => (prefix.len(), false),
        }
    }
}

/// One `type=value` step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternElement {
    /// `kafka`, `topic`, ...
    pub kind: String,
    /// The value or its beginning.
    pub value: ValuePattern,
}

impl PatternElement {
    fn matches(&self, element: &Element) -> bool {
        self.kind == element.kind && self.value.matches(&element.value)
    }
}

/// A set of resources. Equality is of meaning, not of spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrnPattern {
    pub(crate) authority: String,
    pub(crate) elements: Vec<PatternElement>,
}

/// A total order on patterns that match one CRN; the greatest wins (`audit-logs.md` 3.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Specificity {
    has_authority: bool,
    elements: Vec<(usize, bool)>,
}

impl CrnPattern {
    /// The authority the pattern insists on; empty for any.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The steps from the cluster down.
    #[must_use]
    pub fn elements(&self) -> &[PatternElement] {
        &self.elements
    }

    /// An empty authority matches any; another one only itself, never an empty one
    /// (`audit-logs.md` 3.2, rule 1).
    #[must_use]
    pub fn matches_authority(&self, authority: &str) -> bool {
        self.authority.is_empty() || self.authority == authority
    }

    /// Whether the pattern matches exactly this resource: no parent, no child
    /// (`audit-logs.md` 3.2).
    #[must_use]
    pub fn matches(&self, crn: &Crn) -> bool {
        self.elements.len() == crn.elements.len() && self.matches_or_is_below(crn)
    }

    /// Whether the pattern matches the resource or something inside it
    /// (`audit-logs.md` 3.5, the rule of `route list`).
    #[must_use]
    pub fn matches_or_is_below(&self, crn: &Crn) -> bool {
        self.matches_authority(&crn.authority)
            && self.elements.len() >= crn.elements.len()
            && self
                .elements
                .iter()
                .zip(&crn.elements)
                .all(|(pattern, element)| pattern.matches(element))
    }

    /// Whether the pattern matches some resource of `question`, or something inside one: what [`Self::matches_or_is_below`] is for
    /// one resource.
    #[must_use]
    pub fn meets_or_is_below(&self, question: &Self) -> bool {
        let meets = |(own, asked): (&PatternElement, &PatternElement)| {
            own.kind == asked.kind && own.value.common(&asked.value).is_some()
        };
        self.matches_authority(&question.authority)
            && self.elements.len() >= question.elements.len()
            && self.elements.iter().zip(&question.elements).all(meets)
    }

    /// Whether every resource of `other` is also one of this pattern.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.matches_authority(&other.authority)
            && self.is_shaped_like(other)
            && self
                .elements
                .iter()
                .zip(&other.elements)
                .all(|(wide, narrow)| wide.value.covers(&narrow.value))
    }

    /// Whether both are about the same kinds of resources.
    #[must_use]
    pub fn is_shaped_like(&self, other: &Self) -> bool {
        let kinds = |pattern: &Self| -> Vec<String> {
            let elements = pattern.elements.iter();
            elements.map(|element| element.kind.clone()).collect()
        };
        kinds(self) == kinds(other)
    }

    /// Whether some resource of the given Kafka cluster can match.
    #[must_use]
    pub fn can_match_cluster(&self, cluster_id: &str) -> bool {
        self.elements
            .first()
            .is_some_and(|element| element.kind == "kafka" && element.value.matches(cluster_id))
    }

    /// How specific the pattern is.
    #[must_use]
    pub fn specificity(&self) -> Specificity {
        Specificity {
            has_authority: !self.authority.is_empty(),
            elements: self
                .elements
                .iter()
                .map(|element| element.value.specificity())
                .collect(),
        }
    }
}

/// The pattern that matches this resource alone.
impl From<&Crn> for CrnPattern {
    fn from(crn: &Crn) -> Self {
        let literal = |element: &Element| PatternElement {
            kind: element.kind.clone(),
            value: ValuePattern::Literal(element.value.clone()),
        };
        Self {
            authority: crn.authority.clone(),
            elements: crn.elements.iter().map(literal).collect(),
        }
    }
}

impl fmt::Display for CrnPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from("crn://");
        text.push_str(&self.authority);
        for element in &self.elements {
            text.push('/');
            text.push_str(&element.kind);
            text.push('=');
            match &element.value {
                ValuePattern::Literal(literal) => encode_into(literal, &mut text),
                ValuePattern::Prefix(prefix) => {
                    encode_into(prefix, &mut text);
                    text.push('*');
                }
            }
        }
        formatter.write_str(&text)
    }
}
