//! What the border to Java answers, and how a defect behind it is kept from the broker. Codes:
//! `spec/native-bridge.md`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use openmds_policy::access::Verdict;
use openmds_policy::audit::FieldError;

use crate::counters::Counter;
use crate::engine::{Asked, Engine};
use crate::login::Login;
use crate::pairs::Pairs;
use crate::rules::{LocalChange, Undecided};

pub(crate) const DONE: i32 = 0; // 1: done, and the document discards each of these decisions.
pub(crate) const CLOSED: i32 = -1;
pub(crate) const MALFORMED: i32 = -2;
pub(crate) const PANICKED: i32 = -3;
pub(crate) const REFUSED: i32 = -4;
const NOT_READY: i32 = -5;
/// So many decisions fit into an answer; more are written back into the message.
const DECISIONS_IN_ANSWER: usize = 24;
/// In an answer of `authorize` or `record`: the decisions stand, but recording them panicked.
const UNRECORDED: i32 = 1 << 30;
/// In such an answer: the companion asks for more than best effort, and what that is was written back.
const HELD: i32 = 1 << 29;

static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// What the last panic said, for Java's log.
pub(crate) fn last_panic() -> MutexGuard<'static, Option<String>> {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps what a panic says for Java's log, in place of printing it to the broker's stderr.
pub(crate) fn keep_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| *last_panic() = Some(info.to_string())));
    });
}

/// Dropping a panic's payload could itself panic.
pub(crate) fn forget(payload: Box<dyn Any + Send>) {
    std::mem::forget(payload);
}

pub(crate) fn now_micros() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// What a thread uses again for each request.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) message: Vec<i8>,
    pub(crate) verdicts: Vec<Verdict>,
    /// What is written back into the message, if anything.
    pub(crate) back: Vec<i8>,
}

/// What Java is told of a document: what it amounts to, or its errors.
pub(crate) fn judged(
    engine: &Engine,
    document: &[u8],
    judgement: impl FnOnce(&Engine, &str) -> Result<Pairs, Vec<FieldError>>,
) -> Vec<u8> {
    let judged = match std::str::from_utf8(document) {
        Ok(text) => judgement(engine, text),
        Err(error) => Err(vec![FieldError {
            path: String::new(),
            message: format!("is not UTF-8: {error}"),
        }]),
    };
    judged.unwrap_or_else(|errors| refusal(&errors)).encode()
}

fn refusal(errors: &[FieldError]) -> Pairs {
    let mut pairs = Pairs::new();
    for error in errors {
        pairs.add("error", error.to_string());
    }
    pairs
}

/// Decides and records one request: a code, or the decisions as bits; more than
/// [`DECISIONS_IN_ANSWER`] are bytes in `back`, and so is what the request has to wait for.
pub(crate) fn authorize(
    engine: &Engine,
    message: &[u8],
    by_type: bool,
    (verdicts, back): (&mut Vec<Verdict>, &mut Vec<i8>),
) -> i32 {
    back.clear();
    let asked = match engine.decide(message, by_type, verdicts) {
        Ok(asked) => asked,
        Err(undecided) => return code(undecided),
    };
    let bits = if asked.is_kafkas() {
        0
    } else {
        let allowed = verdicts.iter().map(|verdict| verdict.is_allowed());
        if verdicts.len() > DECISIONS_IN_ANSWER {
            back.extend(allowed.map(i8::from));
            0
        } else {
            let bits = allowed.zip(0..);
            bits.fold(0, |bits, (allowed, place)| {
                bits | i32::from(allowed) << place
            })
        }
    };
    let noted = match note(engine, &asked, verdicts) {
        UNRECORDED => UNRECORDED,
        _ => 0,
    };
    bits | noted | hold(&asked, verdicts, back)
}

/// [`HELD`] if the request has something to wait for: the ticket and a byte for each action are
/// written back, in place of decisions.
fn hold(asked: &Asked<'_>, verdicts: &[Verdict], back: &mut Vec<i8>) -> i32 {
    let Some(held) = asked.take_held().filter(|held| !held.actions.is_empty()) else {
        return 0;
    };
    back.clear();
    back.extend(held.ticket.to_be_bytes().map(u8::cast_signed));
    for place in 0..asked.number() {
        let allowed = verdicts
            .get(place)
            .is_some_and(|verdict| verdict.is_allowed());
        let what = held.actions.get(place).copied().unwrap_or_default();
        back.push((what | u8::from(allowed)).cast_signed());
    }
    HELD
}

/// Records what was decided: a code, or [`UNRECORDED`]. A panic leaves the decisions as they are
/// (`rulings.md` 20), and the account whole.
fn note(engine: &Engine, asked: &Asked<'_>, verdicts: &[Verdict]) -> i32 {
    let noting = AssertUnwindSafe(|| engine.note(asked, verdicts, now_micros));
    match catch_unwind(noting) {
        Ok(discarded) => i32::from(discarded),
        Err(payload) => {
            forget(payload);
            engine.counters().add(Counter::Panics, 1);
            let giving_up = AssertUnwindSafe(|| engine.give_up(asked, verdicts));
            if let Err(payload) = catch_unwind(giving_up) {
                forget(payload);
            }
            UNRECORDED
        }
    }
}

/// Records decisions of Kafka: a code, or [`UNRECORDED`] and [`HELD`] as far as they apply.
pub(crate) fn record(
    engine: &Engine,
    message: &[u8],
    (verdicts, back): (&mut Vec<Verdict>, &mut Vec<i8>),
) -> i32 {
    back.clear();
    match engine.decide(message, false, verdicts) {
        Ok(asked) => {
            let noted = note(engine, &asked, verdicts);
            noted | hold(&asked, verdicts, back)
        }
        Err(undecided) => code(undecided),
    }
}

/// Records a log in: a code.
pub(crate) fn note_login(engine: &Engine, message: &[u8]) -> i32 {
    let login = Pairs::decode(message).and_then(|pairs| Login::of(&pairs, now_micros()));
    let Some(login) = login else {
        engine.counters().add(Counter::Malformed, 1);
        return MALFORMED;
    };
    engine.note_login(login);
    DONE
}

const fn code(undecided: Undecided) -> i32 {
    match undecided {
        Undecided::Malformed => MALFORMED,
        Undecided::NotReady => NOT_READY,
    }
}

/// Changes the cluster's own ACLs: a code.
pub(crate) fn change_local(engine: &Engine, acls: &[u8], what: i32) -> i32 {
    let change = match what {
        0 => LocalChange::Load,
        1 => LocalChange::Add,
        2 => LocalChange::Remove,
        3 => {
            engine.complete_local();
            return DONE;
        }
        _ => return MALFORMED,
    };
    engine
        .change_local(acls, change)
        .map_or(MALFORMED, |()| DONE)
}
