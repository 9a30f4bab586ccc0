//! What a failed TLS handshake means for an operator.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};

use crate::{HostPort, KafkaError};

const WRONG_LISTENER: &str = "is this a TLS listener? Check the port and security.protocol";

/// The handshake's error as ours.
pub(super) fn explain(at: &HostPort, error: &io::Error) -> KafkaError {
    let cause = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    let reason = match cause {
        Some(cause) => explain_tls(at, cause),
        None => format!("the connection broke off in the handshake ({error}); {WRONG_LISTENER}"),
    };
    KafkaError::Tls {
        address: at.to_string(),
        reason,
    }
}

/// An alert that the broker sends after our side of a TLS 1.3 handshake was done.
pub(super) fn explain_late(at: &HostPort, error: &io::Error) -> Option<KafkaError> {
    let cause = error.get_ref()?.downcast_ref::<Error>()?;
    Some(KafkaError::Tls {
        address: at.to_string(),
        reason: explain_tls(at, cause),
    })
}

fn explain_tls(at: &HostPort, cause: &Error) -> String {
    match cause {
        Error::InvalidCertificate(problem) => explain_certificate(at, problem),
        Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::AccessDenied,
        ) => format!(
            "the broker wants a client certificate that it trusts ({cause}); check \
             ssl.keystore.location here and the broker's ssl.truststore"
        ),
        Error::InvalidMessage(_) => {
            format!("the answer is not TLS ({cause}); {WRONG_LISTENER}")
        }
        other => format!("{other}; compare TLS versions and cipher suites of both sides"),
    }
}

fn explain_certificate(at: &HostPort, problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "its certificate is not trusted: no authority in our ssl.truststore signed it; put the \
             authority of this cluster there"
                .to_owned()
        }
        CertificateError::NotValidForName => format!(
            "its certificate is not for the host name {}; connect by a name in the certificate, or \
             have one issued with this name",
            at.host
        ),
        CertificateError::NotValidForNameContext { presented, .. } => format!(
            "its certificate is not for the host name {}, but for {}; connect by such a name, or \
             have a certificate issued with this one",
            at.host,
            names(presented)
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("its certificate has expired ({problem}); renew it, or set this host's clock")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!(
                "its certificate is not valid yet ({problem}); compare the clocks of both hosts"
            )
        }
        other => format!("its certificate cannot be accepted ({other}); have a new one issued"),
    }
}

/// rustls gives names such as `DnsName("localhost")`.
fn names(presented: &[String]) -> String {
    let inner = |name: &String| {
        let inner = name
            .split_once('(')
            .and_then(|(_, rest)| rest.strip_suffix(')'));
        inner.unwrap_or(name).trim_matches('"').to_owned()
    };
    match presented {
        [] => "no name at all".to_owned(),
        _ => presented.iter().map(inner).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(cause: Error) -> String {
        let at = "kafka-1:9093".parse().unwrap();
        explain(&at, &io::Error::new(io::ErrorKind::InvalidData, cause)).to_string()
    }

    #[test]
    fn distinguishes_trust_name_and_client_certificate() {
        let certificate = |problem| explained(Error::InvalidCertificate(problem));
        assert!(certificate(CertificateError::UnknownIssuer).contains("is not trusted"));
        assert!(certificate(CertificateError::NotValidForName).contains("host name kafka-1"));
        assert!(certificate(CertificateError::Expired).contains("expired"));
        let alert = explained(Error::AlertReceived(AlertDescription::CertificateRequired));
        assert!(alert.contains("client certificate"), "{alert}");
        assert!(alert.contains("kafka-1:9093"), "{alert}");
    }

    #[test]
    fn the_names_in_a_certificate_are_shown_plainly() {
        let presented = ["IpAddress(127.0.0.1)", "DnsName(\"localhost\")", "x"].map(str::to_owned);
        assert_eq!(names(&presented), "127.0.0.1, localhost, x");
        assert_eq!(names(&[]), "no name at all");
    }

    #[test]
    fn a_connection_that_breaks_off_points_at_the_listener() {
        let at = "kafka-1:9093".parse().unwrap();
        let message = explain(&at, &io::ErrorKind::UnexpectedEof.into()).to_string();
        assert!(message.contains("security.protocol"), "{message}");
    }
}
