//! Bodies of requests.
#![no_main]

#[path = "../checks/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::check(bytes));
