//! What must hold for any bytes taken as a body of the token endpoint, as its Authorization header and as an assertion. A fuzz target and
//! the tests of the server both call this.

use openmds_server::http::{TokenForm, basic_pairs};
use openmds_server::tokens::{alleged_client, check_assertion};

/// Keys of one client, whose private halves nobody has.
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"a",
    "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;

/// Panics if reading does, if a parameter is there that is empty, or if anything is taken for an assertion of the client.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match TokenForm::parse(bytes) {
        Ok(form) => {
            for name in [
                "grant_type",
                "client_id",
                "assertion",
                "client_secret",
                "audience",
            ] {
                assert_ne!(form.get(name), Some(""));
            }
            let assertion = form
                .get("assertion")
                .or_else(|| form.get("client_assertion"));
            assertion.into_iter().for_each(refused);
        }
        // Nothing of what was sent is repeated: it may be a secret.
        Err(error) => assert!(error.to_string().len() < 50),
    }
    if let Some([(name, _), (decoded, _)]) = basic_pairs(&text) {
        assert!(!name.contains(':') && decoded.len() <= name.len());
    }
    refused(&text);
}

fn refused(assertion: &str) {
    let keys = serde_json::from_str(KEYS).unwrap();
    let audiences = ["openmds".to_string()];
    let client = alleged_client(assertion).unwrap_or_default();
    check_assertion(assertion, &client, &keys, &audiences, 1_800_000_000).unwrap_err();
}
