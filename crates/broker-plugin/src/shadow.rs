//! Shadow mode: where the engine would have decided otherwise than Kafka did. Counted exactly;
//! listed as far as there is room, for people who ask what would change.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use openmds_policy::access::Reason;
use openmds_trail::push_json_string;

use crate::codec::{Action, Request};
use crate::counters::{Counter, Counters};
use crate::methods::{operation_name, resource_type_name};
use crate::reasons::sentence;

/// Different differences that are listed.
const MOST: usize = 500;
/// Longer names are counted, not listed.
const LONGEST: usize = 1_000;

/// What was asked, as far as it matters for a decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    principal: String,
    host: String,
    operation: u8,
    resource_type: u8,
    name: String,
    kafka_allowed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    why: String,
    times: u64,
    first_ms: i64,
    last_ms: i64,
}

/// The differences seen.
#[derive(Debug, Default)]
pub(crate) struct Differences(Mutex<Listed>);

#[derive(Debug, Default)]
struct Listed {
    differences: BTreeMap<Key, Seen>,
    unlisted: u64,
}

impl Differences {
    /// Notes that the engine would have decided otherwise, and why. A request thread does not wait:
    /// if another one is at it, the difference is only counted.
    pub(crate) fn note(
        &self,
        request: &Request<'_>,
        action: &Action<'_>,
        why: Reason<'_>,
        now_ms: i64,
    ) {
        let mut listed = match self.0.try_lock() {
            Ok(listed) => listed,
            Err(std::sync::TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => return,
        };
        let length = request.principal.len().max(action.name.len());
        let key = Key {
            principal: request.principal.to_owned(),
            host: request
                .address
                .map(|host| host.to_string())
                .unwrap_or_default(),
            operation: action.operation,
            resource_type: action.resource_type,
            name: action.name.to_owned(),
            kafka_allowed: action.granted,
        };
        if let Some(seen) = listed.differences.get_mut(&key) {
            seen.times = seen.times.saturating_add(1);
            seen.last_ms = now_ms;
            seen.why = sentence(why);
        } else if length > LONGEST || listed.differences.len() >= MOST {
            listed.unlisted = listed.unlisted.saturating_add(1);
        } else {
            let seen = Seen {
                why: sentence(why),
                times: 1,
                first_ms: now_ms,
                last_ms: now_ms,
            };
            listed.differences.insert(key, seen);
        }
    }

    /// Everything as one JSON object (`spec/native-bridge.md`, `shadow`).
    pub(crate) fn to_json(&self, counters: &Counters) -> Vec<u8> {
        let listed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        // Writing to memory does not fail.
        let _ = write!(
            out,
            "{{\"compared\":{},\"would_allow\":{},\"would_deny\":{},\"unlisted\":{},\"differences\":[",
            counters.sum(Counter::Compared),
            counters.sum(Counter::WouldAllow),
            counters.sum(Counter::WouldDeny),
            listed.unlisted,
        );
        let mut out = out.into_bytes();
        for (index, (key, seen)) in listed.differences.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_one(&mut out, key, seen);
        }
        out.extend_from_slice(b"]}");
        out
    }
}

fn write_one(out: &mut Vec<u8>, key: &Key, seen: &Seen) {
    let (kafka, engine) = if key.kafka_allowed {
        ("allowed", "denied")
    } else {
        ("denied", "allowed")
    };
    let texts = [
        ("{\"principal\":", &*key.principal),
        (",\"host\":", &*key.host),
        (",\"operation\":", operation_name(key.operation)),
        (",\"resource_type\":", resource_type_name(key.resource_type)),
        (",\"resource_name\":", &*key.name),
        (",\"kafka\":", kafka),
        (",\"openmds\":", engine),
        (",\"why\":", &*seen.why),
    ];
    for (before, text) in texts {
        out.extend_from_slice(before.as_bytes());
        push_json_string(out, text);
    }
    let numbers = format!(
        ",\"times\":{},\"first_ms\":{},\"last_ms\":{}}}",
        seen.times, seen.first_ms, seen.last_ms
    );
    out.extend_from_slice(numbers.as_bytes());
}
