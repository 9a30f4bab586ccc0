//! Trails as emitters write them: several emitters, epochs and topics, checkpoints, losses.

use std::collections::BTreeMap;

use openmds_trail::verify::{Front, Limits, Report, Signatures, Source, Verifier};
use openmds_trail::{
    Account, AuthorizationEvent, Cause, Checkpoint, End, Envelope, Epoch, EpochOpened, Loss,
    Opening, Reason, Signer, Stamper, checkpoint_statement,
};
use uuid::Uuid;

use super::keys::{Key, Trusted};

/// 2026-01-01, the start of everything.
pub(crate) const START_MS: u64 = 1_767_225_600_000;
pub(crate) const TOPICS: [&str; 3] = ["audit-allowed", "audit-denied", "audit-default"];
const CRN: &str = "crn:///kafka=c";

/// xorshift: the same numbers in every run of a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

/// A line, and where it is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) topic: String,
    pub(crate) emitter: String,
    pub(crate) epoch: Epoch,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) line: String,
}

/// How an epoch is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) events: u64,
    /// Ends with an account and a checkpoint over it.
    pub(crate) closes: bool,
    /// A checkpoint after so many events.
    pub(crate) key: Option<Key>,
    /// A loss of 5 events in the middle.
    pub(crate) loses: bool,
}

impl Plan {
    pub(crate) const CLOSED: Self = Self {
        events: 40,
        closes: true,
        key: Some(Key("node key")),
        loses: false,
    };
}

/// Writes one epoch.
pub(crate) struct Emitter<'a> {
    pub(crate) stamper: Stamper,
    pub(crate) lines: Vec<Written>,
    dice: &'a mut Dice,
    ms: u64,
    shows_certificate: bool,
}

impl<'a> Emitter<'a> {
    pub(crate) fn open(opening: &Opening<'_>, key: Option<Key>, dice: &'a mut Dice) -> Self {
        let mut emitter = Self {
            stamper: Stamper::new(opening),
            lines: Vec::new(),
            dice,
            ms: opening.epoch.millis(),
            shows_certificate: true,
        };
        let fingerprint = key.map(Key::fingerprint);
        let event = EpochOpened {
            envelope: emitter.envelope(TOPICS[2]),
            opening: *opening,
            queue_bound: 512,
            certificate: fingerprint.as_deref(),
            release: "0.1.0",
        };
        emitter.write(TOPICS[2], 1, |out| event.write_json(out));
        emitter
    }

