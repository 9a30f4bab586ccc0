//! The program itself, as a real process. What commands say is tested in the CLI's own tests.

#[cfg(test)]
mod process;
