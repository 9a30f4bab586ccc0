//! Trust: servers with certificates, users with certificates.

use std::sync::Arc;

use insta::assert_snapshot;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};
use rustls::RootCertStore;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use crate::desk::Desk;
use crate::stand_in::{Reply, StandIn};

/// A private authority.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, host: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    /// A server for `host` that takes client certificates of this authority.
    async fn server(&self, host: &str) -> StandIn {
        let (certificate, key) = self.issue(host);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .unwrap();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        StandIn::start(Some(TlsAcceptor::from(Arc::new(config)))).await
    }
}

/// The certificate of some private authority.
pub(crate) fn authority_pem() -> String {
    Authority::new("private").0.pem()
}

async fn desk_of(authority: &Authority, host: &str) -> Desk {
    let mut desk = Desk::at(authority.server(host).await);
    desk.know_alice();
    desk.write("ca.pem", authority.0.pem());
    desk
}

#[tokio::test]
async fn an_unknown_authority_is_named_with_the_flag_that_helps() {
    let authority = Authority::new("private");
    let desk = desk_of(&authority, "127.0.0.1").await;
    // Some other authority, so that the outcome is the same on machines without any.
    let other = desk.write("other.pem", Authority::new("another").0.pem());
    let url = desk.server.url.clone();
    let outcome = desk
        .run(&format!(
            "login --url {url} --certificate-authority-path {other}"
        ))
        .await;
    assert_snapshot!(outcome, @r#"
    exit code: 1
    --- stderr ---
    Error: the certificate of https://[SERVER] is not trusted: it is signed by an unknown authority

    Suggestions:
        Log in again with --certificate-authority-path FILE (or OPENMDS_CA=FILE), the authority that signed the server's certificate
    "#);
    assert_eq!(desk.server.log_ins(), 0);
    let outcome = desk.run(&format!("login --url {url}")).await;
    assert!(
        outcome.contains("--certificate-authority-path FILE (or OPENMDS_CA=FILE)"),
        "{outcome}"
    );
}

#[tokio::test]
async fn the_authority_is_remembered() {
    let authority = Authority::new("private");
    let desk = desk_of(&authority, "127.0.0.1").await;
    let (url, ca) = (
        desk.server.url.clone(),
        desk.file("ca.pem").display().to_string(),
    );
    assert_eq!(
        desk.run(&format!(
            "login --url {url} --certificate-authority-path {ca}"
        ))
        .await,
        "exit code: 0\n"
    );
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, "[]"),
    );
    assert_eq!(
        desk.run("cluster list -o json").await,
        "exit code: 0\n--- stdout ---\n[]\n"
    );
    assert_eq!(desk.run("login").await, "exit code: 0\n");
}

#[tokio::test]
async fn the_authority_may_come_from_the_environment() {
    let authority = Authority::new("private");
    for variable in [
        "OPENMDS_CA",
        "CONFLUENT_PLATFORM_CERTIFICATE_AUTHORITY_PATH",
    ] {
        let mut desk = desk_of(&authority, "127.0.0.1").await;
        let ca = desk.file("ca.pem").display().to_string();
        desk.variables.insert(variable, ca);
        let url = desk.server.url.clone();
        assert_eq!(
            desk.run(&format!("login --url {url}")).await,
            "exit code: 0\n"
        );
    }
}

