//! From companions back to JSON.

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::document::{Companion, FailMode, Format, ModeRules, Stamp};
use crate::audit::Category;

impl Serialize for FailMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

struct Outcomes {
    allowed: Option<FailMode>,
    denied: Option<FailMode>,
}

impl Serialize for Outcomes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let (Some(allowed), Some(denied)) = (self.allowed, self.denied)
            && allowed == denied
        {
            return allowed.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        if let Some(allowed) = self.allowed {
            map.serialize_entry("allowed", &allowed)?;
        }
        if let Some(denied) = self.denied {
            map.serialize_entry("denied", &denied)?;
        }
        map.end()
    }
}

impl Serialize for ModeRules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |category| Outcomes {
            allowed: self.mode(category, true),
            denied: self.mode(category, false),
        };
        let named = |category: &Category| {
            self.mode(*category, true).is_some() || self.mode(*category, false).is_some()
        };
        let categories = Category::ALL.into_iter().filter(named);
        serializer.collect_map(categories.map(|category| (category, of(category))))
    }
}

struct FailModes<'a>(&'a Companion);

impl Serialize for FailModes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let modes = self.0.modes.iter();
        let routes: BTreeMap<&str, &ModeRules> = modes
            .map(|(text, (_, rules))| (text.as_str(), rules))
            .collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("default", &self.0.default_mode)?;
        map.serialize_entry("routes", &routes)?;
        map.end()
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("resource_version", &self.resource_version)?;
        if let Some(updated_at) = &self.updated_at {
            map.serialize_entry("updated_at", updated_at)?;
        }
        map.end()
    }
}

impl Serialize for Companion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let formats = self.formats.iter();
        let formats: BTreeMap<&str, Format> = formats
            .map(|(topic, format)| (topic.as_str(), *format))
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("fail_modes", &FailModes(self))?;
        map.serialize_entry("formats", &formats)?;
        if let Some(stamp) = &self.stamp {
            map.serialize_entry("metadata", stamp)?;
        }
        map.end()
    }
}

impl Companion {
    /// The text that is pushed to a cluster: no white space, the version stamp included.
    #[must_use]
    pub fn to_property(&self) -> String {
        // Serializing maps with string keys to memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
