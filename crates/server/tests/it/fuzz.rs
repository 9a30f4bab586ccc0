//! The fuzz targets' checks of what the server reads, on their corpus and on arbitrary bytes, so that what fuzzing once found stays
//! found without a nightly compiler.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use openmds_server::provider::Expected;
use openmds_server::tokens::{SigningAlgorithm, generate};
use proptest::prelude::*;

#[path = "../../../../fuzz/checks/bodies.rs"]
mod bodies;
#[path = "../../../../fuzz/checks/certificate.rs"]
mod certificate;
#[path = "../../../../fuzz/checks/join.rs"]
mod join;
#[path = "../../../../fuzz/checks/jwk.rs"]
mod jwk;
#[path = "../../../../fuzz/checks/oauth.rs"]
mod oauth;
#[path = "../../../../fuzz/checks/provider.rs"]
mod provider;
#[path = "../../../../fuzz/checks/token.rs"]
mod token;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let entries = fs::read_dir(directory).unwrap();
    let corpus: Vec<Vec<u8>> = entries
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(corpus.len() >= 8, "{target}: {}", corpus.len());
    corpus
}

/// A provider's key set, and a token that it signed.
fn signed_by_a_provider() -> &'static (String, String) {
    static SIGNED: OnceLock<(String, String)> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let key = generate(&path, SigningAlgorithm::Es256).unwrap();
        let private = EncodingKey::from_ec_pem(&fs::read(path).unwrap()).unwrap();
        let claims = serde_json::json!({
            "iss": "https://idp.example.org", "sub": "robot", "aud": ["openmds"],
            "groups": ["robots", ""], "exp": 1_800_000_100,
        });
        let header = Header::new(Algorithm::ES256);
        let token = jsonwebtoken::encode(&header, &claims, &private).unwrap();
        (key.jwks(), token)
    })
}

fn expected() -> Expected {
    Expected {
        issuer: "https://idp.example.org".to_string(),
        audiences: vec!["openmds".to_string()],
        user_claim: "sub".to_string(),
        groups_claim: "groups".to_string(),
        leeway: 0,
    }
}

#[test]
fn the_corpus() {
    corpus("bodies")
        .iter()
        .for_each(|bytes| bodies::check(bytes));
    corpus("certificate")
        .iter()
        .for_each(|bytes| certificate::check(bytes));
    corpus("join").iter().for_each(|bytes| join::check(bytes));
    corpus("jwk").iter().for_each(|bytes| jwk::check(bytes));
    corpus("oauth").iter().for_each(|bytes| oauth::check(bytes));
    corpus("provider")
        .iter()
        .for_each(|bytes| provider::check(bytes));
    corpus("token").iter().for_each(|bytes| token::check(bytes));
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        bodies::check(&bytes);
        certificate::check(&bytes);
        join::check(&bytes);
        jwk::check(&bytes);
        oauth::check(&bytes);
        provider::check(&bytes);
        token::check(&bytes);
    }

    #[test]
    fn a_form_with_one_byte_changed(mut bytes in prop::sample::select(corpus("oauth")), at: prop::sample::Index, byte: u8) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        oauth::check(&bytes);
    }

    #[test]
    fn any_form(names in prop::collection::vec("grant_type|assertion|client_id|scope|[a-z%+=]{0,4}", 0..5), values in prop::collection::vec("[a-z%+=0-9A-F&.:]{0,12}", 5)) {
        let pairs: Vec<String> = names.iter().zip(&values).map(|(name, value)| format!("{name}={value}")).collect();
        oauth::check(pairs.join("&").as_bytes());
    }

    #[test]
    fn a_providers_document_with_one_byte_changed(mut bytes in prop::sample::select(corpus("provider")), at: prop::sample::Index, byte: u8) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        provider::check(&bytes);
    }

    #[test]
    fn a_providers_token_changed_anywhere_proves_nobody(at: prop::sample::Index, byte in "[A-Za-z0-9_.-]") {
        let (set, token) = signed_by_a_provider();
        provider::check(format!("{set}\0{token}").as_bytes());
        let keys = openmds_server::provider::key_set(set.as_bytes()).unwrap();
        prop_assert!(expected().check_with(&keys.keys, token, 1_800_000_000).is_ok());
        let at = at.index(token.len());
        let changed = format!("{}{byte}{}", &token[..at], &token[at + 1..]);
        provider::check(format!("{set}\0{changed}").as_bytes());
        // The last digits of a signature may hold bits that mean nothing.
        if changed != *token && at + 1 < token.len() {
            prop_assert!(expected().check_with(&keys.keys, &changed, 1_800_000_000).is_err());
        }
    }

    #[test]
    fn a_body_with_one_byte_changed(mut bytes in prop::sample::select(corpus("bodies")), at: prop::sample::Index, byte: u8) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bodies::check(&bytes);
    }

    #[test]
    fn a_body_cut_and_joined(mut bytes in prop::sample::select(corpus("bodies")), from: prop::sample::Index, to: prop::sample::Index) {
        let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        bytes.drain(from.min(to)..from.max(to));
        bodies::check(&bytes);
    }

    #[test]
    fn a_request_to_join_with_one_byte_changed(mut bytes in prop::sample::select(corpus("join")), at: prop::sample::Index, byte: u8) {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        join::check(&bytes);
    }

    #[test]
    fn any_certificate_with_one_byte_changed(name in "[a-z ,=+]{1,20}", at: prop::sample::Index, byte: u8) {
        let mut parameters = rcgen::CertificateParams::new(vec!["a".to_string()]).unwrap();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = rcgen::KeyPair::generate().unwrap();
        let mut der = parameters.self_signed(&key).unwrap().der().to_vec();
        certificate::check(&der);
        let at = at.index(der.len());
        der[at] = byte;
        certificate::check(&der);
    }

    #[test]
    fn any_rules(rules in "(RULE:[a-c(|)*$.^/\\\\]{0,20}(/[a-c$0-9]{0,4}/[LU]?)?,?|DEFAULT,?){0,3}", name in "[a-c,=]{0,20}") {
        certificate::check(format!("{rules}\0{name}").as_bytes());
    }

    #[test]
    fn a_key_of_any_members(kty in "RSA|EC|oct|OKP", crv in "P-256|P-384|Ed25519", members in prop::collection::btree_map("[nexyd]", "[A-Za-z0-9_-]{0,50}", 0..5)) {
        let mut members = members;
        members.extend([("kty".to_string(), kty), ("crv".to_string(), crv)]);
        jwk::check(serde_json::to_string(&members).unwrap().as_bytes());
    }
}
