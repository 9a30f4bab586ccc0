//! Stores as the JDK's own `keytool` writes them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use openmds_kafka::{PropertyContext, Tls, connection_from_properties};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

const STORE: &str = "store-secret";
const OWN: &str = "key-secret";

fn run(program: &str, folder: &Path, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program} (part of the JDK): {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{arguments:?}: {said}");
}

/// A store with a key and a certificate authority, as in a broker's own files.
fn make(folder: &Path, kind: &str, key_password: &str, algorithm: &[&str]) {
    let store = [
        "-storetype",
        kind,
        "-keystore",
        "store",
        "-storepass",
        STORE,
    ];
    for alias in ["second", "first"] {
        let name = format!("CN={alias}");
        let mut arguments = vec!["-genkeypair", "-alias", alias, "-dname", &name];
        arguments.extend(["-keypass", key_password]);
        arguments.extend(algorithm);
        arguments.extend(store);
        run("keytool", folder, &arguments);
    }
    let file = ["-alias", "first", "-file", "first.pem", "-rfc"];
    run(
        "keytool",
        folder,
        &[&["-exportcert"][..], &file, &store].concat(),
    );
    let trust = [
        "-storetype",
        kind,
        "-keystore",
        "trust",
        "-storepass",
        STORE,
    ];
    let import = [
        "-importcert",
        "-noprompt",
        "-alias",
        "ca",
        "-file",
        "first.pem",
    ];
    run("keytool", folder, &[&import[..], &trust].concat());
}

fn read(folder: &Path, pairs: &[(&str, &str)]) -> Result<Tls, Vec<String>> {
    let mut properties = BTreeMap::from([
        ("bootstrap.servers".to_owned(), "a:1".to_owned()),
        ("security.protocol".to_owned(), "SSL".to_owned()),
    ]);
    for (name, value) in pairs {
        let value = if name.ends_with(".location") {
            folder.join(value).to_str().unwrap().to_owned()
        } else {
            (*value).to_owned()
        };
        properties.insert((*name).to_owned(), value);
    }
    let context = PropertyContext {
        prefix: String::new(),
        client_id: "test".to_owned(),
        token_source: None,
        timeout: Duration::from_secs(1),
    };
    connection_from_properties(&properties, &context)
        .map(|connection| connection.tls)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// The leaf, and whether certificate and key belong together.
fn leaf(tls: &Tls) -> (Vec<u8>, bool) {
    let (chain, key) = tls.client_certificate_pem.as_ref().unwrap();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.expose_secret()).unwrap();
    let leaf = chain.first().unwrap().to_vec();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let fits = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .is_ok();
    (leaf, fits)
}

fn der(folder: &Path, name: &str) -> Vec<u8> {
    let pem = std::fs::read(folder.join(name)).unwrap();
    CertificateDer::from_pem_slice(&pem).unwrap().to_vec()
}

const RSA: [&str; 4] = ["-keyalg", "RSA", "-keysize", "2048"];
const EC: [&str; 4] = ["-keyalg", "EC", "-groupname", "secp256r1"];

#[test]
fn the_jdks_stores_are_read() {
    for (kind, own, algorithm) in [("JKS", OWN, EC), ("JKS", STORE, RSA), ("PKCS12", STORE, EC)] {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        make(folder, kind, own, &algorithm);
        // Java takes either kind under either name; without a type the content decides.
        for said in [None, Some("JKS"), Some("PKCS12")] {
            let mut pairs = vec![
                ("ssl.keystore.location", "store"),
                ("ssl.keystore.password", STORE),
                ("ssl.key.password", own),
                ("ssl.truststore.location", "trust"),
                ("ssl.truststore.password", STORE),
            ];
            if let Some(said) = said {
                pairs.extend([("ssl.keystore.type", said), ("ssl.truststore.type", said)]);
            }
            let tls = read(folder, &pairs).unwrap();
            let trusted = CertificateDer::from_pem_slice(&tls.trusted_ca_pem.clone().unwrap());
            assert_eq!(trusted.unwrap().to_vec(), der(folder, "first.pem"));
            assert_eq!(leaf(&tls), (der(folder, "first.pem"), true), "{kind}");
        }
    }
}

