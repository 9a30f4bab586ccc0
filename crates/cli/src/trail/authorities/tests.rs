use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
};

use super::*;

const STATEMENT: &str = "openmds-checkpoint-v1\nc/broker-1\n1767225600000\n7\nhash";
const NOW_MS: i64 = 1_767_225_600_000;

/// An authority, a file with its certificate, and nodes that it certifies.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

/// A node's certificate and key.
struct Node {
    pem: String,
    fingerprint: String,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    fn node(&self, uri: Option<&str>) -> Node {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let uri = uri.map(|uri| SanType::URI(uri.try_into().unwrap()));
        params.subject_alt_names = uri.into_iter().collect();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate.der());
        Node {
            pem: certificate.pem(),
            fingerprint: digest
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            key,
        }
    }

    fn trusted(&self, distrusted: &[String]) -> Authorities {
        Authorities::read(self.file.path(), distrusted).unwrap()
    }
}

impl Node {
    fn sign(&self, statement: &str) -> String {
        let der = self.key.serialize_der();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der).unwrap();
        let signature = key
            .sign(&SystemRandom::new(), statement.as_bytes())
            .unwrap();
        STANDARD.encode(signature.as_ref())
    }

    fn checked(&self, by: &Authorities, emitter: &str, statement: &str, signature: &str) -> String {
        let checked = by.check(&SignedStatement {
            emitter,
            statement,
            signature,
            fingerprint: &self.fingerprint,
            certificate: Some(&self.pem),
            time_ms: NOW_MS,
        });
        checked.err().unwrap_or_else(|| "good".to_owned())
    }
}

#[test]
fn a_node_vouches_for_itself_alone() {
    let authority = Authority::new();
    let node = authority.node(Some("openmds:cluster:c:node:1"));
    let trusted = authority.trusted(&[]);
    let signature = node.sign(STATEMENT);
    let checked = |emitter, statement: &str| node.checked(&trusted, emitter, statement, &signature);
    assert_eq!(checked("c/broker-1", STATEMENT), "good");
    assert_eq!(checked("c/controller-1", STATEMENT), "good");
    let neighbour = checked("c/broker-2", STATEMENT);
    assert!(
        neighbour.contains("that of openmds:cluster:c:node:1, not of c/broker-2"),
        "{neighbour}"
    );
    assert!(checked("d/broker-1", STATEMENT).contains("not of d/broker-1"));
    assert!(checked("c/server-1", STATEMENT).contains("not of c/server-1"));
    assert!(checked("c/broker-1", "another").contains("does not fit"));
    let nobody = authority.node(None);
    let signature = nobody.sign(STATEMENT);
    let checked = |emitter| nobody.checked(&trusted, emitter, STATEMENT, &signature);
    assert!(checked("c/broker-1").contains("not that of openmds:cluster:c:node:1"));
    assert!(checked("c/server-1").contains("not that of openmds:server:1"));
    assert_eq!(checked("c/another-1"), "good");
}

#[test]
fn a_server_vouches_for_itself_alone() {
    let authority = Authority::new();
    let server = authority.node(Some("openmds:server:d2e5e004-e52b"));
    let trusted = authority.trusted(&[]);
    let signature = server.sign(STATEMENT);
    let checked = |emitter| server.checked(&trusted, emitter, STATEMENT, &signature);
    // Whatever its home cluster is.
    assert_eq!(checked("c/server-d2e5e004-e52b"), "good");
    assert_eq!(checked("unknown/server-d2e5e004-e52b"), "good");
    for other in ["c/server-d2e5e004", "c/broker-1", "d2e5e004-e52b"] {
        let said = format!("that of openmds:server:d2e5e004-e52b, not of {other}");
        assert!(checked(other).contains(&said), "{other}");
    }
}

#[test]
fn others_authorities_and_distrusted_certificates_do_not_count() {
    let (authority, other) = (Authority::new(), Authority::new());
    let node = authority.node(Some("openmds:cluster:c:node:1"));
    let signature = node.sign(STATEMENT);
    let checked = |by: &Authorities| node.checked(by, "c/broker-1", STATEMENT, &signature);
    assert!(checked(&other.trusted(&[])).contains("no authority of --ca"));
    let fingerprint = node.fingerprint.to_uppercase();
    let always = authority.trusted(std::slice::from_ref(&fingerprint));
    assert!(checked(&always).contains("distrusted"));
    let before = authority.trusted(&[format!("{fingerprint}@2026-01-01")]);
    assert!(
        checked(&before).contains("distrusted"),
        "from that moment on"
    );
    let later = authority.trusted(&[format!("{fingerprint}@2026-01-01T00:00:01Z")]);
    assert_eq!(checked(&later), "good");
}

#[test]
fn what_cannot_be_used_is_said() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    let failed = |distrusted: &[&str]| {
        let distrusted: Vec<_> = distrusted.iter().map(|text| (*text).to_owned()).collect();
        let authority = Authority::new();
        Authorities::read(authority.file.path(), &distrusted)
            .err()
            .unwrap()
    };
    assert_eq!(failed(&["abc"]).exit_code(), 2);
    assert_eq!(
        failed(&[&format!("{}@soon", "0".repeat(64))]).exit_code(),
        2
    );
    let failure = Authorities::read(empty.path(), &[]).err().unwrap();
    assert!(
        failure.message().contains("no certificate"),
        "{}",
        failure.message()
    );
}
