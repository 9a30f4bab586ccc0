//! What a node sends to join or to renew its certificate, and its certificate.
#![no_main]

#[path = "../checks/join.rs"]
mod join;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| join::check(bytes));
