//! Free ports on loopback.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;

use anyhow::{Context, Result};

/// A port that is ours until this value is dropped.
#[derive(Debug)]
pub struct HeldPort {
    _listener: TcpListener,
    number: u16,
}

impl HeldPort {
    /// The port's number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Takes a certain port; fails if somebody else has it.
    pub(crate) fn take(number: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, number)).with_context(|| {
            format!("port {number} of this playground is now used by another process; stop that process, or start over with --fresh")
        })?;
        Ok(Self {
            _listener: listener,
            number,
        })
    }

    /// Finds a free port.
    ///
    /// Below the range from which the kernel gives ports to outgoing connections, so that the port
    /// of a stopped node cannot be taken by a client that tries to reach it.
    pub fn find() -> Result<Self> {
        let candidates = below_ephemeral();
        let span = u64::from(candidates.end() - candidates.start()) + 1;
        let seed = RandomState::new().build_hasher().finish();
        for attempt in 0..200 {
            let offset = u16::try_from(seed.wrapping_add(attempt * 7) % span)?;
            let number = candidates.start() + offset;
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, number)) {
                return Ok(Self {
                    _listener: listener,
                    number,
                });
            }
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context("no free port on the loopback interface")?;
        let number = listener.local_addr()?.port();
        Ok(Self {
            _listener: listener,
            number,
        })
    }
}

fn below_ephemeral() -> RangeInclusive<u16> {
    let first: u16 = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(32_768);
    if first > 14_000 {
        10_000..=(first - 1).min(32_000)
    } else {
        61_000..=65_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_port_is_refused_to_others_and_free_afterwards() {
        let held = HeldPort::find().unwrap();
        let number = held.number();
        assert!(HeldPort::take(number).is_err());
        drop(held);
        assert_eq!(HeldPort::take(number).unwrap().number(), number);
    }
}
