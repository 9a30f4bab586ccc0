//! Whenever keys turn, time passes and servers stop: no valid token loses its key, and no key signs
//! before everybody could fetch it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openmds_server::tokens::{KeyRing, PublicKey};
use proptest::prelude::*;

/// How long a new key waits.
const WAIT: u64 = 50;

#[derive(Debug, Clone)]
enum Step {
    Pass(i64),
    Rotate,
    /// Somebody notes what has happened; or a kill comes first.
    Note,
    Restart {
        /// Life of tokens from now on.
        life: u64,
        /// Whether the private half of a waiting key is gone.
        lost: bool,
    },
    Issue,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..40i64).prop_map(Step::Pass),
        2 => Just(Step::Rotate),
        2 => Just(Step::Note),
        1 => (1..90u64, prop::bool::weighted(0.2)).prop_map(|(life, lost)| Step::Restart { life, lost }),
        4 => Just(Step::Issue),
    ];
    prop::collection::vec(step, 1..80)
}

/// Keys whose numbers mean nothing: nobody signs with them here.
fn key(number: usize) -> PublicKey {
    let members = [
        ("kty", "RSA".to_string()),
        ("n", format!("{number:04}")),
        ("e", "AQAB".to_string()),
    ];
    let members = members.map(|(name, value)| (name.to_string(), value));
    PublicKey::from_members(&members.into()).unwrap()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn no_valid_token_is_left_without_its_key(steps in steps()) {
        let mut now = Timestamp::from_second(1_767_323_045).unwrap();
        let mut life = 30;
        let mut made = 1;
        let mut ring = KeyRing::default().with(&key(0), now, seconds(WAIT), seconds(life));
        // Since when each key could be fetched without a break, as far as it matters.
        let mut fetchable: BTreeMap<String, Timestamp> = BTreeMap::new();
        // Those that everybody had the time to fetch.
        let mut ripe: BTreeSet<String> = BTreeSet::new();
        let first = ring.terms()[0].key_id.clone();
        let mut tokens: Vec<(String, Timestamp)> = Vec::new();
        let mut signed: Vec<String> = vec![first];
        for step in steps {
            match step {
                Step::Pass(count) => now += SignedDuration::from_secs(count),
                Step::Rotate if ring.waiting(now).is_none() => {
                    ring = ring.with(&key(made), now, seconds(WAIT), seconds(life));
                    made += 1;
                }
                Step::Rotate => {}
                Step::Note => ring = ring.at(now),
                Step::Restart { life: other, lost } => {
                    life = other;
                    ring = ring.resumed(now, seconds(WAIT), seconds(life));
                    let waiting = ring.waiting(now).map(|term| term.key_id.clone());
                    // A key that has signed is not lost here: that is another story.
                    let gone = waiting.filter(|id| lost && !signed.contains(id));
                    let held = |id: &str| gone.as_deref() != Some(id);
                    ring = ring.mended(now, held).unwrap().at(now);
                    fetchable.clear();
                }
                Step::Issue => {
                    let id = ring.signing(now).unwrap().key_id.clone();
                    if !signed.contains(&id) {
                        prop_assert!(ripe.contains(&id), "too early");
                        signed.push(id.clone());
                    }
                    tokens.push((id, now + SignedDuration::try_from(seconds(life)).unwrap()));
                }
            }
            let published: Vec<String> = ring.published(now).map(|term| term.key_id.clone()).collect();
            for id in &published {
                let since = *fetchable.entry(id.clone()).or_insert(now);
                if since + SignedDuration::try_from(seconds(WAIT)).unwrap() <= now {
                    ripe.insert(id.clone());
                }
            }
            prop_assert!(published.contains(&ring.signing(now).unwrap().key_id));
            for (id, expires) in &tokens {
                prop_assert!(*expires <= now || published.contains(id), "a token lost its key");
            }
        }
    }
}

#[test]
fn a_clock_that_steps_back_finds_a_key() {
    let now = Timestamp::from_second(1_767_323_045).unwrap();
    let ring = KeyRing::default().with(&key(0), now, seconds(WAIT), seconds(9));
    let ring = ring.with(&key(1), now, seconds(WAIT), seconds(9));
    let far = now + SignedDuration::from_secs(1000);
    let second = &ring.terms()[1].key_id;
    assert_eq!(&ring.signing(far).unwrap().key_id, second);
    let noted = ring.at(far);
    for back in [0, 2000] {
        let then = now - SignedDuration::from_secs(back);
        assert_eq!(&noted.signing(then).unwrap().key_id, second);
        assert_eq!(noted.published(then).count(), 1);
    }
}
