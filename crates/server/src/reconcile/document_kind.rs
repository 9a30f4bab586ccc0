//! The documents that clusters are brought to.

use openmds_policy::audit::{Document, ROUTER_CONFIG_KEY};
use openmds_policy::companion::{COMPANION_CONFIG_KEY, Companion};
use openmds_policy::names::ClusterId;

use crate::store::{Record, State};

/// One of the documents that clusters are brought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// The audit-log document.
    Config,
    /// Its companion (`rulings.md` 25).
    Companion,
}

impl DocumentKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Config, Self::Companion];

    /// The broker configuration that carries it.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Config => ROUTER_CONFIG_KEY,
            Self::Companion => COMPANION_CONFIG_KEY,
        }
    }

    /// In metrics.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Companion => "companion",
        }
    }

    /// In sentences.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Config => "audit log configuration",
            Self::Companion => "companion of the audit log configuration",
        }
    }

    /// The version that a pushed text bears.
    pub(super) fn version(self, text: &str) -> Option<String> {
        match self {
            Self::Config => {
                let document = Document::parse_property(text).ok()?;
                document.resource_version().map(ToString::to_string)
            }
            Self::Companion => {
                let companion = Companion::parse(text).ok()?;
                companion
                    .stamp()
                    .map(|stamp| stamp.resource_version.clone())
            }
        }
    }

    pub(super) fn is_ours(self, state: &State, cluster: &ClusterId) -> bool {
        match self {
            Self::Config => state.is_ours(cluster),
            Self::Companion => state.is_companion_ours(cluster),
        }
    }

    /// What to remember once a cluster's value is ours.
    #[must_use]
    pub fn tenure(self, cluster: ClusterId) -> Record {
        let ours = true;
        match self {
            Self::Config => Record::Tenure { cluster, ours },
            Self::Companion => Record::CompanionTenure { cluster, ours },
        }
    }
}
