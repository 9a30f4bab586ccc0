//! What leaves the queue: numbered, chained, and written into the batch that Java fetches. Belongs to
//! the drain thread.

mod batch;
mod emitter;
mod ledger;
mod told;

use std::collections::BTreeMap;

use openmds_policy::companion::Format;
use openmds_trail::{Envelope, EpochOpened, Loss, Reason, Stamper};
use uuid::Uuid;

pub(crate) use batch::Batch;
pub(crate) use emitter::Emitter;
pub(crate) use ledger::Ledger;

/// Where an event goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct To<'a> {
    /// Empty if the document names none.
    pub(crate) topic: &'a str,
    /// The form of events there.
    pub(crate) format: Format,
}

/// The batch being filled, and the numbers.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    pub(crate) batch: Batch,
    /// `None` before Java has opened an epoch: then nothing is numbered.
    pub(crate) ledger: Option<Ledger>,
}

impl Outgoing {
    /// Begins to number, if that is wanted and not begun yet: the first event says so.
    pub(crate) fn open(&mut self, emitter: &Emitter, to: To<'_>) -> Option<&mut Stamper> {
        let ledger = self.ledger.as_mut()?;
        if ledger.stamper.end().last == 0 {
            let Ledger {
                node,
                former,
                stamper,
                clock,
                ..
            } = &mut *ledger;
            let name = stamper.emitter().to_owned();
            let epoch = stamper.epoch();
            let opened = EpochOpened {
                envelope: envelope(emitter, to, clock()),
                opening: ledger::opening(&name, epoch, *former),
                queue_bound: node.bound,
                certificate: node.certificate.as_deref(),
                release: env!("CARGO_PKG_VERSION"),
            };
            let write = |out: &mut Vec<u8>| match to.format {
                Format::CloudEvents => opened.write_json(out),
                Format::Ocsf => opened.write_ocsf(out),
            };
            self.batch.add_own(to.topic, (stamper, 1), write);
        }
        Some(&mut ledger.stamper)
    }

    /// Says that so many events found the queue full, `dropped` since the start: they get the next
    /// numbers, and this event stands for them.
    pub(crate) fn miss(
        &mut self,
        emitter: &Emitter,
        to: To<'_>,
        dropped: u64,
        topics: impl FnOnce(u64) -> BTreeMap<String, u64>,
    ) {
        let Some(ledger) = self.ledger.as_mut() else {
            return;
        };
        let now = (ledger.clock)();
        let since = std::mem::replace(&mut ledger.looked_micros, now);
        let count = dropped.saturating_sub(std::mem::replace(&mut ledger.dropped, dropped));
        if count == 0 {
            return;
        }
        let Some(stamper) = self.open(emitter, to) else {
            return;
        };
        let first = stamper.end().last.saturating_add(1);
        let last = stamper.end().last.saturating_add(count);
        let topics = topics(count);
        let loss = Loss {
            envelope: envelope(emitter, to, now),
            count,
            reason: Reason::QueueFull,
            epoch: None,
            ranges: &[(first, last)],
            from_micros: since,
            to_micros: now,
            topics: &topics,
        };
        self.add_loss(to, count, &loss);
    }

    /// Says that an event could not be written: it gets the next number, and this event stands for it.
    pub(crate) fn give_up(&mut self, emitter: &Emitter, to: To<'_>) {
        let Some(ledger) = self.ledger.as_ref() else {
            return;
        };
        let now = (ledger.clock)();
        let number = ledger.stamper.end().last.saturating_add(1);
        let loss = Loss {
            envelope: envelope(emitter, to, now),
            count: 1,
            reason: Reason::Unrecorded,
            epoch: None,
            ranges: &[(number, number)],
            from_micros: now,
            to_micros: now,
            topics: &BTreeMap::new(),
        };
        self.add_loss(to, 1, &loss);
    }

    fn add_loss(&mut self, to: To<'_>, count: u64, loss: &Loss<'_>) -> u64 {
        self.add_own(to, count, |out| match to.format {
            Format::CloudEvents => loss.write_json(out),
            Format::Ocsf => loss.write_ocsf(out),
        })
    }

    /// Adds an event of the trail itself; answers its number.
    fn add_own(&mut self, to: To<'_>, count: u64, write: impl FnOnce(&mut Vec<u8>)) -> u64 {
        let Some(ledger) = self.ledger.as_mut() else {
            return 0;
        };
        self.batch
            .add_own(to.topic, (&mut ledger.stamper, count), write)
    }
}

/// Around an event of the trail itself.
fn envelope<'a>(emitter: &'a Emitter, to: To<'a>, time_micros: i64) -> Envelope<'a> {
    Envelope {
        id: Uuid::new_v4(),
        source: &emitter.source,
        subject: &emitter.source,
        time_micros,
        route: to.topic,
    }
}
