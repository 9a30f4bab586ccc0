//! What Java hands to the native engine of a broker.
#![no_main]

#[path = "../checks/bridge.rs"]
mod bridge;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bridge::check(bytes));
