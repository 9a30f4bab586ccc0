//! Frames of the feed.
#![no_main]

#[path = "../checks/feed.rs"]
mod feed;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| feed::check(bytes));
