//! A server with real sockets, and real authorities: what happens below HTTP cannot be seen at the
//! desk.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use openmds_server::Doors;
use openmds_server::app::App;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::world::World;

/// An authority of certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key, both PEM.
pub(crate) struct Certified {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: Vec<u8>,
}

impl Certified {
    /// As a PEM key store holds it.
    pub(crate) fn store(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    fn certify(&self, name: &str, use_for: ExtendedKeyUsagePurpose, hosts: &[&str]) -> Certified {
        let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![use_for];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().to_vec(),
        }
    }

    /// For a server on this machine.
    pub(crate) fn server(&self, name: &str) -> Certified {
        let hosts = ["localhost", "127.0.0.1"];
        self.certify(name, ExtendedKeyUsagePurpose::ServerAuth, &hosts)
    }

    /// For a user.
    pub(crate) fn client(&self, name: &str) -> Certified {
        self.certify(name, ExtendedKeyUsagePurpose::ClientAuth, &[])
    }
}

/// A server with real sockets.
pub(crate) struct Street {
    pub(crate) app: Arc<App>,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) desk: Desk,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl World {
    /// Writes a file into the world's folder, in one step.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        let beside = self.folder.path().join(format!("{name}.new"));
        std::fs::write(&beside, content).unwrap();
        std::fs::rename(beside, &path).unwrap();
        path
    }

    /// One https listener with this key store.
    pub(crate) fn https(&mut self, keystore: &str) -> &mut Self {
        let server = "confluent.metadata.server";
        let path = self.file("server.pem", keystore);
        self.set(&format!("{server}.listeners"), "https://127.0.0.1:0")
            .set(&format!("{server}.ssl.keystore.type"), "PEM")
            .set(
                &format!("{server}.ssl.keystore.location"),
                path.to_str().unwrap(),
            )
            .set("openmds.ssl.reload.interval.ms", "20")
    }

    /// Certificates of clients from this authority are asked for.
    pub(crate) fn ask_clients(&mut self, how: &str, authority: &str) -> &mut Self {
        let server = "confluent.metadata.server";
        let path = self.file("clients.pem", authority);
        self.set(&format!("{server}.ssl.client.authentication"), how)
            .set(
                &format!("{server}.ssl.truststore.location"),
                path.to_str().unwrap(),
            )
    }

    /// Starts a server and opens its doors.
    pub(crate) async fn open(&self) -> Street {
        let desk = self.start().await;
        let app = Arc::clone(&desk.app);
        let doors = Doors::bind(&app.settings.listeners).unwrap();
        let listeners = doors.listeners();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = doors.serve(Arc::clone(&app), async {
            let _dropped = stopped.await;
        });
        Street {
            addresses: listeners.iter().map(|one| one.address).collect(),
            desk,
            app,
            stop: Some(stop),
            serving: tokio::spawn(async { serving.await.unwrap() }),
        }
    }
}

impl Street {
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = self.app.settings.listeners[0].scheme.as_str();
        format!("{scheme}://{}{path}", self.addresses[0])
    }

    /// Closes the doors and ends the server.
    pub(crate) async fn close(mut self) {
        self.stop().await.unwrap();
        drop(self.app);
        self.desk.kill().await;
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&mut self) -> &mut JoinHandle<()> {
        drop(self.stop.take());
        &mut self.serving
    }
}
