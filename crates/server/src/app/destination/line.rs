//! The connection to the destination cluster: opened when needed, kept, and replaced when the
//! document names other addresses.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openmds_kafka::{Admin, Connection, Connector, HostPort, KafkaError};
use openmds_policy::audit::Document;

use crate::config::DestinationAdmin;

/// An open connection, and the servers it was opened with.
type Open = (Vec<HostPort>, Arc<dyn Admin>);

pub(super) struct Line {
    connector: Arc<dyn Connector>,
    settings: DestinationAdmin,
    home: Connection,
    open: Mutex<Option<Open>>,
}

impl Line {
    pub(super) fn new(
        connector: Arc<dyn Connector>,
        settings: DestinationAdmin,
        home: Connection,
    ) -> Self {
        Self {
            connector,
            settings,
            home,
            open: Mutex::new(None),
        }
    }

    pub(super) fn connector(&self) -> Arc<dyn Connector> {
        Arc::clone(&self.connector)
    }

    /// Whether the destination has settings of its own; else those of the home cluster serve.
    pub(super) fn has_own_settings(&self) -> bool {
        self.settings.is_configured()
    }

    /// Where the document's events go: its own servers, else the configured fallback, else the
    /// home cluster (`audit-logs.md` 7.4, step 3).
    pub(super) fn servers(&self, document: &Document) -> Vec<HostPort> {
        let named: Vec<HostPort> = document
            .bootstrap_servers()
            .iter()
            .filter_map(|server| server.parse().ok())
            .collect();
        match (named.is_empty(), self.settings.fallback.is_empty()) {
            (false, _) => named,
            (true, false) => self.settings.fallback.clone(),
            (true, true) => self.home.bootstrap.clone(),
        }
    }

    /// Does the work, connecting first where needed; all of it within the limit.
    pub(super) async fn within<T, W>(
        &self,
        limit: Duration,
        servers: &[HostPort],
        work: impl FnOnce(Arc<dyn Admin>) -> W,
    ) -> Result<T, KafkaError>
    where
        W: Future<Output = Result<T, KafkaError>>,
    {
        let all = async {
            let admin = self.admin(servers).await?;
            work(admin).await
        };
        let result = tokio::time::timeout(limit, all).await;
        let result = result.unwrap_or_else(|_| {
            Err(KafkaError::Timeout {
                what: format!("{} (within {} s)", list(servers), limit.as_secs()),
            })
        });
        if result.is_err() {
            self.forget(servers);
        }
        result
    }

    async fn admin(&self, servers: &[HostPort]) -> Result<Arc<dyn Admin>, KafkaError> {
        if let Some((known, admin)) = &*self.open()
            && known == servers
        {
            return Ok(Arc::clone(admin));
        }
        let connection = self.connection(servers)?;
        // Nobody waits for another's connection: two at once cost less than one that hangs.
        let admin = self.connector.connect(&connection).await?;
        let replaced = self.open().replace((servers.to_vec(), Arc::clone(&admin)));
        close(replaced);
        Ok(admin)
    }

    fn connection(&self, servers: &[HostPort]) -> Result<Connection, KafkaError> {
        let unusable = |reason: String| KafkaError::Rejected {
            what: "the destination admin's configuration".to_string(),
            reason,
        };
        if self.settings.is_configured() {
            let connection = self.settings.connection(servers.to_vec());
            return connection.map_err(|errors| {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                unusable(errors.join("; "))
            });
        }
        // What opens the home cluster is shown to nobody else (`rulings.md` 9 and 15).
        let stranger = servers
            .iter()
            .find(|server| !self.home.bootstrap.contains(server));
        match stranger {
            Some(server) => Err(unusable(format!(
                "{server} is not in confluent.metadata.bootstrap.servers, and the home cluster's credentials go nowhere else; \
                 set confluent.security.event.logger.destination.admin.security.protocol and what belongs to it"
            ))),
            None => Ok(Connection {
                bootstrap: servers.to_vec(),
                ..self.home.clone()
            }),
        }
    }

    /// The next one to ask logs in anew.
    fn forget(&self, servers: &[HostPort]) {
        let failed = self.open().take_if(|(known, _)| known == servers);
        close(failed);
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes in the background: the other side may be the one that does not answer.
fn close(open: Option<Open>) {
    if let Some((_, admin)) = open {
        tokio::spawn(async move { admin.close().await });
    }
}

pub(super) fn list(servers: &[HostPort]) -> String {
    let servers: Vec<String> = servers.iter().map(ToString::to_string).collect();
    servers.join(",")
}
