//! One cluster's configuration as it stands in its property file.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::MigrationWarning;
use crate::audit::check::FieldError;
use crate::audit::document::Document;
use crate::crn::CrnPattern;
use crate::json::Json;

/// A cluster's configuration: what the broker property held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyConfig {
    pub(super) cluster_id: String,
    pub(super) document: Document,
    /// Routes whose deprecated `other` said something else than their `management`.
    contradictions: Vec<String>,
}

impl LegacyConfig {
    /// Parses the value of `confluent.security.event.router.config` as it stands in the file of a
    /// broker of that cluster. A blank value stands for the built-in document, as it does there.
    pub fn parse(cluster_id: &str, value: &str) -> Result<Self, Vec<FieldError>> {
        Ok(Self {
            cluster_id: cluster_id.to_string(),
            document: Document::parse_property(value)?,
            contradictions: Json::parse(value)
                .ok()
                .as_ref()
                .map(contradictions)
                .unwrap_or_default(),
        })
    }

    /// The cluster.
    #[must_use]
    pub fn cluster_id(&self) -> &str {
        &self.cluster_id
    }

    /// The document that the cluster's brokers follow.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// The authority that the cluster's own events have, as far as its routes tell: the first that
    /// they name. A route without one concerns all events, so it tells nothing.
    #[must_use]
    pub fn authority(&self) -> &str {
        let mut patterns = self.document.routes().map(|(_, route)| &route.pattern);
        patterns
            .find(|pattern| !pattern.authority().is_empty())
            .map_or("", CrnPattern::authority)
    }

    /// What is to be said about the configuration as such: steps 2 and 4, and the authority of the
    /// result.
    pub(super) fn warnings(&self, authority: &str) -> Vec<MigrationWarning> {
        let cluster = || self.cluster_id.clone();
        let mut warnings: Vec<MigrationWarning> = self
            .contradictions
            .iter()
            .map(|route| MigrationWarning::OtherCategory {
                cluster: cluster(),
                route: route.clone(),
            })
            .collect();
        let with_authority = |(text, route): (&str, &crate::audit::Route)| {
            let authority = route.pattern.authority();
            (authority.to_string(), text.to_string())
        };
        let pairs: Vec<(String, String)> = self.document.routes().map(with_authority).collect();
        let authorities: BTreeSet<String> = pairs.iter().map(|(name, _)| name.clone()).collect();
        if authorities.len() > 1 {
            let named = pairs.into_iter().filter(|(name, _)| !name.is_empty());
            warnings.push(MigrationWarning::MultipleAuthorities {
                cluster: cluster(),
                authorities: authorities.into_iter().collect(),
                routes: named.map(|(_, text)| text).collect(),
            });
        }
        if !authority.is_empty() && authority != self.authority() {
            warnings.push(MigrationWarning::NewAuthority {
                cluster: cluster(),
                authority: authority.to_string(),
            });
        }
        warnings
    }
}

/// The routes in which the deprecated category is present beside another `management`; equal ones
/// are merged in silence (`mds-api.md` 7, step 2).
fn contradictions(document: &Json) -> Vec<String> {
    let Some(Json::Object(routes)) = document.get("routes") else {
        return Vec::new();
    };
    let contradicts = |route: &Json| {
        let other = route.get("other").filter(|json| **json != Json::Null);
        let management = route.get("management").filter(|json| **json != Json::Null);
        other.zip(management).is_some_and(|(other, management)| {
            ["allowed", "denied"]
                .iter()
                .any(|outcome| leaf(other, outcome) != leaf(management, outcome))
        })
    };
    routes
        .iter()
        .filter(|(_, route)| contradicts(route))
        .map(|(text, _)| text.clone())
        .collect()
}

fn leaf<'a>(rule: &'a Json, outcome: &str) -> Option<&'a Json> {
    rule.get(outcome).filter(|json| **json != Json::Null)
}
