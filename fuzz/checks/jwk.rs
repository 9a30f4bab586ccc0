//! What must hold for any bytes taken as the members of a public key. A fuzz target and the tests of the server both call this.

use openmds_server::tokens::{KeyMembers, PublicKey, jwk_set};

/// Panics if reading does, if a key changes by being written, or if it would be published with more than its public half.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(members) = serde_json::from_slice::<KeyMembers>(bytes) else {
        return;
    };
    let Ok(key) = PublicKey::from_members(&members) else {
        return;
    };
    let again = PublicKey::from_members(key.members()).unwrap();
    assert_eq!(again.id(), key.id());
    assert_eq!(again.members(), key.members());
    let set: serde_json::Value = serde_json::from_str(&jwk_set([&key])).unwrap();
    for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] {
        assert!(set["keys"][0].get(secret).is_none(), "{set}");
    }
}
