//! Bodies, headers and assertions of the token endpoint.
#![no_main]

#[path = "../checks/oauth.rs"]
mod oauth;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oauth::check(bytes));
