//! Letting a connection in: room for it, its TLS handshake, and who is at the other end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum_server::accept::Accept;
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::known::Known;
use super::patience::{Patience, Stream};
use super::tls::{Shown, TlsSide};
use crate::config::Limits;
use crate::http::{Peer, RefusedCertificate};

/// The way in through one listener.
#[derive(Clone)]
pub(super) struct Door {
    tls: Option<Arc<ArcSwap<TlsSide>>>,
    room: Arc<Semaphore>,
    head: Duration,
    idle: Duration,
}

impl Door {
    pub(super) fn new(tls: Option<Arc<ArcSwap<TlsSide>>>, limits: &Limits) -> Self {
        Self {
            tls,
            room: Arc::new(Semaphore::new(limits.connections)),
            head: limits.head,
            idle: limits.idle,
        }
    }

    async fn admit<S>(self, tcp: TcpStream, service: S) -> io::Result<(Patience, Known<S>)> {
        let address = tcp.peer_addr()?;
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else {
            tracing::warn!(%address, "a connection was closed at once: openmds.connections.max are open");
            return Err(io::ErrorKind::ConnectionRefused.into());
        };
        // Answers are written in one piece; waiting for more to send only delays them.
        tcp.set_nodelay(true)?;
        let mut peer = Peer {
            address,
            certificate: None,
            node: None,
        };
        let mut refused = None;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(tcp),
            Some(tls) => {
                let side = tls.load_full();
                let acceptor = TlsAcceptor::from(Arc::clone(&side.config));
                let stream = timeout(self.head, acceptor.accept(tcp))
                    .await
                    .map_err(|_| io::ErrorKind::TimedOut.into())
                    .and_then(|ended| ended)
                    .inspect_err(|error| note(address, error))?;
                if let Some(shown) = stream.get_ref().1.peer_certificates() {
                    refused = judge(&side, shown, &mut peer);
                }
                Box::new(stream)
            }
        };
        let known = Known {
            service,
            peer: Arc::new(peer),
            encrypted: self.tls.is_some(),
            refused,
        };
        Ok((Patience::new(stream, self.head, self.idle, room), known))
    }
}

/// Notes whose certificate it is, if it comes from an authority that counts; else says why not.
fn judge(
    side: &TlsSide,
    shown: &[CertificateDer<'_>],
    peer: &mut Peer,
) -> Option<RefusedCertificate> {
    let address = peer.address;
    match side.judge(shown) {
        Shown::User(certificate) => peer.certificate = Some(certificate),
        Shown::Node(certificate) => peer.node = Some(certificate),
        Shown::Unasked(reason) => {
            tracing::debug!(%address, %reason, "a client's certificate counts as none");
            return Some(RefusedCertificate(reason));
        }
        Shown::Unknown(reason) => {
            tracing::warn!(%address, %reason, "a client's certificate is not trusted and counts as none");
            return Some(RefusedCertificate(reason));
        }
    }
    None
}

/// A failed handshake leaves no request to log: what a client did wrong is told here.
fn note(address: SocketAddr, error: &io::Error) {
    let told = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match told {
        Some(rustls::Error::NoCertificatesPresented) => tracing::warn!(
            %address,
            "a client was refused: it showed no certificate, and ssl.client.authentication=REQUIRED demands one"
        ),
        Some(rustls::Error::InvalidCertificate(reason)) => tracing::warn!(
            %address, ?reason,
            "a client was refused: its certificate is not trusted by ssl.truststore"
        ),
        _ => tracing::debug!(%address, %error, "a TLS handshake failed"),
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Door {
    type Stream = Patience;
    type Service = Known<S>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Patience, Known<S>)>> + Send>>;

    fn accept(&self, tcp: TcpStream, service: S) -> Self::Future {
        Box::pin(self.clone().admit(tcp, service))
    }
}
