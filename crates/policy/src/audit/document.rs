//! The audit-log document, parsed and valid.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::category::Category;
use crate::crn::CrnPattern;
use crate::names::{DEFAULT_AUDIT_TOPIC, DestinationTopic};

/// Ninety days, the retention of the built-in document (`audit-logs.md` 2.3).
pub(super) const NINETY_DAYS_MS: u64 = 7_776_000_000;

/// Where an outcome's events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nowhere; `""` in the document.
    Discard,
    /// To a destination topic.
    Topic(DestinationTopic),
}

impl Target {
    /// The leaf's text: the topic, or `""`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Discard => "",
            Self::Topic(topic) => topic.as_str(),
        }
    }
}

/// One category of one route; `None` is the default behaviour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// For events that were allowed.
    pub allowed: Option<Target>,
    /// For events that were denied.
    pub denied: Option<Target>,
}

impl Rule {
    /// The leaf for an outcome.
    #[must_use]
    pub const fn outcome(&self, granted: bool) -> Option<&Target> {
        if granted {
            self.allowed.as_ref()
        } else {
            self.denied.as_ref()
        }
    }
}

/// What a route says about the resources of its pattern. A category present without a rule was
/// written as `null` and behaves as an absent one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Which resources.
    pub pattern: CrnPattern,
    /// What happens to their events, by category.
    pub rules: BTreeMap<Category, Option<Rule>>,
}

impl Route {
    /// The leaf for a category and an outcome.
    #[must_use]
    pub fn target(&self, category: Category, granted: bool) -> Option<&Target> {
        self.rules.get(&category)?.as_ref()?.outcome(granted)
    }
}

/// Targets of the categories that are on by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultTopics {
    /// For events that were allowed.
    pub allowed: Target,
    /// For events that were denied.
    pub denied: Target,
}

impl DefaultTopics {
    /// The target for an outcome.
    #[must_use]
    pub const fn outcome(&self, granted: bool) -> &Target {
        if granted { &self.allowed } else { &self.denied }
    }
}

/// The version stamp of a stored document; not part of its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Opaque to clients.
    pub resource_version: String,
    /// RFC 3339: when the service last changed the document.
    pub updated_at: Option<String>,
    /// RFC 3339: shown in place of `updated_at` when something else changed what is shown.
    pub modified_since: Option<String>,
}

/// The audit-log document (`audit-logs.md` 2). Every topic it names is declared, every pattern
/// parses, no two routes mean the same resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub(crate) bootstrap_servers: Vec<String>,
    pub(crate) topics: BTreeMap<DestinationTopic, Option<u64>>,
    pub(crate) default_topics: DefaultTopics,
    pub(crate) excluded_principals: Option<Vec<String>>,
    pub(crate) routes: Option<BTreeMap<String, Route>>,
    pub(crate) metadata: Option<Metadata>,
}

impl Document {
    /// The document in force when nobody has written one (`audit-logs.md` 2.3).
    #[must_use]
    pub fn built_in() -> Self {
        let topic = DestinationTopic::parse(DEFAULT_AUDIT_TOPIC).ok();
        let target = topic.clone().map_or(Target::Discard, Target::Topic);
        Self {
            bootstrap_servers: Vec::new(),
            topics: topic
                .into_iter()
                .map(|topic| (topic, Some(NINETY_DAYS_MS)))
                .collect(),
            default_topics: DefaultTopics {
                allowed: target.clone(),
                denied: target,
            },
            excluded_principals: None,
            routes: None,
            metadata: None,
        }
    }

    /// The destination cluster's addresses, `host:port`; empty if left to each cluster's own
    /// settings.
    #[must_use]
    pub fn bootstrap_servers(&self) -> &[String] {
        &self.bootstrap_servers
    }

    /// The destination topics and their retention in milliseconds. A retention is missing only in
    /// documents that came as a broker property (`audit-logs.md` 2.1).
    #[must_use]
    pub const fn topics(&self) -> &BTreeMap<DestinationTopic, Option<u64>> {
        &self.topics
    }

    /// Targets of what no route decides.
    #[must_use]
    pub const fn default_topics(&self) -> &DefaultTopics {
        &self.default_topics
    }

    /// Principals, as `User:<name>`, whose events are never recorded.
    pub fn excluded_principals(&self) -> impl Iterator<Item = &str> {
        self.excluded_principals
            .iter()
            .flatten()
            .map(String::as_str)
    }

    /// The routes by the text of their pattern as it was written.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &Route)> {
        self.routes
            .iter()
            .flatten()
            .map(|(text, route)| (text.as_str(), route))
    }

    /// The version stamp, if the text carried one.
    #[must_use]
    pub const fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// The version, if the text carried one.
    #[must_use]
    pub fn resource_version(&self) -> Option<&str> {
        self.metadata
            .as_ref()
            .map(|metadata| metadata.resource_version.as_str())
    }

    /// The same document with another stamp.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Option<Metadata>) -> Self {
        self.metadata = metadata;
        self
    }

    /// The same document showing the given retention, milliseconds, of topics it declares.
    #[must_use]
    pub fn with_retention(mut self, live: &BTreeMap<String, u64>) -> Self {
        for (topic, retention) in &mut self.topics {
            if let Some(live) = live.get(topic.as_str()) {
                *retention = Some(*live);
            }
        }
        self
    }

    /// The names of the destination topics.
    #[must_use]
    pub fn topic_names(&self) -> Vec<String> {
        self.topics.keys().map(ToString::to_string).collect()
    }
}
