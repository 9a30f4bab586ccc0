//! Public keys.
#![no_main]

#[path = "../checks/jwk.rs"]
mod jwk;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jwk::check(bytes));
