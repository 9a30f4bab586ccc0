//! A listener, step by step: each one on a connection of its own, so that none disturbs the next.

use super::deadline::Deadline;
use super::dial::dial;
use super::login;
use super::session::Session;
use super::tls::TlsClient;
use crate::{Connection, HostPort, HostProbe, KafkaError, ProbeStep};

/// Follows one address as far as it leads.
pub(super) async fn probe(at: &HostPort, connection: &Connection) -> HostProbe {
    HostProbe {
        address: at.clone(),
        failure: follow(at, connection).await.err(),
    }
}

async fn follow(at: &HostPort, connection: &Connection) -> Result<(), (ProbeStep, KafkaError)> {
    let deadline = Deadline::after(connection.timeout);
    let failed = |step| move |error| (step, error);
    dial(at, None, &deadline)
        .await
        .map_err(failed(ProbeStep::Connect))?;
    let tls = TlsClient::new(connection).map_err(failed(ProbeStep::Tls))?;
    let tls = tls.as_ref();
    let mut session = match Session::greet(at, connection, tls, &deadline).await {
        Ok(session) => session,
        Err(error) => return Err(explained(at, connection, error, tls.is_some(), &deadline).await),
    };
    if !connection.protocol.uses_sasl() {
        return Ok(());
    }
    if let Some(sasl) = &connection.sasl {
        login::agree(&mut session, sasl.mechanism(), &deadline)
            .await
            .map_err(failed(ProbeStep::Mechanism))?;
    }
    Session::open(at, connection, tls, &deadline)
        .await
        .map(drop)
        .map_err(failed(ProbeStep::Login))
}

/// A failure before anything of Kafka was heard: what does the listener speak instead?
async fn explained(
    at: &HostPort,
    connection: &Connection,
    error: KafkaError,
    with_tls: bool,
    deadline: &Deadline,
) -> (ProbeStep, KafkaError) {
    if !with_tls {
        return (ProbeStep::Protocol, error);
    }
    let KafkaError::Tls { address, reason } = error else {
        return (ProbeStep::Protocol, error);
    };
    let reason = match Session::greet(at, connection, None, deadline).await {
        Ok(_) => "it answers Kafka's protocol without TLS: this is a listener for PLAINTEXT or \
                  SASL_PLAINTEXT"
            .to_owned(),
        Err(_) => reason,
    };
    (ProbeStep::Tls, KafkaError::Tls { address, reason })
}
