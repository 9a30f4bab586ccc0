//! From documents back to JSON, with the key order that clients print (`audit-logs.md` 9).

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::category::Category;
use super::document::{DefaultTopics, Document, Metadata, Route, Rule, Target};
use super::lookup::{RouteList, RouteLookup};
use super::migrate::Migration;

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("allowed", &self.allowed)?;
        map.serialize_entry("denied", &self.denied)?;
        map.end()
    }
}

impl Serialize for DefaultTopics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("allowed", &self.allowed)?;
        map.serialize_entry("denied", &self.denied)?;
        map.end()
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Route {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(&self.rules)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("resource_version", &self.resource_version)?;
        if let Some(updated_at) = &self.updated_at {
            map.serialize_entry("updated_at", updated_at)?;
        }
        if let Some(modified_since) = &self.modified_since {
            map.serialize_entry("modified_since", modified_since)?;
        }
        map.end()
    }
}

struct Destinations<'a>(&'a Document);
struct Topics<'a>(&'a Document);
struct Retention(Option<u64>);

impl Serialize for Retention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(retention) = self.0 {
            map.serialize_entry("retention_ms", &retention)?;
        }
        map.end()
    }
}

impl Serialize for Topics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .topics
                .iter()
                .map(|(topic, retention)| (topic.as_str(), Retention(*retention))),
        )
    }
}

impl Serialize for Destinations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.0.bootstrap_servers.is_empty() {
            map.serialize_entry("bootstrap_servers", &self.0.bootstrap_servers)?;
        }
        map.serialize_entry("topics", &Topics(self.0))?;
        map.end()
    }
}

/// Everything but the stamp.
fn content<M: SerializeMap>(document: &Document, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("destinations", &Destinations(document))?;
    if let Some(principals) = &document.excluded_principals {
        map.serialize_entry("excluded_principals", principals)?;
    }
    map.serialize_entry("default_topics", &document.default_topics)?;
    if let Some(routes) = &document.routes {
        map.serialize_entry("routes", routes)?;
    }
    Ok(())
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        content(self, &mut map)?;
        if let Some(metadata) = &self.metadata {
            map.serialize_entry("metadata", metadata)?;
        }
        map.end()
    }
}

/// The combined document, with the stamp that it lacks as `null` (`mds-api.md` 7, step 15).
impl Serialize for Migration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        content(&self.document, &mut map)?;
        map.serialize_entry("metadata", &None::<Metadata>)?;
        map.end()
    }
}

impl Serialize for RouteLookup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("route", &self.route)?;
        map.serialize_entry("categories", &self.categories)?;
        map.end()
    }
}

impl Serialize for RouteList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("default_topics", &self.default_topics)?;
        map.serialize_entry("routes", &self.routes as &BTreeMap<String, Route>)?;
        map.end()
    }
}

impl Document {
    /// The text that is pushed to a cluster: no white space, the version stamp included.
    #[must_use]
    pub fn to_property(&self) -> String {
        // Serializing maps with string keys to memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
