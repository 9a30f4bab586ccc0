//! The service in figures.

use std::collections::BTreeMap;

use super::App;

/// States of a cluster, so that one that no cluster is in counts as 0.
const STATES: [&str; 7] = [
    "unknown",
    "default",
    "foreign",
    "pending",
    "applied",
    "failed",
    "unreachable",
];

impl App {
    /// All metrics as text. Those that the reference has under JMX bear the names that the
    /// Prometheus JMX exporter gives them by default (`rbac-registry-tokens.md` 4.5).
    #[must_use]
    pub fn measurements(&self) -> String {
        let state = self.present();
        let (mut bindings, mut rules) = (0, 0);
        for (_, patterns) in state.bindings().iter() {
            bindings += 1;
            rules += patterns.len().max(1);
        }
        let gauges = [
            (
                "kafka_server_confluent_auth_store_metrics_rbac_role_bindings_count",
                bindings,
            ),
            (
                "kafka_server_confluent_auth_store_metrics_rbac_access_rules_count",
                rules,
            ),
            (
                "kafka_server_confluent_auth_store_metrics_acl_access_rules_count",
                state.acls().count(),
            ),
            ("openmds_registered_clusters", state.clusters().len()),
            (
                "openmds_login_failures_remembered",
                self.login_limits.remembered(),
            ),
        ];
        for (name, value) in gauges {
            self.metrics.gauge(name, &[], value);
        }
        // This server writes alone.
        self.metrics.gauge(
            "confluent_metadata_KafkaAuthStore_Value",
            &[("name", "active-writer-count")],
            1,
        );
        for need in self.needs() {
            let ready = usize::from(need.missing.is_none());
            self.metrics
                .gauge("openmds_ready", &[("need", need.name)], ready);
        }
        let newest = state.audit().map(|(generation, _)| *generation);
        let mut states: BTreeMap<&str, usize> = STATES.iter().map(|state| (*state, 0)).collect();
        let clusters = self.dispatch.clusters(self.clock.now(), newest);
        for cluster in &clusters {
            *states.entry(cluster.state.as_str()).or_default() += 1;
        }
        for (state, count) in states {
            self.metrics
                .gauge("openmds_clusters", &[("state", state)], count);
        }
        self.metrics.text()
    }
}
