//! Connections to whichever server answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError};
use rustls::ClientConfig;
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;

use crate::config::LdapSettings;

/// Opens connections, and keeps the one that searches.
pub(super) struct Connections {
    settings: LdapSettings,
    tls: Option<Arc<ClientConfig>>,
    /// The server that answered last.
    preferred: AtomicUsize,
    searching: Mutex<Option<Ldap>>,
}

impl Connections {
    pub(super) fn new(settings: LdapSettings) -> Result<Self, String> {
        let tls = settings.tls.as_ref().map(openmds_kafka::tls_client_config);
        Ok(Self {
            tls: tls.transpose()?.map(Arc::new),
            settings,
            preferred: AtomicUsize::new(0),
            searching: Mutex::new(None),
        })
    }

    /// A new connection on which nobody is logged in, to the first server that answers.
    pub(super) async fn open(&self) -> Result<Ldap, String> {
        let urls = &self.settings.urls;
        let first = self.preferred.load(Ordering::Relaxed);
        let mut failures = Vec::new();
        for offset in 0..urls.len() {
            let index = (first + offset) % urls.len();
            let Some(url) = urls.get(index) else { continue };
            match self.open_at(url).await {
                Ok(ldap) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(ldap);
                }
                Err(error) => failures.push(format!("{url}: {}", explain(&error))),
            }
        }
        Err(failures.join("; "))
    }

    async fn open_at(&self, url: &str) -> Result<Ldap, LdapError> {
        let mut settings = LdapConnSettings::new()
            .set_conn_timeout(self.settings.connect_timeout)
            .set_starttls(self.settings.start_tls);
        if let Some(tls) = &self.tls {
            settings = settings.set_config(Arc::clone(tls));
        }
        let (connection, ldap) = LdapConnAsync::with_settings(settings, url).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!("an LDAP connection ended: {error}");
            }
        });
        Ok(ldap)
    }

    /// The connection on which the searching account is logged in.
    pub(super) async fn searching(&self) -> Result<Ldap, String> {
        let mut kept = self.searching.lock().await;
        if let Some(ldap) = kept.as_mut()
            && !ldap.is_closed()
        {
            return Ok(ldap.clone());
        }
        let mut ldap = self.open().await?;
        if let Some((name, password)) = &self.settings.account {
            let bound = ldap
                .with_timeout(self.settings.read_timeout)
                .simple_bind(name, password.expose_secret())
                .await
                .map_err(|error| explain(&error))?;
            if bound.rc != 0 {
                return Err(format!(
                    "it refuses the account that searches (ldap.java.naming.security.principal), LDAP result {}",
                    bound.rc
                ));
            }
        }
        *kept = Some(ldap.clone());
        Ok(ldap)
    }

    /// Gives up the connection that searches: the next search opens another.
    pub(super) async fn forget(&self) {
        *self.searching.lock().await = None;
    }
}

/// What an error says to an operator.
pub(super) fn explain(error: &LdapError) -> String {
    match error {
        LdapError::Timeout { .. } => "it did not answer in time".to_string(),
        LdapError::Io { source } => source.to_string(),
        LdapError::LdapResult { result } => {
            format!("LDAP result {} ({})", result.rc, result.text)
        }
        other => other.to_string(),
    }
}
