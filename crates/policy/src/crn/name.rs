//! A CRN that names one resource.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::percent::encode_into;

/// One `type=value` step of a CRN, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element {
    /// `kafka`, `topic`, `group`, ...
    pub kind: String,
    /// The decoded value.
    pub value: String,
}

impl Element {
    fn new(kind: &str, value: &str) -> Self {
        Self {
            kind: super::canonical_kind(kind).to_string(),
            value: value.to_string(),
        }
    }
}

/// The name of one resource: authority (may be empty) and at least one element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Crn {
    pub(crate) authority: String,
    pub(crate) elements: Vec<Element>,
}

impl Crn {
    /// The name of a Kafka cluster.
    #[must_use]
    pub fn for_cluster(authority: &str, cluster_id: &str) -> Self {
        Self {
            authority: authority.to_string(),
            elements: vec![Element::new("kafka", cluster_id)],
        }
    }

    /// The name of a resource inside a Kafka cluster; `kind` is a CRN element type such as `topic`.
    #[must_use]
    pub fn for_resource(authority: &str, cluster_id: &str, kind: &str, name: &str) -> Self {
        let mut crn = Self::for_cluster(authority, cluster_id);
        crn.elements.push(Element::new(kind, name));
        crn
    }

    /// The name made of these steps, given as type and value; nothing is checked.
    pub(crate) fn of<'a>(
        authority: &str,
        steps: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let steps = steps.into_iter();
        Self {
            authority: authority.to_string(),
            elements: steps
                .map(|(kind, value)| Element::new(kind, value))
                .collect(),
        }
    }

    /// Who issued the name; empty if nobody in particular.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The steps from the cluster down.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }
}

impl fmt::Display for Crn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from("crn://");
        text.push_str(&self.authority);
        for element in &self.elements {
            text.push('/');
            text.push_str(&element.kind);
            text.push('=');
            encode_into(&element.value, &mut text);
        }
        formatter.write_str(&text)
    }
}
