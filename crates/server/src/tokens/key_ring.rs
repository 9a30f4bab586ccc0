//! Which key signs, which keys verify, and until when: a function of the time (`rulings.md` 17).
//!
//! A new key is published first. It signs only after every validator had the time to fetch it. The
//! key before it stays published until the last token that it may have signed has expired.
//! Nothing here reads a clock or a file.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::algorithm::SigningAlgorithm;
use super::keys::{KeyMembers, PublicKey};

/// One key's part in the ring, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTerm {
    /// Its `kid`.
    pub key_id: String,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// The public half; nothing of it is kept once the key is retired.
    pub public: KeyMembers,
    /// Since when everybody may fetch it.
    pub published: Timestamp,
    /// From when it signs, unless a later key does.
    pub signs_from: Timestamp,
    /// Whether it has begun to sign: from then on a restart does not put it off any more.
    pub began: bool,
    /// The longest life, in seconds, of a token that it may have signed.
    pub longest_life: u64,
    /// Since when nothing is verified with it.
    pub retired: Option<Timestamp>,
}

/// All keys, in the order in which they sign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyRing(Vec<KeyTerm>);

/// What a key is doing at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// It is published and does not sign yet.
    Published,
    /// New tokens are signed with it.
    Signing,
    /// Tokens that it signed earlier are verified with it.
    Verifying,
    /// It is good for nothing any more.
    Retired,
}

fn later(moment: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

impl KeyRing {
    /// The ring as it was stored.
    #[must_use]
    pub const fn from_terms(terms: Vec<KeyTerm>) -> Self {
        Self(terms)
    }

    /// Every key that was ever in it, retired ones too.
    #[must_use]
    pub fn terms(&self) -> &[KeyTerm] {
        &self.0
    }

    /// Whether the key is in the ring or ever was.
    #[must_use]
    pub fn knows(&self, key_id: &str) -> bool {
        self.0.iter().any(|term| term.key_id == key_id)
    }

    fn serving(&self) -> impl DoubleEndedIterator<Item = &KeyTerm> {
        self.0.iter().filter(|term| term.retired.is_none())
    }

    /// The key that signs at that moment: the latest whose time has come, else the first whose time
    /// will come.
    #[must_use]
    pub fn signing(&self, now: Timestamp) -> Option<&KeyTerm> {
        let mut begun = self.serving().filter(|term| term.signs_from <= now);
        begun.next_back().or_else(|| self.serving().next())
    }

    /// The key that was published last and has not begun to sign.
    #[must_use]
    pub fn waiting(&self, now: Timestamp) -> Option<&KeyTerm> {
        self.serving().rfind(|term| term.signs_from > now)
    }

    /// When the last token that the key may have signed expires; nothing as long as no other key
    /// follows it.
    #[must_use]
    pub fn retires(&self, key_id: &str) -> Option<Timestamp> {
        let mut from_here = self.serving().skip_while(|term| term.key_id != key_id);
        let term = from_here.next()?;
        let next = from_here.next()?;
        Some(later(
            next.signs_from,
            Duration::from_secs(term.longest_life),
        ))
    }

    /// The keys that verify tokens at that moment.
    pub fn published(&self, now: Timestamp) -> impl Iterator<Item = &KeyTerm> {
        self.serving()
            .filter(move |term| self.retires(&term.key_id).is_none_or(|end| now < end))
    }

    /// What a key is doing at that moment.
    #[must_use]
    pub fn duty(&self, term: &KeyTerm, now: Timestamp) -> Duty {
        let is = |other: &KeyTerm| other.key_id == term.key_id;
        if self.signing(now).is_some_and(is) {
            Duty::Signing
        } else if !self.published(now).any(is) {
            Duty::Retired
        } else if term.signs_from > now {
            Duty::Published
        } else {
            Duty::Verifying
        }
    }

    /// The ring with a new key at its end, which signs after the wait.
    #[must_use]
    pub fn with(
        &self,
        key: &PublicKey,
        now: Timestamp,
        wait: Duration,
        longest_life: Duration,
    ) -> Self {
        let mut terms = self.0.clone();
        // The first key ever has nobody to wait for: no token was made before it.
        let signs_from = match self.serving().next_back() {
            Some(last) => later(now, wait).max(last.signs_from),
            None => now,
        };
        terms.push(KeyTerm {
            key_id: key.id().to_string(),
            algorithm: key.algorithm(),
            public: key.members().clone(),
            published: now,
            signs_from,
            began: signs_from <= now,
            longest_life: longest_life.as_secs(),
            retired: None,
        });
        Self(terms)
    }

    /// The ring after the server was away: nobody could fetch keys meanwhile, so that whoever has
    /// not begun to sign waits anew.
    #[must_use]
    pub fn resumed(&self, now: Timestamp, wait: Duration, longest_life: Duration) -> Self {
        let mut ring = self.clone();
        for term in ring.0.iter_mut().filter(|term| term.retired.is_none()) {
            term.longest_life = term.longest_life.max(longest_life.as_secs());
            if !term.began {
                term.signs_from = term.signs_from.max(later(now, wait));
            }
        }
        ring
    }

    /// The ring without what it cannot do because private halves are missing. A key that was only
    /// waiting is retired. In place of the one that signs, the next one signs at once; without a
    /// next one the missing key's id is the error.
    pub fn mended(&self, now: Timestamp, held: impl Fn(&str) -> bool) -> Result<Self, String> {
        let mut ring = self.clone();
        for term in &mut ring.0 {
            if term.retired.is_none() && !term.began && !held(&term.key_id) {
                term.retired = Some(now);
                term.public.clear();
            }
        }
        let Some(signing) = ring.signing(now).cloned() else {
            return Ok(ring);
        };
        if held(&signing.key_id) {
            return Ok(ring);
        }
        let serving = ring.0.iter_mut().filter(|term| term.retired.is_none());
        let mut following = serving.skip_while(|term| **term != signing);
        let next = following.nth(1).ok_or(signing.key_id)?;
        next.signs_from = next.signs_from.min(now);
        next.began = true;
        Ok(ring)
    }

    /// The ring without a key that is not to be trusted any more: nothing is verified with it from
    /// now on. If it is the one that signs, the one that waits signs at once; without one there is
    /// no such ring.
    #[must_use]
    pub fn without(&self, key_id: &str, now: Timestamp) -> Option<Self> {
        let mut ring = self.at(now);
        let signs = ring.signing(now)?.key_id == key_id;
        for term in &mut ring.0 {
            if term.key_id == key_id && term.retired.is_none() {
                term.retired = Some(now);
                term.public.clear();
            }
        }
        if signs {
            let mut serving = ring.0.iter_mut().filter(|term| term.retired.is_none());
            let next = serving.find(|term| term.signs_from > now)?;
            next.signs_from = now;
            next.began = true;
        }
        Some(ring)
    }

    /// The ring with everything noted that has happened by now: who began to sign, and who is
    /// retired.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        let over: Vec<String> = self
            .serving()
            .filter(|term| self.retires(&term.key_id).is_some_and(|end| end <= now))
            .map(|term| term.key_id.clone())
            .collect();
        let mut ring = self.clone();
        for term in &mut ring.0 {
            if term.retired.is_none() && over.contains(&term.key_id) {
                term.retired = Some(now);
                term.public.clear();
            }
            term.began |= term.signs_from <= now;
        }
        ring
    }
}
