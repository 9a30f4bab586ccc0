//! Passwords that were verified a moment ago, so that a client which sends HTTP Basic with every
//! request does not cost a login each time.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand::SystemRandom;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

/// Most passwords remembered; beyond, all are verified anew.
const MOST: usize = 10_000;

/// Verified passwords, by an HMAC under a key that nobody else knows and that ends with the process.
pub(super) struct Verified {
    key: Key,
    life: Duration,
    entries: Mutex<HashMap<Vec<u8>, (String, Instant)>>,
}

impl Verified {
    /// Remembers for so long; zero: not at all.
    pub(super) fn new(life: Duration) -> Result<Self, String> {
        let key = Key::generate(HMAC_SHA256, &SystemRandom::new());
        Ok(Self {
            key: key.map_err(|_| "the system gives no random numbers".to_string())?,
            life,
            entries: Mutex::default(),
        })
    }

    fn tag(&self, name: &str, password: &SecretString) -> Vec<u8> {
        // The length keeps name and password apart.
        let mut text = (name.len() as u64).to_be_bytes().to_vec();
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(password.expose_secret().as_bytes());
        sign(&self.key, &text).as_ref().to_vec()
    }

    /// The user's name, if this password was verified a moment ago.
    pub(super) fn find(&self, name: &str, password: &SecretString) -> Option<String> {
        if self.life.is_zero() {
            return None;
        }
        let entries = self.entries.lock().ok()?;
        let (user, until) = entries.get(&self.tag(name, password))?;
        (*until > Instant::now()).then(|| user.clone())
    }

    /// Remembers a verified password.
    pub(super) fn keep(&self, name: &str, password: &SecretString, user: &str) {
        if self.life.is_zero() {
            return;
        }
        let now = Instant::now();
        let tag = self.tag(name, password);
        if let Ok(mut entries) = self.entries.lock() {
            if entries.len() >= MOST {
                entries.retain(|_, (_, until)| *until > now);
            }
            if entries.len() < MOST {
                entries.insert(tag, (user.to_string(), now + self.life));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn remembers_a_pair_for_a_moment() {
        let verified = Verified::new(Duration::from_secs(10)).unwrap();
        let secret = |text: &str| SecretString::from(text.to_string());
        verified.keep("ALICE", &secret("pw"), "alice");
        assert_eq!(
            verified.find("ALICE", &secret("pw")).as_deref(),
            Some("alice")
        );
        for (name, password) in [("ALICE", "other"), ("alice", "pw"), ("ALICEp", "w")] {
            assert_eq!(verified.find(name, &secret(password)), None);
        }
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(verified.find("ALICE", &secret("pw")), None);
    }
}
