//! [`Admin`] and [`ControllerAdmin`] of a cluster in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::cluster::FakeCluster;
use super::state::{FakeCall, FakeCondition};
use crate::{
    Admin, ClusterDescription, ConfigValue, Connection, ControllerAdmin, KafkaError, ListedAcls,
    MAX_CONFIG_VALUE_BYTES, NodeConfig, TopicDescription,
};

/// Fails, or never answers, as the condition says.
pub(super) async fn behave(
    condition: FakeCondition,
    connection: &Connection,
    what: &str,
) -> Result<(), KafkaError> {
    let texts: Vec<_> = connection
        .bootstrap
        .iter()
        .map(ToString::to_string)
        .collect();
    let address = texts.join(", ");
    match condition {
        FakeCondition::Reachable => Ok(()),
        FakeCondition::Unreachable => Err(KafkaError::Unreachable {
            address,
            reason: "connection refused".to_owned(),
        }),
        FakeCondition::BadCredentials => {
            let reason = "wrong user name or password, or token not accepted".to_owned();
            Err(KafkaError::Authentication { address, reason })
        }
        FakeCondition::UntrustedCertificate => Err(KafkaError::Tls {
            address,
            reason: "its certificate is not trusted".to_owned(),
        }),
        FakeCondition::Frozen => {
            tokio::time::sleep(connection.timeout).await;
            Err(KafkaError::Timeout {
                what: format!("{what} at {address}"),
            })
        }
    }
}

/// A connection to a cluster in memory.
pub(super) struct FakeAdmin {
    cluster: FakeCluster,
    connection: Connection,
}

impl FakeAdmin {
    pub(super) fn new(cluster: FakeCluster, connection: &Connection) -> Self {
        Self {
            cluster,
            connection: connection.clone(),
        }
    }

    async fn answer(&self, call: FakeCall) -> Result<(), KafkaError> {
        let what = format!("{call:?}");
        self.cluster.state().calls.push(call);
        let condition = self.cluster.state().condition;
        behave(condition, &self.connection, &what).await
    }

