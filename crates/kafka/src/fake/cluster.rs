//! A cluster in memory and its switches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::state::{FakeCall, FakeCondition, Node, State};
use crate::{BrokerNode, EventRecord, HostPort, ListedAcls, TopicDescription};

/// A cluster in memory. Clones are the same cluster.
#[derive(Debug, Clone)]
pub struct FakeCluster(Arc<Mutex<State>>);

impl FakeCluster {
    /// A reachable cluster without nodes, whose new topics get one partition and one replica.
    pub fn new(cluster_id: &str) -> Self {
        let new_topic = TopicDescription {
            partitions: 1,
            replication_factor: 1,
            retention_ms: None,
        };
        Self(Arc::new(Mutex::new(State {
            cluster_id: cluster_id.to_owned(),
            condition: FakeCondition::Reachable,
            brokers: Vec::new(),
            controllers: Default::default(),
            nodes: Default::default(),
            defaults: Default::default(),
            hides_values: false,
            rejection: None,
            missing_rights: Default::default(),
            acls: ListedAcls::default(),
            topics: Default::default(),
            new_topic,
            records: Default::default(),
            calls: Vec::new(),
        })))
    }

    /// Adds a live broker.
    pub fn add_broker(&self, id: i32, address: &HostPort) -> &Self {
        let broker = BrokerNode {
            id,
            host: address.host.clone(),
            port: address.port,
        };
        let mut state = self.state();
        state.brokers.retain(|known| known.id != id);
        state.brokers.push(broker);
        state.brokers.sort_by_key(|broker| broker.id);
        add_node(&mut state, id);
        drop(state);
        self
    }

    /// Lets a broker vanish from the cluster's description, as after the end of its session.
    pub fn remove_broker(&self, id: i32) {
        self.state().brokers.retain(|broker| broker.id != id);
    }

    /// Adds a voter of the quorum with its own address.
    pub fn add_controller(&self, id: i32, address: &HostPort) -> &Self {
        let mut state = self.state();
        state.controllers.insert(id, address.clone());
        add_node(&mut state, id);
        drop(state);
        self
    }

    /// How the whole cluster behaves from now on.
    pub fn set_condition(&self, condition: FakeCondition) {
        self.state().condition = condition;
    }

    /// How one node behaves when it is asked itself.
    pub fn set_node_condition(&self, node_id: i32, condition: FakeCondition) {
        if let Some(node) = self.state().nodes.get_mut(&node_id) {
            node.condition = condition;
        }
    }

    /// Whether a node follows changes of the default; when it starts to, it catches up.
    pub fn set_applies(&self, node_id: i32, applies: bool) {
        let mut state = self.state();
        let defaults = state.defaults.clone();
        if let Some(node) = state.nodes.get_mut(&node_id) {
            node.applies = applies;
            if applies {
                node.applied = defaults;
            }
        }
    }

    /// Sets a key of one node alone, which beats the cluster-wide default.
    pub fn set_override(&self, node_id: i32, key: &str, value: &str) {
        if let Some(node) = self.state().nodes.get_mut(&node_id) {
            node.overrides.insert(key.to_owned(), value.to_owned());
        }
    }

    /// Whether values are treated as sensitive, as by a broker without our plugin.
    pub fn set_hides_values(&self, hides: bool) {
        self.state().hides_values = hides;
    }

    /// Whether one node treats this key as sensitive, as it does with keys that it does not know.
    pub fn set_hides(&self, node_id: i32, key: &str, hides: bool) {
        if let Some(node) = self.state().nodes.get_mut(&node_id) {
            if hides {
                node.hidden.insert(key.to_owned());
            } else {
                node.hidden.remove(key);
            }
        }
    }

    /// Refuses every later change of a configuration with this text; `None` ends that.
    pub fn set_rejection(&self, text: Option<&str>) {
        self.state().rejection = text.map(str::to_owned);
    }

    /// What ACLs the cluster keeps itself from now on.
    pub fn set_acls(&self, acls: ListedAcls) {
        self.state().acls = acls;
    }

    /// Takes an ACL operation away, in Kafka's spelling: Describe, DescribeConfigs, AlterConfigs,
    /// Create, Write. Without Describe the controllers stay unknown and topics cannot be seen.
    pub fn deny(&self, operation: &str) {
        self.state().missing_rights.insert(operation.to_owned());
    }

    /// Gives an ACL operation back.
    pub fn allow(&self, operation: &str) {
        self.state().missing_rights.remove(operation);
    }

    /// Partitions and replicas that a new topic gets.
    pub fn set_topic_defaults(&self, partitions: i32, replication_factor: i32) {
        let new_topic = TopicDescription {
            partitions,
            replication_factor,
            retention_ms: None,
        };
        self.state().new_topic = new_topic;
    }

    /// Adds or replaces a topic behind everyone's back.
    pub fn put_topic(&self, name: &str, topic: TopicDescription) {
        self.state().topics.insert(name.to_owned(), topic);
    }

    /// A topic.
    pub fn topic(&self, name: &str) -> Option<TopicDescription> {
        self.state().topics.get(name).cloned()
    }

    /// The records of a topic, in the order in which they were written.
    pub fn records(&self, topic: &str) -> Vec<EventRecord> {
        self.state().records.get(topic).cloned().unwrap_or_default()
    }

    /// Changes the cluster-wide default behind everyone's back.
    pub fn put_default(&self, key: &str, value: Option<&str>) {
        self.state().set_default(key, value);
    }

    /// The cluster-wide default as stored.
    pub fn default_value(&self, key: &str) -> Option<String> {
        self.state().defaults.get(key).cloned()
    }

    /// What the cluster was asked so far.
    pub fn calls(&self) -> Vec<FakeCall> {
        self.state().calls.clone()
    }

    /// Forgets the calls recorded so far.
    pub fn forget_calls(&self) {
        self.state().calls.clear();
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add_node(state: &mut State, id: i32) {
    let applied = state.defaults.clone();
    state.nodes.entry(id).or_insert(Node {
        applies: true,
        applied,
        ..Node::default()
    });
}
