//! What must hold for any bytes that come from an identity provider: as its discovery document, as its key set, and as a token beside that
//! set, with a zero byte between them. A fuzz target and the tests of the server both call this.

use openmds_server::provider::{Discovered, Expected, key_set};

const ISSUER: &str = "https://idp.example.org";
const NOW: i64 = 1_800_000_000;

/// Panics if reading does, if a document about another issuer is taken, or if a token proves somebody without what is expected of it.
pub(crate) fn check(bytes: &[u8]) {
    if Discovered::parse(bytes, ISSUER).is_ok() {
        let document: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(document["issuer"], ISSUER);
        assert!(Discovered::parse(bytes, "https://other.example.org").is_err());
    }
    let middle = bytes.iter().position(|byte| *byte == 0);
    let (set, token) = bytes.split_at(middle.unwrap_or(bytes.len()));
    let Ok(set) = key_set(set) else {
        return;
    };
    let token = String::from_utf8_lossy(token);
    let expected = Expected {
        issuer: ISSUER.to_string(),
        audiences: vec!["openmds".to_string()],
        user_claim: "sub".to_string(),
        groups_claim: "groups".to_string(),
        leeway: 30,
    };
    if let Ok(user) = expected.check_with(&set.keys, token.trim_start_matches('\0'), NOW) {
        assert!(!user.name.is_empty() && !user.groups.contains(""));
        assert_eq!(user.claims["iss"], ISSUER);
        assert!(user.expires_at + expected.leeway > NOW);
        assert!(!set.keys.is_empty());
    }
}
