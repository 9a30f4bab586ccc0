//! TLS on real sockets: what is offered, whose certificates count, and new ones under a running
//! server.

use std::sync::Arc;

use reqwest::{Certificate, Client, ClientBuilder, Identity};
use rustls::crypto::aws_lc_rs::{cipher_suite, default_provider, kx_group};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::desk::eventually;
use crate::street::{Authority, Street};
use crate::world::World;

const ROLES: &str = "/security/1.0/roleNames";

fn builder(authority: &Authority) -> ClientBuilder {
    let trusted = Certificate::from_pem(authority.pem.as_bytes()).unwrap();
    Client::builder().no_proxy().tls_certs_only([trusted])
}

fn client(authority: &Authority) -> Client {
    builder(authority).build().unwrap()
}

fn client_with(authority: &Authority, identity: &str) -> Client {
    let identity = Identity::from_pem(identity.as_bytes()).unwrap();
    builder(authority).identity(identity).build().unwrap()
}

async fn status(client: &Client, url: String) -> Result<u16, reqwest::Error> {
    let request = client.get(url).basic_auth("bob", Some("bob-secret"));
    Ok(request.send().await?.status().as_u16())
}

/// A connection, if the two find a common language.
async fn connect(
    street: &Street,
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
    change: impl FnOnce(&mut rustls::crypto::CryptoProvider),
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let trusted = CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap();
    roots.add(trusted).unwrap();
    let mut provider = default_provider();
    change(&mut provider);
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tcp = TcpStream::connect(street.addresses[0]).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    Ok(stream)
}

/// The certificate that the server shows, and the suite.
async fn handshake(
    street: &Street,
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
    change: impl FnOnce(&mut rustls::crypto::CryptoProvider),
) -> std::io::Result<(Vec<u8>, String)> {
    let stream = connect(street, authority, version, change).await?;
    let session = stream.get_ref().1;
    let suite = session.negotiated_cipher_suite().unwrap().suite();
    let shown = session.peer_certificates().unwrap();
    Ok((shown[0].to_vec(), format!("{suite:?}")))
}

#[tokio::test]
async fn both_versions_and_what_fips_allows_are_offered() {
    let authority = Authority::new("root");
    let mut world = World::new();
    world.https(&authority.server("mds").store());
    let street = world.open().await;
    for version in [&version::TLS12, &version::TLS13] {
        handshake(&street, &authority, version, |_| ())
            .await
            .unwrap();
    }
    let suites = [
        (
            &version::TLS12,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        ),
        (
            &version::TLS12,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        ),
        (&version::TLS13, cipher_suite::TLS13_AES_128_GCM_SHA256),
        (&version::TLS13, cipher_suite::TLS13_AES_256_GCM_SHA384),
    ];
    for (version, suite) in suites {
        for group in [kx_group::SECP256R1, kx_group::SECP384R1] {
            let found = handshake(&street, &authority, version, |provider| {
                provider.cipher_suites = vec![suite];
                provider.kx_groups = vec![group];
            });
            assert_eq!(found.await.unwrap().1, format!("{:?}", suite.suite()));
        }
    }
}

#[tokio::test]
async fn versions_and_suites_can_be_narrowed() {
    let authority = Authority::new("root");
    let mut world = World::new();
    let server = "confluent.metadata.server.ssl";
    world
        .https(&authority.server("mds").store())
        .set(&format!("{server}.enabled.protocols"), "TLSv1.3")
        .set(&format!("{server}.cipher.suites"), "TLS_AES_256_GCM_SHA384");
    let street = world.open().await;
    let refused = handshake(&street, &authority, &version::TLS12, |_| ()).await;
    assert!(refused.is_err());
    let (_, suite) = handshake(&street, &authority, &version::TLS13, |_| ())
        .await
        .unwrap();
    assert_eq!(suite, "TLS13_AES_256_GCM_SHA384");
}

