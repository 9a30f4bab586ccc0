//! The service in figures.

use std::collections::BTreeMap;

use openmds_policy::names::ClusterId;

use super::App;
use crate::reconcile::DocumentKind;
use crate::store::{Generation, State};

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

/// States of a node, likewise.
const NODE_STATES: [&str; 5] = ["current", "behind", "silent", "refused", "never-seen"];

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
        self.measure_clusters("openmds_clusters", DocumentKind::Config, newest);
        let newest = state.companion().map(|(generation, _)| *generation);
        let name = "openmds_companion_clusters";
        self.measure_clusters(name, DocumentKind::Companion, newest);
        self.measure_feed(&state);
        self.metrics.text()
    }

    /// How many clusters are how far with a document.
    fn measure_clusters(&self, name: &'static str, kind: DocumentKind, newest: Option<Generation>) {
        let mut states: BTreeMap<&str, usize> = STATES.iter().map(|state| (*state, 0)).collect();
        let clusters = self.dispatch.clusters(kind, self.clock.now(), newest);
        for cluster in &clusters {
            *states.entry(cluster.state.as_str()).or_default() += 1;
        }
        for (state, count) in states {
            self.metrics.gauge(name, &[("state", state)], count);
        }
    }

    /// How the nodes that follow are.
    fn measure_feed(&self, state: &State) {
        let waiting = self.feed.nodes.waiting();
        self.metrics.gauge("openmds_feed_waiting", &[], waiting);
        // A cluster without a name in the registry goes by its id.
        let heard = self.feed.nodes.clusters().into_iter();
        let mut clusters: BTreeMap<ClusterId, String> =
            heard.map(|id| (id.clone(), id.to_string())).collect();
        let named = state.kafka_clusters();
        clusters.extend(named.map(|(name, id, _)| (id, name.to_string())));
        for (id, name) in clusters {
            let cluster = ("cluster", name.as_str());
            let mut states: BTreeMap<&str, usize> =
                NODE_STATES.iter().map(|state| (*state, 0)).collect();
            let nodes = self.following(state, &id);
            for node in &nodes {
                *states.entry(node.state.as_str()).or_default() += 1;
                let id = node.node_id.to_string();
                let labels = [cluster, ("node", id.as_str())];
                let figures = [
                    ("openmds_feed_node_silence_seconds", node.seconds_since_seen),
                    ("openmds_feed_node_generations_behind", node.behind),
                ];
                for (name, value) in figures {
                    if let Some(value) = value.and_then(|value| usize::try_from(value).ok()) {
                        self.metrics.gauge(name, &labels, value);
                    }
                }
            }
            for (state, count) in states {
                self.metrics
                    .gauge("openmds_feed_nodes", &[cluster, ("state", state)], count);
            }
        }
    }
}
