//! Guessing passwords takes time: a user who failed too often from one address has to wait there,
//! longer with each failure. The same user at another address waits for nothing, so nobody can lock
//! others out without sharing their address.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::{App, AppError, Credentials, Identity, Kind};
use crate::config::Logins;

/// Most pairs of user and address that are remembered; the one that failed longest ago is forgotten
/// first.
const MOST: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// Who failed to log in whence, and how often.
#[derive(Debug)]
pub struct LoginLimits {
    settings: Logins,
    hashes: RandomState,
    // By the hash of user and address: names are as long as a stranger likes.
    failures: Mutex<HashMap<u64, Failures>>,
}

impl LoginLimits {
    /// Nobody has failed yet.
    #[must_use]
    pub fn new(settings: Logins) -> Self {
        Self {
            settings,
            hashes: RandomState::new(),
            failures: Mutex::default(),
        }
    }

    fn key(&self, user: &str, address: IpAddr) -> u64 {
        // One customer has a whole /64 of IPv6.
        let network = match address {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => u128::from(address.to_bits()),
                None => address.to_bits() >> 64 << 64,
            },
        };
        self.hashes.hash_one((user, network))
    }

    fn wait(&self, count: u32) -> Duration {
        let Some(beyond) = count.checked_sub(self.settings.free) else {
            return Duration::ZERO;
        };
        let doubled = 2_u32.saturating_pow(beyond);
        self.settings
            .delay
            .saturating_mul(doubled)
            .min(self.settings.longest)
    }

    /// Lets an attempt pass, or says how long to wait. Beyond the free ones an attempt counts as
    /// failed from the start, so that only one can pass at a time.
    pub fn admit(&self, user: &str, address: IpAddr, now: Timestamp) -> Result<(), Duration> {
        let key = self.key(user, address);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = failures.get_mut(&key) else {
            return Ok(());
        };
        let since = Duration::try_from(now.duration_since(known.last)).unwrap_or_default();
        if since >= self.settings.memory {
            failures.remove(&key);
            return Ok(());
        }
        let wait = self.wait(known.count);
        if wait.is_zero() {
            return Ok(());
        }
        if since < wait {
            return Err(wait.saturating_sub(since));
        }
        *known = Failures {
            count: known.count.saturating_add(1),
            last: now,
        };
        Ok(())
    }

    /// Notes a failure that was not counted when it was let pass.
    pub fn failed(&self, user: &str, address: IpAddr, now: Timestamp) {
        let key = self.key(user, address);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if !failures.contains_key(&key) && failures.len() >= MOST {
            let oldest = failures.iter().min_by_key(|(_, failures)| failures.last);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                failures.remove(&oldest);
            }
        }
        let known = failures.entry(key).or_insert(Failures {
            count: 0,
            last: now,
        });
        if known.count < self.settings.free {
            known.count += 1;
            known.last = now;
        }
    }

    /// Forgets the failures of somebody who got in after all.
    pub fn succeeded(&self, user: &str, address: IpAddr) {
        let key = self.key(user, address);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&key);
    }

    /// How many pairs are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.len()
    }
}

impl App {
    /// Who the credentials prove somebody to be, unless too many passwords were tried before. An
    /// address is absent only in process, where nobody guesses.
    pub async fn identify_from(
        &self,
        address: Option<IpAddr>,
        credentials: Credentials,
    ) -> Result<Identity, AppError> {
        let user = match &credentials {
            Credentials::Password { name, password } if !password.expose_secret().is_empty() => {
                name.clone()
            }
            _ => return self.identify(credentials).await,
        };
        if let Some(address) = address
            && let Err(wait) = self.login_limits.admit(&user, address, self.clock.now())
        {
            self.metrics.login("refused");
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            tracing::warn!(%address, seconds, "a login was refused: too many before it failed");
            let error = AppError::too_many(format!(
                "too many logins of this user from this address have failed: wait {seconds} s, then try again with the right password"
            ));
            return Err(error.after(Duration::from_secs(seconds)));
        }
        let identified = self.identify(credentials).await;
        match &identified {
            Ok(_) => {
                self.metrics.login("succeeded");
                if let Some(address) = address {
                    self.login_limits.succeeded(&user, address);
                }
            }
            Err(error) if error.kind == Kind::Unauthenticated => {
                self.metrics.login("failed");
                if let Some(address) = address {
                    self.login_limits.failed(&user, address, self.clock.now());
                }
            }
            Err(_) => self.metrics.login("undecided"),
        }
        identified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn limits() -> LoginLimits {
        LoginLimits::new(Logins {
            free: 3,
            delay: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            memory: Duration::from_secs(900),
        })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn fail(limits: &LoginLimits, second: i64) -> Result<(), Duration> {
        limits.admit("alice", HERE, at(second))?;
        limits.failed("alice", HERE, at(second));
        Ok(())
    }

    #[test]
    fn waits_double_up_to_a_limit() {
        let limits = limits();
        for _ in 0..3 {
            fail(&limits, 0).unwrap();
        }
        let mut now = 0;
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(fail(&limits, now), Err(Duration::from_secs(wait)));
            now += i64::try_from(wait).unwrap();
            fail(&limits, now).unwrap();
        }
    }

    #[test]
    fn another_address_and_another_user_wait_for_nothing() {
        let limits = limits();
        for _ in 0..3 {
            fail(&limits, 0).unwrap();
        }
        limits.admit("alice", HERE, at(0)).unwrap_err();
        limits.admit("alice", THERE, at(0)).unwrap();
        limits.admit("bob", HERE, at(0)).unwrap();
    }

    #[test]
    fn who_gets_in_or_waits_long_enough_starts_anew() {
        let limits = limits();
        for _ in 0..3 {
            fail(&limits, 0).unwrap();
        }
        limits.admit("alice", HERE, at(1)).unwrap();
        limits.succeeded("alice", HERE);
        for _ in 0..3 {
            fail(&limits, 1).unwrap();
        }
        limits.admit("alice", HERE, at(901)).unwrap();
        assert_eq!(limits.remembered(), 0);
    }

    #[test]
    fn of_many_at_once_only_one_passes_after_a_wait() {
        let limits = limits();
        for _ in 0..3 {
            fail(&limits, 0).unwrap();
        }
        limits.admit("alice", HERE, at(1)).unwrap();
        limits.admit("alice", HERE, at(1)).unwrap_err();
    }

    #[test]
    fn memory_is_bounded_and_networks_count_as_one() {
        let limits = limits();
        for number in 0..MOST + 100 {
            let second = i64::try_from(number).unwrap();
            limits.failed(&format!("user-{number}"), HERE, at(second));
        }
        assert_eq!(limits.remembered(), MOST);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let same = |one: &str, other: &str| {
            limits.key("a", address(one)) == limits.key("a", address(other))
        };
        assert!(same("2001:db8::1", "2001:db8::2"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
    }
}
