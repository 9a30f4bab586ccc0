//! Integration tests of the policy crate.
