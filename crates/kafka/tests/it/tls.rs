//! TLS: whom we trust, and what we say of the others.

use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{Connection, HostPort, KafkaError, SecurityProtocol, Tls};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::plaintext;
use crate::wire::{answering, failure};

fn with_tls(at: &HostPort, tls: Tls) -> Connection {
    let mut connection = plaintext(std::slice::from_ref(at), Duration::from_secs(5));
    connection.protocol = SecurityProtocol::Ssl;
    connection.tls = tls;
    connection
}

fn trusting(pem: &[u8]) -> Tls {
    Tls {
        trusted_ca_pem: Some(pem.to_vec()),
        ..Tls::default()
    }
}

/// A listener whose certificate is for this name, and the certificate. It reads one request after
/// the handshake and closes.
async fn listener_named(name: &str) -> (HostPort, Vec<u8>) {
    let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let pem = certified.cert.pem().into_bytes();
    let key_pem = certified.signing_key.serialize_pem();
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(tcp).await {
                let mut request = [0; 256];
                let _read = stream.read(&mut request).await;
            }
        }
    });
    (
        HostPort {
            host: "127.0.0.1".into(),
            port,
        },
        pem,
    )
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_trusted() {
    let (at, _pem) = listener_named("127.0.0.1").await;
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let error = failure(&with_tls(&at, trusting(other.cert.pem().as_bytes()))).await;
    assert!(matches!(error, KafkaError::Tls { .. }), "{error}");
    assert!(error.to_string().contains("not trusted"), "{error}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused_unless_names_do_not_matter() {
    let (at, pem) = listener_named("kafka.example").await;
    let error = failure(&with_tls(&at, trusting(&pem))).await.to_string();
    assert!(
        error.contains("not for the host name 127.0.0.1, but for kafka.example"),
        "{error}"
    );
    let any_host = Tls {
        verify_hostname: false,
        ..trusting(&pem)
    };
    let error = failure(&with_tls(&at, any_host)).await;
    assert!(
        matches!(error, KafkaError::Unreachable { .. }),
        "past the handshake: {error}"
    );
}

#[tokio::test]
async fn any_host_is_not_any_authority() {
    let (at, _pem) = listener_named("kafka.example").await;
    let other = rcgen::generate_simple_self_signed(["kafka.example".to_owned()]).unwrap();
    let any_host = Tls {
        verify_hostname: false,
        ..trusting(other.cert.pem().as_bytes())
    };
    let error = failure(&with_tls(&at, any_host)).await.to_string();
    assert!(error.contains("not trusted"), "{error}");
}

#[tokio::test]
async fn tls_without_trust_is_refused_before_connecting() {
    let at = "127.0.0.1:1".parse().unwrap();
    let error = failure(&with_tls(&at, Tls::default())).await;
    assert!(matches!(error, KafkaError::Tls { .. }), "{error}");
    assert!(
        error.to_string().contains("ssl.truststore.location"),
        "{error}"
    );
}

#[tokio::test]
async fn a_plaintext_listener_asked_for_tls_is_told_apart() {
    let authority = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    for bytes in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
        let tls = trusting(authority.cert.pem().as_bytes());
        let error = failure(&with_tls(&answering(bytes).await, tls)).await;
        assert!(matches!(error, KafkaError::Tls { .. }), "{error}");
        assert!(
            error.to_string().contains("is this a TLS listener?"),
            "{error}"
        );
    }
}
