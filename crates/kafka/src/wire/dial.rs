//! From an address to an open stream.

use std::io;
use std::net::IpAddr;

use tokio::net::{TcpStream, lookup_host};

use super::deadline::Deadline;
use super::frame::Stream;
use super::tls::TlsClient;
use crate::{HostPort, KafkaError};

/// Connects, and does the TLS handshake if the listener has one. Tells the address behind the name.
pub(super) async fn dial(
    at: &HostPort,
    tls: Option<&TlsClient>,
    deadline: &Deadline,
) -> Result<(Box<dyn Stream>, IpAddr), KafkaError> {
    let tcp = match deadline.run(connect(at)).await {
        Some(connected) => connected?,
        None => {
            let reason = format!(
                "no answer to the connection attempt within {} ms; is the address right and the \
                 way there open (firewall)?",
                deadline.allowed_ms()
            );
            return Err(unreachable(at, reason));
        }
    };
    // Without this, Nagle's algorithm holds back small requests.
    tcp.set_nodelay(true)
        .map_err(|e| unreachable(at, e.to_string()))?;
    let peer = tcp
        .peer_addr()
        .map_err(|e| unreachable(at, e.to_string()))?;
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(tcp),
        Some(tls) => {
            let shaken = deadline.run(tls.handshake(at, tcp)).await;
            shaken.unwrap_or_else(|| Err(deadline.missed(format!("TLS handshake with {at}"))))?
        }
    };
    Ok((stream, peer.ip()))
}

async fn connect(at: &HostPort) -> Result<TcpStream, KafkaError> {
    let addresses = lookup_host((at.host.as_str(), at.port))
        .await
        .map_err(|error| {
            unreachable(
                at,
                format!("the host name does not resolve ({error}); check its spelling and DNS"),
            )
        })?;
    let mut last = unreachable(at, "the host name has no address; check DNS".to_owned());
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(tcp) => return Ok(tcp),
            Err(error) => last = unreachable(at, why_not(&error)),
        }
    }
    Err(last)
}

fn why_not(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "connection refused; nothing listens there: is the node running, and is the port right?"
                .to_owned()
        }
        io::ErrorKind::TimedOut => {
            "no answer to the connection attempt; is the way there open (firewall)?".to_owned()
        }
        _ => format!("{error}; check the network and the address"),
    }
}

pub(super) fn unreachable(at: &HostPort, reason: String) -> KafkaError {
    KafkaError::Unreachable {
        address: at.to_string(),
        reason,
    }
}
