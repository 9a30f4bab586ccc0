//! [`ControllerAdmin`] by Kafka's protocol.

use async_trait::async_trait;

use super::configs::{self, Resource};
use super::pool::Pool;
use super::session::greeting;
use crate::{ControllerAdmin, KafkaError, NodeConfig};

pub(super) struct WireController {
    pool: Pool,
}

impl WireController {
    /// Logs in.
    pub(super) async fn open(pool: Pool) -> Result<Self, KafkaError> {
        pool.call_any(&greeting(), &pool.deadline()).await?;
        Ok(Self { pool })
    }
}

#[async_trait]
impl ControllerAdmin for WireController {
    async fn node_config(&self, node_id: i32, key: &str) -> Result<NodeConfig, KafkaError> {
        let resource = Resource::Node(node_id);
        let request = configs::describe(std::slice::from_ref(&resource), key);
        let (at, answer) = self.pool.call_any(&request, &self.pool.deadline()).await?;
        configs::described(&answer, &at, &resource, key).map(configs::node_config)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
