//! The verifier against trails as emitters write them, untouched and tampered with.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests outside #[test] functions"
)]

mod doubled;
mod ends;
mod keys;
mod signed;
mod tampered;
mod trail;
mod untouched;
mod untrusted;
