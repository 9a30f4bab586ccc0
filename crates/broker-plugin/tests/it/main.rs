//! The native core without a JVM.
#[cfg(test)]
#[expect(
    dead_code,
    reason = "one reader for all runners; each uses what it needs"
)]
#[path = "../../../policy/tests/it/cases.rs"]
mod case_files;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod codec;
#[cfg(test)]
mod companion;
#[cfg(test)]
mod deciding;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod events;
#[cfg(test)]
mod following;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod logins;
#[cfg(test)]
mod message;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod nowhere;
#[cfg(test)]
mod numbers;
