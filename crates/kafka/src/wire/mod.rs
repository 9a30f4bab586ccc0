//! The client for real clusters: Kafka's protocol over tokio and rustls.
//!
//! `docs/decisions/0001-kafka-client.md` says why this and no larger client library. From the
//! outside in: [`broker_admin`], [`controller_admin`], [`writer`] and [`reader`] know what to ask, [`pool`] whom to ask and
//! when to ask again, [`session`] holds one logged-in connection, [`dial`] opens its stream.

mod acls;
mod api;
mod batches;
mod bounded;
mod broker_admin;
mod cluster;
mod code;
mod configs;
mod controller_admin;
mod deadline;
mod decompress;
mod dial;
mod fetch;
mod frame;
mod login;
mod pool;
mod probe;
mod produce;
mod reader;
mod records;
mod scram;
mod session;
mod tls;
mod tls_failure;
mod topics;
mod trust;
mod untrusted;
mod writer;

pub use tls::client_config as tls_client_config;
pub use untrusted::{believes_scram, reads_answer, reads_batches};

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Admin, Connection, Connector, ControllerAdmin, EventReader, EventWriter, HostProbe, KafkaError,
};

/// Connects to real clusters. Needs a tokio runtime with I/O and time.
#[derive(Debug, Clone, Copy, Default)]
pub struct WireConnector;

#[async_trait]
impl Connector for WireConnector {
    async fn connect(&self, connection: &Connection) -> Result<Arc<dyn Admin>, KafkaError> {
        let pool = pool::Pool::new(connection)?;
        Ok(Arc::new(broker_admin::BrokerAdmin::open(pool).await?))
    }

    async fn connect_controller(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn ControllerAdmin>, KafkaError> {
        let pool = pool::Pool::new(connection)?;
        Ok(Arc::new(
            controller_admin::WireController::open(pool).await?,
        ))
    }

    async fn connect_writer(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn EventWriter>, KafkaError> {
        Ok(Arc::new(writer::Writer::new(pool::Pool::new(connection)?)))
    }

    async fn connect_reader(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn EventReader>, KafkaError> {
        Ok(Arc::new(reader::Reader::new(pool::Pool::new(connection)?)))
    }

    async fn probe(&self, connection: &Connection) -> Vec<HostProbe> {
        let mut probes = Vec::with_capacity(connection.bootstrap.len());
        for at in &connection.bootstrap {
            probes.push(probe::probe(at, connection).await);
        }
        probes
    }
}
