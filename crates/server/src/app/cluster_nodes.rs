//! The nodes of a registered Kafka cluster: what they follow, and what they say of themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use openmds_api::{
    ClusterNodes, ClusterShadow, FollowingNode, NodeReport, ShadowDifference, ShadowReport,
};
use openmds_policy::names::{ClusterId, ClusterName};

use super::denial::{Missing, denied};
use super::registered::{kafka_id, registered};
use super::{App, AppError, Caller};
use crate::feed::SeenNode;
use crate::store::State;

/// After so long without a word a node counts as silent: twice the longest wait.
const SILENT: Duration = Duration::from_secs(100);

/// Most examples in one answer.
const EXAMPLES: usize = 200;

impl App {
    /// The nodes that follow, and those that the cluster is known to have.
    pub fn cluster_nodes(&self, caller: &Caller, name: &str) -> Result<ClusterNodes, AppError> {
        let state = self.present();
        let (name, cluster) = self.seen_cluster(&state, caller, name)?;
        Ok(ClusterNodes {
            cluster_name: name.to_string(),
            nodes: self.following(&state, &cluster),
            cluster_id: cluster.to_string(),
            server: state.server().unwrap_or_default().to_string(),
            generation: state.generation().0,
        })
    }

    /// Where the decisions of its nodes and ours differ.
    pub fn cluster_shadow(&self, caller: &Caller, name: &str) -> Result<ClusterShadow, AppError> {
        let state = self.present();
        let (name, cluster) = self.seen_cluster(&state, caller, name)?;
        let nodes = self.feed.nodes.of(&cluster);
        let reports = nodes
            .into_iter()
            .filter_map(|(id, seen)| Some((id, seen.report.shadow?)));
        Ok(shadow(&name, &cluster, reports.collect()))
    }

    /// A registered Kafka cluster, for those who may see how it is reached.
    fn seen_cluster(
        &self,
        state: &State,
        caller: &Caller,
        name: &str,
    ) -> Result<(ClusterName, ClusterId), AppError> {
        let (name, cluster) = registered(state, caller, name)?;
        if !self.may_touch_entry(state, caller, &cluster.scope, "Describe") {
            let what = format!("the registry entry {name} ({})", cluster.scope);
            let missing = [Missing::role("ClusterAdmin", &cluster.scope)];
            return Err(denied(caller, "Describe", &what, &missing));
        }
        let id = kafka_id((name, cluster), "only Kafka's nodes follow the policy")?;
        Ok((name.clone(), id))
    }

    /// Every node of the cluster, by id.
    pub(super) fn following(&self, state: &State, cluster: &ClusterId) -> Vec<FollowingNode> {
        let now = self.clock.now();
        let mut nodes: BTreeMap<i32, FollowingNode> = state
            .nodes(cluster)
            .into_iter()
            .map(|(id, is_broker)| (id, never_seen(id, is_broker)))
            .collect();
        for (id, seen) in self.feed.nodes.of(cluster) {
            nodes.insert(id, shown(state, id, seen, now));
        }
        nodes.into_values().collect()
    }
}

fn never_seen(node_id: i32, is_broker: bool) -> FollowingNode {
    let role = if is_broker { "broker" } else { "controller" };
    FollowingNode {
        node_id,
        roles: vec![role.to_string()],
        plugin: String::new(),
        state: "never-seen".to_string(),
        generation: None,
        behind: None,
        last_seen: None,
        seconds_since_seen: None,
        message: None,
        report: None,
    }
}

fn shown(state: &State, node_id: i32, seen: SeenNode, now: Timestamp) -> FollowingNode {
    let silence = now.duration_since(seen.seen);
    let seconds = u64::try_from(silence.as_secs()).unwrap_or_default();
    let behind = match (&seen.refused, seen.up_to) {
        (None, Some(up_to)) => Some(state.writes_after(up_to)),
        _ => None,
    };
    let word = if seen.waiting == 0 && seconds > SILENT.as_secs() {
        "silent"
    } else if seen.refused.is_some() {
        "refused"
    } else if behind == Some(0) {
        "current"
    } else {
        "behind"
    };
    FollowingNode {
        node_id,
        state: word.to_string(),
        generation: seen.generation.map(|generation| generation.0),
        behind,
        last_seen: Some(seen.seen.to_string()),
        seconds_since_seen: Some(if seen.waiting > 0 { 0 } else { seconds }),
        message: seen.refused,
        report: Some(seen.report).filter(|report| *report != NodeReport::default()),
        roles: seen.roles,
        plugin: seen.plugin,
    }
}

fn shadow(
    name: &ClusterName,
    cluster: &ClusterId,
    reports: BTreeMap<i32, ShadowReport>,
) -> ClusterShadow {
    let sum = |of: fn(&ShadowReport) -> u64| {
        let counts = reports.values().map(of);
        counts.fold(0_u64, u64::saturating_add)
    };
    ClusterShadow {
        cluster_name: name.to_string(),
        cluster_id: cluster.to_string(),
        nodes: reports.keys().copied().collect(),
        compared: sum(|report| report.compared),
        allowed_by_openmds_only: sum(|report| report.allowed_by_openmds_only),
        denied_by_openmds_only: sum(|report| report.denied_by_openmds_only),
        differences: merged(reports.into_values()),
    }
}

/// The same request on several nodes is one difference.
fn merged(reports: impl Iterator<Item = ShadowReport>) -> Vec<ShadowDifference> {
    let mut merged: BTreeMap<[String; 6], ShadowDifference> = BTreeMap::new();
    for found in reports.flat_map(|report| report.differences) {
        let key = [
            found.principal.clone(),
            found.operation.clone(),
            found.resource_type.clone(),
            found.resource_name.clone(),
            found.present.clone(),
            found.openmds.clone(),
        ];
        let count = found.count;
        let same = merged
            .entry(key)
            .or_insert(ShadowDifference { count: 0, ..found });
        same.count = same.count.saturating_add(count);
    }
    let mut differences: Vec<ShadowDifference> = merged.into_values().collect();
    differences.sort_by_key(|difference| std::cmp::Reverse(difference.count));
    differences.truncate(EXAMPLES);
    differences
}