    /// Whether a change of a configuration would be accepted.
    fn may_alter(&self, what: &str, resource: &str) -> Result<(), KafkaError> {
        let state = self.cluster.state();
        state.authorize("AlterConfigs", resource)?;
        match &state.rejection {
            Some(reason) => Err(KafkaError::Rejected {
                what: what.to_owned(),
                reason: reason.clone(),
            }),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Admin for FakeAdmin {
    async fn describe_cluster(&self) -> Result<ClusterDescription, KafkaError> {
        self.answer(FakeCall::DescribeCluster).await?;
        let state = self.cluster.state();
        let may_see_quorum = state.authorize("Describe", "Cluster").is_ok();
        Ok(ClusterDescription {
            cluster_id: state.cluster_id.clone(),
            brokers: state.brokers.clone(),
            controllers: state
                .controllers
                .keys()
                .copied()
                .filter(|_| may_see_quorum)
                .collect(),
        })
    }

    async fn cluster_operations(&self) -> Result<Vec<&'static str>, KafkaError> {
        self.answer(FakeCall::DescribeCluster).await?;
        let state = self.cluster.state();
        let all = ["Alter", "Describe", "DescribeConfigs", "AlterConfigs"].into_iter();
        let allowed = all.filter(|one| state.authorize(one, "Cluster").is_ok());
        Ok(allowed.collect())
    }

    async fn broker_default_config(&self, key: &str) -> Result<ConfigValue, KafkaError> {
        self.answer(FakeCall::BrokerDefaultConfig {
            key: key.to_owned(),
        })
        .await?;
        let state = self.cluster.state();
        state.authorize("DescribeConfigs", "Cluster")?;
        Ok(state.shown(state.defaults.get(key)))
    }

    async fn broker_config(&self, broker_id: i32, key: &str) -> Result<NodeConfig, KafkaError> {
        self.answer(FakeCall::BrokerConfig {
            broker_id,
            key: key.to_owned(),
        })
        .await?;
        let listed = self
            .cluster
            .state()
            .brokers
            .iter()
            .any(|broker| broker.id == broker_id);
        if !listed {
            return Err(KafkaError::Unreachable {
                address: format!("broker {broker_id}"),
                reason: "the cluster does not list it among its live brokers".to_owned(),
            });
        }
        let condition = node_condition(&self.cluster, broker_id);
        behave(condition, &self.connection, &format!("broker {broker_id}")).await?;
        let state = self.cluster.state();
        state.authorize("DescribeConfigs", "Cluster")?;
        Ok(state.node_config(broker_id, key))
    }

    async fn alter_broker_default(&self, key: &str, value: Option<&str>) -> Result<(), KafkaError> {
        let bytes = value.map_or(0, str::len);
        if bytes > MAX_CONFIG_VALUE_BYTES {
            return Err(KafkaError::TooLarge {
                bytes,
                limit: MAX_CONFIG_VALUE_BYTES,
            });
        }
        let value = value.map(str::to_owned);
        self.answer(FakeCall::AlterBrokerDefault {
            key: key.to_owned(),
            value: value.clone(),
        })
        .await?;
        self.may_alter(
            "IncrementalAlterConfigs of the cluster-wide broker default",
            "Cluster",
        )?;
        self.cluster.state().set_default(key, value.as_deref());
        Ok(())
    }

    async fn describe_topics(
        &self,
        names: &[String],
    ) -> Result<BTreeMap<String, Option<TopicDescription>>, KafkaError> {
        self.answer(FakeCall::DescribeTopics {
            names: names.to_vec(),
        })
        .await?;
        let state = self.cluster.state();
        let mut found = BTreeMap::new();
        for name in names {
            let resource = format!("Topic {name}");
            state.authorize("Describe", &resource)?;
            let topic = state.topics.get(name).cloned();
            if topic.is_some() {
                state.authorize("DescribeConfigs", &resource)?;
            }
            found.insert(name.clone(), topic);
        }
        Ok(found)
    }

    async fn create_topic(&self, name: &str, retention_ms: u64) -> Result<(), KafkaError> {
        self.answer(FakeCall::CreateTopic {
            name: name.to_owned(),
            retention_ms,
        })
        .await?;
        let mut state = self.cluster.state();
        state.authorize("Create", &format!("Topic {name}"))?;
        let created = TopicDescription {
            retention_ms: i64::try_from(retention_ms).ok(),
            ..state.new_topic
        };
        state.topics.entry(name.to_owned()).or_insert(created);
        Ok(())
    }

    async fn set_topic_retention(&self, name: &str, retention_ms: u64) -> Result<(), KafkaError> {
        self.answer(FakeCall::SetTopicRetention {
            name: name.to_owned(),
            retention_ms,
        })
        .await?;
        let what = format!("IncrementalAlterConfigs of topic {name}");
        self.may_alter(&what, &format!("Topic {name}"))?;
        let mut state = self.cluster.state();
        match state.topics.get_mut(name) {
            Some(topic) => topic.retention_ms = i64::try_from(retention_ms).ok(),
            None => {
                let reason = "UNKNOWN_TOPIC_OR_PARTITION".to_owned();
                return Err(KafkaError::Rejected { what, reason });
            }
        }
        Ok(())
    }

    async fn describe_acls(&self) -> Result<ListedAcls, KafkaError> {
        self.answer(FakeCall::DescribeAcls).await?;
        let state = self.cluster.state();
        state.authorize("Describe", "Cluster")?;
        Ok(state.acls.clone())
    }

    async fn close(&self) {}
}

/// A connection to one controller of a cluster in memory.
pub(super) struct FakeController {
    cluster: FakeCluster,
    connection: Connection,
    node_id: i32,
}

impl FakeController {
    pub(super) fn new(cluster: FakeCluster, connection: &Connection, node_id: i32) -> Self {
        Self {
            cluster,
            connection: connection.clone(),
            node_id,
        }
    }

    pub(super) async fn answer(&self) -> Result<(), KafkaError> {
        let condition = node_condition(&self.cluster, self.node_id);
        behave(
            condition,
            &self.connection,
            &format!("controller {}", self.node_id),
        )
        .await
    }
}

#[async_trait]
impl ControllerAdmin for FakeController {
    async fn node_config(&self, node_id: i32, key: &str) -> Result<NodeConfig, KafkaError> {
        let call = FakeCall::ControllerConfig {
            node_id,
            key: key.to_owned(),
        };
        self.cluster.state().calls.push(call);
        self.answer().await?;
        if node_id != self.node_id {
            let expected = self.node_id;
            return Err(KafkaError::Rejected {
                what: format!("DescribeConfigs of node {node_id}"),
                reason: format!(
                    "Unexpected broker id, expected {expected} or empty string, but received \
                     {node_id} (INVALID_REQUEST)"
                ),
            });
        }
        let state = self.cluster.state();
        state.authorize("DescribeConfigs", "Cluster")?;
        Ok(state.node_config(node_id, key))
    }

    async fn close(&self) {}
}

/// A node's own condition, unless the whole cluster has one.
fn node_condition(cluster: &FakeCluster, node_id: i32) -> FakeCondition {
    let state = cluster.state();
    match state.condition {
        FakeCondition::Reachable => state.nodes.get(&node_id).map(|node| node.condition),
        whole => Some(whole),
    }
    .unwrap_or_default()
}
