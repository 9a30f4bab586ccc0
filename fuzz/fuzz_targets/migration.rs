//! Configurations of clusters, to be combined.
#![no_main]

#[path = "../checks/migration.rs"]
mod migration;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| migration::check(bytes));
