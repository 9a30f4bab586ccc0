//! What a cluster in memory consists of.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    BrokerNode, ConfigValue, EventRecord, HostPort, KafkaError, ListedAcls, NodeConfig,
    TopicDescription,
};

/// How a cluster or a node behaves towards a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FakeCondition {
    /// It answers.
    #[default]
    Reachable,
    /// Connection refused.
    Unreachable,
    /// It refuses the credential.
    BadCredentials,
    /// Its certificate is not trusted.
    UntrustedCertificate,
    /// It never answers (SIGSTOP).
    Frozen,
}

/// A request that a cluster got, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "named after the methods of Admin, ControllerAdmin and EventWriter"
)]
pub enum FakeCall {
    Connect,
    ConnectController { node_id: i32 },
    DescribeCluster,
    DescribeAcls,
    BrokerDefaultConfig { key: String },
    BrokerConfig { broker_id: i32, key: String },
    AlterBrokerDefault { key: String, value: Option<String> },
    DescribeTopics { names: Vec<String> },
    CreateTopic { name: String, retention_ms: u64 },
    SetTopicRetention { name: String, retention_ms: u64 },
    ControllerConfig { node_id: i32, key: String },
    Write { topic: String, records: usize },
}

/// One broker or controller.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) condition: FakeCondition,
    pub(super) applies: bool,
    pub(super) applied: BTreeMap<String, String>,
    pub(super) overrides: BTreeMap<String, String>,
    pub(super) hidden: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) cluster_id: String,
    pub(super) condition: FakeCondition,
    pub(super) brokers: Vec<BrokerNode>,
    pub(super) controllers: BTreeMap<i32, HostPort>,
    pub(super) nodes: BTreeMap<i32, Node>,
    pub(super) defaults: BTreeMap<String, String>,
    pub(super) hides_values: bool,
    pub(super) rejection: Option<String>,
    pub(super) missing_rights: BTreeSet<String>,
    pub(super) acls: ListedAcls,
    pub(super) topics: BTreeMap<String, TopicDescription>,
    pub(super) new_topic: TopicDescription,
    pub(super) records: BTreeMap<String, Vec<EventRecord>>,
    pub(super) calls: Vec<FakeCall>,
}

impl State {
    /// Fails where the named ACL operation was taken away.
    pub(super) fn authorize(&self, operation: &str, resource: &str) -> Result<(), KafkaError> {
        if !self.missing_rights.contains(operation) {
            return Ok(());
        }
        Err(KafkaError::NotAuthorized {
            operation: operation.to_owned(),
            resource: resource.to_owned(),
            reason: format!("cluster {} says no", self.cluster_id),
        })
    }

    pub(super) fn shown(&self, value: Option<&String>) -> ConfigValue {
        match value {
            None => ConfigValue::Absent,
            Some(_) if self.hides_values => ConfigValue::Hidden,
            Some(value) => ConfigValue::Value(value.clone()),
        }
    }

    pub(super) fn node_config(&self, node_id: i32, key: &str) -> NodeConfig {
        let node = self.nodes.get(&node_id);
        let own = node.and_then(|node| node.overrides.get(key));
        NodeConfig {
            applied: match self.shown(own.or_else(|| node.and_then(|node| node.applied.get(key)))) {
                ConfigValue::Value(_) if node.is_some_and(|node| node.hidden.contains(key)) => {
                    ConfigValue::Hidden
                }
                shown => shown,
            },
            stored: self
                .defaults
                .get(key)
                .filter(|_| !self.hides_values)
                .cloned(),
            per_broker_override: own.is_some(),
        }
    }

    /// Stores a default and lets every node that applies follow.
    pub(super) fn set_default(&mut self, key: &str, value: Option<&str>) {
        let put = |map: &mut BTreeMap<String, String>| match value {
            Some(value) => drop(map.insert(key.to_owned(), value.to_owned())),
            None => drop(map.remove(key)),
        };
        put(&mut self.defaults);
        for node in self.nodes.values_mut().filter(|node| node.applies) {
            put(&mut node.applied);
        }
    }
}
