//! Events that wait on disk for their destination: what Java's drain thread asks of the spool
//! (`spec/native-bridge.md`, `spool`).

mod events;
mod runs;

use std::collections::VecDeque;
use std::path::Path;

use openmds_trail::{
    Batch, Directory, Epoch, Fsync, Limits, Lost, Record, Refusal, Spool, is_own_line,
};

use crate::outgoing::Ledger;
use crate::pairs::Pairs;
use events::Events;
use runs::Runs;

/// A spool that this node owns.
#[derive(Debug)]
pub(crate) struct Spooled {
    spool: Spool<Directory>,
    epoch: Epoch,
    runs: Runs,
    /// What was read and is not released yet.
    offered: VecDeque<Batch>,
}

fn millis(clock: fn() -> i64) -> u64 {
    u64::try_from(clock() / 1_000).unwrap_or(0)
}

impl Spooled {
    /// The spool that Java describes, for events of the epoch that is numbered.
    pub(crate) fn open(what: &Pairs, ledger: &Ledger) -> Result<Self, String> {
        let figure = |key, otherwise| {
            let given = what.first(key).and_then(|text| text.parse().ok());
            given.unwrap_or(otherwise)
        };
        let usual = Limits::default();
        let fsync = what.first("fsync").and_then(Fsync::parse);
        let limits = Limits {
            max_bytes: figure("max_bytes", usual.max_bytes),
            max_age_ms: figure("max_age_ms", usual.max_age_ms),
            fsync: fsync.unwrap_or(usual.fsync),
            ..usual
        };
        let directory = Path::new(what.first("dir").unwrap_or_default());
        let epoch = ledger.stamper.epoch();
        let owner = (ledger.stamper.emitter(), epoch);
        let spool = Spool::open(Directory::new(directory), limits, owner);
        Ok(Self {
            spool: spool.map_err(|error| error.to_string())?,
            epoch,
            runs: Runs::default(),
            offered: VecDeque::new(),
        })
    }

    /// Keeps the events of a batch, in order; `kept` of the answer says how many, `refusal` why not more.
    pub(crate) fn keep(&mut self, batch: &[u8], clock: fn() -> i64) -> Pairs {
        let mut answer = Pairs::new();
        let Some(events) = Events::read(batch) else {
            answer.add("kept", "0");
            answer.add("refusal", "the batch has another layout than OME3");
            return answer;
        };
        let records: Vec<Record<'_>> = events.clone().map(|event| event.record()).collect();
        let before = self.spool.next_place();
        let kept = if events.clone().any(|event| event.ahead) {
            self.spool.append_surely(&records, millis(clock))
        } else {
            self.spool.append(&records, millis(clock))
        };
        let kept_ones = events.zip(&records).take(kept.count);
        for (place, (event, record)) in (before..).zip(kept_ones) {
            let numbers = u64::from(record.count);
            self.runs.push(place, (event.number, numbers), event.own);
        }
        answer.add("kept", kept.count.to_string());
        if let Some(refusal) = kept.refusal {
            answer.add("refusal", refusal.to_string());
            let reason = match refusal {
                Refusal::TooLarge { .. } => "record-too-large",
                Refusal::Full { .. } => "spool-size",
                Refusal::Disk(_) => "fallback",
            };
            answer.add("reason", reason);
        }
        self.describe(&mut answer);
        answer
    }

    /// The next events as a batch, empty if none wait. Those of former epochs have number 0 and count as
    /// the trail's own: the account of this epoch does not know them. `on`: those behind what was read and is
    /// not released yet, else from there on again.
    pub(crate) fn read(
        &mut self,
        most: u64,
        on: bool,
        clock: fn() -> i64,
    ) -> Result<Vec<u8>, String> {
        let mut out = events::Writer::default();
        let mut gathered = Vec::new();
        if !on {
            self.offered.clear();
            self.spool.read_again();
        }
        let batch = self.spool.read_on(most, millis(clock), |record| {
            gathered.push(out.add(is_own_line(record.line), record));
        });
        let batch = batch.map_err(|error| error.to_string())?;
        let of_now = batch.epoch == Some(self.epoch);
        if !of_now {
            for at in gathered {
                out.forget_number(at);
            }
        }
        self.offered.push_back(batch);
        Ok(out.finish())
    }

    /// The destination has what the oldest read gave that is not released yet. Answers what of this epoch was lost on the way, as
    /// `reason`, `range` (repeated) and `count` of each loss (`lost.<reason>`), and of former ones how many, and which as far as that is known.
    pub(crate) fn release(&mut self) -> Pairs {
        let mut answer = Pairs::new();
        self.spool.release();
        for lost in self.offered.pop_front().unwrap_or_default().lost {
            self.tell(&lost, &mut answer);
        }
        self.runs.forget(self.spool.done_place());
        self.describe(&mut answer);
        answer
    }

    fn tell(&self, lost: &Lost, answer: &mut Pairs) {
        let end = lost.place.saturating_add(lost.count);
        let (ranges, happened, own) = self.runs.between(lost.place, end);
        for (first, last) in &ranges {
            answer.add(
                &format!("range.{}", lost.reason.name()),
                format!("{first}-{last}"),
            );
        }
        let former = lost.count.saturating_sub(happened).saturating_sub(own);
        let epoch = lost.epoch.filter(|epoch| *epoch != self.epoch);
        if let (Some(epoch), Some((first, last)), true) = (epoch, lost.numbers, former > 0) {
            answer.add("former", lost.reason.name());
            answer.add("former_epoch", epoch.to_string());
            answer.add("former_range", format!("{first}-{last}"));
            answer.add("former_count", former.to_string());
        }
        for (key, count) in [("lost", happened), ("former", former)] {
            if count > 0 {
                answer.add(&format!("{key}.{}", lost.reason.name()), count.to_string());
            }
        }
    }

    /// What there is to know of it, in figures.
    pub(crate) fn describe(&self, answer: &mut Pairs) {
        let happened = self.spool.happened();
        for (key, figure) in [
            ("waiting", self.spool.waiting()),
            ("bytes", self.spool.bytes()),
            ("torn", happened.torn),
            ("damaged", happened.damaged),
            ("expired", happened.expired),
            ("failures", happened.failures),
        ] {
            answer.add(key, figure.to_string());
        }
    }

    /// Ends in order; what waits stays for the next epoch.
    pub(crate) fn close(self) {
        let _ = self.spool.close();
    }
}