#[tokio::test]
async fn another_host_name() {
    let authority = Authority::new("private");
    let desk = desk_of(&authority, "mds.example.com").await;
    let (url, ca) = (
        desk.server.url.clone(),
        desk.file("ca.pem").display().to_string(),
    );
    let outcome = desk
        .run(&format!(
            "login --url {url} --certificate-authority-path {ca}"
        ))
        .await;
    assert_snapshot!(outcome, @r#"
    exit code: 1
    --- stderr ---
    Error: the certificate of https://[SERVER] was issued for another host name

    Suggestions:
        Use the host name that is in the certificate, or have the server's certificate reissued
    "#);
}

#[tokio::test]
async fn files_that_hold_no_certificate() {
    let authority = Authority::new("private");
    let desk = desk_of(&authority, "127.0.0.1").await;
    let url = desk.server.url.clone();
    let text = desk.write("text.pem", "hello");
    assert_snapshot!(desk.run(&format!("login --url {url} --certificate-authority-path {text}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: [DESK]/text.pem holds no certificate in PEM form

    Suggestions:
        Give --certificate-authority-path (or OPENMDS_CA) a file with lines -----BEGIN CERTIFICATE-----
    "#);
    assert_snapshot!(desk.run(&format!("login --url {url} --certificate-authority-path /no/such/file")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: cannot read the certificate authority /no/such/file: No such file or directory (os error 2)

    Suggestions:
        Check the path; the file must be readable by you
    "#);
    let ca = desk.file("ca.pem").display().to_string();
    let command = &format!(
        "login --url {url} --certificate-authority-path {ca} --client-cert-path {ca} --client-key-path {text}"
    );
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 1
    --- stderr ---
    Error: [DESK]/ca.pem and [DESK]/text.pem do not hold a certificate and its private key in PEM form

    Suggestions:
        Check --client-cert-path and --client-key-path; the key must not be encrypted
    "#);
}

#[tokio::test]
async fn plain_http_where_tls_is_expected() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.replace("http://", "https://");
    let ca = desk.write("ca.pem", Authority::new("private").0.pem());
    let outcome = desk
        .run(&format!(
            "login --url {url} --certificate-authority-path {ca}"
        ))
        .await;
    assert_snapshot!(outcome, @r#"
    exit code: 1
    --- stderr ---
    Error: https://[SERVER] does not speak TLS: received corrupt message of type InvalidContentType

    Suggestions:
        If the server listens for plain HTTP on this port, use http:// in the URL
    "#);
}

#[tokio::test]
async fn tls_where_plain_http_is_expected() {
    let desk = desk_of(&Authority::new("private"), "127.0.0.1").await;
    let url = desk.server.url.replace("https://", "http://");
    let outcome = desk.run(&format!("login --url {url}")).await;
    assert!(
        outcome.starts_with("exit code: 1\n--- stderr ---\nError: "),
        "{outcome}"
    );
    let hint = "If the server speaks TLS on this port, use https:// in the URL";
    assert!(outcome.contains(hint), "{outcome}");
}

#[tokio::test]
async fn a_password_log_in_remembers_the_client_certificate() {
    let authority = Authority::new("private");
    let mut desk = desk_of(&authority, "127.0.0.1").await;
    let (certificate, key) = authority.issue("carol");
    let (certificate, key) = (
        desk.write("me.pem", certificate.pem()),
        desk.write("me.key", key.serialize_pem()),
    );
    let (url, ca) = (
        desk.server.url.clone(),
        desk.file("ca.pem").display().to_string(),
    );
    let command = &format!(
        "login --url {url} --certificate-authority-path {ca} --client-cert-path {certificate} --client-key-path {key}"
    );
    assert_eq!(desk.run(command).await, "exit code: 0\n");
    let name = format!("login-alice-{url}?cacertpath={ca}");
    assert_eq!(desk.contexts()["current"], name);
    desk.variables.clear();
    // Without the certificate's key every later command must fail, so it is used.
    std::fs::remove_file(desk.file("me.key")).unwrap();
    let outcome = desk.run("cluster list").await;
    assert!(outcome.contains("cannot read the client key"), "{outcome}");
}

#[tokio::test]
async fn a_certificate_alone_logs_in_and_renews() {
    let authority = Authority::new("private");
    let mut desk = desk_of(&authority, "127.0.0.1").await;
    desk.variables.clear();
    let (certificate, key) = authority.issue("carol");
    let (certificate, key) = (
        desk.write("me.pem", certificate.pem()),
        desk.write("me.key", key.serialize_pem()),
    );
    let (url, ca) = (
        desk.server.url.clone(),
        desk.file("ca.pem").display().to_string(),
    );
    let command = &format!(
        "login --url {url} --certificate-authority-path {ca} --certificate-only --client-cert-path {certificate} --client-key-path {key}"
    );
    assert_eq!(desk.run(command).await, "exit code: 0\n");
    assert!(!desk.server.last_headers().contains("authorization"));
    let kept = desk.contexts()["contexts"].to_string();
    assert!(kept.contains(r#""user":"carol""#), "{kept}");
    assert!(kept.contains(r#""client_cert_path":"#), "{kept}");
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, "[]"),
    );
    desk.server.change_key();
    assert_eq!(
        desk.run("cluster list -o json").await,
        "exit code: 0\n--- stdout ---\n[]\n"
    );
}
