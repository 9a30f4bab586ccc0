//! [`Admin`] by Kafka's protocol.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use kafka_protocol::messages::DescribeClusterRequest;

use super::configs::{self, Resource};
use super::deadline::Deadline;
use super::pool::Pool;
use super::{acls, cluster, topics};
use crate::{
    Admin, ClusterDescription, ConfigValue, HostPort, KafkaError, ListedAcls,
    MAX_CONFIG_VALUE_BYTES, NodeConfig, TopicDescription,
};

/// How often a change is looked for at a broker, which follows its controller by some 25 ms.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

pub(super) struct BrokerAdmin {
    pool: Pool,
}

impl BrokerAdmin {
    /// Logs in and learns the brokers.
    pub(super) async fn open(pool: Pool) -> Result<Self, KafkaError> {
        let admin = Self { pool };
        let deadline = admin.pool.deadline();
        admin.members(&deadline).await?;
        Ok(admin)
    }

    /// Asks who is there, and remembers it.
    async fn members(
        &self,
        deadline: &Deadline,
    ) -> Result<(HostPort, ClusterDescription), KafkaError> {
        let request = DescribeClusterRequest::default();
        let (at, answer) = self.pool.call_any(&request, deadline).await?;
        let description = cluster::described(&answer, &at)?;
        self.pool.remember(&description.brokers).await;
        Ok((at, description))
    }

    async fn address_of(
        &self,
        broker_id: i32,
        deadline: &Deadline,
    ) -> Result<HostPort, KafkaError> {
        if let Some(at) = self.pool.address_of(broker_id).await {
            return Ok(at);
        }
        self.members(deadline).await?;
        self.pool
            .address_of(broker_id)
            .await
            .ok_or_else(|| KafkaError::Unreachable {
                address: format!("broker {broker_id}"),
                reason: "the cluster does not list it among its live brokers; is it running?"
                    .to_owned(),
            })
    }

    async fn alter(
        &self,
        resource: &Resource,
        key: &str,
        value: Option<&str>,
        deadline: &Deadline,
    ) -> Result<(), KafkaError> {
        let bytes = value.map_or(0, str::len);
        if bytes > MAX_CONFIG_VALUE_BYTES {
            return Err(KafkaError::TooLarge {
                bytes,
                limit: MAX_CONFIG_VALUE_BYTES,
            });
        }
        let request = configs::alter(resource, key, value);
        let (at, answer) = self.pool.change_any(&request, deadline).await?;
        configs::altered(&answer, &at, resource)
    }

    async fn topics(
        &self,
        names: &[String],
        deadline: &Deadline,
    ) -> Result<BTreeMap<String, Option<TopicDescription>>, KafkaError> {
        let mut found = BTreeMap::new();
        if names.is_empty() {
            return Ok(found);
        }
        let (at, answer) = self
            .pool
            .call_any(&topics::metadata(names), deadline)
            .await?;
        for name in names {
            found.insert(name.clone(), topics::shape(&answer, &at, name)?);
        }
        let existing: Vec<_> = found
            .iter()
            .filter(|(_, topic)| topic.is_some())
            .map(|(name, _)| Resource::Topic(name.clone()))
            .collect();
        if existing.is_empty() {
            return Ok(found);
        }
        let request = configs::describe(&existing, topics::RETENTION);
        let answer = self.pool.call_at(&at, &request, deadline).await?;
        for (name, topic) in &mut found {
            let Some(topic) = topic else { continue };
            let resource = Resource::Topic(name.clone());
            let config = configs::described(&answer, &at, &resource, topics::RETENTION)?;
            topic.retention_ms = match configs::value(config) {
                ConfigValue::Value(text) => text.parse().ok(),
                ConfigValue::Absent | ConfigValue::Hidden => None,
            };
        }
        Ok(found)
    }

