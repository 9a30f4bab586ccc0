//! What must hold for any bytes taken as a CRN or a pattern. A fuzz target and the tests of the
//! policy crate both call this.

use openmds_policy::crn::{Crn, CrnPattern};

/// Panics if parsing does, or if writing and reading again changes a name.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let name = Crn::parse(&text);
    match &name {
        Ok(crn) => assert_eq!(Crn::parse(&crn.to_string()).as_ref(), Ok(crn)),
        Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
    }
    match CrnPattern::parse(&text) {
        Ok(pattern) => {
            assert_eq!(
                CrnPattern::parse(&pattern.to_string()).as_ref(),
                Ok(&pattern)
            );
            if let Ok(crn) = &name {
                assert!(pattern.matches(crn), "a name is a pattern of itself");
            }
        }
        Err(error) => {
            assert!(name.is_err(), "every name is a pattern: {error}");
            assert!(!error.to_string().chars().any(char::is_control));
        }
    }
}
