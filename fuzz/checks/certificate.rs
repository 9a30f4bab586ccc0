//! What must hold for any bytes taken as a client's certificate, and for any text taken as rules that map its name: the rules, a zero
//! byte, and a name. A fuzz target and the tests of the server both call this.

use openmds_server::directory::certificate::{PrincipalMapping, subject};

/// Panics if reading does, or if the standard rule changes a name.
pub(crate) fn check(bytes: &[u8]) {
    if let Ok(name) = subject(bytes) {
        assert_eq!(PrincipalMapping::default().apply(&name), Some(name));
    }
    let text = String::from_utf8_lossy(bytes);
    let (rules, name) = text.split_once('\0').unwrap_or((&text, "CN=a,OU=b"));
    match PrincipalMapping::parse(rules) {
        Ok(mapping) => assert_eq!(mapping.apply(name), mapping.apply(name)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
