//! The companion of the audit document: how surely events are recorded, and in which form.

use openmds_policy::audit::FieldError;
use openmds_policy::companion::Companion;

use super::{Engine, lock};
use crate::pairs::Pairs;

impl Engine {
    /// Judges a companion without following it. Nothing but white space asks for nothing.
    pub fn check_companion(&self, text: &str) -> Result<Pairs, Vec<FieldError>> {
        Companion::parse(text).map(|companion| summary(&companion))
    }

    /// Follows a companion from the next decision on; a bad one changes nothing.
    pub fn accompany(&self, text: &str) -> Result<Pairs, Vec<FieldError>> {
        let companion = Companion::parse(text)?;
        let summary = summary(&companion);
        *lock(&self.companion) = companion;
        self.compile();
        Ok(summary)
    }
}

/// As a message to Java.
fn summary(companion: &Companion) -> Pairs {
    let mut pairs = Pairs::new();
    let stamp = companion.stamp();
    let version = stamp.map(|stamp| stamp.resource_version.clone());
    pairs.add("resource_version", version.unwrap_or_default());
    pairs.add("best_effort", companion.is_best_effort().to_string());
    pairs
}
