//! One Kafka cluster of the playground.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use crate::blueprint::ClusterPlan;
use crate::ground::Ground;
use crate::node::Node;
use crate::shape::Listener;

/// Its nodes and its addresses.
#[derive(Debug)]
pub struct Cluster {
    plan: ClusterPlan,
    nodes: Vec<Node>,
}

impl Cluster {
    pub(crate) fn new(ground: &Arc<Ground>, plan: &ClusterPlan) -> Self {
        Self {
            plan: plan.clone(),
            nodes: plan
                .nodes
                .iter()
                .map(|node| Node::new(Arc::clone(ground), plan.clone(), node.clone()))
                .collect(),
        }
    }

    /// Its name in the cluster registry.
    pub fn name(&self) -> &str {
        &self.plan.name
    }

    /// Whether it is only prepared until somebody asks for it.
    pub fn is_standby(&self) -> bool {
        self.plan.shape().is_ok_and(|shape| shape.standby)
    }

    /// Its cluster id.
    pub fn id(&self) -> &str {
        &self.plan.id
    }

    /// Ids, roles and ports.
    pub fn plan(&self) -> &ClusterPlan {
        &self.plan
    }

    /// Its nodes, controllers first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node with this id.
    pub fn node(&self, id: i32) -> Result<&Node> {
        self.nodes
            .iter()
            .find(|node| node.id() == id)
            .ok_or_else(|| anyhow!("{} has no node {id}", self.plan.name))
    }

    /// `bootstrap.servers` for clients.
    pub fn bootstrap(&self) -> String {
        self.plan.bootstrap(Listener::Client)
    }

    /// `bootstrap.servers` of its token listener.
    pub fn token_bootstrap(&self) -> String {
        self.plan.bootstrap(Listener::Token)
    }

    /// Starts every node that is not running, and waits until all brokers answer.
    pub fn start(&self) -> Result<()> {
        for node in self.nodes.iter().filter(|node| !node.is_running()) {
            node.start()?;
        }
        self.wait_until_ready()
    }

    /// Shuts it down, brokers before controllers: a broker that leaves tells the controller.
    pub fn stop(&self) -> Result<()> {
        for controllers in [false, true] {
            let group = || {
                self.nodes
                    .iter()
                    .filter(move |node| node.plan().role.is_broker() != controllers)
            };
            for node in group() {
                node.terminate()?;
            }
            for node in group() {
                node.stop()?;
            }
        }
        Ok(())
    }

    /// Waits until every broker answers and knows every other one.
    pub fn wait_until_ready(&self) -> Result<()> {
        let all: Vec<i32> = self.brokers().map(Node::id).collect();
        for broker in self.brokers() {
            broker.wait_until_ready(&all)?;
        }
        Ok(())
    }

    fn brokers(&self) -> impl Iterator<Item = &Node> {
        self.nodes
            .iter()
            .filter(|node| node.plan().role.is_broker())
    }
}
