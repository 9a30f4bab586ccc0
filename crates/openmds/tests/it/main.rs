//! The program itself, as a real process. What commands say is tested in the CLI's own tests.

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
mod commands;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod house;
#[cfg(test)]
#[cfg(unix)]
mod interrupts;
#[cfg(test)]
mod loopback;
#[cfg(test)]
mod process;
#[cfg(test)]
#[cfg(unix)]
mod sso;