    /// Waits until the broker in use knows the topic, with this retention if one is given. The
    /// change itself is done, so running out of time or lacking the right to look is no failure.
    async fn wait_for(&self, name: &str, retention_ms: Option<u64>, deadline: &Deadline) {
        let names = [name.to_owned()];
        loop {
            let Ok(mut found) = self.topics(&names, deadline).await else {
                return;
            };
            if let Some(topic) = found.remove(name).flatten() {
                let shown = topic.retention_ms.and_then(|ms| u64::try_from(ms).ok());
                if retention_ms.is_none() || shown == retention_ms {
                    return;
                }
            }
            if deadline.run(tokio::time::sleep(LOOK_AGAIN)).await.is_none() {
                return;
            }
        }
    }
}

#[async_trait]
impl Admin for BrokerAdmin {
    async fn describe_cluster(&self) -> Result<ClusterDescription, KafkaError> {
        let deadline = self.pool.deadline();
        let (at, mut description) = self.members(&deadline).await?;
        // Brokers pass this one on to the active controller; without one it would wait for long.
        let patience = self.pool.patience(&deadline);
        match self.pool.call_at(&at, &cluster::quorum(), &patience).await {
            Ok(answer) => description.controllers = cluster::voters(&answer),
            Err(error) => tracing::debug!(%error, "the controllers stay unknown"),
        }
        Ok(description)
    }

    async fn cluster_operations(&self) -> Result<Vec<&'static str>, KafkaError> {
        let request =
            DescribeClusterRequest::default().with_include_cluster_authorized_operations(true);
        let (at, answer) = self.pool.call_any(&request, &self.pool.deadline()).await?;
        cluster::described(&answer, &at)?;
        Ok(cluster::operations(answer.cluster_authorized_operations))
    }

    async fn broker_default_config(&self, key: &str) -> Result<ConfigValue, KafkaError> {
        let request = configs::describe(&[Resource::BrokerDefault], key);
        let (at, answer) = self.pool.call_any(&request, &self.pool.deadline()).await?;
        configs::described(&answer, &at, &Resource::BrokerDefault, key).map(configs::value)
    }

    async fn broker_config(&self, broker_id: i32, key: &str) -> Result<NodeConfig, KafkaError> {
        let deadline = self.pool.deadline();
        let at = self.address_of(broker_id, &deadline).await?;
        let resource = Resource::Node(broker_id);
        let request = configs::describe(std::slice::from_ref(&resource), key);
        let answered = self
            .pool
            .call_at(&at, &request, &deadline)
            .await
            .and_then(|answer| {
                configs::described(&answer, &at, &resource, key).map(configs::node_config)
            });
        if let Err(KafkaError::Unreachable { .. } | KafkaError::Rejected { .. }) = answered {
            // It may have moved: the next call asks the cluster where it is.
            self.pool.forget(broker_id).await;
        }
        answered
    }

    async fn alter_broker_default(&self, key: &str, value: Option<&str>) -> Result<(), KafkaError> {
        self.alter(&Resource::BrokerDefault, key, value, &self.pool.deadline())
            .await
    }

    async fn describe_topics(
        &self,
        names: &[String],
    ) -> Result<BTreeMap<String, Option<TopicDescription>>, KafkaError> {
        self.topics(names, &self.pool.deadline()).await
    }

    async fn create_topic(&self, name: &str, retention_ms: u64) -> Result<(), KafkaError> {
        let deadline = self.pool.deadline();
        let request = topics::create(name, retention_ms, deadline.allowed_ms());
        let (at, answer) = self.pool.change_any(&request, &deadline).await?;
        topics::created(&answer, &at, name)?;
        self.wait_for(name, None, &deadline).await;
        Ok(())
    }

    async fn set_topic_retention(&self, name: &str, retention_ms: u64) -> Result<(), KafkaError> {
        let deadline = self.pool.deadline();
        let resource = Resource::Topic(name.to_owned());
        let value = retention_ms.to_string();
        self.alter(&resource, topics::RETENTION, Some(&value), &deadline)
            .await?;
        self.wait_for(name, Some(retention_ms), &deadline).await;
        Ok(())
    }

    async fn describe_acls(&self) -> Result<ListedAcls, KafkaError> {
        let deadline = self.pool.deadline();
        let (at, answer) = self.pool.call_any(&acls::all(), &deadline).await?;
        acls::listed(&answer, &at)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