#[test]
fn faults_name_property_file_and_reason_and_no_password() {
    for kind in ["JKS", "PKCS12"] {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        let own = if kind == "JKS" { OWN } else { STORE };
        make(folder, kind, own, &EC);
        let store = std::fs::read(folder.join("store")).unwrap();
        std::fs::write(folder.join("half"), &store[..store.len() / 2]).unwrap();
        let trust = [
            ("ssl.truststore.location", "trust"),
            ("ssl.truststore.password", STORE),
        ];
        let key = |file: &'static str, password: &'static str, own: &'static str| {
            let mut pairs = trust.to_vec();
            pairs.push(("ssl.keystore.location", file));
            pairs.push(("ssl.keystore.password", password));
            pairs.push(("ssl.key.password", own));
            pairs
        };
        let mut cases = vec![
            (
                key("store", "wrong-secret", own),
                "ssl.keystore.password: does not open the store",
            ),
            (key("store", "", own), "ssl.keystore.password: is needed"),
            (key("trust", STORE, own), "holds no private key"),
            (
                key("nowhere", STORE, own),
                "ssl.keystore.location: cannot read",
            ),
            (
                vec![
                    ("ssl.truststore.location", "store"),
                    ("ssl.truststore.password", STORE),
                ],
                "holds no trusted certificate",
            ),
            (
                vec![
                    ("ssl.truststore.location", "trust"),
                    ("ssl.truststore.password", "wrong-secret"),
                ],
                "ssl.truststore.password: does not open the store",
            ),
            (
                vec![
                    ("ssl.truststore.location", "first.pem"),
                    ("ssl.truststore.type", kind),
                ],
                "set ssl.truststore.type=PEM",
            ),
            (
                vec![
                    ("ssl.truststore.location", "trust"),
                    ("ssl.truststore.type", "PEM"),
                ],
                "is no PEM file, as ssl.truststore.type says",
            ),
        ];
        if kind == "JKS" {
            cases.push((
                key("store", STORE, "wrong-secret"),
                "ssl.key.password: does not open the private key",
            ));
            cases.push((key("store", STORE, ""), "ssl.key.password: is needed"));
        }
        for (pairs, says) in cases {
            let errors = read(folder, &pairs).unwrap_err();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].contains(says), "{kind}: {says}: {errors:?}");
            assert!(!errors[0].contains("secret"), "{errors:?}");
        }
        let errors = read(folder, &key("half", STORE, own)).unwrap_err();
        assert!(errors[0].contains("half"), "{errors:?}");
    }
}

/// Java reads a trust store without its password, too: it only cannot see that it was changed.
#[test]
fn a_jks_trust_store_needs_no_password() {
    let folder = TempDir::new().unwrap();
    make(folder.path(), "JKS", STORE, &EC);
    let tls = read(folder.path(), &[("ssl.truststore.location", "trust")]).unwrap();
    assert!(tls.trusted_ca_pem.is_some());
}

#[test]
fn private_keys_under_a_password_are_read_from_pem() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let der = certified.cert.der().to_vec();
    let certificate = certified.cert.pem();
    std::fs::write(folder.join("ca.pem"), &certificate).unwrap();
    std::fs::write(
        folder.join("key.pem"),
        certified.signing_key.serialize_pem(),
    )
    .unwrap();
    for (cipher, prf) in [
        ("aes-256-cbc", "hmacWithSHA256"),
        ("aes-128-cbc", "hmacWithSHA1"),
        ("aes-256-cbc", "hmacWithSHA512"),
    ] {
        let password = format!("pass:{OWN}");
        run(
            "openssl",
            folder,
            &[
                "pkcs8",
                "-topk8",
                "-in",
                "key.pem",
                "-out",
                "closed.pem",
                "-passout",
                &password,
                "-v2",
                cipher,
                "-v2prf",
                prf,
            ],
        );
        let closed = std::fs::read_to_string(folder.join("closed.pem")).unwrap();
        assert!(closed.contains("ENCRYPTED"));
        std::fs::write(folder.join("both.pem"), format!("{certificate}{closed}")).unwrap();
        let pairs = |own: &'static str| {
            [
                ("ssl.truststore.location", "ca.pem"),
                ("ssl.keystore.location", "both.pem"),
                ("ssl.key.password", own),
            ]
        };
        assert_eq!(
            leaf(&read(folder, &pairs(OWN)).unwrap()),
            (der.clone(), true)
        );
        let errors = read(folder, &pairs("wrong-secret")).unwrap_err();
        assert_eq!(errors, ["ssl.key.password: does not open the private key"]);
        let errors = read(folder, &pairs("")).unwrap_err();
        assert!(errors[0].contains("set ssl.key.password"), "{errors:?}");
    }
}