#[tokio::test]
async fn new_certificates_are_noticed_and_broken_ones_are_not_taken() {
    let authority = Authority::new("root");
    let (first, second) = (authority.server("first"), authority.server("second"));
    let mut world = World::new();
    world.https(&first.store());
    let street = world.open().await;
    let shown = async || {
        let found = handshake(&street, &authority, &version::TLS13, |_| ()).await;
        found.unwrap().0
    };
    assert_eq!(shown().await, first.der);
    // Keys that do not fit, half a file, no file: the old certificate stays.
    let broken = [
        format!("{}{}", second.certificate, first.key),
        second.certificate.clone(),
        String::new(),
    ];
    for content in broken {
        world.file("server.pem", content);
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        assert_eq!(shown().await, first.der);
    }
    world.file("server.pem", second.store());
    let (shown, wanted) = (&shown, &second.der);
    eventually("the new certificate is shown", || async move {
        (shown().await == *wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_requested_certificate_may_be_absent_or_unknown() {
    let (authority, other) = (Authority::new("root"), Authority::new("other"));
    let mut world = World::new();
    world
        .https(&authority.server("mds").store())
        .ask_clients("REQUESTED", &authority.pem);
    let street = world.open().await;
    let known = client_with(&authority, &authority.client("alice").store());
    let unknown = client_with(&authority, &other.client("alice").store());
    for client in [client(&authority), known, unknown] {
        let answered = status(&client, street.url(ROLES)).await.unwrap();
        assert_eq!(answered, 200, "a password counts beside any certificate");
    }
    let unknown = client_with(&authority, &other.client("alice").store());
    let refused = unknown.get(street.url(ROLES)).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let body: Value = refused.json().await.unwrap();
    let message = body["message"].as_str().unwrap();
    assert!(
        message.contains("the client certificate that was shown is not trusted here"),
        "{message}"
    );
}

#[tokio::test]
async fn a_required_certificate_must_come_from_a_known_authority() {
    let (authority, other) = (Authority::new("root"), Authority::new("other"));
    let mut world = World::new();
    world
        .https(&authority.server("mds").store())
        .ask_clients("REQUIRED", &authority.pem);
    let street = world.open().await;
    let known = client_with(&authority, &authority.client("alice").store());
    assert_eq!(status(&known, street.url(ROLES)).await.unwrap(), 200);
    let unknown = client_with(&authority, &other.client("alice").store());
    for client in [client(&authority), unknown] {
        assert!(status(&client, street.url(ROLES)).await.is_err());
    }
}

#[tokio::test]
async fn http_2_is_spoken_where_it_was_agreed_on() {
    let authority = Authority::new("root");
    let mut world = World::new();
    world.https(&authority.server("mds").store());
    let street = world.open().await;
    let mut stream = connect(&street, &authority, &version::TLS13, |_| ())
        .await
        .unwrap();
    // The client's preface and an empty SETTINGS frame; the server's own SETTINGS come back.
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3..], [4, 0, 0, 0, 0, 0]);
    let answer = client(&authority).get(street.url("/v1/metadata/id")).send();
    let body: Value = answer.await.unwrap().json().await.unwrap();
    assert_eq!(body["id"], "home-id");
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_takes_nobody_in() {
    let mut world = World::new();
    world.set("confluent.metadata.server.listeners", "http://127.0.0.1:0");
    let mut street = world.open().await;
    let url = street.url("/v1/metadata/id");
    let client = Client::builder().no_proxy().build().unwrap();
    assert!(client.get(&url).send().await.unwrap().status().is_success());
    street.stop().await.unwrap();
    assert!(client.get(&url).send().await.is_err());
}

/// A store as the JDK writes it serves as well as PEM.
#[tokio::test]
async fn a_listener_shows_the_certificate_of_a_jks_store() {
    let mut world = World::new();
    let server = "confluent.metadata.server.ssl";
    let store = world.folder.path().join("server.jks");
    let made = std::process::Command::new("keytool")
        .args(["-genkeypair", "-keyalg", "EC", "-groupname", "secp384r1"])
        .args([
            "-alias",
            "mds",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost",
        ])
        .args([
            "-storetype",
            "JKS",
            "-storepass",
            "store-secret",
            "-keystore",
        ])
        .arg(&store)
        .output()
        .expect("keytool is part of the JDK");
    assert!(made.status.success(), "{made:?}");
    world
        .set("confluent.metadata.server.listeners", "https://127.0.0.1:0")
        .set(
            &format!("{server}.keystore.location"),
            store.to_str().unwrap(),
        )
        .set(&format!("{server}.keystore.password"), "store-secret");
    let street = world.open().await;
    let client = Client::builder()
        .no_proxy()
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap();
    assert_eq!(status(&client, street.url(ROLES)).await.unwrap(), 200);
}
