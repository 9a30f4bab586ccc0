//! Where events go in the result: steps 1 and 6 to 9.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Combination, LegacyConfig, MigrationWarning, new_defaults};
use crate::audit::document::{NINETY_DAYS_MS, Target};
use crate::names::DestinationTopic;

fn sorted(servers: &[String]) -> Vec<String> {
    let servers: BTreeSet<&String> = servers.iter().collect();
    servers.into_iter().cloned().collect()
}

impl Combination<'_> {
    /// The new servers replace each cluster's.
    pub(super) fn bootstrap_servers(
        &mut self,
        configs: &[&LegacyConfig],
        new: &[String],
    ) -> Vec<String> {
        let new = sorted(new);
        for config in configs {
            let old = sorted(config.document.bootstrap_servers());
            if old != new {
                self.warnings.push(MigrationWarning::NewBootstrapServers {
                    cluster: config.cluster_id.clone(),
                    old,
                    new: new.clone(),
                });
            }
        }
        new
    }

    /// All topics of all clusters, each kept for the longest time that one of them asks for, and
    /// the default one.
    pub(super) fn topics(
        &mut self,
        configs: &[&LegacyConfig],
    ) -> BTreeMap<DestinationTopic, Option<u64>> {
        let mut wanted: BTreeMap<&DestinationTopic, Vec<(String, Option<u64>)>> = BTreeMap::new();
        for config in configs {
            for (topic, retention) in config.document.topics() {
                let by = (config.cluster_id.clone(), *retention);
                wanted.entry(topic).or_default().push(by);
            }
        }
        let mut topics = BTreeMap::new();
        for (topic, retentions) in wanted {
            let told: BTreeSet<u64> = retentions.iter().filter_map(|(_, told)| *told).collect();
            // A broker that is told nothing creates the topic with ninety days.
            let untold = retentions.iter().any(|(_, told)| told.is_none());
            let chosen = told.iter().copied().chain(untold.then_some(NINETY_DAYS_MS));
            let chosen = chosen.max().unwrap_or(NINETY_DAYS_MS);
            if told.len() > 1 || untold {
                self.warnings.push(MigrationWarning::RetentionDiscrepancy {
                    topic: topic.to_string(),
                    retentions,
                    chosen,
                });
            }
            topics.insert(topic.clone(), Some(chosen));
        }
        if let Target::Topic(default) = new_defaults().allowed {
            topics.entry(default).or_insert(Some(NINETY_DAYS_MS));
        }
        topics
    }
}
