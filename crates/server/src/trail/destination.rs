//! The writer to the destination in force: opened when needed, replaced when the document names
//! other addresses.

use std::sync::Arc;

use openmds_kafka::{Connection, Connector, EventWriter, HostPort, KafkaError};

use super::routes::InForce;
use crate::config::Exporter;

pub(super) struct Destination {
    connector: Arc<dyn Connector>,
    exporter: Exporter,
    home: Connection,
    open: Option<(Vec<HostPort>, Arc<dyn EventWriter>)>,
}

impl Destination {
    pub(super) fn new(connector: Arc<dyn Connector>, exporter: Exporter, home: Connection) -> Self {
        Self {
            connector,
            exporter,
            home,
            open: None,
        }
    }

    /// The document's servers, else the exporter's own, else the home cluster
    /// (`audit-logs.md` 2.1).
    pub(super) fn servers(&self, in_force: &InForce) -> Vec<HostPort> {
        let named = in_force.bootstrap_servers().iter();
        let named: Vec<HostPort> = named.filter_map(|server| server.parse().ok()).collect();
        match (named.is_empty(), self.exporter.fallback.is_empty()) {
            (false, _) => named,
            (true, false) => self.exporter.fallback.clone(),
            (true, true) => self.home.bootstrap.clone(),
        }
    }

    pub(super) async fn writer(
        &mut self,
        servers: &[HostPort],
    ) -> Result<Arc<dyn EventWriter>, KafkaError> {
        if let Some((known, writer)) = &self.open
            && known == servers
        {
            return Ok(Arc::clone(writer));
        }
        let connection = self.connection(servers)?;
        let writer = self.connector.connect_writer(&connection).await?;
        let replaced = self.open.replace((servers.to_vec(), Arc::clone(&writer)));
        if let Some((_, old)) = replaced {
            // It may be left because it does not answer.
            tokio::spawn(async move { old.close().await });
        }
        Ok(writer)
    }

    fn connection(&self, servers: &[HostPort]) -> Result<Connection, KafkaError> {
        let unusable = |reason: String| KafkaError::Rejected {
            what: "the configuration of the server's own audit events".to_string(),
            reason,
        };
        if self.exporter.is_configured() {
            return self.exporter.connection(servers).map_err(|errors| {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                unusable(errors.join("; "))
            });
        }
        // What opens the home cluster is shown to nobody else (`rulings.md` 9 and 15).
        let mut strangers = servers
            .iter()
            .filter(|server| !self.home.bootstrap.contains(server));
        match strangers.next() {
            Some(server) => Err(unusable(format!(
                "{server} is not in confluent.metadata.bootstrap.servers, and the home cluster's credentials go nowhere else; \
                 set confluent.security.event.logger.exporter.kafka.security.protocol and what belongs to it"
            ))),
            None => Ok(Connection {
                bootstrap: servers.to_vec(),
                ..self.home.clone()
            }),
        }
    }
}
