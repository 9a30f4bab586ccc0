//! What must hold for any bytes taken as the body with which a node joins or renews its certificate, and as the certificate itself. A fuzz target and
//! the tests of the server both call this.

use openmds_api::{JoinRequest, JoinTokenRequest, RenewalRequest};
use openmds_server::enrolment::{JoinToken, NodeCertificate, NodeKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is read is written and read again as the same value.
fn survives<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
    text: &str,
) -> Option<T> {
    let value: T = serde_json::from_str(text).ok()?;
    let written = serde_json::to_string(&value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&written).unwrap(), value);
    Some(value)
}

/// A key that is taken has one fingerprint, and what it is said to have signed is judged without an end.
fn key(public: &str, proof: &str, text: &str) {
    match NodeKey::parse(public) {
        Ok(key) => {
            assert_eq!(
                NodeKey::parse(public).unwrap().fingerprint(),
                key.fingerprint()
            );
            assert_eq!(key.fingerprint().len(), 64);
            if let Err(error) = key.proves(proof, text) {
                assert!(shown(&error.to_string()));
            }
        }
        Err(error) => assert!(shown(&error.to_string())),
    }
}

/// Panics if reading does, if a value changes by being written, if a secret shows in what is logged, or if a refusal cannot be shown in one line.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    survives::<JoinTokenRequest>(&text);
    if let Some(request) = survives::<JoinRequest>(&text) {
        key(&request.public_key, &request.proof, &request.token);
        if let Some(token) = JoinToken::parse(&request.token) {
            assert_eq!(token.expose(), request.token);
            assert_eq!(token.hash().as_str().len(), 64);
            let logged = format!("{request:?}{token:?}");
            assert!(
                request.cluster_id.contains(&request.token) || !logged.contains(&request.token)
            );
        }
    }
    if let Some(request) = survives::<RenewalRequest>(&text) {
        key(&request.public_key, &request.proof, "4a");
    }
    key(&text, &text, &text);
    if let Some(token) = JoinToken::parse(&text) {
        assert!(token.expose().len() <= 128);
    }
    match NodeCertificate::read(bytes) {
        Ok(node) => assert!(
            !node
                .serial
                .as_str()
                .contains(|c: char| !c.is_ascii_hexdigit())
        ),
        Err(error) => assert!(!error.is_empty()),
    }
}

fn shown(message: &str) -> bool {
    !message.is_empty() && message.len() < 2_000 && !message.chars().any(char::is_control)
}
