//! The fuzz targets' checks of what the server reads, on their corpus and on arbitrary bytes, so that what fuzzing once found stays
//! found without a nightly compiler.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

#[path = "../../../../fuzz/checks/bodies.rs"]
mod bodies;
#[path = "../../../../fuzz/checks/certificate.rs"]
mod certificate;
#[path = "../../../../fuzz/checks/jwk.rs"]
mod jwk;
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

#[test]
fn the_corpus() {
    corpus("bodies")
        .iter()
        .for_each(|bytes| bodies::check(bytes));
    corpus("certificate")
        .iter()
        .for_each(|bytes| certificate::check(bytes));
    corpus("jwk").iter().for_each(|bytes| jwk::check(bytes));
    corpus("token").iter().for_each(|bytes| token::check(bytes));
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        bodies::check(&bytes);
        certificate::check(&bytes);
        jwk::check(&bytes);
        token::check(&bytes);
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
