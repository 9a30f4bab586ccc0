//! Names of resources and patterns of names.
#![no_main]

#[path = "../checks/crn.rs"]
mod crn;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| crn::check(bytes));
