//! How often somebody may try to log in.

use std::time::Duration;

use super::reader::Reader;

/// How often one user may fail to log in from one address.
#[derive(Debug, Clone)]
pub struct Logins {
    /// Failures that cost nothing.
    pub free: u32,
    /// The wait after the first failure beyond; it doubles with each further one.
    pub delay: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// How long a failure is remembered.
    pub memory: Duration,
}

impl Logins {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let free = reader.count("openmds.login.failures.max", 5);
        Self {
            free: u32::try_from(free).unwrap_or(u32::MAX),
            delay: reader.millis("openmds.login.delay.ms", 1_000),
            longest: reader.millis("openmds.login.delay.max.ms", 300_000),
            memory: reader.millis("openmds.login.memory.ms", 900_000),
        }
    }
}