    fn envelope(&mut self, route: &'static str) -> Envelope<'static> {
        self.ms += 10;
        Envelope {
            id: Uuid::from_u64_pair(self.ms, u64::try_from(self.dice.below(usize::MAX)).unwrap()),
            source: CRN,
            subject: CRN,
            time_micros: i64::try_from(self.ms * 1_000).unwrap(),
            route,
        }
    }

    fn write(&mut self, topic: &str, count: u64, write: impl FnOnce(&mut Vec<u8>)) {
        let mut line = Vec::new();
        write(&mut line);
        let first = self.stamper.stamp(&mut line, 0, count);
        self.lines.push(Written {
            topic: topic.to_owned(),
            emitter: self.stamper.emitter().to_owned(),
            epoch: self.stamper.epoch(),
            first,
            last: first + count - 1,
            line: String::from_utf8(line).unwrap(),
        });
    }

    pub(crate) fn decision(&mut self) {
        let route = TOPICS[self.dice.below(TOPICS.len())];
        let envelope = self.envelope(route);
        let principal = format!("User:{}", self.dice.below(9));
        let event = AuthorizationEvent {
            id: envelope.id,
            source: envelope.source,
            subject: "crn:///kafka=c/topic=t",
            time_micros: envelope.time_micros,
            route,
            method: "kafka.Produce",
            principal: &principal,
            granted: self.dice.below(2) == 0,
            operation: "Write",
            resource_type: "Topic",
            resource_name: "t",
            pattern_type: "LITERAL",
            cause: Cause::Nothing,
            correlation_id: 7,
            client_id: Some("a\"client\n"),
            client_address: None,
        };
        self.write(route, 1, |out| event.write_json(out));
    }

    /// Says that these are lost; without ranges, events that never had a number.
    pub(crate) fn loss(&mut self, count: u64, reason: Reason, ranges: &[(u64, u64)]) {
        self.loss_of(None, (count, reason), ranges);
    }

    /// Says that these, which an epoch gave, are lost.
    pub(crate) fn loss_of(
        &mut self,
        epoch: Option<Epoch>,
        (count, reason): (u64, Reason),
        ranges: &[(u64, u64)],
    ) {
        let last = self.stamper.end().last;
        let own = [(last + 1, last + count)];
        let envelope = self.envelope(TOPICS[2]);
        let event = Loss {
            envelope,
            count,
            reason,
            epoch,
            ranges: if ranges.is_empty() { &own } else { ranges },
            from_micros: envelope.time_micros - 5_000,
            to_micros: envelope.time_micros,
            topics: &BTreeMap::new(),
        };
        let stands_for = if ranges.is_empty() { count } else { 1 };
        self.write(TOPICS[2], stands_for, |out| event.write_json(out));
    }

    pub(crate) fn checkpoint(&mut self, key: Key) {
        let end = self.stamper.end();
        let (emitter, epoch) = (self.stamper.emitter().to_owned(), self.stamper.epoch());
        let statement = checkpoint_statement(&emitter, epoch, end.last, end.hash);
        let certificate = std::mem::take(&mut self.shows_certificate).then(|| key.certificate());
        let event = Checkpoint {
            envelope: self.envelope(TOPICS[2]),
            end,
            signature: &key.sign(&statement),
            signer: Signer {
                fingerprint: &key.fingerprint(),
                certificate: certificate.as_deref(),
            },
        };
        self.write(TOPICS[2], 1, |out| event.write_json(out));
    }

    pub(crate) fn account(&mut self, last: bool) {
        let envelope = self.envelope(TOPICS[2]);
        let account = Account::default();
        self.write(TOPICS[2], 1, |out| {
            account.write_json(&envelope, (last, false), out);
        });
    }
}

/// One epoch; where it ended, if it was closed in order.
pub(crate) fn epoch(
    emitter: &str,
    number: u64,
    previous: Option<(Epoch, Option<End>)>,
    plan: Plan,
    dice: &mut Dice,
) -> (Vec<Written>, Epoch, Option<End>) {
    let epoch = Epoch::new(START_MS + number * 3_600_000);
    let opening = Opening {
        emitter,
        epoch,
        previous: previous.map(|(epoch, _)| epoch),
        end: previous.and_then(|(_, end)| end),
    };
    let mut writer = Emitter::open(&opening, plan.key, dice);
    for event in 0..plan.events {
        writer.decision();
        if plan.loses && event == plan.events / 2 {
            writer.loss(5, Reason::QueueFull, &[]);
        }
        if let Some(key) = plan.key.filter(|_| event % 10 == 9) {
            writer.checkpoint(key);
        }
    }
    if plan.closes {
        writer.account(true);
        if let Some(key) = plan.key {
            writer.checkpoint(key);
        }
    }
    let end = plan.closes.then(|| writer.stamper.end());
    (writer.lines, epoch, end)
}

/// Two emitters of three epochs each, all closed.
pub(crate) fn closed(seed: u64) -> Vec<Written> {
    let mut dice = Dice::new(seed);
    let mut all = Vec::new();
    for emitter in ["c/broker-1", "c/controller-100"] {
        let mut previous = None;
        for number in 0..3 {
            let (lines, epoch, end) = epoch(emitter, number, previous, Plan::CLOSED, &mut dice);
            previous = Some((epoch, end));
            all.extend(lines);
        }
    }
    all
}

/// Reads the lines in that order, each topic as one partition without a beginning that is missing.
pub(crate) fn verifier(lines: &[Written], front: Front, keys: Option<Vec<Key>>) -> Verifier {
    let signatures = keys.map(|keys| Box::new(Trusted(keys)) as Box<dyn Signatures + Send>);
    let mut verifier = Verifier::new(Limits::default(), signatures);
    read(&mut verifier, lines, front);
    verifier
}

pub(crate) fn read(verifier: &mut Verifier, lines: &[Written], front: Front) {
    let mut offsets: BTreeMap<&str, u64> = BTreeMap::new();
    for one in lines {
        let source = verifier.source(Source {
            name: format!("{}-0", one.topic),
            topic: Some(one.topic.clone()),
            front,
        });
        let offset = offsets.entry(&one.topic).or_default();
        verifier.take(source, *offset, one.line.as_bytes());
        *offset += 1;
    }
}

/// The report on lines of which nothing is missing but what was taken away.
pub(crate) fn report(lines: &[Written]) -> Report {
    verifier(lines, Front::Whole, Some(vec![Key("node key")])).finish(None)
}
